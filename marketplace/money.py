"""Money as a Decimal with its currency. Pure: no database, no settings."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from babel.numbers import format_currency

from marketplace.formats import locale_of

# CLDR's currencySpacing, which Babel leaves out: a code of letters does not touch the digits.
TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
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


def split(money: Money, weights: Sequence[int]) -> list[Money]:
    """``money`` in shares by ``weights``, to the smallest step, by largest remainder: the shares add up exactly.

    Raises MoneyError when there are no weights, one is negative or all are zero.
    """
    if not weights or any(weight < 0 for weight in weights) or not sum(weights):
        raise MoneyError("Shares need weights of zero or more, one of them above zero.")
    step = quantum(money.currency)
    units = int((money.amount / step).to_integral_value(ROUND_HALF_UP))
    exact = [Decimal(units) * weight / sum(weights) for weight in weights]
    whole = [int(share.to_integral_value(ROUND_FLOOR)) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: units - sum(whole)]:
        whole[i] += 1
    return [Money(share * step, money.currency) for share in whole]


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
