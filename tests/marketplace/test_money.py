"""Money: shares add up to the whole, and Stripe's whole numbers come from data."""

import random
from decimal import Decimal

import pytest

from marketplace.money import (
    Money,
    MoneyError,
    format_money,
    from_minor,
    quantum,
    round_money,
    smallest_payment,
    split,
    stripe_rows,
    to_minor,
)


def money(text: str) -> Money:
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        ("100.00 USD", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.01 USD", [1, 1, 1], ["0.01", "0.00", "0.00"]),
        ("0.02 USD", [3, 2, 1], ["0.01", "0.01", "0.00"]),
        ("0.05 USD", [50, 30, 20], ["0.03", "0.01", "0.01"]),
        ("10.00 USD", [0, 5], ["0.00", "10.00"]),
        ("0.00 USD", [2, 3], ["0.00", "0.00"]),
        ("1001 JPY", [1, 1, 1], ["334", "334", "333"]),
        ("5 ISK", [1, 1], ["3", "2"]),
        ("1.000 KWD", [1, 2], ["0.333", "0.667"]),
        ("-1.00 USD", [1, 1, 1], ["-0.33", "-0.33", "-0.34"]),
    ],
)
def test_shares_go_by_largest_remainder(whole, weights, shares):
    parts = split(money(whole), weights)
    assert [part.amount for part in parts] == [Decimal(share) for share in shares]
    assert {part.currency for part in parts} == {money(whole).currency}


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "ISK", "TWD", "VND"])
def test_shares_of_anything_add_up_and_are_never_off_by_a_step(currency):
    chance = random.Random(currency)
    step = quantum(currency)
    for _turn in range(1000):
        whole = Money(chance.randint(0, 10_000_000) * step, currency)
        weights = [chance.choice([0, 1, chance.randint(1, 10**9)]) for _part in range(chance.randint(1, 12))]
        weights[chance.randrange(len(weights))] += 1
        parts = split(whole, weights)
        assert sum(part.amount for part in parts) == whole.amount
        for part, weight in zip(parts, weights, strict=True):
            assert part.amount % step == 0
            assert abs(part.amount - whole.amount * weight / sum(weights)) < step


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-3]])
def test_shares_without_weight_are_refused(weights):
    with pytest.raises(MoneyError, match="weights"):
        split(money("10.00 USD"), weights)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        ("12.50 USD", 1250),
        ("0.00 USD", 0),
        ("12.5 USD", 1250),
        ("1250 JPY", 1250),
        ("1250.00 JPY", 1250),
        ("5.120 KWD", 5120),
        ("5.12 KWD", 5120),
        ("5 ISK", 500),
        ("800.00 TWD", 80000),
        ("800.50 TWD", 80050),
        ("250000 VND", 250000),
        ("99999999.99 USD", 9999999999),
    ],
)
def test_minor_units_are_stripes_and_come_back(amount, minor):
    assert to_minor(money(amount)) == minor
    assert from_minor(minor, money(amount).currency.lower()) == money(amount)


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("12.505 USD", "exactly"),
        ("12.5 JPY", "exactly"),
        ("5.124 KWD", "exactly"),  # Stripe takes dinars in steps of a hundredth only
        ("5.5 ISK", "exactly"),
        ("1.00 XXX", "does not take"),
        ("1.00 usd", "does not take"),
    ],
)
def test_what_stripe_cannot_take_exactly_is_an_error(amount, why):
    with pytest.raises(MoneyError, match=why):
        to_minor(money(amount))


def test_every_currency_of_the_data_agrees_with_its_own_example():
    rows = stripe_rows()
    assert len(rows) >= 50
    for code, row in rows.items():
        assert to_minor(Money(Decimal(row["example_major"]), code)) == int(row["example_stripe_amount"])
        assert to_minor(smallest_payment(code)) >= 1


def test_the_smallest_payment_is_stripes():
    assert smallest_payment("USD") == money("0.50 USD")
    assert smallest_payment("JPY") == money("50 JPY")
    assert smallest_payment("ISK") == money("1 ISK")


def test_an_unknown_currency_has_no_minor_units():
    with pytest.raises(MoneyError, match="does not take"):
        from_minor(100, "xxx")


def test_currencies_do_not_mix():
    for mix in (lambda: money("1 USD") + money("1 JPY"), lambda: money("1 USD") - money("1 JPY")):
        with pytest.raises(MoneyError, match="cannot be added"):
            mix()


def test_arithmetic_and_truth():
    assert money("1.10 USD") + money("2.20 USD") == money("3.30 USD")
    assert money("1.10 USD") - money("2.20 USD") == money("-1.10 USD")
    assert money("1.10 USD") * 3 == money("3.30 USD")
    assert money("0.01 USD")
    assert not money("0.00 USD")
    assert money("1.00 USD") != money("1.00 EUR")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005 USD", "0.01 USD"),
        ("0.0049 USD", "0.00 USD"),
        ("12.5 JPY", "13 JPY"),
        ("0.0005 KWD", "0.001 KWD"),
    ],
)
def test_half_a_step_goes_up(amount, rounded):
    assert round_money(money(amount)) == money(rounded)


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        ("48.00 USD", "en", "$48.00"),
        ("1234.50 USD", "ja", "$1,234.50"),
        ("5120 JPY", "ja", "￥5,120"),
        ("48.00 USD", "zh-hant", "US$48.00"),
        ("48.00 USD", "no such language", "$48.00"),
    ],
)
def test_amounts_are_written_as_readers_write_them(amount, language, text):
    assert format_money(money(amount), language) == text
