"""The search box in the header: suggestions by keyboard, and a plain form without scripts."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_craft, make_piece, make_workshop
from tests.factories.texts import index_places


def make_pieces():
    workshop = make_workshop()
    make_craft("lacquer", name={"en": "Lacquer", "ja": "漆芸"})
    for title in ("Lacquer bowl", "Lacquer tray", "Silk scarf"):
        make_piece(workshop, title={"en": title, "ja": "漆の椀"})
    index_places()


@pytest.fixture
def pieces(shop, recorded):
    return recorded(make_pieces)


def test_arrows_choose_a_suggestion_and_enter_goes_there(shop, pieces, open_page):
    page = open_page()
    page.goto(f"{shop}/en/")
    page.get_by_label("Search", exact=True).click()
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("lacq", delay=20)
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(
        5
    )  # the craft, the workshop, the pieces: by their titles, then by their maker's name
    expect(box).to_have_attribute("aria-expanded", "true")
    for _press in range(3):
        box.press("ArrowDown")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(2).get_attribute("id")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lacquer tray")


def test_escape_closes_the_list_then_the_box(shop, pieces, open_page):
    page = open_page()
    page.goto(f"{shop}/en/")
    page.get_by_label("Search", exact=True).click()
    box = page.get_by_role("combobox")
    box.press_sequentially("silk", delay=20)
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Escape")
    expect(box).to_be_hidden()


def test_enter_without_a_choice_asks_the_page(shop, pieces, open_page):
    page = open_page()
    page.goto(f"{shop}/ja/")
    page.locator(".search-tool summary").click()
    page.get_by_role("combobox").fill("漆")
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url("**/ja/search/?q=*")
    expect(page.get_by_role("link", name="漆の椀").first).to_be_visible()


def test_it_works_without_scripts(shop, pieces, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"{shop}/en/")
    page.locator(".search-tool summary").click()
    page.locator(".search-tool input[type=search]").fill("scarf")
    page.locator(".search-tool button").click()
    expect(page.get_by_role("link", name="Silk scarf")).to_be_visible()
