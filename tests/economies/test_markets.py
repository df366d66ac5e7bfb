"""Markets: what a fresh shop offers, what takes a currency or destination off offer, and that rows alone add a new one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model

from marketplace.economies import versions
from marketplace.economies.markets import (
    MarketChoice,
    MarketOffer,
    NotOffered,
    NotOnOffer,
    currencies_on_offer,
    markets_on_offer,
    offer_for,
)
from marketplace.economies.models import (
    CurrencyPeg,
    Economy,
    ExchangeRate,
    Market,
    MarketChannel,
    MarketCurrency,
    Registration,
    RegistrationScheme,
)
from marketplace.economies.names import NAMES, economy_name
from marketplace.economies.rates import NoRate, Rate, convert
from marketplace.economies.registrations import Registered, registrations_on
from marketplace.economies.services import add_rate, load_sample_rates, seed_markets
from marketplace.money import Money

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
Country = get_model("address", "Country")
# The 21 by name and currency, as APEC names them.
THE_21 = {
    "AU": ("Australia", "AUD"), "BN": ("Brunei Darussalam", "BND"), "CA": ("Canada", "CAD"), "CL": ("Chile", "CLP"),
    "CN": ("China", "CNY"), "HK": ("Hong Kong, China", "HKD"), "ID": ("Indonesia", "IDR"), "JP": ("Japan", "JPY"),
    "KR": ("Korea", "KRW"), "MY": ("Malaysia", "MYR"), "MX": ("Mexico", "MXN"), "NZ": ("New Zealand", "NZD"),
    "PG": ("Papua New Guinea", "PGK"), "PE": ("Peru", "PEN"), "PH": ("The Philippines", "PHP"), "RU": ("Russia", "RUB"),
    "SG": ("Singapore", "SGD"), "TW": ("Chinese Taipei", "TWD"), "TH": ("Thailand", "THB"),
    "US": ("The United States", "USD"), "VN": ("Viet Nam", "VND"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_shop(db):
    """Markets as seeded, and the bundled rates of one day."""
    ExchangeRate.objects.all().delete()
    seed_markets()
    load_sample_rates(on=DAY)


def offers(on: date = DAY) -> dict[str, MarketOffer]:
    return {offer.destination: offer for offer in markets_on_offer(on)}


def offered(destination: str, currency: str, on: date = DAY) -> MarketOffer | NotOnOffer:
    return offer_for(MarketChoice(destination, currency), on=on)


def test_a_fresh_shop_sells_to_20_of_the_21_in_their_own_currency_and_dap():
    found = offers()
    assert {code: (economy_name(code), row.currencies.first().currency) for code, row in by_code(THE_21).items()} == THE_21
    assert set(THE_21) - set(found) == {"RU"}
    for code, (_name, currency) in THE_21.items():
        if code != "RU":
            assert found[code].default_currency == currency
            assert found[code].terms == "DAP"
            assert "USD" in found[code].currencies
    assert registrations_on(DAY) == ()
    assert not Country.objects.get(pk="RU").is_shipping_country


def by_code(codes) -> dict[str, Market]:
    return {row.destination: row for row in Market.objects.filter(destination__in=codes)}


def test_the_27_of_the_eu_are_markets_of_the_bloc():
    members = sorted(code for code, offer in offers().items() if offer.bloc == "EU")
    assert members == [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
        "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]  # fmt: skip
    assert offers()["SE"].currencies[:3] == ("SEK", "EUR", "USD")
    assert offers()["GB"].currencies[:2] == ("GBP", "USD")


def test_a_market_takes_every_currency_with_a_rate_its_own_first_unless_it_is_told_otherwise():
    canada = offers()["CA"]
    assert canada.currencies[:3] == ("CAD", "USD", "AUD")
    assert canada.default_currency == "CAD"
    assert set(canada.currencies) == {code for code, rate in currencies_on_offer(DAY).items() if isinstance(rate, Rate)}
    # At the price points of the currency, and withheld where it has no rate; no open market names RUB.
    assert canada.price_points["JPY"].step == 10
    assert isinstance(offered("CA", "JPY"), MarketOffer)
    assert offered("CA", "JPY", DAY + timedelta(days=5)).why == NotOffered.NO_RATE
    assert offered("CA", "RUB").why == NotOffered.CURRENCY
    only_its_own("CA")
    assert offers()["CA"].currencies == ("CAD", "USD")
    assert offered("CA", "JPY").why == NotOffered.CURRENCY


def only_its_own(destination: str) -> None:
    Market.objects.filter(destination=destination).update(other_currencies=False)
    versions.touch(versions.MARKETS)


def everything() -> list[list[dict]]:
    models = (Market, MarketCurrency, MarketChannel, CurrencyPeg, RegistrationScheme)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_seeding_again_changes_nothing_and_keeps_what_people_decided():
    Market.objects.filter(destination="JP").update(enabled=False, terms="DDP")
    MarketCurrency.objects.filter(market__destination="JP", currency="USD").delete()
    MarketChannel.objects.filter(market__destination="US").delete()
    CurrencyPeg.objects.update(valid_to=date(2026, 1, 1))
    before = everything()
    token = versions.current(versions.MARKETS)
    assert seed_markets() == 0
    assert everything() == before
    versions.forget()
    assert versions.current(versions.MARKETS) == token


@pytest.mark.parametrize(
    ("on", "channel"),
    [
        (date(2025, 8, 28), "courier"),
        (date(2025, 8, 29), "post"),
        (date(2026, 2, 28), "post"),
        (date(2026, 3, 1), "courier"),
        (DAY, "courier"),
    ],
)
def test_the_way_to_the_united_states_follows_its_dates(on, channel):
    assert offers(on)["US"].channel == channel
    assert offers(on)["CA"].channel == "any"


def test_a_22nd_economy_is_added_by_rows_alone():
    assert offered("CO", "COP").why == NotOffered.CLOSED
    assert "CO" not in NAMES
    Economy.objects.create(code="CO", name="Colombia", currency="COP", languages=["es"])
    market = Market.objects.create(
        destination="CO", languages=["es"], source="Decision of the board, 2026-11-01", other_currencies=False
    )
    for place, code in enumerate(["COP", "USD", "XXX"]):
        MarketCurrency.objects.create(
            market=market, currency=code, sort_order=place, price_point_step=100, price_point_ending="x900 or x400"
        )
    add_rate(base="USD", quote="COP", value=Decimal("3871.25"), on=DAY, source="Central bank")

    offer = offers()["CO"]
    # Nothing can be charged in XXX, so it is not offered.
    assert (offer.currencies, offer.default_currency, offer.terms, offer.channel) == (("COP", "USD"), "COP", "DAP", "any")
    assert offer.languages[0] == "es"
    assert economy_name("CO") == "Colombia"
    done = convert(Money(Decimal("25.40"), "USD"), "COP", on=DAY, points=offer.price_points["COP"])
    assert done.got == Money(Decimal("98400.00"), "COP")  # 98,329.75
    assert currencies_on_offer(DAY)["COP"].value == Decimal("3871.25")
    assert len(offers()) == Market.objects.filter(enabled=True).count() == 57


def test_a_currency_without_a_fresh_rate_is_withheld_and_says_why():
    late = DAY + timedelta(days=5)
    offer = offers(late)["JP"]
    assert (offer.currencies, offer.default_currency) == (("USD",), "USD")
    assert (offer.withheld["JPY"].why, offer.withheld["JPY"].last_on) == ("stale", DAY)
    refused = offered("JP", "JPY", late)
    assert refused == NotOnOffer(MarketChoice("JP", "JPY"), NotOffered.NO_RATE, offer.withheld["JPY"])
    assert "JPY" in refused.text
    assert isinstance(offered("JP", "USD", late), MarketOffer)
    rates = currencies_on_offer(late)
    assert {code for code, rate in rates.items() if isinstance(rate, Rate)} == {"USD"}
    assert isinstance(rates["SGD"], NoRate)

    add_rate(base="USD", quote="JPY", value=Decimal("157.1"), on=DAY, source="Central bank")
    assert offers(DAY + timedelta(days=4))["JP"].default_currency == "JPY"


def test_a_market_stays_open_in_the_shops_currency_when_all_its_rates_are_late():
    MarketCurrency.objects.filter(market__destination="JP", currency="USD").delete()
    only_its_own("JP")
    assert offers()["JP"].currencies == ("JPY",)
    late = offers(DAY + timedelta(days=9))["JP"]
    assert (late.currencies, list(late.withheld)) == (("USD",), ["JPY"])
    versions.touch(versions.MARKETS)


def test_brunei_is_sold_to_by_its_peg():
    assert offers()["BN"].currencies[:2] == ("BND", "USD")
    rates = currencies_on_offer(DAY)
    assert rates["BND"].value == rates["SGD"].value
    assert "Currency Interchangeability Agreement" in rates["BND"].source
    CurrencyPeg.objects.all().first().delete()
    assert offers()["BN"].default_currency == "USD"
    assert "BND" not in offers()["BN"].currencies


def test_a_currency_that_a_market_never_took_is_refused():
    only_its_own("JP")
    refused = offered("JP", "PEN")
    assert refused.why == NotOffered.CURRENCY
    assert refused.text == "Parcels to Japan cannot be paid in PEN."


@pytest.mark.parametrize("by", ["market", "economy"])
def test_closing_a_destination_takes_it_off_offer_at_once(by):
    assert isinstance(offered("PE", "PEN"), MarketOffer)
    row = Market.objects.get(destination="PE") if by == "market" else Economy.objects.get(code="PE")
    row.enabled = False
    row.save()
    refused = offered("PE", "PEN")
    assert refused.why == NotOffered.CLOSED
    assert refused.text == "Nothing is sent to Peru at the moment."
    assert "PEN" not in currencies_on_offer(DAY)


def test_a_market_opens_and_closes_the_destination_of_addresses():
    row = Market.objects.get(destination="PE")
    row.enabled = False
    row.save()
    assert not Country.objects.get(pk="PE").is_shipping_country
    row.enabled = True
    row.save()
    assert Country.objects.get(pk="PE").is_shipping_country


def test_offers_are_kept_in_memory_at_one_statement(settings):
    offers()
    versions.forget()
    with CaptureQueriesContext(connection) as looked:
        for _again in range(20):
            offers(), currencies_on_offer(DAY), offered("JP", "JPY"), registrations_on(DAY)
    assert len(looked) <= 2  # the version, and the registrations once
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = ["ja", "en"]
    assert offers()["JP"].languages == ("ja", "en")


def test_languages_are_the_storefronts_with_the_markets_own_first():
    assert offers()["JP"].languages == ("ja", "en", "vi", "th", "es", "zh-hant")
    assert offers()["HK"].languages == ("zh-hant", "en", "ja", "vi", "th", "es")
    assert offers()["CN"].languages == ("en", "ja", "vi", "th", "es", "zh-hant")


def test_price_points_come_from_the_market_else_from_the_currency():
    assert offers()["JP"].price_points["JPY"].step == 10
    row = MarketCurrency.objects.get(market__destination="JP", currency="JPY")
    row.price_point_step = Decimal("1.0000")
    row.save()
    assert offers()["JP"].price_points["JPY"].step == 1
    assert offers()["JP"].price_points["JPY"].of(Money(Decimal("503.62"), "JPY")) == Money(Decimal(504), "JPY")


@pytest.mark.parametrize(
    ("currency", "step", "ending", "field"),
    [
        ("XXX", None, "", "currency"),
        ("jpy", None, "", "currency"),
        ("JPY", Decimal("0.5"), "", "price_point_step"),
        ("JPY", Decimal(10), "x8", "price_point_step"),
        ("JPY", None, "eighty", "price_point_step"),
    ],
)
def test_price_points_that_cannot_be_are_refused(currency, step, ending, field):
    market = Market.objects.get(destination="PE")
    row = MarketCurrency(market=market, currency=currency, price_point_step=step, price_point_ending=ending)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert field in refused.value.message_dict


IOSS = {"number": "IM0400000005", "valid_from": date(2026, 1, 1), "source": "Letter of 2025-12-01"}


def test_registrations_are_dated_rows_of_schemes():
    assert [row.code for row in RegistrationScheme.objects.all()] == [
        "AU-GST", "CL-VAT", "CN-CBEC", "GB-VAT", "IOSS", "MY-LVG", "NZ-GST", "SG-GST",
    ]  # fmt: skip
    row = Registration.objects.create(scheme_id="IOSS", valid_to=date(2026, 12, 31), **IOSS)
    assert row.destination_or_bloc == "EU"
    known = Registered("IOSS", "EU", "IM0400000005", date(2026, 1, 1), date(2026, 12, 31))
    assert registrations_on(date(2026, 1, 1)) == registrations_on(date(2026, 12, 31)) == (known,)
    assert registrations_on(date(2025, 12, 31)) == registrations_on(date(2027, 1, 1)) == ()
    row.delete()
    assert registrations_on(DAY) == ()


@pytest.mark.parametrize(
    ("scheme", "number", "good"),
    [
        ("IOSS", "IM0400000005", True),
        ("IOSS", " im 040 000 0005 ", True),
        ("IOSS", "IM04000000", False),
        ("IOSS", "XX0400000005", False),
        ("GB-VAT", "GB 980 7806 84", True),
        ("GB-VAT", "GB 802 311 781", False),
        ("AU-GST", "300001234567", True),
        ("AU-GST", "", False),
    ],
)
def test_a_number_that_is_not_well_formed_is_refused(scheme, number, good):
    row = Registration(scheme_id=scheme, **IOSS | {"number": number})
    if good:
        row.full_clean()
        assert row.number == number.replace(" ", "").upper()
    else:
        with pytest.raises(ValidationError) as refused:
            row.full_clean()
        assert "number" in refused.value.message_dict


def test_two_numbers_of_a_scheme_never_share_a_day():
    Registration.objects.create(scheme_id="IOSS", valid_to=date(2026, 6, 30), **IOSS)
    row = Registration(scheme_id="IOSS", **IOSS | {"valid_from": date(2026, 6, 30)})
    with pytest.raises(ValidationError, match="Another number"):
        row.full_clean()
    row.valid_from = date(2026, 7, 1)
    row.full_clean()
