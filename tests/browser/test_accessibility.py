"""axe-core on the pages of the walk, in two languages (Japanese in drills; test_whole_price looks, too), light and dark;
and the keyboard."""

import pytest

from tests.factories import make_craft, make_piece, make_place_page, make_story, make_village, make_workshop

PAGES = (
    "",
    "stories/",
    "stories/a-story/",
    "villages/sao-mai/",
    "products/",
    "products/{piece}/",
    "search/?q=bowl",
)


def make_world():
    craft = make_craft("lacquer", name={"en": "Lacquer", "ja": "漆"})
    village = make_village("sao-mai", name={"en": "Sao Mai", "ja": "サオマイ"})
    workshop = make_workshop(village=village, name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"})
    make_place_page(village)
    make_place_page(workshop)
    make_place_page(craft)
    bowl = make_piece(
        workshop,
        craft=craft,
        title={"en": "Red bowl", "ja": "赤い椀"},
        pictures=2,
        variants={"Small": ("38.00", 2), "Large": ("48.00", 0)},
    )
    make_piece(workshop, craft=craft, title={"vi": "Khay"}, source="vi", pictures=1, supply="made_to_order")
    shelf = {"title": "Pieces", "mode": "village", "products": []}
    body = [
        {"type": "text", "id": "1", "value": {"heading": "By the river", "text": "<p>Words.</p>"}},
        {"type": "quote", "id": "2", "value": {"quote": "A bowl waits.", "speaker": "Hoa", "role": "maker"}},
        {
            "type": "steps",
            "id": "3",
            "value": {
                "title": "Steps",
                "steps": [
                    {
                        "type": "item",
                        "id": "a",
                        "value": {"title": "Turn", "text": "Slowly.", "picture": None},
                    }
                ],
            },
        },
        {
            "type": "map_point",
            "id": "4",
            "value": {"label": "Sao Mai", "latitude": "20.5", "longitude": "105.9"},
        },
        {"type": "product", "id": "5", "value": {"product": bowl.pk}},
        {"type": "shelf", "id": "6", "value": shelf},
    ]
    make_story(
        title={"en": "A story", "ja": "物語"},
        slug="a-story",
        village=village,
        craft=craft,
        workshop=workshop,
        body=body,
    )
    return bowl


@pytest.fixture
def piece(recorded):
    return recorded(make_world)


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.drill_only)])
def test_no_serious_finding_on_the_way_to_the_review(open_page, axe_light_and_dark, piece, language):
    axe = axe_light_and_dark
    page = open_page(locale=language, viewport={"width": 390, "height": 844})
    for path in PAGES:
        answer = page.goto(f"/{language}/{path.format(piece=f'{piece.slug}-{piece.pk}')}")
        assert answer.status == 200
        axe(page)
    page.goto(f"/{language}/products/{piece.slug}-{piece.pk}/")
    page.locator("#buy input[type=radio]").first.check()
    page.locator("button[form=buy]:visible, #buy button:visible").first.click()
    page.wait_for_url("**/basket/")
    axe(page)
    page.goto(f"/{language}/checkout/")
    page.locator("main form button").last.click()
    page.locator("[aria-invalid=true]").first.wait_for()
    # With the errors: the form without them has nothing that this one has not.
    axe(page)
    page.select_option("[name=economy]", "JP")
    page.select_option("[name=state]:has([value='大阪府'])", "大阪府")
    axe(page)
    for name, value in {
        "email": "k@example.com",
        "full_name": "K",
        "city": "Osaka",
        "line1": "1-2-3",
        "postcode": "540-0001",
    }.items():
        page.fill(f"[name={name}]", value)
    page.locator("main form button").last.click()
    page.wait_for_url("**/review/")
    axe(page)


def test_the_keyboard_alone_puts_a_piece_into_the_basket(desktop, piece):
    desktop.goto(f"/en/products/{piece.slug}-{piece.pk}/")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _press in range(60):
        desktop.keyboard.press("Tab")
        reached.append(
            desktop.evaluate("document.activeElement.tagName + '.' + (document.activeElement.name || '')")
        )
        if reached[-1] == "INPUT.product_id":
            desktop.keyboard.press("Space")
            break
    assert reached[-1] == "INPUT.product_id", reached
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/en/basket/")
    assert desktop.get_by_text("Red bowl").first.is_visible()
