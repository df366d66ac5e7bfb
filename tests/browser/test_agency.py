"""An agency's desk in a browser: the builder answers at once, works without scripts, and every page is for everybody."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from marketplace.partnerships.models import CardCount, WordsAsked
from tests import pseudo
from tests.browser.test_walk import nobodys_languages  # noqa: F401 (fixture)
from tests.factories import make_agency_terms, make_host, make_piece, make_place_page, make_story
from tests.factories.pieces import make_picture

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
SCREEN = {"viewport": {"width": 1280, "height": 900}}
# The preview's frame, once the styles of its card have come.
AS_HIGH_AS_ITS_CARD = """() => {
  const frame = document.querySelector(".preview-phone iframe"), card = frame.contentDocument;
  const height = card && card.readyState === "complete" && Math.ceil(card.body.getBoundingClientRect().height);
  return height > 300 && Number(frame.height) === height;
}"""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def story(shop, cast):
    """A story with a piece, of which cards were counted."""
    workshop = cast.other_maker.workshop
    make_piece(workshop, title="Indigo scarf", price="48.00", pictures=1)
    title = {"en": "The dye that waits", "ja": "待つ藍"}
    return make_story(village=workshop.village, title=title, slug="the-dye", hero=make_picture())["en"]


def enter(page: Page, cast, shop: str) -> Page:
    session = cast.agency.client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop}])
    return page


def test_the_builder_shows_at_once_what_is_chosen(open_page, cast, shop, story, axe):
    page = enter(open_page(**SCREEN, permissions=["clipboard-read", "clipboard-write"]), cast, shop)
    page.goto(f"{shop}/en/agency/chang-thong/cards/story/{story.pk}/")
    card = page.frame_locator(".preview-phone iframe")
    expect(card.locator("h1")).to_have_text("The dye that waits")
    page.get_by_label("Language of your visitors").select_option("ja")
    expect(card.locator("h1")).to_have_text("待つ藍")
    page.get_by_label("Your colour").first.fill("#ffee00")
    expect(page.get_by_text("On light cards: words in this colour have a contrast of 1.2 : 1.")).to_be_visible()
    assert page.url.endswith("?language=ja&currency=&theme=&placement=text&accent=%23ffee00")
    page.wait_for_function(AS_HIGH_AS_ITS_CARD)
    address = page.locator("#address")
    expect(address).to_have_value(f"{shop}/ja/stories/the-dye/?accent=ffee00&via=chang-thong")
    page.locator("#address + .copy").click()
    expect(page.locator("#address + .copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == address.input_value()
    axe(page)
    page.reload()
    expect(page.frame_locator(".preview-phone iframe").locator("h1")).to_have_text("待つ藍")


def test_whoever_tabs_on_from_the_colour_keeps_her_place(open_page, cast, shop, story):
    page = enter(open_page(**SCREEN), cast, shop)
    page.goto(f"{shop}/en/agency/chang-thong/cards/story/{story.pk}/")
    page.locator("#address + .copy").wait_for()
    for place in (".preview-phone .preview-room", ".preview-phone iframe", "#element", "#element + .copy"):
        for colour in ("#ffee00", "#0b6e4f"):
            page.locator("#accent").fill(colour)
            page.locator(place).focus()
            expect(page.locator("#element")).to_have_value(re.compile(colour[1:]))
            expect(page.locator(".preview-phone iframe")).to_have_attribute("src", re.compile(colour[1:]))
            expect(page.locator(place)).to_be_focused()
    assert page.locator(".copy").count() == page.locator("[data-snippet]").count()


def test_the_builder_says_what_was_said_last_only(open_page, cast, shop, story):
    page = enter(open_page(**SCREEN), cast, shop)
    page.goto(f"{shop}/en/agency/chang-thong/cards/story/{story.pk}/")
    start = page.locator("[data-live]").inner_text()
    page.locator("#accent").fill("#ffee00")
    expect(page.locator("[data-live] .warning")).to_have_count(1)
    page.locator("#accent").fill("#767676")
    expect(page.locator("[data-live] .warning")).to_contain_text(["On dark cards: words in this colour have a contrast of 3.6"])
    page.locator("#accent").fill("")
    expect(page.locator("[data-live] .warning")).to_have_count(0)
    assert page.locator("[data-live]").inner_text() == start


def test_without_scripts_the_form_does_the_same(open_page, cast, shop, story):
    page = enter(open_page(**PHONE, java_script_enabled=False), cast, shop)
    page.goto(f"{shop}/en/agency/chang-thong/cards/?q=dye")
    page.get_by_role("link", name="The dye that waits", exact=True).click()
    page.get_by_label("Light or dark").select_option("dark")
    page.get_by_role("button", name="Show it so").click()
    expect(page.locator("#address")).to_have_value(f"{shop}/en/stories/the-dye/?theme=dark&via=chang-thong")
    expect(page.frame_locator(".preview-phone iframe").locator("h1")).to_have_text("The dye that waits")


@pytest.fixture
def pages(cast, story) -> list[str]:
    """Every page of the desk and the public ones, below the language, with something on each."""
    make_agency_terms("5")
    agency = cast.agency.seat_at
    make_place_page(cast.other_maker.workshop.village, hero=make_picture())
    proved, waiting = make_host(agency, "www.chang-thong.com"), make_host(agency, "test.chang-thong.com", proven=False)
    WordsAsked.objects.create(agency=agency, subject=f"story-{story.pk}", language="ko")
    for number in range(30):
        day = timezone.localdate() - timedelta(days=number)
        CardCount.objects.create(agency=agency, day=day, subject=f"story-{story.pk}", language="ja", views=9 * number)
    desk = "agency/chang-thong/"
    return [
        *("for-agencies/", "for-developers/", "for-agencies/apply/", desk),
        *(f"{desk}{name}/" for name in ("cards", f"cards/story/{story.pk}", "cards/map/0", "sites", "statistics", "money")),
        *(f"{desk}{name}/" for name in ("money/payee", "people", "people/invite", "keys", "settings", "leave")),
        *(f"{desk}sites/{row.pk}/{act}" for row in (proved, waiting) for act in ("", "remove/")),
    ]


def open_all(page: Page) -> None:
    for more in page.locator("main details").all():
        more.evaluate("details => { details.open = true; }")


@pytest.mark.drill_only
@pytest.mark.parametrize("context", [PHONE, SCREEN], ids=["phone", "screen"])
def test_every_page_is_for_everybody(open_page, cast, shop, pages, axe_light_and_dark, context):
    page = enter(open_page(**context), cast, shop)
    for path in pages:
        page.goto(f"{shop}/en/{path}")
        open_all(page)
        assert page.evaluate(WIDER_THAN_THE_SCREEN) <= 0, path
        axe_light_and_dark(page)


@pytest.mark.drill_only
@pytest.mark.parametrize("language", [pseudo.LONG, pseudo.RIGHT_TO_LEFT], ids=["long", "right-to-left"])
def test_no_page_is_cut_off_in_languages_that_nobody_speaks(
    nobodys_languages, open_page, cast, shop, pages, language  # noqa: F811
):
    page = enter(open_page(**PHONE), cast, shop)
    for path in pages:
        page.goto(f"{shop}/{language}/{path}")
        open_all(page)
        assert page.evaluate(WIDER_THAN_THE_SCREEN) <= 0, path
