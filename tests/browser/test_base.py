"""The browser base itself."""

from tests.factories import make_piece, make_place_page, make_workshop


def test_home_page_opens_on_a_phone_in_japanese(phone, axe):
    workshop = make_workshop()
    make_piece(workshop, title={"en": "Red bowl", "ja": "赤い椀"}, pictures=1)
    make_place_page(workshop.village)
    phone.goto("/")
    assert phone.url.endswith("/ja/")
    assert phone.get_by_text("赤い椀").first.is_visible()
    assert phone.evaluate("getComputedStyle(document.body).fontFamily")
    axe(phone)


def test_a_sign_of_the_shop_in_english(desktop):
    desktop.goto("/en/products/")
    assert desktop.locator("html").get_attribute("lang") == "en"
