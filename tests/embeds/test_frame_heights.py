"""How high frames are: on phones, too, within what was asked, and never lower than what a narrow card may become."""

import re

import pytest
from bs4 import BeautifulSoup

from storefront.agency.snippets import Told, frame
from storefront.embeds.options import NONE
from storefront.embeds.remembered import recall
from storefront.embeds.sizes import TALLEST, few_pieces, lines, natural_height
from storefront.embeds.styles import height_by_page
from storefront.embeds.subjects import Subject
from tests.embeds.conftest import SITE
from tests.factories import make_picture, make_piece, make_visit_day

WORDS = {
    "en": "Donaudampfschifffahrtsgesellschaftskapitaen counterrevolutionaries ",
    "ja": "竹巻き朱塗りの椀と藍染めの風呂敷",
    "th": "ผ้าทอมือย้อมครามจากหมู่บ้านริมน้ำ",
    "vi": "Bát mây đan cuộn phủ sơn son thếp vàng ",
    "es": "Cuenco enrollado de bambú lacado en bermellón ",
    "zh-hant": "硃漆捲竹碗與藍染包袱巾",
}


def frame_of(client, url: str, **asked) -> tuple[dict, dict]:
    """(the oEmbed answer, the attributes of its frame)"""
    answer = client.get("/oembed/", {"url": url, **asked}).json()
    return answer, BeautifulSoup(answer["html"], "html.parser").iframe.attrs


def heights_in(style: str) -> list[int]:
    return [int(found) for found in re.findall(r"(\d+)px", re.sub(r"\(\d+px - 100vw\)|\(100vw - \d+px\)", "", style))]


@pytest.fixture
def shelf(world):
    for number in range(3):
        make_piece(world.workshop, title={"en": f"Bowl {number}"})
    return SITE + world.village.public_url


def test_on_a_phone_the_frame_of_oembed_is_as_high_as_the_narrow_card(client, shelf):
    answer, attributes = frame_of(client, shelf, maxwidth=700)
    narrow = frame_of(client, shelf, maxwidth=360)[0]["height"]
    assert narrow > answer["height"] + 100
    assert attributes["style"].startswith("max-width:100%;height:clamp(")
    assert heights_in(attributes["style"])[-1] == narrow
    assert (attributes["width"], attributes["height"]) == ("700", str(answer["height"]))
    assert answer["width"] == 700
    xml = BeautifulSoup(client.get("/oembed/", {"url": shelf, "maxwidth": 700, "format": "xml"}).content, "xml")
    assert xml.find("html").text == answer["html"]


@pytest.mark.parametrize("maxwidth", [None, 320, 600, 700, 900, 2000])
@pytest.mark.parametrize("maxheight", [200, 400, 430])
def test_no_style_goes_beyond_the_height_that_was_asked_for(client, shelf, maxwidth, maxheight):
    asked = {"maxheight": maxheight} | ({"maxwidth": maxwidth} if maxwidth else {})
    answer, attributes = frame_of(client, shelf, **asked)
    assert answer["height"] <= maxheight and max(heights_in(attributes["style"]), default=0) <= maxheight


def test_a_frame_that_is_narrow_anyway_needs_no_height_in_its_style(client, shelf):
    assert frame_of(client, shelf, maxwidth=360)[1]["style"] == "max-width:100%"


def test_a_wide_frame_is_lower_on_pages_of_middle_width():
    """A blank strip of a hundred pixels stood below the card on a page of 700."""
    told = Told("story", 7, "/en/stories/x/", "/embed/v1/en/story/x-7/", "X", "en", (806, 442, 539))
    assert f"height:{height_by_page(806, 442, 539, margins=40)}" in frame(told, NONE, 900, 539)
    lower = "clamp(442px,(600px - 100vw)*999,806px)"
    assert height_by_page(806, 442, 539, margins=40) == f"max({lower},min(539px,(100vw - 799px)*999))"
    assert height_by_page(806, 442, 442, margins=0) == "clamp(442px,(560px - 100vw)*999,806px)"
    assert height_by_page(400, 442, margins=40) == "442px"


@pytest.mark.parametrize("language", WORDS)
def test_a_narrow_card_of_a_full_shelf_stays_within_what_a_frame_may_be(language):
    word = WORDS[language]
    piece = {"title": word * 4, "price_line": "from NT$123,456", "state_text": "Made to order", "lang_label": "In X"}
    subject = Subject(
        "village", language, 7, "x", "/", word * 2, language, text=word * 9, origin_label="Translated by an editor",
        picture={"src": "x"}, pieces=(piece,) * 6, price_note="Prices are converted from US dollars.",
    )  # fmt: skip
    assert 1 <= few_pieces(subject) < 6
    for width in (320, 328, 360, 420):
        assert natural_height(subject, width) <= TALLEST


def test_what_a_narrow_card_has_no_room_for_is_in_the_wide_one(client, world, fresh):
    for number in range(7):
        make_piece(world.workshop, title={"en": f"Coiled bamboo bowl in vermilion, number {number}"})
    world.village.hero = make_picture(size=(1200, 800))
    world.village.save_revision().publish()
    fresh()
    page = client.get(f"/embed/v1/card?url={SITE}{world.village.public_url}")
    rows = BeautifulSoup(page.content, "html.parser").select(".pieces li")
    few = few_pieces(recall("village", "en", world.village.pk)[0])
    assert few < 6 and ["rest" in row.get("class", []) for row in rows] == [at >= few for at in range(6)]
    for number in range(5):
        make_visit_day(world.workshop.village, name={"en": f"{WORDS['es']}{number}"}, price="35.00", currency="USD")
    visits = client.get(f"/embed/v1/card?url={SITE}{world.village.public_url}%3Fcard=visits")
    days = BeautifulSoup(visits.content, "html.parser").select(".days li")
    assert len(days) == 5 and "rest" not in days[0]["class"] and "rest" in days[4]["class"]
    assert natural_height(recall("visits", "en", world.village.pk)[0], 360) <= TALLEST


def test_words_stay_whole_when_lines_are_counted():
    assert lines("one two three", 400, 15) == 1
    assert lines("aaaaaaaaaa " * 4, 100, 15) == 4, "two of them are wider than a line"
    assert lines("漆" * 20, 150, 15) >= 2
    assert lines("w" * 100, 83, 15) == 10


@pytest.mark.parametrize("value", ["1000000000", "0" * 20 + "700", "9" * 30])
def test_any_run_of_digits_is_a_whole_number(client, world, value):
    answer = client.get("/oembed/", {"url": world.url, "maxwidth": value, "maxheight": value})
    assert answer.status_code == 200
    assert answer.json()["width"] == min(int(value), 900)


@pytest.mark.parametrize("value", ["9" * 31, "1e9", "+1", "１２３", "1_000", " 5"])
def test_anything_else_is_none(client, world, value):
    assert client.get("/oembed/", {"url": world.url, "maxwidth": value}).status_code == 400
