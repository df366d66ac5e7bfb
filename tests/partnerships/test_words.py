"""Agencies ask for languages; when the words are there they hear of it once."""

import pytest

from marketplace.partnerships import words
from marketplace.partnerships.models import Agency, Part, WordsAsked
from marketplace.partnerships.services import Refused
from tests.factories import make_agency, make_seat, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return make_agency("chang-thong")


@pytest.fixture
def editor(agency):
    return make_seat(agency, email="ploy@chang-thong.example", parts=[Part.EDIT])


def waiting() -> list[tuple]:
    rows = WordsAsked.objects.filter(answered_at=None).order_by("pk")
    return list(rows.values_list("agency__code", "subject", "language", "note"))


def test_asked_once_while_it_waits(agency, editor):
    first = words.ask(agency=agency, subject="story-7", language="ko", note=" 40 guests  in May ", by=editor)
    again = words.ask(agency=agency, subject="story-7", language="ko", note="!", by=editor)
    assert first.pk == again.pk
    assert waiting() == [("chang-thong", "story-7", "ko", "40 guests in May")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "xx"}, "language"),
        ({"language": ""}, "language"),
        ({"subject": "story"}, "subject"),
        ({"subject": "story-7; DROP TABLE"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_nonsense_is_refused(agency, editor, changes, field):
    with pytest.raises(Refused) as refused:
        words.ask(**{"agency": agency, "subject": "story-7", "language": "ko", "by": editor} | changes)
    assert (refused.value.field, waiting()) == (field, [])


def test_not_without_end(agency, editor, settings):
    settings.MARKETPLACE_AGENCY = settings.MARKETPLACE_AGENCY | {"WISHES": 2}
    rows = [words.ask(agency=agency, subject=f"story-{number}", language="ko", by=editor) for number in (1, 2)]
    with pytest.raises(Refused, match="2 of your wishes"):
        words.ask(agency=agency, subject="story-3", language="ko", by=editor)
    words.take_back(agency=agency, wish=rows[0], by=editor)
    words.ask(agency=agency, subject="story-3", language="ko", by=editor)
    assert [row[1] for row in waiting()] == ["story-2", "story-3"]


def test_other_agencies_and_book_keepers_ask_nothing_here(agency, editor):
    row = words.ask(agency=agency, subject="story-7", language="ko", by=editor)
    other = make_agency()
    foreign = make_seat(other)
    for by in (foreign, make_seat(agency, parts=[Part.BOOKS]), make_user()):
        with pytest.raises(Refused):
            words.ask(agency=agency, subject="story-8", language="ko", by=by)
        with pytest.raises(Refused):
            words.take_back(agency=agency, wish=row, by=by)
    with pytest.raises(WordsAsked.DoesNotExist):
        words.take_back(agency=other, wish=row, by=foreign)
    assert waiting() == [("chang-thong", "story-7", "ko", "")]


def test_what_is_there_is_answered_and_each_agency_hears_of_it_once(agency, editor, mailoutbox, commit):
    other = make_agency()
    make_seat(other, email="mai@other.example")
    for subject, language in (("story-7", "ko"), ("story-8", "ko"), ("story-7", "id")):
        words.ask(agency=agency, subject=subject, language=language, by=editor)
    WordsAsked.objects.create(agency=other, subject="story-7", language="ko")
    assert words.waiting() == {("story-7", "ko"): 2, ("story-8", "ko"): 1, ("story-7", "id"): 1}
    asked = []

    def is_there(subject: str, language: str) -> bool:
        asked.append((subject, language))
        return language == "ko"

    assert words.answer(is_there) == 3
    assert sorted(asked) == [("story-7", "id"), ("story-7", "ko"), ("story-8", "ko")]
    assert words.answer(lambda subject, language: False) == 0
    commit()
    assert waiting() == [("chang-thong", "story-7", "id", "")]
    assert sorted(mail.to[0] for mail in mailoutbox) == ["mai@other.example", "ploy@chang-thong.example"]
    with pytest.raises(Refused, match="here already"):
        words.take_back(agency=agency, wish=WordsAsked.objects.filter(agency=agency).exclude(answered_at=None).first(), by=editor)
    # What was answered may be asked for again.
    assert words.ask(agency=agency, subject="story-7", language="ko", by=editor).answered_at is None
