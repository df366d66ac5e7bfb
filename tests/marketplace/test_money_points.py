"""Price points, payouts and steps that can be charged: every amount from data, exact."""

import random
from decimal import Decimal

import pytest

from marketplace.money import (
    Money,
    MoneyError,
    allocate,
    payable_step,
    price_point,
    round_payable,
    smallest_payment,
    stripe_rows,
    to_minor,
    to_payout_minor,
    to_price_point,
)

MOST = Decimal("0.05")
THE_21 = [row["currency"] for row in stripe_rows().values() if row["apec_economy"]]


def money(text: str) -> Money:
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("exact", "point"),
    [
        ("503.62 JPY", "500 JPY"),  # the step 10; x80 is one of its multiples
        ("505.00 JPY", "510 JPY"),  # half up
        ("4.99 JPY", "10 JPY"),  # no price becomes zero
        ("0 JPY", "0 JPY"),
        ("12.50 AUD", "12.95 AUD"),
        ("12.45 AUD", "12.95 AUD"),  # as near to 11.95: the higher
        ("12.44 AUD", "11.95 AUD"),
        ("12.40 SGD", "12.90 SGD"),
        ("12.39 SGD", "11.90 SGD"),
        ("9950 CLP", "9990 CLP"),
        ("9930 CLP", "9890 CLP"),
        ("95.90 CNY", "98.00 CNY"),
        ("98.51 CNY", "99.00 CNY"),
        ("153499 IDR", "153000 IDR"),
        ("1234 KRW", "1200 KRW"),
        ("1250 KRW", "1300 KRW"),
        ("253333 VND", "253000 VND"),
        ("25.40 USD", "25.00 USD"),
        ("25.49500001 EUR", "25.99 EUR"),
        ("25.495 EUR", "25.99 EUR"),
        ("25.49499 EUR", "25.00 EUR"),
        ("12.505 CHF", "12.51 CHF"),  # without price points: what can be charged
        ("5.124 KWD", "5.12 KWD"),
    ],
)
def test_a_converted_price_stands_at_the_nearest_point_of_its_currency(exact, point):
    assert to_price_point(money(exact)) == money(point)


@pytest.mark.parametrize(
    ("exact", "bound", "free"),
    [
        ("1.20 AUD", "1.20 AUD", "0.95 AUD"),  # the ending would take a fifth off
        ("45 CLP", "50 CLP", "90 CLP"),
        ("10.00 AUD", "9.95 AUD", "9.95 AUD"),
        ("9.45 AUD", "9.45 AUD", "9.95 AUD"),  # 0.50 is more than 5 per cent of 9.45
        ("10.45 AUD", "10.95 AUD", "10.95 AUD"),
    ],
)
def test_an_ending_moves_no_price_by_more_than_is_allowed(exact, bound, free):
    assert to_price_point(money(exact), most=MOST) == money(bound)
    assert to_price_point(money(exact)) == money(free)


def test_a_market_may_have_points_of_its_own():
    assert to_price_point(money("503.62 JPY"), Decimal(100), "x800 or x300") == money("300 JPY")
    assert to_price_point(money("503.62 JPY"), Decimal(1)) == money("504 JPY")
    assert to_price_point(money("503.62 JPY"), Decimal(1), "") == money("504 JPY")
    assert to_price_point(money("12.34 CAD"), ending=".00 or .50") == money("12.50 CAD")
    assert to_price_point(money("12.34 CAD"), ending="x5.50") == money("15.50 CAD")


@pytest.mark.parametrize(
    ("currency", "step", "ending", "why"),
    [
        ("JPY", "0.5", None, "steps of 0.5"),
        ("JPY", "0", None, "steps of 0"),
        ("USD", "-1", None, "steps of -1"),
        ("USD", "NaN", None, "steps of NaN"),
        ("KWD", "0.001", None, "steps of 0.001"),
        ("USD", "0.01", "x", "no ending"),
        ("USD", "0.01", "95 cents", "no ending"),
        ("USD", "0.01", ".9x", "no ending"),
        ("USD", "0.01", ".99 or", "no ending"),
        ("USD", "0.01", ".999", "does not fit"),
        ("JPY", "10", "x8", "does not fit"),
        ("AUD", "1", ".95", "does not fit"),
    ],
)
def test_points_that_cannot_be_are_refused(currency, step, ending, why):
    with pytest.raises(MoneyError, match=why):
        price_point(currency, Decimal(step), ending)


