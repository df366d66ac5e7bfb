"""Nothing of a card is cut: every kind in every language, in the frame that oEmbed and the builder reserve for it.

As a browser has it: the height of the document beside that of its window.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from storefront.embeds.sizes import TALLEST
from tests.factories import (
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_visit_day,
    make_workshop,
)
from tests.tools.agency_page import Agency, embed

WIDTHS = (328, 360, 600, 736, 900)
LONG = {
    "en": "Counterrevolutionary Coiled Bamboo Bowl in Vermilion Lacquer",
    "ja": "竹巻き朱塗りの椀と、川をくだる三日間の藍染め風呂敷",
    "th": "ผ้าทอมือย้อมครามจากหมู่บ้านริมน้ำสำหรับสามวัน",
    "vi": "Bát mây đan cuộn phủ sơn son thếp vàng của làng ven sông",
    "es": "Cuenco enrollado de bambú lacado en bermellón intenso",
    "zh-hant": "硃漆捲竹碗與順流三日的藍染包袱巾",
}


def make_full_village() -> dict[str, str]:
    """Kind → path of its page below the language; with long words in every language."""
    words, hero = dict(LONG), make_picture(size=(1200, 800))
    workshop = make_workshop(name=words)
    lacquer = make_craft(name=words)
    pieces = [make_piece(workshop, title=words, craft=lacquer, pictures=1, stock=one) for one in range(7)]
    shared = {"hero": hero, "intro": "Words about a village that go on for two lines and for more than two. " * 3, "title": words}
    village = make_place_page(workshop.village, **shared)["en"]
    quiet = make_village(name=words)
    quiet.latitude, quiet.longitude = "16.8", "102.8"
    quiet.save()
    for days in range(3, 9):
        day = make_visit_day(
            workshop.village, starts_at=timezone.now() + timedelta(days=days), name=words, workshop=workshop, price="35.00",
            currency="USD", called_off_at=timezone.now() if days == 5 else None,
        )  # fmt: skip
        day.texts.update(meeting_point="At the ferry below the dyke, beside the old banyan tree")
    silent = make_place_page(quiet, **shared)["en"]
    story = make_story(village=workshop.village, **shared)["en"]
    paths = {
        "story": story.public_url,
        "village": village.public_url,
        "visits": f"{village.public_url}?card=visits",
        "no visits": f"{silent.public_url}?card=visits",
        "map": f"{village.public_url}?card=map",
        "all": "/en/villages/",
        "craft": make_place_page(lacquer, **shared)["en"].public_url,
        "workshop": make_place_page(workshop, **shared)["en"].public_url,
        "product": f"/en/products/{pieces[0].slug}-{pieces[0].pk}/",
    }
    return {kind: path.removeprefix("/en/") for kind, path in paths.items()}


@pytest.fixture
def paths(shop, recorded) -> dict[str, str]:
    return recorded(make_full_village)


@pytest.mark.parametrize("language", settings.MARKETPLACE_STOREFRONT_LANGUAGES[:6])
def test_no_card_is_cut(open_page, shop, paths, language):
    page = open_page()
    page.route(re.compile("/media/"), lambda route: route.abort())
    cut = []
    for kind, path in paths.items():
        for width in WIDTHS:
            answer = embed(f"{shop}/en/{path}", maxwidth=width, lang=language)
            address = re.search(r'src="([^"]+)"', answer["html"])[1]
            if page.url != address:
                page.goto(address)
            # A frame for a phone of 360 stands in a place of 320 or more.
            for place in {width, width - 40 if width == 360 else width}:
                page.set_viewport_size({"width": place, "height": answer["height"]})
                needed = page.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
                scrolls = page.evaluate("document.documentElement.scrollHeight > innerHeight")
                if needed > answer["height"] or scrolls:
                    cut.append((kind, width, place, needed, answer["height"]))
                assert needed <= TALLEST, (kind, place, needed)
    assert cut == [], "\n".join(map(str, cut))


def test_the_sample_agencys_page_shows_what_is_sold_on_a_phone(open_page, shop, paths):
    """By what oEmbed answered alone, without a script, under a policy of its own."""
    with Agency(shop, story=paths["village"], via="") as agency:
        page, said = open_page(viewport={"width": 360, "height": 900}), []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        for width in (360, 390, 590, 640, 1100):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(agency.url)
            page.locator("iframe").scroll_into_view_if_needed()
            page.frame_locator("iframe").locator(".pieces").wait_for()
            inner, needed = page.frames[1].evaluate("[innerHeight, Math.ceil(document.body.getBoundingClientRect().height)]")
            assert needed <= inner <= needed + 120, (width, needed, inner)
        assert said == []


def test_regions_on_the_map_are_never_cut_without_a_sign_and_numbers_can_be_read(open_page, shop, recorded):
    def make():
        for name, place in (("San Isidro del Barro", ("18.7", "-98.2")), ("Ban Fai", ("16.8", "102.8"))):
            village = make_village(name=name)
            village.texts.update(region="Central highlands of the western river")
            village.latitude, village.longitude = place
            village.save()
            make_place_page(village, title=name)

    recorded(make)
    page = open_page(viewport={"width": 360, "height": 900})
    page.goto(f"{shop}/embed/v1/en/map/villages-0/")
    number = page.locator(".spot text").first
    for width in (328, 360, 559, 560, 900):
        page.set_viewport_size({"width": width, "height": 900})
        drawn = number.evaluate("one => one.getScreenCTM().a * parseFloat(getComputedStyle(one).fontSize)")
        assert drawn >= 11, (width, drawn)
    for width, size in ((200, "100%"), (328, "100%"), (360, "200%")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        for row in page.locator(".villages .state").all():
            room = row.evaluate("one => [one.clientWidth, getComputedStyle(one).textOverflow]")
            assert room[0] >= 90 and room[1] == "ellipsis", (width, size, room)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
