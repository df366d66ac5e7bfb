"""The translator's editor refuses what would do harm, and lets nobody undo another's words unseen."""

import html
import json
import re

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.test.utils.form_data import nested_form_data
from wagtail_localize.models import OverridableSegment, SegmentOverride, StringTranslation

from catalogue.models import GlossaryTerm, GlossaryWord
from storefront.models import StoryPage
from storefront.translations.checking import is_safe_address, length_problem, problem_of
from storefront.translations.history import ACTION
from tests.factories import make_piece, make_user, make_workshop
from tests.people import Visitor
from tests.storefront.translating import address_of, begin, begin_story, put
from tests.storefront.translators import choose

LINK = 'Ask <a id="a1">the maker</a> or <b>me</b>'


@pytest.fixture
def second(db) -> Visitor:
    """Another editor's browser."""
    visitor = Visitor()
    visitor.force_login(make_user("lan@example.com", first_name="Lan", is_staff=True, is_superuser=True))
    return visitor


def bowl_translation():
    piece = make_piece(make_workshop(source="vi"), source="vi", title="Tô sơn mài đỏ")
    return begin(piece.texts.get(), "en")


def editor_address(client, translation, source_words: str) -> str:
    """Opens the editor as a browser does, and takes the string's address from its page."""
    target = translation.get_target_instance()
    if isinstance(target, StoryPage):
        url = reverse("wagtailadmin_pages:edit", args=[target.pk])
    else:
        url = reverse(target.snippet_viewset.get_url_name("edit"), args=[target.pk])
    page = client.get(url).content.decode()
    props = json.loads(html.unescape(re.search(r'data-props="([^"]*)"', page).group(1)))
    return next(row["editUrl"] for row in props["segments"] if row.get("source", "").startswith(source_words))


