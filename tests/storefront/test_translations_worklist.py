"""The worklist: what is missing, out of date, a machine's or against the glossary, most looked at first."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation, Translation

from catalogue import provenance
from catalogue.models import GlossaryTerm, GlossaryWord, ProductText
from storefront.models import StoryPage, ViewCount
from storefront.translations import worklist
from storefront.translations.models import MachineFailure
from storefront.translations.worklist import Filters
from tests.factories import make_piece, make_place_page, make_story, make_user, make_village, make_workshop
from tests.people import Visitor
from tests.storefront.translating import address_of, put
from tests.storefront.translators import choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
PIECE, STORY = "catalogue.producttext", "storefront.storypage"


@pytest.fixture(autouse=True)
def three_languages(settings):
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = ["en", "ja", "vi"]
    choose(settings, "Prefixing")


@pytest.fixture
def workshop():
    village = make_village(source="vi", name={"vi": "Làng Sao", "en": "Star Village", "ja": "星の村"})
    return make_workshop(village=village, source="vi", name={"vi": "Xưởng Sao", "en": "Star", "ja": "星"})


def make_bowl(workshop, title: str = "Tô sơn mài đỏ", **texts):
    return make_piece(workshop, source="vi", title={"vi": title, **texts})


def write(piece, language: str, title: str, written_by: str = "editor") -> ProductText:
    locale = Locale.objects.get(language_code=language)
    with provenance.writing_as(written_by):
        return ProductText.objects.create(owner=piece, locale=locale, title=title)


def rows(**filters) -> list[tuple]:
    """(name, language, states) of the first page."""
    return [(row.name, row.language, row.states) for row in worklist.page_of(Filters(**filters), 1)]


def states_of(piece, **filters) -> dict[str, tuple]:
    pk = piece.texts.get(locale__language_code="vi").pk
    found = worklist.page_of(Filters(kind=PIECE, **filters), 1)
    return {row.language: row.states for row in found if row.pk == pk}


def code(piece, language: str) -> str:
    return f"{PIECE}:{piece.texts.get(locale__language_code='vi').pk}:{language}"


def view(kind: str, pk: int, number: int, month: date | None = None) -> None:
    month = month or timezone.now().date().replace(day=1)
    ViewCount.objects.create(kind=kind, object_id=pk, month=month, number=number)


def test_each_state_is_told_by_language(workshop):
    term = GlossaryTerm.objects.create(term="sơn mài", language="vi")
    GlossaryWord.objects.create(term=term, language="ja", word="漆")
    bowl = make_bowl(workshop)
    assert states_of(bowl) == {"en": ("missing",), "ja": ("missing",)}
    write(bowl, "en", "Red bowl")
    write(bowl, "ja", "赤い椀", "machine")
    assert states_of(bowl) == {"ja": ("machine", "glossary")}
    source = bowl.texts.get(locale__language_code="vi")
    source.title = "Tô sơn mài đen"
    source.save()
    assert states_of(bowl) == {"en": ("stale",), "ja": ("stale", "machine", "glossary")}
    MachineFailure.objects.create(
        translation_key=source.translation_key,
        locale=Locale.objects.get(language_code="en"),
        reason="No answer.",
    )
    assert states_of(bowl, state="failed") == {"en": ("stale", "failed")}


def test_a_copy_that_waits_for_its_translator_is_missing(workshop):
    bowl = make_bowl(workshop)
    with provenance.unrecorded():
        write(bowl, "en", "Tô sơn mài đỏ")
    assert states_of(bowl, language="en") == {"en": ("missing",)}


def test_words_that_are_the_same_in_both_languages_count_once_somebody_wrote_them_so(staff, workshop):
    bowl = make_bowl(workshop, "200 × 300 cm")
    staff.post(reverse("translations:by-hand"), {"one": code(bowl, "en")})
    assert states_of(bowl, language="en") == {"en": ("missing",)}
    put(staff, address_of(Translation.objects.get(), "200"), "200 × 300 cm")
    assert states_of(bowl, language="en") == {}


def test_stories_and_places_are_on_it_and_a_draft_is_missing(workshop):
    make_story(title={"en": "The bowl", "ja": "椀"})
    page = make_place_page(workshop.village, title={"en": "Star"})["en"]
    assert ("The bowl", "vi", ("missing",)) in rows(kind=STORY)
    assert ("The bowl", "ja", ("missing",)) not in rows(kind=STORY)
    page.copy_for_translation(Locale.objects.get(language_code="ja"))
    assert [row for row in rows(kind="storefront.villagepage") if row[1] == "ja"] == [
        ("Star", "ja", ("missing",))
    ]
    assert rows(kind="marketplace_workshops.villagetext", village=workshop.village_id) == []


def test_a_story_that_is_translated_in_part_is_missing(staff):
    story = make_story(title="The bowl")["en"]
    staff.post(reverse("translations:by-hand"), {"one": f"{STORY}:{story.pk}:ja"})
    translation = Translation.objects.get()
    put(staff, address_of(translation, "The bowl"), "椀")
    edit = reverse("wagtailadmin_pages:edit", args=[translation.get_target_instance().pk])
    staff.post(edit, {"action": "publish"})
    assert rows(kind=STORY, language="ja") == [("The bowl", "ja", ("missing",))]
    put(staff, address_of(translation, "In short."), "短く。")
    staff.post(edit, {"action": "publish"})
    assert rows(kind=STORY, language="ja") == []


def test_hidden_pieces_are_nobodys_work(workshop):
    bowl = make_bowl(workshop)
    type(bowl).objects.filter(pk=bowl.pk).update(is_public=False)
    assert states_of(bowl) == {}


def test_what_is_looked_at_most_comes_first(workshop):
    old, new, seen = (make_bowl(workshop, title) for title in ("old", "new", "seen"))
    story = make_story(title={"en": "A story", "ja": "話"})
    view("product", seen.pk, 5)
    view("product", old.pk, 90, date(2020, 1, 1))
    view("page", story["en"].pk, 4)
    view("page", story["ja"].pk, 4)
    names = [row.name for row in worklist.page_of(Filters(language="en"), 1)]
    assert names[:3] == ["seen", "new", "old"]
    mixed = [(row.name, row.views) for row in worklist.page_of(Filters(language="vi"), 1)]
    assert mixed[0] == ("A story", 8)
    assert new.pk > old.pk


def test_filters_narrow_it(workshop):
    bowl, other = make_bowl(workshop, "Tô 100%_đỏ"), make_bowl(make_workshop(source="vi"), "Khay")
    assert {row[0] for row in rows(kind=PIECE)} == {"Tô 100%_đỏ", "Khay"}
    assert {row[0] for row in rows(kind=PIECE, village=workshop.village_id)} == {"Tô 100%_đỏ"}
    assert {row[0] for row in rows(kind=PIECE, q="100%_")} == {"Tô 100%_đỏ"}
    assert rows(kind=PIECE, q="1_0%") == []
    assert {row[1] for row in rows(kind=PIECE, language="ja")} == {"ja"}
    assert worklist.counts(Filters(kind=PIECE)) == {
        "all": 4, "missing": 4, "stale": 0, "machine": 0, "glossary": 0, "failed": 0
    }  # fmt: skip
    assert bowl.pk and other.pk


def test_the_screen_shows_fifty_a_page_in_a_number_of_statements_that_does_not_grow(staff, workshop, commit):
    url = reverse("translations:worklist")
    make_bowl(workshop, "First")
    staff.get(url)
    with CaptureQueriesContext(connection) as few:
        assert staff.get(url, {"kind": PIECE}).status_code == 200
    for number in range(30):
        make_bowl(workshop, f"Bowl {number}")
    commit()
    with CaptureQueriesContext(connection) as many:
        html = staff.get(url, {"kind": PIECE}).content.decode()
    assert len(many) == len(few) <= 20
    assert html.count('name="item"') == 50
    assert "Missing (62)" in html and "Page 1 of 2" in html
    second = staff.get(url, {"kind": PIECE, "page": "2"}).content.decode()
    assert second.count('name="item"') == 12
    assert "First" in second


@pytest.mark.parametrize(
    "query",
    [
        "?page=x",
        "?page=-3",
        "?page=99999999999",
        "?language=xx",
        "?kind=auth.user",
        "?village=x",
        "?state=;",
        "?q=%00'%22",
    ],
)
def test_nonsense_in_the_address_shows_the_list(staff, query):
    assert staff.get(reverse("translations:worklist") + query).status_code == 200


def test_the_csv_holds_every_row_and_no_formula(staff, workshop):
    make_bowl(workshop, "=SUM(A1)")
    response = staff.get(reverse("translations:worklist"), {"export": "csv", "kind": PIECE})
    lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["Title", "Kind", "Language", "State", "Views", "Reason"]
    assert lines[1:] == [["'=SUM(A1)", "Pieces", code, "Missing", "0", ""] for code in ("en", "ja")]


def test_ticked_rows_go_to_the_machine(staff, workshop):
    bowl, tray = make_bowl(workshop), make_bowl(workshop, "Khay")
    write(tray, "en", "Tray", "maker")
    items = [code(bowl, "en"), code(bowl, "ja"), code(tray, "en"), "nonsense", "catalogue.producttext:1:xx"]
    html = staff.post(reverse("translations:by-machine"), {"item": items}, follow=True).content.decode()
    assert "2 texts were translated." in html
    assert "Left alone, because a person wrote them: 1." in html
    assert bowl.texts.get(locale__language_code="ja").title == "ja: Tô sơn mài đỏ"
    assert tray.texts.get(locale__language_code="en").title == "Tray"


def test_a_failure_is_told_with_its_reason_and_can_be_tried_again(staff, workshop, settings):
    bowl = make_bowl(workshop)
    choose(settings, "Slow")
    url = reverse("translations:by-machine")
    html = staff.post(url, {"item": [code(bowl, "en"), code(bowl, "ja")]}, follow=True).content.decode()
    assert "The translation service did not answer in time." in html
    assert "Not tried after the failure: 1." in html
    assert "Try the machine again" in html
    assert bowl.texts.count() == 1
    choose(settings, "Prefixing")
    staff.post(url, {"one": code(bowl, "en")})
    assert bowl.texts.get(locale__language_code="en").title == "en: Tô sơn mài đỏ"
    assert not MachineFailure.objects.exists()


def test_by_hand_opens_wagtail_localizes_screen(staff, workshop):
    bowl = make_bowl(workshop)
    answer = staff.post(reverse("translations:by-hand"), {"one": code(bowl, "en")})
    row = bowl.texts.get(locale__language_code="en")
    assert answer.headers["Location"] == reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])
    assert "js-translation-editor" in staff.get(answer.headers["Location"]).content.decode()
    assert provenance.record_of(row) is None


def test_by_hand_a_makers_words_come_along(staff, workshop):
    bowl = make_bowl(workshop)
    write(bowl, "en", "My red bowl", "maker")
    staff.post(reverse("translations:by-hand"), {"one": code(bowl, "en")})
    assert StringTranslation.objects.get().data == "My red bowl"
    assert bowl.texts.get(locale__language_code="en").title == "My red bowl"
    assert provenance.record_of(bowl.texts.get(locale__language_code="en")).written_by == "maker"


def test_by_hand_a_story_is_begun_as_a_draft(staff):
    story = make_story()["en"]
    answer = staff.post(reverse("translations:by-hand"), {"one": f"{STORY}:{story.pk}:ja"})
    twin = StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja")
    assert answer.headers["Location"] == reverse("wagtailadmin_pages:edit", args=[twin.pk])
    assert not twin.live


def test_a_row_that_is_gone_is_told(staff, workshop):
    bowl = make_bowl(workshop)
    gone = code(bowl, "en")
    bowl.texts.all().delete()
    html = staff.post(reverse("translations:by-hand"), {"one": gone}, follow=True).content.decode()
    assert "It is not there any more." in html


def test_po_files_of_ticked_rows(staff, workshop):
    bowl, tray = make_bowl(workshop), make_bowl(workshop, "Khay")
    url = reverse("translations:download")
    one = staff.post(url, {"item": [code(bowl, "en")]})
    assert one.headers["Content-Type"] == "text/x-gettext-translation"
    assert 'msgid "Tô sơn mài đỏ"' in one.content.decode()
    both = staff.post(url, {"item": [code(bowl, "en"), code(tray, "en")]})
    assert len(zipfile.ZipFile(io.BytesIO(both.content)).namelist()) == 2
    assert "There is nothing to download" in staff.post(url, {}, follow=True).content.decode()


def test_another_sites_address_is_not_gone_to(staff):
    answer = staff.post(reverse("translations:by-machine"), {"next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("translations:worklist")


def test_nobody_but_those_who_may_send_texts_to_translators(cast, workshop):
    bowl = make_bowl(workshop)
    urls = [reverse(f"translations:{name}") for name in ("by-hand", "by-machine", "download", "upload")]
    for person in cast.all_but("staff"):
        assert person.client.get(reverse("translations:worklist")).status_code in (302, 403), person
        for url in urls:
            assert person.client.post(url, {"one": code(bowl, "en")}).status_code in (302, 403), person
    editor = Visitor()
    user = make_user("editor@example.com")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    editor.force_login(user)
    assert editor.get(reverse("translations:worklist")).status_code in (302, 403)
    assert bowl.texts.count() == 1 and not Translation.objects.exists()
