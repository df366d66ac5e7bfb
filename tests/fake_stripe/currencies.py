"""What Stripe accepts per currency: exponent, multiple and minimum, read from the kit's own data file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from .errors import ApiError

DATA = Path(__file__).resolve().parents[2] / "marketplace" / "data" / "stripe_currencies.csv"
LARGEST = 999_999_999_999  # twelve digits, in the smallest unit


@dataclass(frozen=True)
class Currency:
    """One row. ``minimum`` and ``multiple_of`` are in Stripe's smallest unit."""

    code: str
    exponent: int
    shown_decimals: int
    multiple_of: int
    minimum: int


@cache
def currencies() -> dict[str, Currency]:
    """All rows by lower-case code. A row without a known minimum has 1."""
    with DATA.open(encoding="utf-8", newline="") as source:
        return {row["currency"].lower(): _currency(row) for row in csv.DictReader(source)}


def _currency(row: dict[str, str]) -> Currency:
    exponent = int(row["stripe_exponent"])
    return Currency(
        code=row["currency"].lower(),
        exponent=exponent,
        shown_decimals=min(exponent, int(row["iso4217_exponent"])),
        multiple_of=int(row["stripe_amount_multiple_of"]),
        minimum=int(row["stripe_min_amount_minor"] or 1),
    )


def find(code: str, param: str = "currency") -> Currency:
    """Return the currency; raise ``ApiError`` (400) for one Stripe does not know."""
    known = currencies().get(code.lower())
    if known is None:
        supported = ", ".join(sorted(currencies()))
        raise ApiError(
            f"Invalid currency: {code}. Stripe currently supports these currencies: {supported}", param=param
        )
    return known


def check_multiple(amount: int, currency: Currency, param: str) -> None:
    """Raise ``ApiError`` unless ``amount`` (smallest unit) is a multiple this currency allows."""
    if amount % currency.multiple_of:
        raise ApiError(
            f"Invalid amount: amounts in {currency.code} must be evenly divisible by {currency.multiple_of}.",
            code="parameter_invalid_integer",
            param=param,
        )


def check_amount(amount: int, currency: Currency, param: str) -> None:
    """Raise ``ApiError`` unless ``amount`` (smallest unit) can be charged."""
    check_multiple(amount, currency, param)
    if amount < currency.minimum:
        least = shown(currency.minimum, currency)
        raise ApiError(f"Amount must be at least {least}.", code="amount_too_small", param=param)
    if amount > LARGEST:
        raise ApiError(f"Amount must be no more than {LARGEST}.", code="amount_too_large", param=param)


def shown(amount: int, currency: Currency) -> str:
    """Write an amount (smallest unit) for a person: ``JPY 1,200``, ``USD 12.50``, ``ISK 5``."""
    major = Decimal(amount).scaleb(-currency.exponent)
    return f"{currency.code.upper()} {major:,.{currency.shown_decimals}f}"