@pytest.mark.parametrize(
    "good",
    [
        '<a id="a1">作り手</a>か<b>私</b>に',
        '<b>Me</b> or <a id="a1">her</a> &amp; “them” <br/> 🏺',
        'a < b <b>1</b> > 0 <a id="a1">x</a>',
    ],
)
def test_a_translation_with_the_same_links_and_marks_is_fine(good):
    assert problem_of(LINK, good) == ""


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('<a id="a1">x</a> <b>y</b><script>alert(1)</script>', "<script> tag is not allowed"),
        ('<a id="a1">x</a> <b onclick="x()">y</b>', "attributes"),
        ('<a id="a1" href="https://evil.example">x</a> <b>y</b>', "attributes"),
        ('<a id="a1">x</a> <b>y</b><img src=x onerror=alert(1)>', "<img> tag is not allowed"),
        ('<a id="a1">x</a> <b>y</b><!--><script>alert(1)</script>-->', "hidden markup"),
        ('<a id="a1">x</a> <b>y</b><![CDATA[x]]>', "hidden markup"),
        ('<a id="a2">x</a> <b>y</b>', "is not in the original; only the original's links"),
        ("<a>x</a> <b>y</b>", "is not in the original; only the original's links"),
        ("x <b>y</b>", 'The link <a id="a1"> of the original must be in the translation once'),
        ('<a id="a1">x</a><a id="a1">y</a> <b>z</b>', "must be in the translation once"),
        ('<a id="a1">x</a>', "<b> of the original is missing"),
        ('<a id="a1">x</a> <b>y</b> <i>z</i>', "<i> is not in the original"),
        ('<a id="a1">x</a> <b>\x00</b>', "no text"),
        ('<a id="a1">x</a> <b>\ud800</b>', "no text"),
        ("x" * 50_001, "longer than 50000 characters"),
    ],
)
def test_what_brings_script_or_changes_a_link_is_told_why(bad, why):
    assert why in problem_of(LINK, bad)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("/ja/stories/", True),
        ("https://maker.example/", True),
        ("mailto:hoa@example.com", True),
        ("12", True),
        ("/a?b=c:d", True),
        ("javascript:alert(1)", False),
        (" java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)
def test_where_a_link_may_lead(address, safe):
    assert is_safe_address(address) is safe


def test_what_does_not_fit_into_its_field_is_told_so():
    assert length_problem(StoryPage, "intro", "x" * 301).startswith(
        "“introduction” has at most 300 characters"
    )
    assert length_problem(StoryPage, "intro", "&amp;" * 300) == ""
    assert length_problem(StoryPage, "body.1.text", "x" * 9000) == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("translations")
class TestEditor:
    def test_a_refused_string_changes_nothing_and_says_why(self, staff):
        translation = begin_story()
        address = address_of(translation, "Ask <a")
        assert put(staff, address, '<a id="a1">作り手</a>か<a id="a2"><b>話</b></a>').status_code == 201
        response = put(staff, address, '<a id="a1">作り手</a><script>alert(1)</script>')
        assert response.status_code == 400
        assert "<script> tag is not allowed" in response.json()["detail"]
        row = StringTranslation.objects.get(translation_of__data__startswith="Ask")
        assert (row.data, row.has_error) == ('<a id="a1">作り手</a>か<a id="a2"><b>話</b></a>', False)

    def test_a_title_that_is_too_long_is_refused(self, staff):
        translation = begin_story()
        response = put(staff, address_of(translation, "The bowl"), "長" * 256)
        assert response.status_code == 400
        assert "at most 255 characters" in response.json()["detail"]
        assert not StringTranslation.objects.exists()

    def test_a_request_without_words_is_refused(self, staff):
        translation = begin_story()
        response = staff.put(address_of(translation, "The bowl"))
        assert response.status_code == 400
        assert not StringTranslation.objects.exists()

    def test_a_link_of_its_own_may_not_lead_to_script(self, staff):
        translation = begin_story()
        segment = OverridableSegment.objects.filter(
            source=translation.source, data_json__contains="maker.example"
        ).get()
        address = reverse("wagtail_localize:edit_override", args=[translation.pk, segment.pk])
        assert put(staff, address, "javascript:alert(1)").status_code == 400
        assert not SegmentOverride.objects.exists()
        assert put(staff, address, "https://maker.example/ja/").status_code == 201

    def test_two_editors_do_not_undo_each_other_unseen(self, staff, second):
        translation = bowl_translation()
        mine, hers = (editor_address(client, translation, "Tô") for client in (staff, second))
        assert put(second, hers, "Red lacquer bowl").status_code == 201
        response = put(staff, mine, "Scarlet bowl")
        assert response.status_code == 409
        assert "Lan wrote other words here" in response.json()["detail"]
        assert "“Red lacquer bowl”" in response.json()["detail"]
        assert StringTranslation.objects.get().data == "Red lacquer bowl"
        assert staff.delete(mine).status_code == 409
        assert StringTranslation.objects.get().data == "Red lacquer bowl"

        again = editor_address(staff, translation, "Tô")
        assert put(staff, again, "Scarlet bowl").status_code == 200
        assert put(staff, again, "Scarlet bowl!").status_code == 200
        assert put(second, hers, "Scarlet bowl!").status_code == 200

    def test_replaced_words_stay_in_the_history(self, staff):
        translation = bowl_translation()
        address = address_of(translation, "Tô")
        put(staff, address, "Red bowl")
        put(staff, address, "Scarlet bowl")
        staff.delete(address)
        kept = [entry.data["was"] for entry in ModelLogEntry.objects.filter(action=ACTION).order_by("pk")]
        assert kept == ["Red bowl", "Scarlet bowl"]
        row = translation.get_target_instance()
        page = staff.get(reverse(row.snippet_viewset.get_url_name("history"), args=[row.pk])).content.decode()
        assert "Before, they were: “Red bowl”" in page

    def test_replaced_words_of_a_story_stay_in_its_history(self, staff):
        translation = begin_story()
        address = address_of(translation, "The bowl")
        put(staff, address, "椀")
        put(staff, address, "待つ椀")
        entry = PageLogEntry.objects.get(action=ACTION)
        assert (entry.data["was"], entry.user.email) == ("椀", "boss@example.com")

    def test_words_replaced_in_the_plain_form_stay_in_the_history(self, staff, second):
        piece = make_piece(title={"en": "Red bowl", "ja": "赤い椀"})
        row = piece.texts.get(locale__language_code="ja")
        url = reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])
        for client, title in ((staff, "朱の椀"), (second, "朱塗りの椀")):
            form = nested_form_data({"title": title, "summary": "", "description": ""})
            assert client.post(url, form).status_code == 302
        kept = ModelLogEntry.objects.filter(action=ACTION).order_by("pk")
        assert [(entry.data["was"], entry.user.email) for entry in kept] == [
            ("赤い椀", "boss@example.com"),
            ("朱の椀", "lan@example.com"),
        ]

    def test_the_glossary_speaks_up_when_a_string_is_saved(self, staff):
        term = GlossaryTerm.objects.create(term="sơn mài", language="vi")
        GlossaryWord.objects.create(term=term, language="en", word="lacquer")
        response = put(staff, address_of(bowl_translation(), "Tô"), "Red varnish bowl")
        assert response.status_code == 201
        assert response.json()["warnings"] == ["“sơn mài” should be “lacquer” here."]

    def test_nobody_but_staff_reaches_the_editor(self, cast):
        translation = bowl_translation()
        for person in cast.all_but("staff"):
            assert put(person.client, address_of(translation, "Tô"), "x").status_code in (302, 403), person
        assert not StringTranslation.objects.exists()

    def test_the_machine_fills_what_is_missing_in_the_editor(self, staff, settings):
        choose(settings, "Prefixing")
        translation = begin_story()
        put(staff, address_of(translation, "The bowl"), "待つ椀")
        url = reverse("wagtail_localize:machine_translate", args=[translation.pk])
        assert staff.post(url).status_code == 302
        assert (
            StringTranslation.objects.filter(translation_type="machine").count()
            == translation.get_progress()[1] - 1
        )
        assert StringTranslation.objects.get(translation_of__data="The bowl that waits").data == "待つ椀"
        assert "待つ椀" not in str(translation.get_target_instance().title)

    def test_a_service_that_fails_in_the_editor_is_a_message(self, staff, settings):
        choose(settings, "Slow")
        translation = bowl_translation()
        url = reverse("wagtail_localize:machine_translate", args=[translation.pk])
        page = staff.post(url, follow=True).content.decode()
        assert "did not answer in time" in page
        assert not StringTranslation.objects.exists()
