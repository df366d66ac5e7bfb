"""Payout terms as a CSV file: read whole or not at all, and again without any change."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.economies.models import Economy
from marketplace.payments.models import PayoutTerms
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.words import WHY_NOT
from marketplace.trade.csvfile import CsvRefused, CsvRow, read_csv

SEED = Path(__file__).parent.parent / "data" / "payout_terms.csv"
KEY = ("economy_id", "route", "currency", "effective_from")


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError
    return text == "yes"


def _codes(text: str) -> list[str]:
    return text.split(";") if text else []


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError
    return amount


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError
    return int(text)


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError
    return text


def _one_of(choices) -> Callable[[str], str]:
    return lambda text: choices(text).value


READ: dict[str, Callable] = {
    "economy": str, "route": str, "currency": _currency, "enabled": _yes, "why_not": str, "reached_from": _codes,
    "fee_fixed": _amount, "fee_percent": _amount, "fee_by": _one_of(PayoutTerms.FeeBy), "minimum": _amount, "step": _amount,
    "hold_days": _whole, "schedule": _one_of(PayoutTerms.Schedule), "pay_day": _whole, "papers": _codes, "effective_from": _day,
    "effective_to": _day, "source": str, "source_date": _day, "review_by": _day,
}  # fmt: skip


@transaction.atomic
def import_terms(data: bytes) -> tuple[int, int]:
    """Take over a file's rows: (new, changed). A row of the same economy, route, currency and first day is replaced.

    Raises CsvRefused with rows and columns; then nothing was taken.
    """
    rows = read_csv(data, required=list(READ), known=list(READ))
    economies = set(Economy.objects.values_list("pk", flat=True))
    read = [_terms(row, economies) for row in rows]
    known = {tuple(getattr(row, name) for name in KEY): row for row in PayoutTerms.objects.all()}
    new, changed = [], []
    for terms in read:
        old = known.get(tuple(getattr(terms, name) for name in KEY))
        if old is None:
            new.append(terms)
        elif _values(old) != _values(terms):
            terms.pk = old.pk
            changed.append(terms)
    try:
        with transaction.atomic():
            PayoutTerms.objects.bulk_create(new)
            PayoutTerms.objects.bulk_update(changed, [name for name in READ if name not in ("economy", "route", "currency")])
    except (IntegrityError, DataError) as problem:
        raise _spoilt(rows, read, problem) from problem
    return len(new), len(changed)


def _spoilt(rows: list[CsvRow], read: list[PayoutTerms], problem: Exception) -> CsvRefused:
    """Which row the database refused: asked of the forms' own checks, one by one, only when something is wrong."""
    seen: dict[tuple, CsvRow] = {}
    for row, terms in zip(rows, read, strict=True):
        key = tuple(getattr(terms, name) for name in KEY)
        if key in seen:
            return row.refuse("effective_from", _("There is already a row for the same thing from this day on."))
        seen[key] = row
        try:
            terms.full_clean(validate_unique=False)
        except ValidationError as found:
            column, texts = next(iter(found.message_dict.items()))
            return row.refuse(column if column in READ else "", " ".join(texts))
    return CsvRefused((None, str(problem)))


def _terms(row: CsvRow, economies: set[str]) -> PayoutTerms:
    values = {}
    for column, read in READ.items():
        try:
            values[column] = read(row.cells[column].strip())
        except (ValueError, InvalidOperation) as problem:
            raise row.refuse(column, _("This cannot be read: “%(text)s”.") % {"text": row.cells[column]}) from problem
    if values["economy"] not in economies:
        raise row.refuse("economy", _("This economy is not known here."))
    if values["route"] not in routes:
        raise row.refuse("route", _("This way of paying is not known here."))
    if values["why_not"] and values["why_not"] not in WHY_NOT:
        raise row.refuse("why_not", _("This reason is not known here."))
    values["economy_id"] = values.pop("economy")
    return PayoutTerms(**values)


def _values(terms: PayoutTerms) -> list:
    return [getattr(terms, field.attname) for field in PayoutTerms._meta.concrete_fields if not field.primary_key]


def seed_terms() -> tuple[int, int]:
    """The kit's own rows, for a new shop. Raises CsvRefused for a spoilt file."""
    return import_terms(SEED.read_bytes())


__all__ = ["CsvRefused", "import_terms", "seed_terms"]
