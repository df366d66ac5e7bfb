"""The desk for everybody: axe with AAA contrast, targets for a thumb, 200 % zoom, the keyboard, and no scripts.

A handful of pages in `make test`, every page of the desk in drills.
"""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS
from PIL import Image
from playwright.sync_api import Page, expect

from catalogue.models import Product
from tests.browser.conftest import _judge
from tests.browser.test_walk import CUT_OFF
from tests.routes.world import World, make_world
from tests.storefront.desk_pages import desk_pages

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
FEW = {
    "desk:workshop",
    "desk:pieces",
    "desk:piece-step words",
    "desk:piece-step price",
    "desk:consignment",
    "desk:members",
}
AAA = DEFAULT_OPTIONS | {"rules": {"color-contrast-enhanced": {"enabled": True}}}
LEAST = 44
# A link within a sentence may be as low as its line; a tick is as large as the label around it.
TOO_SMALL = """(least) => {
  const found = [];
  for (const box of document.querySelectorAll("main :is(button, input, select, textarea, summary, a[href])")) {
    if (box.type === "hidden" || box.tabIndex < 0 || !box.checkVisibility()) continue;
    const inSentence = box.matches("a") && [...box.parentElement.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && /[\\p{L}\\p{N}]/u.test(node.textContent));
    const held = box.matches("[type=checkbox], [type=radio]") ? box.closest("label") ?? box : box;
    const edge = held.getBoundingClientRect();
    if (!inSentence && (edge.height < least - 0.5 || edge.width < 24)) {
      found.push(`${Math.round(edge.width)}×${Math.round(edge.height)} ${box.outerHTML.slice(0, 110)}`);
    }
  }
  return found;
}"""
# What Tab can reach, in the order of the page; radio buttons of one name are one stop.
STOPS = """() => {
  const seen = new Set();
  return [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")].filter((box) => {
    if (box.disabled || box.tabIndex < 0 || box.type === "hidden" || !box.checkVisibility()) return false;
    if (box.type !== "radio") return true;
    const group = box.form?.id + box.name;
    if (seen.has(group)) return false;
    return seen.add(group);
  }).length;
}"""
HERE = """() => {
  const box = document.activeElement;
  if (!box.closest("main")) return null;
  const edge = box.getBoundingClientRect(), style = getComputedStyle(box);
  const x = edge.left + Math.min(edge.width, innerWidth) / 2, y = edge.top + Math.min(edge.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  const bar = top?.closest(".form-end");
  return {
    name: box.outerHTML.slice(0, 110),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none",
    seen: edge.bottom > 0 && edge.top < innerHeight,
    covered: !!bar && !bar.contains(box),
  };
}"""


@pytest.fixture
def world(cast, recorded, translations) -> World:
    return recorded(make_world, cast)


def enter(page: Page, world: World, shop: str) -> None:
    """As the owner of the world's workshop."""
    session = world.cast.other_maker.client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop}])


def look(page: Page, world: World, shop: str, wanted: set[str] | None = None) -> dict[str, str]:
    """Signed in, the pages of the desk by name (``wanted``: these)."""
    enter(page, world, shop)
    pages = desk_pages(world)
    return {name: row.wsgi_request.path for name, row in pages.items() if wanted is None or name in wanted}


def complaints(page: Page, name: str, path: str) -> list[str]:
    assert page.goto(path).status == 200, name
    found = []
    try:
        _judge(page, AAA)
    except AssertionError as problem:
        found.append(str(problem))
    found += [f"small: {row}" for row in page.evaluate(TOO_SMALL, LEAST)]
    found += [f"360 px: {row}" for row in page.evaluate(CUT_OFF)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"200 %: {row}" for row in page.evaluate(CUT_OFF)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return [f"{name} {row}" for row in found]


def test_what_a_maker_opens_every_day_is_for_everybody(open_page, world, shop):
    page = open_page(**PHONE)
    pages = look(page, world, shop, FEW)
    assert set(pages) == FEW
    found = [row for name, path in pages.items() for row in complaints(page, name, path)]
    assert not found, "\n".join(found)


@pytest.mark.drill_only
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_is_for_everybody(open_page, world, shop, scheme):
    page = open_page(**PHONE, color_scheme=scheme)
    pages = look(page, world, shop)
    # The shop's own page, as buyers see it.
    del pages["desk:piece-preview"]
    assert len(pages) >= 40
    found = [row for name, path in pages.items() for row in complaints(page, name, path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["desk:piece-step price"])
def test_the_keyboard_reaches_everything_and_is_seen(open_page, world, shop, name):
    page = open_page(**PHONE)
    page.goto(look(page, world, shop, {name})[name])
    stops, reached = page.evaluate(STOPS), []
    page.evaluate("document.querySelector('main').setAttribute('tabindex', '-1'); document.querySelector('main').focus()")
    for _press in range(stops + 3):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            break
        reached.append(here)
    assert len(reached) == stops, [row["name"] for row in reached]
    assert [row["name"] for row in reached if not row["ring"] or not row["seen"] or row["covered"]] == []


def test_without_scripts_photos_words_and_the_rest_are_kept(open_page, world, shop):
    page = open_page(java_script_enabled=False, **PHONE)
    enter(page, world, shop)
    page.goto(f"/en/desk/{world.workshop.slug}/pieces/new/")
    file = BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(file, "JPEG")
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    page.locator(".step-end .button").click()
    page.wait_for_url("**/step/words/")
    page.fill("[name=title]", "Scarf without scripts")
    page.locator(".step-end .button").click()
    page.wait_for_url("**/step/thing/")
    page.goto(page.url.replace("/thing/", "/ready/"))
    expect(page.locator(".step-missing a")).to_have_count(3)
    piece = Product.objects.get(title="Scarf without scripts")
    assert (piece.stage, piece.images.count()) == ("draft", 1)
