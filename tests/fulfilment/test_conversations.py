"""Messages about a consignment: once per form, not too many, not for ever; phrases in every language."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from marketplace.fulfilment import conversations
from marketplace.fulfilment.conversations import CannotWrite, Closed, TooMany, asked, mark_read, write
from marketplace.fulfilment.models import Consignment, Message
from marketplace.fulfilment.phrases import ALL, BY_CODE, phrases_of
from tests.fulfilment.making import make_consignment

Side = Message.Side


def say(row, side=Side.BUYER, **fields):
    return write(**{"consignment": row, "side": side, "key": uuid4(), "language": "en", "text": "Hello"} | fields)


@pytest.mark.parametrize("phrase", ALL, ids=lambda phrase: phrase.code)
def test_each_phrase_is_a_whole_sentence_in_every_language(phrase):
    for language, _name in django_settings.LANGUAGES:
        words = phrase.words({"date": "2026-12-01"}, language)
        assert words and "%" not in words and "{" not in words
        assert ("2026" in words or "2569" in words) == phrase.dated, (language, words)


def test_each_side_has_its_own_dozen():
    sides = {side: {phrase.code for phrase in phrases_of(side)} for side in (Side.BUYER, Side.MAKER)}
    assert {side: len(codes) for side, codes in sides.items()} == {Side.BUYER: 12, Side.MAKER: 12}
    assert len(BY_CODE) == len(ALL) == 24


@pytest.mark.django_db
class TestWriting:
    @pytest.fixture
    def row(self, db) -> Consignment:
        return make_consignment()

    def test_a_second_click_finds_the_first_ones_message(self, row):
        key = uuid4()
        first, new = say(row, key=key)
        again, newer = say(row, key=key, text="Something else")
        assert (new, newer, again.pk, again.text) == (True, False, first.pk, "Hello")
        assert Message.objects.count() == 1
        # The same key of the other side is another form.
        assert say(row, Side.MAKER, key=key)[1]

    def test_an_answer_reads_what_was_asked(self, row):
        say(row)
        say(row)
        rows = Consignment.objects.all()
        assert list(asked(rows)) == [row]
        say(row, Side.MAKER, phrase="maker_yes", text="")
        assert list(asked(rows)) == []
        read = [(one.side, one.read_at is not None) for one in Message.objects.order_by("pk")]
        assert read == [("buyer", True), ("buyer", True), ("maker", False)]

    def test_reading_without_answering(self, row):
        say(row)
        assert mark_read(consignment=row, side=Side.BUYER) == 0, "one's own are not read by oneself"
        assert mark_read(consignment=row, side=Side.MAKER) == 1
        assert mark_read(consignment=row, side=Side.MAKER) == 0

    @pytest.mark.parametrize(
        "fields",
        [
            {"text": ""},
            {"text": "a" * 1001},
            {"phrase": "no-such-phrase"},
            {"phrase": "maker_yes"},
            {"phrase": "needed"},
            {"phrase": "needed", "values": {"date": "soon"}},
            {"phrase": "needed", "values": {"date": None}},
        ],
    )
    def test_what_says_nothing_too_much_or_anothers_words_is_refused(self, row, fields):
        with pytest.raises(CannotWrite):
            say(row, **fields)
        assert not Message.objects.exists()

    def test_thirty_an_hour_for_each_side(self, row):
        for _message in range(30):
            say(row)
        with pytest.raises(TooMany):
            say(row)
        assert say(row, Side.MAKER)[1], "the other side may still answer"
        Message.objects.update(created_at=timezone.now() - timedelta(minutes=61))
        assert say(row)[1]
        assert Message.objects.count() == 32

    @pytest.mark.parametrize("field", ["delivered_at", "cancelled_at"])
    def test_it_closes_some_time_after_the_parcel(self, row, field):
        setattr(row, field, timezone.now() - timedelta(days=59))
        row.save()
        assert conversations.is_open(row) and say(row)[1]
        setattr(row, field, timezone.now() - timedelta(days=60, seconds=1))
        row.save()
        assert not conversations.is_open(row)
        with pytest.raises(Closed):
            say(row)
        assert Message.objects.count() == 1
