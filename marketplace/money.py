"""Money as a Decimal with its currency. Pure: no database, no settings.

Price points are the amounts at which a converted price may stand. ``step`` is the grid: every price is a multiple of it
(JPY 10: 503.62 becomes 500). ``ending`` names the amounts that people of a market expect, as patterns joined by " or ":
".95" is any whole number and 95 hundredths, "x90" any amount that ends with 90 (90, 190, 9990), "x000 or x9000" both.
The nearest such amount is taken, of two equally near ones the higher. An ending never moves a price by more than
``most`` of it (0.05: five per cent); where it would, the step alone counts, so that something for 1.20 does not become
0.95. No price becomes zero by rounding.

Converted prices only: an amount in the currency that the maker set stays as it was set.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from babel.numbers import format_currency

from marketplace.formats import locale_of

# CLDR's currencySpacing, which Babel leaves out: a code of letters does not touch the digits.
TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
ENDING = re.compile(r"x?(\d*)(?:\.(\d+))?", re.ASCII)
STRIPE_CURRENCIES = Path(__file__).parent / "data" / "stripe_currencies.csv"


class MoneyError(ValueError):
    """Amounts of two currencies were mixed, or an amount has more digits than its currency allows."""


@dataclass(frozen=True)
class Money:
    """An amount in major units (12.50) of an ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.amount * quantity, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be added.")


@lru_cache(maxsize=1)
def stripe_rows() -> dict[str, dict[str, str]]:
    """Stripe's own rules per currency, by ISO code; neither ISO's nor CLDR's digits agree with them everywhere."""
    with STRIPE_CURRENCIES.open(encoding="utf-8", newline="") as file:
        return {row["currency"]: row for row in csv.DictReader(file)}


def to_minor(money: Money) -> int:
    """The whole number that Stripe wants for ``money``: 12.50 USD is 1250, 1250 JPY is 1250.

    Raises MoneyError for a currency that Stripe does not know, for more digits than it has, or off its multiple.
    """
    row = stripe_rows().get(money.currency)
    if row is None:
        raise MoneyError(f"Stripe does not take {money.currency}.")
    minor = money.amount.scaleb(int(row["stripe_exponent"]))
    multiple = int(row["stripe_amount_multiple_of"] or 1)
    if minor != minor.to_integral_value() or int(minor) % multiple:
        raise MoneyError(f"{money.amount} {money.currency} cannot be paid exactly.")
    return int(minor)


def from_minor(minor: int, currency: str) -> Money:
    """The Money behind Stripe's whole number; raises MoneyError for a currency that Stripe does not know."""
    row = stripe_rows().get(currency.upper())
    if row is None:
        raise MoneyError(f"Stripe does not take {currency}.")
    return Money(Decimal(minor).scaleb(-int(row["stripe_exponent"])), currency.upper())


def smallest_payment(currency: str) -> Money:
    """The least that Stripe takes in a currency; one step of its amounts where it states no minimum."""
    row = stripe_rows()[currency]
    return from_minor(int(row["stripe_min_amount_minor"] or row["stripe_amount_multiple_of"] or 1), currency)


def quantum(currency: str) -> Decimal:
    """The smallest step of a currency: 0.01 for USD, 1 for JPY."""
    row = stripe_rows().get(currency)
    return Decimal(1).scaleb(-int(row["iso4217_exponent"] if row else 2))


def round_money(money: Money) -> Money:
    """Half up to the currency's smallest step."""
    return Money(money.amount.quantize(quantum(money.currency), ROUND_HALF_UP), money.currency)


def payable_step(currency: str) -> Decimal:
    """The smallest step in which a currency can be charged: 0.01 for USD, 1 for JPY and ISK, 0.01 for KWD.

    Where Stripe's steps are wider than ISO's (KWD takes 5.12 and 5.13, never 5.124), Stripe's count.
    """
    row = stripe_rows().get(currency)
    if row is None:
        return quantum(currency)
    return max(quantum(currency), Decimal(row["stripe_amount_multiple_of"] or 1).scaleb(-int(row["stripe_exponent"])))


def round_payable(money: Money) -> Money:
    """Half up to the smallest step that can be charged: 5.124 KWD is 5.12, 503.62 JPY is 504."""
    return Money(_to_step(money.amount, payable_step(money.currency)), money.currency)


def to_payout_minor(money: Money) -> tuple[int, Money]:
    """What a payout of ``money`` sends, as Stripe's whole number, and what stays for the next one.

    Payouts have steps of their own: of 800.45 TWD, 80000 goes out and 0.45 is carried. Nothing is rounded up, since
    nobody is paid what is not there. Raises MoneyError below zero and for a currency that Stripe does not know.
    """
    row = stripe_rows().get(money.currency)
    if row is None:
        raise MoneyError(f"Stripe does not pay out {money.currency}.")
    if money.amount < 0:
        raise MoneyError(f"{money.amount} {money.currency} cannot be paid out.")
    multiple = int(row["stripe_payout_multiple_of"] or 1)
    minor = int(money.amount.scaleb(int(row["stripe_exponent"]))) // multiple * multiple
    return minor, money - from_minor(minor, money.currency)


