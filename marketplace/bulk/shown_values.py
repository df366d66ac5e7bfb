"""What a value is called in a report and in an exported table, in the active language."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.models import Product
from marketplace.bulk.columns import LENGTHS
from marketplace.money import Money, format_money

LONGEST = 80  # characters of a text in a report


def shown(name: str, value: object) -> str:
    """For a person to read in a report."""
    if name == "price" and value is not None:
        return money(Decimal(value), settings.MARKETPLACE_CURRENCY)
    text = cell(name, value)
    text = f"{text:f}" if isinstance(text, Decimal) else "" if text is None else str(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def money(amount: Decimal, currency: str) -> str:
    return format_money(Money(amount, currency), get_language())


def cell(name: str, value: object) -> str | int | Decimal | None:
    """For a table: numbers stay numbers."""
    if value is None or value == "":
        return None
    if name == "materials":
        return join(str(row) for row in value)
    if name == "supply":
        return str(Product.Supply(value).label)
    if name in LENGTHS:
        return (Decimal(value) / 10).normalize() + 0
    if name == "shown":
        return _("Yes") if value else _("No")
    if isinstance(value, int | Decimal):
        return value
    return str(value)


def join(parts: Iterable[str]) -> str:
    return "; ".join(parts)
