"""Prices on a card in the currency that the agency asked for: converted by the shop's own markets, never guessed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.markets import MarketChoice
from marketplace.economies.models import ExchangeRate, Market
from marketplace.money import Money, format_money
from storefront.embeds.kinds.prices import named_price
from storefront.embeds.pricing import addresses_in, pricing_for
from storefront.embeds.remembered import recall
from tests.embeds.conftest import SITE


def set_rate(quote: str, value: str, on=None) -> None:
    ExchangeRate.objects.filter(quote=quote).delete()
    ExchangeRate.objects.create(
        base="EUR", quote=quote, value=Decimal(value), on=on or timezone.localdate(), source="test"
    )
    versions.touch(versions.RATES)


@pytest.fixture
def rates(world, fresh):
    """1 USD is worth 1,400 KRW and 1.25 CAD today."""
    ExchangeRate.objects.all().delete()
    for quote, value in (("USD", "1.25"), ("KRW", "1750"), ("CAD", "1.5625")):
        set_rate(quote, value)
    fresh()


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def price_of(html) -> str:
    return " ".join(html.select_one(".pieces .price").text.split())


def test_prices_are_converted_and_links_lead_into_that_market(client, world, rates):
    html = soup(client.get(f"{world.card}?currency=KRW"))
    won = format_money(Money(Decimal(67200), "KRW"), "en")
    assert price_of(html) == f"{won} converted"
    assert html.find(class_="note").text == "Prices are converted from US dollars."
    links = [link["href"] for link in html.find_all("a")]
    assert links[0] == f"{SITE}/kr-krw/en/stories/{world.story.slug}/"
    assert links[1].startswith(f"{SITE}/kr-krw/en/products/red-bowl-")
    for link in links[:2]:
        page = client.get(link.removeprefix(SITE))
        assert page.status_code == 200
        assert won in page.text
    assert html.select_one(".credit a")["href"] == f"{SITE}/kr-krw/en/"
    assert html.find("link", rel="canonical")["href"] == f"{SITE}{world.story.public_url}"


def test_a_card_first_made_within_a_market_is_the_same_for_everybody(client, world, rates):
    """What an agency's desk or a landing recalls is kept for the cards of all."""
    with addresses_in(MarketChoice("KR", "KRW")):
        found, _age = recall("story", "en", world.story.pk)
    assert found.url == world.story.public_url
    html = soup(client.get(world.card))
    assert price_of(html).startswith("$48.00")
    assert {link["href"].removeprefix(SITE).split("/")[1] for link in html.find_all("a")} == {"en"}


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (Money(Decimal("48"), "USD"), "en", "$48.00 USD"),
        (Money(Decimal("48"), "USD"), "ja", "$48.00 USD"),
        (Money(Decimal("240"), "USD"), "th", "US$240.00"),
        (Money(Decimal("240"), "USD"), "es", "USD 240.00"),
        (Money(Decimal("350"), "THB"), "en", "THB 350.00"),
        (Money(Decimal("350"), "THB"), "th", "฿350.00"),
        (Money(Decimal("1199"), "TWD"), "en", "NT$1,199.00"),
        (Money(Decimal("1199"), "TWD"), "zh-hant", "$1,199.00 TWD"),
        (Money(Decimal("5000"), "JPY"), "en", "¥5,000 JPY"),
        (Money(Decimal("5000"), "JPY"), "ja", "￥5,000 JPY"),
        (Money(Decimal("50"), "CNY"), "ja", "元 50.00 CNY"),
        (Money(Decimal("67200"), "KRW"), "zh-hant", "￦67,200"),
        (Money(Decimal("90000"), "VND"), "vi", "90.000 ₫"),
        (Money(Decimal("30"), "GBP"), "en", "£30.00 GBP"),
        (Money(Decimal("30"), "MYR"), "en", "MYR 30.00"),
    ],
)
def test_the_currency_is_named_once_and_without_doubt(money, language, text):
    assert named_price(money, language).replace("\u00a0", " ") == text


def test_the_same_piece_alone(client, world, rates):
    html = soup(client.get(f"/embed/v1/en/product/{world.piece.slug}-{world.piece.pk}/?currency=CAD"))
    assert " ".join(html.select_one(".lead .price").text.split()) == "CA$59.95 converted"
    assert html.select_one(".lead .note").text == "Prices are converted from US dollars."


def test_the_shops_own_currency_is_not_converted(client, world, rates):
    plain = client.get(world.card)
    assert "converted" not in plain.text
    html = soup(client.get(f"{world.card}?currency=USD"))
    assert price_of(html) == "$48.00 USD"
    assert html.find("a")["href"] == f"{SITE}{world.story.public_url}"


@pytest.mark.parametrize("currency", ["KRW", "ABC", "GBP"])
def test_a_currency_that_cannot_be_had_is_said(client, world, rates, currency):
    set_rate("KRW", "1750", on=timezone.localdate() - timedelta(days=30))
    html = soup(client.get(f"{world.card}?currency={currency}"))
    assert price_of(html) == "$48.00 USD"
    assert html.find(class_="note").text == (
        "Prices are shown in US dollars. They cannot be shown in the other currency now."
    )
    assert html.find("a")["href"] == f"{SITE}{world.story.public_url}"


def test_a_rate_that_gets_old_overnight_is_not_used_the_next_day(client, world, rates, settings, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=settings.MARKETPLACE_RATE_MAX_AGE_DAYS + 1)
    assert price_of(soup(client.get(f"{world.card}?currency=KRW"))).endswith("converted")
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    assert price_of(soup(client.get(f"{world.card}?currency=KRW"))) == "$48.00 USD"


def test_a_market_that_closes_takes_its_prices_along(client, world, rates):
    client.get(f"{world.card}?currency=KRW")
    market = Market.objects.get(destination="KR")
    market.enabled = False
    market.save()
    assert "/kr-krw/" not in client.get(f"{world.card}?currency=KRW").text


def test_oembed_takes_a_currency_and_one_that_stands_in_the_pasted_address(client, world, rates):
    asked = client.get("/oembed/", {"url": world.url, "currency": "krw"}).json()
    pasted = client.get("/oembed/", {"url": f"{SITE}/kr-krw{world.story.public_url}"}).json()
    assert asked == pasted
    assert f'href="{SITE}/kr-krw/en/stories/' in asked["html"]
    assert "?currency=KRW" in asked["html"]


def test_the_market_whose_own_currency_it_is_comes_first(rates):
    assert pricing_for("KRW", "en").market.destination == "KR"
    assert pricing_for("CAD", "ja").market.destination == "CA"


def test_the_request_goes_on_in_its_own_market(client, world, rates):
    """Making a card in another market leaves nothing behind."""
    client.get(f"{world.card}?currency=KRW")
    assert "/kr-krw/" not in client.get(world.story.public_url).text
    assert "KRW" not in client.get(world.card).text
