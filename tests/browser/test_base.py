"""The browser base itself."""

import pytest

from tests.factories import make_piece, make_place_page, make_workshop

PICTURE = (
    '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><img src="data:,"%s></main>'
)


def test_home_page_opens_on_a_phone_in_japanese(phone):
    workshop = make_workshop()
    make_piece(workshop, title={"en": "Red bowl", "ja": "赤い椀"}, pictures=1)
    make_place_page(workshop.village)
    phone.goto("/")
    assert phone.url.endswith("/ja/")
    assert phone.get_by_text("赤い椀").first.is_visible()


def test_styles_are_served(desktop):
    with desktop.expect_response("**/static/storefront/css/tokens.css") as answer:
        desktop.goto("/en/products/")
    assert answer.value.status == 200
    assert desktop.locator("html").get_attribute("lang") == "en"


def test_axe_finds_a_picture_without_words_and_passes_one_with(desktop, axe):
    desktop.set_content(PICTURE % ' alt="A red bowl"')
    axe(desktop)
    desktop.set_content(PICTURE % "")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(desktop)


def test_axe_finds_words_that_are_pale_in_the_dark_only(desktop, axe_light_and_dark):
    pale = "<style>@media (prefers-color-scheme: dark) {{ p {{ color: {} }} }}</style><p>A red bowl</p>"
    desktop.set_content(PICTURE % ' alt="A red bowl"' + pale.format("#222"))
    axe_light_and_dark(desktop)
    desktop.set_content(PICTURE % ' alt="A red bowl"' + pale.format("#eee"))
    with pytest.raises(AssertionError, match="color-contrast"):
        axe_light_and_dark(desktop)