def test_a_point_is_of_its_currency_and_never_below_zero():
    for wrong in ("10.00 USD", "-10 JPY"):
        with pytest.raises(MoneyError, match="no price point"):
            price_point("JPY").of(money(wrong))


@pytest.mark.parametrize("currency", THE_21)
def test_points_of_the_21_can_be_charged_move_little_and_stay_put(currency):
    assert len(THE_21) == 21
    chance, points = random.Random(currency), price_point(currency, most=MOST)
    for _turn in range(150):
        exact = Money(Decimal(chance.randint(1, 10**9)) / 1000, currency)
        point = points.of(exact)
        assert to_minor(point) > 0
        assert point.amount % points.step == 0
        assert abs(point.amount - exact.amount) <= max(points.step, MOST * exact.amount)
        assert points.of(point) == point


@pytest.mark.parametrize(
    ("amount", "minor", "carried"),
    [
        ("800.45 TWD", 80000, "0.45"),
        ("800.00 TWD", 80000, "0"),
        ("0.99 TWD", 0, "0.99"),
        ("1990.50 HUF", 199000, "0.50"),
        ("5.124 KWD", 5120, "0.004"),
        ("5 ISK", 500, "0"),
        ("12.505 USD", 1250, "0.005"),
        ("1200 JPY", 1200, "0"),
        ("0 USD", 0, "0"),
    ],
)
def test_a_payout_sends_whole_steps_and_carries_the_rest(amount, minor, carried):
    sent, rest = to_payout_minor(money(amount))
    assert sent == minor
    assert rest == Money(Decimal(carried), money(amount).currency)


def test_a_payout_that_cannot_be_is_an_error():
    for wrong in ("-1.00 USD", "1.00 XXX"):
        with pytest.raises(MoneyError, match="paid out|pay out"):
            to_payout_minor(money(wrong))


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("5.124 KWD", 5120), ("5.125 KWD", 5130), ("5 ISK", 500), ("5.4 ISK", 500), ("1200.4 JPY", 1200), ("12.505 USD", 1251)],
)
def test_what_is_charged_is_rounded_to_what_can_be(amount, minor):
    assert to_minor(round_payable(money(amount))) == minor


def test_every_currency_can_be_charged_in_its_own_steps():
    for code in stripe_rows():
        assert to_minor(Money(payable_step(code), code)) >= 1
        assert round_payable(Money(payable_step(code) / 2, code)) == Money(payable_step(code), code)
    assert payable_step("XXX") == Decimal("0.01")


@pytest.mark.parametrize(("amount", "enough"), [("0.30 USD", False), ("0.50 USD", True), ("40 JPY", False), ("50 JPY", True)])
def test_what_is_below_the_least_payment_is_known_before_stripe(amount, enough):
    """Trap 11."""
    wanted = money(amount)
    assert (wanted.amount >= smallest_payment(wanted.currency).amount) is enough


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        ("10.00 USD", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),  # trap 8
        ("10.00 USD", ["0.1", "0.25", "2"], ["0.43", "1.06", "8.51"]),
        ("1.00 USD", ["1e-9", "3e-9"], ["0.25", "0.75"]),
        ("1000 JPY", ["33.3", "33.3", "33.4"], ["333", "333", "334"]),
        ("0.01 USD", ["0.0", "0.2"], ["0.00", "0.01"]),
    ],
)
def test_shares_may_go_by_decimal_weights(whole, weights, shares):
    parts = allocate(money(whole), [Decimal(weight) for weight in weights])
    assert [part.amount for part in parts] == [Decimal(share) for share in shares]


def test_what_cannot_be_shared_out_exactly_is_refused():
    for wrong in ("10.005 USD", "0.5 JPY"):
        with pytest.raises(MoneyError, match="exactly"):
            allocate(money(wrong), [1, 1])
    for weights in ([Decimal("NaN")], [Decimal("Infinity"), 1], [Decimal("-0.1"), 1], [Decimal(0)]):
        with pytest.raises(MoneyError, match="weights"):
            allocate(money("10.00 USD"), weights)


def test_shares_of_large_amounts_stay_exact():
    chance = random.Random(8)
    for _turn in range(200):
        whole = Money(Decimal(chance.randint(0, 10**14)) / 100, "USD")
        weights = [Decimal(chance.randint(0, 10**12)) / 10 ** chance.randint(0, 9) for _part in range(9)] + [Decimal(1)]
        parts = allocate(whole, weights)
        assert sum(part.amount for part in parts) == whole.amount
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part.amount - whole.amount * weight / sum(weights)) < Decimal("0.01")
