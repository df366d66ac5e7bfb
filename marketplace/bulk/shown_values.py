"""What a value is called in a report and in an exported table, in the active language."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from catalogue.models import Product
from marketplace.bulk.columns import LENGTHS

LONGEST = 80  # characters of a text in a report


def shown(name: str, value: object) -> str:
    """For a person to read in a report."""
    text = cell(name, value)
    text = f"{text:f}" if isinstance(text, Decimal) else "" if text is None else str(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


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
