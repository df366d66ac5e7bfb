"""Describing a piece on a small telephone: the live price, a refused answer, what was typed and not saved, a picture that
is none. A script's error fails each of them (open_page).
"""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.slow_phone import PHONE
from tests.factories import make_piece


@pytest.fixture
def step(cast, recorded, open_page, shop):
    """``step("price")``: the maker's draft at this step, on her telephone, in Vietnamese."""
    piece = recorded(lambda: make_piece(cast.maker.workshop, stage="draft", is_public=False, pictures=1, price="12.00"))

    def open_(name: str) -> Page:
        page = open_page(locale="vi-VN", **PHONE)
        session = cast.maker.client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop}])
        page.goto(f"/vi/desk/{cast.maker.workshop.slug}/pieces/{piece.pk}/step/{name}/")
        return page

    return open_


def test_the_live_price_says_what_saving_would_say(step):
    page = step("price")
    expect(page.locator(".worked-out .example")).to_have_count(3)
    assert page.input_value("[name=receive]") != ""
    # The heading with its way through the steps leaves room for both fields above the bar.
    bar = page.locator(".step-end").bounding_box()
    assert page.locator("[name=price]").bounding_box()["y"] + 44 < bar["y"] and bar["height"] < 70
    page.fill("[name=receive]", "850.0")
    page.locator(".step-end .button").click()
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator(".field-receive .error")).to_contain_text("850.000")
    assert page.locator("main").count() == page.locator("theme-toggle button").count() == 1
    page.fill("[name=receive]", "850.000")
    expect(page.locator(".worked-out .example")).to_have_count(3)
    expect(page.locator("main .error")).to_have_count(0)
    price = page.input_value("[name=price]")
    assert "," in price and price != "12,00"
    page.fill("[name=receive]", "tám trăm")
    expect(page.locator(".field-receive .error")).to_contain_text("850.000")
    expect(page.locator(".worked-out")).to_have_count(0)
    page.fill("[name=price]", "20,50")
    expect(page.locator(".worked-out .example")).to_have_count(3)
    expect(page.locator("main .error")).to_have_count(0)
    assert page.input_value("[name=receive]").isdigit()
    page.locator(".step-end .button").click()
    page.wait_for_url("**/step/ready/")


def test_what_was_typed_and_not_saved_comes_back_with_true_words(step):
    page = step("words")
    page.fill("[name=title]", "Khăn chàm")
    page.reload()
    note = page.locator(".keep-note")
    expect(note).to_contain_text(page.locator("keep-form").get_attribute("data-found"))
    assert page.input_value("[name=title]") == "Khăn chàm"
    note.locator("button").click()
    expect(page.locator("[name=title]")).not_to_have_value("Khăn chàm")
    expect(note).to_have_count(0)
    # A refused answer is no lost connection.
    page.fill("[name=title]", "")
    page.locator(".step-end .button").click()
    expect(page.locator("#problems")).to_be_focused()
    expect(note).to_have_count(0)


def test_a_picture_that_is_none_is_called_so_also_after_a_refusal(step):
    page = step("photos")
    page.locator("[name=remove]").check()
    page.locator(".step-end .button").click()
    expect(page.locator("#problems")).to_be_focused()
    svg = {"name": "s.svg", "mimeType": "image/svg+xml", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    page.set_input_files("[name=photos]", svg)
    said = page.locator("photo-field [data-state]")
    expect(said).to_have_count(1)
    expect(page.locator("photo-field [role=status]")).to_contain_text("s.svg: ")
    page.locator(".step-end .button").click()
    expect(page.locator("photo-field [role=status]")).to_contain_text("s.svg: ")
    assert page.url.endswith("/step/photos/") and said.count() == 1
    # A photo beside it, and she may go on.
    file = BytesIO()
    Image.new("RGB", (900, 700), "firebrick").save(file, "JPEG")
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    page.locator(".step-end .button").click()
    page.wait_for_url("**/step/words/")