def allocate(money: Money, weights: Sequence[Decimal | int], step: Decimal | None = None) -> list[Money]:
    """``money`` in shares by ``weights``, to the smallest step, by largest remainder: the shares add up exactly.

    ``step``: another than the currency's smallest, such as payable_step's.

    Of equal remainders the first gets the step (10.00 over three equal lines: 3.34, 3.33, 3.33). Raises MoneyError
    when there are no weights, one is negative or no number, all are zero, or ``money`` has more digits than its currency.
    """
    if not weights or any(not Decimal(weight).is_finite() or weight < 0 for weight in weights) or not sum(weights):
        raise MoneyError("Shares need weights of zero or more, one of them above zero.")
    step = step or quantum(money.currency)
    units = money.amount / step
    if units != units.to_integral_value():
        raise MoneyError(f"{money.amount} {money.currency} cannot be shared out exactly.")
    whole_weights = _whole(weights)
    total = sum(whole_weights)
    parts = [divmod(int(units) * weight, total) for weight in whole_weights]
    shares = [share for share, _rest in parts]
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    for i in order[: int(units) - sum(shares)]:
        shares[i] += 1
    return [Money(share * step, money.currency) for share in shares]


def _whole(weights: Sequence[Decimal | int]) -> list[int]:
    """The same proportions in whole numbers, so that shares are computed exactly."""
    exponents = [weight.as_tuple().exponent for weight in weights if isinstance(weight, Decimal)]
    shift = -min([0, *exponents])
    return [int(Decimal(weight).scaleb(shift)) for weight in weights]


split = allocate  # the name that whole numbers as weights are known by


def _to_step(amount: Decimal, step: Decimal) -> Decimal:
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(step)


@dataclass(frozen=True)
class PricePoint:
    """Where prices of one currency may stand. ``most`` is a share of the price, None for no bound."""

    currency: str
    step: Decimal
    endings: tuple[tuple[Decimal, Decimal], ...] = ()  # (every, of): x90 is every 100, of 90
    most: Decimal | None = None

    def of(self, money: Money) -> Money:
        """The price point of an exact or rounded amount. Raises MoneyError for another currency or below zero."""
        if money.currency != self.currency or money.amount < 0:
            raise MoneyError(f"{money.amount} {money.currency} has no price point in {self.currency}.")
        if not money.amount:
            return money
        amount = self._ended(money.amount)
        return Money(amount or max(self.step, _to_step(money.amount, self.step)), money.currency)

    def _ended(self, amount: Decimal) -> Decimal | None:
        found = []
        for every, of in self.endings:
            below = ((amount - of) / every).to_integral_value(ROUND_FLOOR) * every + of
            found += [below, below + every]
        near = [value for value in found if value > 0]
        if not near:
            return None
        best = min(near, key=lambda value: (abs(value - amount), -value))
        if self.most is not None and abs(best - amount) > self.most * amount:
            return None
        return best.quantize(payable_step(self.currency))


def to_price_point(
    money: Money, step: Decimal | None = None, ending: str | None = None, most: Decimal | None = None
) -> Money:
    """The price point of ``money``; with neither step nor ending, those of the currency's row count (see price_point)."""
    return price_point(money.currency, step, ending, most).of(money)


@lru_cache(maxsize=1_000)
def price_point(
    currency: str, step: Decimal | None = None, ending: str | None = None, most: Decimal | None = None
) -> PricePoint:
    """The rule for a currency: as given, else as in data/stripe_currencies.csv, else its smallest payable step.

    Raises MoneyError for a step that cannot be charged, an ending that nobody can read, or one off the step's grid.
    """
    if step is None and ending is None:
        row = stripe_rows().get(currency, {})
        step, ending = _decimal(row.get("price_point_step")), row.get("price_point_ending")
    least = payable_step(currency)
    step = least if step is None else step
    if not step.is_finite() or step <= 0 or step % least:
        raise MoneyError(f"Prices in {currency} cannot stand in steps of {step}.")
    endings = tuple(read_ending(part) for part in re.split(r"\s+or\s+", ending.strip())) if ending else ()
    for every, of in endings:
        if every % step or of % step:
            raise MoneyError(f"The ending {ending} does not fit steps of {step} {currency}.")
    return PricePoint(currency, step, endings, most)


def read_ending(text: str) -> tuple[Decimal, Decimal]:
    """A pattern as (every, of): ".95" is (1, 0.95), "x90" is (100, 90). Raises MoneyError."""
    match = ENDING.fullmatch(text)
    if not match or not any(match.groups()):
        raise MoneyError(f"“{text}” is no ending of a price. Write .95 or x90.")
    whole, part = match.groups(default="")
    return Decimal(10) ** len(whole), Decimal(f"{whole or 0}.{part or 0}")


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation as problem:
        raise MoneyError(f"{text} is no step.") from problem


def format_money(money: Money, language: str) -> str:
    """The amount as readers of ``language`` write it, such as "$48.00"; remembered, since listings repeat prices."""
    return _format(money.amount, money.currency, language)


def format_whole(money: Money, language: str) -> str:
    """The same without the decimals of a whole amount, such as "$25"; other amounts keep theirs."""
    text = format_money(money, language)
    if money.amount != money.amount.to_integral_value():
        return text
    decimal = locale_of(language).number_symbols["latn"]["decimal"]
    return re.sub(rf"{re.escape(decimal)}0+(?!\d)", "", text)


@lru_cache(maxsize=20_000)
def _format(amount: Decimal, currency: str, language: str) -> str:
    return TOUCHING.sub("\u00a0", format_currency(amount, currency, locale=locale_of(language)))
