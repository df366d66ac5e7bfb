"""Every kind of card in narrow and wide frames, in the light and the dark and in an agency's colour; and many at once (E29).

With SHOTS (a folder) in the environment, a picture of every card is written there.
"""

# ruff: noqa: F811 - fixtures have the names under which they are imported
import os
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import pytest
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.embeds_host import card, page_url, story  # noqa: F401 - fixtures
from tests.factories import (
    make_agency,
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_visit_day,
    make_workshop,
)
from tests.tools.agency_page import embed

LOOKS = ["?theme=light", "?theme=dark", "?accent=ffcc00", "?accent=0b6e4f&theme=dark", "?accent=777777"]
open_url = build_opener(ProxyHandler({})).open


def make_all_kinds() -> dict[str, str]:
    """Kind → path of its page in Japanese; with long words, all sorts of labels and pictures."""
    workshop = make_workshop(name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"})
    lacquer = make_craft(name={"en": "Lacquer", "ja": "漆"})
    titles = ({"en": f"Coiled bamboo bowl in vermilion, number {one}", "ja": f"竹巻き朱塗りの椀 {one}"} for one in range(6))
    pieces = [make_piece(workshop, title=title, craft=lacquer, pictures=1, stock=one) for one, title in enumerate(titles)]
    hero = {"hero": make_picture(size=(1200, 800)), "intro": "川のほとりの村では、漆の椀がその生涯の大半を、棚に伏せて過ごす。"}
    both = {"en": "Sao Mai on the river", "ja": "川のほとりのサオマイ"}
    village = make_place_page(workshop.village, title=both, **hero)["ja"]
    for name, place in (("Ban Fai", ("16.8", "102.8")), ("Kasumidani", ("36.4", "136.6"))):
        other = make_village(name=name)
        other.latitude, other.longitude = place
        other.save()
        make_place_page(other, title=name)
    for days in (3, 9):
        make_visit_day(
            workshop.village, starts_at=timezone.now() + timedelta(days=days), name={"en": "Indigo morning", "ja": "藍の朝"},
            price="35.00", currency="USD", called_off_at=timezone.now() if days == 9 else None,
        )  # fmt: skip
    craft = make_place_page(lacquer, title={"en": "Lacquer", "ja": "漆"}, **hero)["ja"]
    story_ = make_story(
        title={"en": "The bowl that waits", "ja": "待つ椀のはなし、または川をくだる三日間"}, village=workshop.village, **hero
    )["ja"]
    return {
        "story": story_.public_url,
        "village": village.public_url,
        "craft": craft.public_url,
        "workshop": make_place_page(workshop, title=both, **hero)["ja"].public_url,
        "product": f"/ja/products/{pieces[5].slug}-{pieces[5].pk}/",
        "map": "/ja/villages/",
        "visits": f"{village.public_url}?card=visits",
    }


@pytest.fixture
def kinds(shop, recorded) -> dict[str, str]:
    return recorded(make_all_kinds)


def show(page: Page, shop: str, path: str, width: int, query: str = "") -> dict:
    """Opens the card in a frame as wide as ``width`` and as high as oEmbed says; answers what oEmbed said."""
    answer = embed(shop + quote(path, safe="/?=%"), maxwidth=width)
    page.set_viewport_size({"width": min(width, answer["width"]), "height": answer["height"]})
    address = re.search(r'src="([^"]+)"', answer["html"])[1]
    page.goto(address + query)
    return answer


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.locator("article").screenshot(path=Path(folder) / f"{name}.png")


def test_every_kind_fits_its_frame_and_can_be_read(open_page, axe_light_and_dark, shop, kinds):
    page = open_page()
    for kind, path in kinds.items():
        for width in (360, 600, 900):
            answer = show(page, shop, path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (kind, width)
            needed = page.evaluate("document.body.getBoundingClientRect().height")
            spare = answer["height"] - needed
            assert 0 <= spare <= 72 or answer["height"] == 1000, (kind, width, spare)
            assert_the_frame_goes_on_below(page, kind)
            picture(page, f"{kind}-{width}")
            assert_prices_keep_their_line(page, kind)
        if kind in ("map", "visits"):
            axe_light_and_dark(page)


def assert_the_frame_goes_on_below(page: Page, kind: str) -> None:
    """In the colour of the card's foot, to the frame's edge, and opaque: else another scheme's host shows black there."""
    ground, card = page.evaluate(
        "[document.documentElement, document.querySelector('.card')].map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert ground == card and ground.startswith("rgb("), (kind, ground, card)


def assert_prices_keep_their_line(page: Page, kind: str) -> None:
    """And where they are too long for it they break at a space, not within a word of two kana."""
    heights, broken = page.evaluate(
        """() => {
          const amounts = Array.from(document.querySelectorAll('.amount'));
          const line = (one) => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight);
          const heights = amounts.map(line), broken = [];
          for (const one of amounts.slice(0, 1)) for (let width = 60; width < 140; width += 2) {
            one.textContent = '￥5,980\\u00a0JPY から';
            one.style.inlineSize = width + 'px';
            const last = document.createRange();
            last.setStart(one.firstChild, one.textContent.length - 2);
            last.setEnd(one.firstChild, one.textContent.length);
            if (new Set(Array.from(last.getClientRects(), (box) => box.top)).size > 1) broken.push(width);
          }
          return [heights, broken];
        }"""
    )
    assert all(height < 1.5 for height in heights) and broken == [], (kind, heights, broken)
    if kind in ("product", "visits"):
        assert heights


@pytest.mark.drill_only
@pytest.mark.parametrize("query", LOOKS)
def test_every_kind_in_every_look(open_page, axe, shop, kinds, query):
    page = open_page()
    for kind, path in kinds.items():
        for width in (220, 360, 1280):
            show(page, shop, path, width, query)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (kind, width)
            assert_the_frame_goes_on_below(page, kind)
            picture(page, f"{kind}-{width}-{re.sub('[^a-z0-9]+', '-', query)}")
        axe(page)


@pytest.mark.drill_only
def test_e29_fifty_at_once_for_half_a_minute(shop, story, card, page_url, monkeypatch):
    """No error, and no statement for what is kept but the look whether something changed. Speed is the bench's affair.

    Here each request has a thread of its own, which looks for itself.
    """
    asked: set[str] = set()
    execute = CursorWrapper.execute

    def noted(self, sql, params=None):
        asked.add(str(sql))
        return execute(self, sql, params)

    make_agency("crowd")
    addresses = [card, f"{card}?via=crowd&theme=dark", f"{shop}/oembed/?url={quote(page_url)}"]
    for address in addresses:
        open_url(address).read()
    end = time.monotonic() + 30

    def ask(number: int) -> list[float]:
        times = []
        while time.monotonic() < end:
            started = time.monotonic()
            with open_url(addresses[number % len(addresses)], timeout=20) as answer:
                assert answer.status == 200
                assert "Set-Cookie" not in answer.headers
                answer.read()
            times.append(time.monotonic() - started)
        return times

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    with ThreadPoolExecutor(50) as crowd:
        times = [one for found in crowd.map(ask, range(50)) for one in found]
    assert asked, "the looks at least"
    assert [sql for sql in asked if "storefront_contentversion" not in sql] == []
    assert len(times) > 500
    print(f"{len(times)} answers, 95 of 100 within {1000 * statistics.quantiles(times, n=20)[-1]:.0f} ms")
