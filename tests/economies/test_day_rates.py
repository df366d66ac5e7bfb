"""How any two currencies follow from a day's rows: pure."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.economies.day_rates import DayRates, NoRate, Rate, RatePart, Why
from marketplace.economies.rates import converted
from marketplace.money import Money, MoneyError, price_point

DAY = date(2026, 11, 2)
FRIDAY = date(2026, 10, 30)


def part(base: str, quote: str, value: str, on: date = FRIDAY, source: str = "ECB") -> RatePart:
    return RatePart(base, quote, Decimal(value), source, on)


def book(*parts: RatePart, last: dict | None = None) -> DayRates:
    links: dict[str, tuple[RatePart, ...]] = {}
    for one in parts:
        links[one.quote] = (*links.get(one.quote, ()), one)
    return DayRates(DAY, links, last or {})


ECB = (part("EUR", "USD", "1.1172"), part("EUR", "JPY", "175.68"), part("EUR", "SGD", "1.4282"))


@pytest.mark.parametrize(
    ("base", "quote", "value"),
    [
        ("EUR", "USD", "1.1172"),
        ("USD", "EUR", "0.895094880057"),
        ("USD", "JPY", "157.250268528"),
        ("JPY", "USD", "0.00635928961749"),
        ("SGD", "JPY", "123.007982075"),
    ],
)
def test_two_currencies_are_crossed_through_the_euro_to_twelve_digits(base, quote, value):
    rate = book(*ECB).between(base, quote)
    assert (rate.base, rate.quote, rate.on, rate.source) == (base, quote, FRIDAY, "ECB")
    assert rate.value == Decimal(value)


def test_a_currency_in_itself_is_one_and_has_no_source():
    assert book().between("PEN", "PEN") == Rate("PEN", "PEN", Decimal(1), "", DAY)


def test_a_rate_counted_in_another_currency_is_used_as_it_was_given():
    bank = part("USD", "PEN", "3.7512", date(2026, 11, 1), "Central bank")
    rates = book(*ECB, bank)
    assert rates.between("USD", "PEN") == Rate(
        "USD", "PEN", Decimal("3.7512"), "Central bank", date(2026, 11, 1), (bank,)
    )
    through = rates.between("JPY", "PEN")
    assert through.on == FRIDAY
    assert through.source == "ECB; Central bank"
    assert [(one.base, one.quote) for one in through.parts] == [("EUR", "JPY"), ("EUR", "USD"), ("USD", "PEN")]
    assert through.value == Decimal("0.0238549672131")  # 1.1172 × 3.7512 / 175.68


def test_a_peg_follows_its_anchor_and_is_exact_to_it():
    rates = book(*ECB, part("SGD", "BND", "1", DAY, "1967 agreement"))
    assert rates.between("SGD", "BND").value == 1
    assert rates.between("SGD", "BND").on == DAY
    assert rates.between("EUR", "BND").value == Decimal("1.4282")
    assert rates.between("EUR", "BND").on == FRIDAY
    assert rates.between("BND", "USD").value == rates.between("SGD", "USD").value


def test_the_best_row_wins_and_a_circle_is_left_out():
    rates = book(
        part("EUR", "USD", "1.1172"), part("JPY", "TWD", "0.2"), part("TWD", "JPY", "5"), part("EUR", "JPY", "175")
    )
    assert rates.between("EUR", "JPY").value == 175
    assert rates.between("EUR", "TWD").value == 35
    alone = book(part("JPY", "TWD", "0.2"), part("TWD", "JPY", "5"))
    assert alone.between("EUR", "JPY").why == Why.MISSING


@pytest.mark.parametrize(
    ("base", "quote", "currency", "why", "last"),
    [
        ("USD", "CLP", "CLP", Why.MISSING, None),
        ("CLP", "USD", "CLP", Why.MISSING, None),
        ("USD", "RUB", "RUB", Why.STALE, date(2022, 3, 1)),
        ("USD", "BND", "SGD", Why.STALE, date(2026, 10, 1)),
    ],
)
def test_no_rate_says_what_is_missing(base, quote, currency, why, last):
    rates = book(
        part("EUR", "USD", "1.1172"),
        part("SGD", "BND", "1"),
        last={"RUB": date(2022, 3, 1), "SGD": date(2026, 10, 1), "USD": FRIDAY},
    )
    found = rates.between(base, quote)
    assert found == NoRate(base, quote, why, last, currency)
    assert currency in found.text
    assert ("2026" in found.text or "2022" in found.text) is (why == Why.STALE)


def test_amounts_are_rounded_once():
    """Trap 7: 3 × the price of USD 3.33 at 151.237."""
    rate = book(part("EUR", "USD", "1.1172"), part("USD", "JPY", "151.237")).between("USD", "JPY")
    assert rate.value == Decimal("151.237")
    done = converted(Money(Decimal("3.33"), "USD"), rate)
    assert done.given == Money(Decimal("3.33"), "USD")
    assert done.got == Money(Decimal(504), "JPY")
    assert done.rate is rate
    assert done.got * 3 == Money(Decimal(1512), "JPY")
    # 504.6 would become 505 and then 510: the price point is taken from the exact amount.
    assert converted(Money(Decimal("3.3365"), "USD"), rate, price_point("JPY")).got == Money(Decimal(500), "JPY")


def test_what_needs_no_conversion_is_left_alone():
    price = Money(Decimal("25.40"), "USD")
    assert converted(price, book().between("USD", "USD"), price_point("USD")).got is price


def test_a_rate_of_other_currencies_is_an_error():
    rate = book(*ECB).between("EUR", "USD")
    with pytest.raises(MoneyError, match="at a rate of EUR"):
        converted(Money(Decimal(1), "JPY"), rate)
    with pytest.raises(MoneyError, match="no price point"):
        converted(Money(Decimal(1), "EUR"), rate, price_point("JPY"))
