"""The whole price in a browser: Peru, Viet Nam and Japan to Canada, then to Germany, then where one piece may not go.

In Japanese on a phone and in Spanish on a desktop.
"""

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate
from marketplace.economies.names import economy_name
from marketplace.money import Money, format_money
from marketplace.trade.models import ResponsiblePerson, Restriction
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import make_piece, make_village, make_workshop

ADDRESS = {
    "CA": {"city": "Calgary", "postcode": "T2P 1J9", "state": "AB"},
    "DE": {"city": "Leipzig", "postcode": "04109"},
}


@pytest.fixture
def three_makers() -> list:
    """Pieces of three economies; all may go to Canada and Germany, the comb of shell not to Australia."""
    today = timezone.localdate()
    ExchangeRate.objects.all().delete()
    for quote, value in (("USD", "1.25"), ("CAD", "1.75"), ("AUD", "2")):
        ExchangeRate.objects.create(base="EUR", quote=quote, value=Decimal(value), on=today, source="Test Bank")
    versions.touch(versions.RATES)
    names = {
        "PE": ({"en": "Warm cap", "ja": "毛糸の帽子", "es": "Gorro de lana"}, "650500", "Cap of wool, knitted, for adults"),
        "VN": ({"en": "Lacquer tray", "ja": "漆の盆", "es": "Bandeja de laca"}, "442090", "Tray of lacquered wood, for food"),
        "JP": ({"en": "Comb", "ja": "櫛", "es": "Peine"}, "961511", "Comb of hard plastic, for the hair"),
    }
    pieces = []
    for economy, (title, hs, customs) in names.items():
        workshop = make_workshop(village=make_village(economy=economy))
        pieces.append(
            make_piece(workshop, title=title, price="40.00", stock=9, hs_code=hs, customs_description=customs, pictures=1)
        )
    ResponsiblePerson.objects.create(
        destination="EU", name="Sample Ltd", address="1 Sample Street, Leipzig", email="eu@example.com",
        valid_from="2020-01-01",
    )  # fmt: skip
    Restriction.objects.create(
        code="TEST-COMB", destination="AU", hs="961511", action="prohibit", severity="stops",
        text="Combs may not enter there.", source="Test Act", source_date=today, effective_from="2020-01-01",
        review_by="2030-01-01", state="live",
    )  # fmt: skip
    return pieces


@pytest.mark.parametrize(
    ("language", "screen"),
    [
        pytest.param("ja", PHONE, id="ja-phone"),
        pytest.param("es", DESKTOP, id="es-desktop", marks=pytest.mark.drill_only),
    ],
)
def test_canada_then_germany_then_a_destination_that_refuses_one_piece(
    language, screen, open_page, three_makers, fake_stripe, axe
):
    page: Page = open_page(**screen)
    page.goto(f"/{language}/")
    choose(page, "CA", "")
    expect(page).to_have_url(re.compile(rf"/ca-cad/{language}/$"))
    with override(language):
        unit = format_money(Money(Decimal("55.95"), "CAD"), language)
    for piece in three_makers:
        page.goto(f"/ca-cad/{language}/products/{piece.slug}-{piece.pk}/")
        expect(page.locator(".buy-box .price")).to_have_text(unit)
        expect(page.locator(".door")).to_contain_text(unit)
        page.locator("button[form=buy]:visible, #buy button:visible").first.click()
        page.wait_for_url("**/basket/")
    axe(page)
    goods = format_money(Money(Decimal("167.85"), "CAD"), language)
    expect(page.locator(".totals")).to_contain_text(goods)
    total_ca = go_to_review(page, "CA", language)
    axe(page)
    # To Germany: in euros, with the rate said.
    page.goto(f"/ca-cad/{language}/basket/")
    choose(page, "DE", "EUR")
    expect(page).to_have_url(re.compile(rf"/de-eur/{language}/basket/$"))
    expect(page.locator(".messages")).to_contain_text("Test Bank")
    expect(page.locator(".totals")).to_contain_text(format_money(Money(Decimal("96.00"), "EUR"), language))
    total_de = go_to_review(page, "DE", language)
    assert total_ca.endswith(("CAD", "")) and total_ca != total_de
    # To Australia one piece may not go: said on its page before the basket, and in the basket.
    comb = three_makers[2]
    page.goto(f"/au-aud/{language}/products/{comb.slug}-{comb.pk}/")
    with override(language):
        refused = gettext("This piece cannot be sent to %(to)s") % {"to": economy_name("AU")}
    expect(page.locator(".door")).to_contain_text(refused)
    expect(page.locator(".door")).to_contain_text("Test Act")
    expect(page.locator("#buy button")).to_have_count(0)
    axe(page)
    page.goto(f"/au-aud/{language}/basket/")
    with override(language):
        title = comb.get_title()
    expect(page.locator(".summary [role=alert]")).to_contain_text(title)


def choose(page: Page, destination: str, currency: str) -> None:
    page.locator(".market summary").click()
    page.select_option("#market-to", destination)
    page.select_option("#market-currency", currency)
    page.locator(".market form button").click()


def go_to_review(page: Page, economy: str, language: str) -> str:
    """Gives the address; answers the total of the review, which adds up from what stands on the page."""
    page.goto(f"{page.url.partition(f'/{language}/')[0]}/{language}/checkout/")
    expect(page.locator("[name=economy]")).to_have_value(economy)
    values = {"email": "k@example.com", "full_name": "Jo Maple", "line1": "1 Maple Street", **ADDRESS[economy]}
    for name, value in values.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("box => box.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("main form button").last.click()
    page.wait_for_url("**/checkout/review/")
    return page.locator(".totals .total dd").inner_text()
