"""Shipping rates as a CSV file: what is written is read back to the byte, and a file is taken whole or not at all.

UTF-8, comma, a point before the decimals, dates as 2026-11-22. ``zone`` and ``workshop`` are names of rows that exist.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import ShippingRate, Zone
from marketplace.fulfilment.staff_forms import ShippingRateForm
from marketplace.workshops.models import Workshop

COLUMNS = (
    "carrier", "service", "incoterm", "workshop", "origin", "destination", "zone", "up_to_g", "longest_side_mm",
    "sides_sum_mm", "length_girth_mm", "volumetric_divisor", "amount", "duty_fee", "currency", "days_min", "days_max",
    "effective_from", "effective_to", "source",
)  # fmt: skip
# What makes a row the same row; the rest of it may change while no order has used it.
KEY = (
    "carrier", "service", "incoterm", "workshop", "origin", "destination", "zone", "up_to_g", "currency", "effective_from",
)  # fmt: skip
MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Mistake:
    """One thing in the file that is not so. ``row``: line of the file, the header is 1; ``column`` may be empty."""

    row: int
    column: str
    text: str


class CsvRateForm(ShippingRateForm):
    """The staff's form for a row of a file, where dates are written in one way, whatever the language of the admin."""

    class Meta:
        model = ShippingRate
        fields = COLUMNS

    def __init__(self, data: dict, rate: ShippingRate | None) -> None:
        super().__init__(data, instance=rate)
        for name in ("effective_from", "effective_to"):
            self.fields[name].input_formats = ["%Y-%m-%d"]


@dataclass(frozen=True)
class Taken:
    """What a file brought."""

    new: list[ShippingRate]
    changed: list[ShippingRate]


class BadCsv(ValueError):
    """Why nothing of the file was taken."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"{one.row} {one.column}: {one.text}" for one in mistakes))
        self.mistakes = list(mistakes)


def write_rates(rates: Iterable[ShippingRate] | None = None) -> str:
    """All rates as CSV, in an order of their own."""
    if rates is None:
        rates = ShippingRate.objects.select_related("zone", "workshop")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted((_cells(rate) for rate in rates), key=_order))
    return out.getvalue()


def _order(cells: Sequence[str]) -> tuple:
    row = dict(zip(COLUMNS, cells, strict=True))
    return (*(row[name] for name in KEY if name != "up_to_g"), int(row["up_to_g"]))


def _cells(rate: ShippingRate) -> list[str]:
    names = {"zone": rate.zone.name if rate.zone else "", "workshop": rate.workshop.slug if rate.workshop else ""}
    values = [names[name] if name in names else getattr(rate, name) for name in COLUMNS]
    return ["" if value is None else f"{value:.2f}" if isinstance(value, Decimal) else str(value) for value in values]


@transaction.atomic
def read_rates(content: bytes) -> Taken:
    """New rows are added, rows of the same key changed, none deleted. Raises BadCsv, and nothing is changed."""
    rows = _rows(content)
    known = {_key(rate): rate for rate in ShippingRate.objects.select_related("zone", "workshop")}
    zones = dict(Zone.objects.values_list("name", "pk"))
    workshops = dict(Workshop.objects.values_list("slug", "pk"))
    mistakes: list[Mistake] = []
    taken, seen = Taken([], []), {}
    for number, row in rows:
        key = tuple(row[name] for name in KEY)
        if key in seen:
            text = _("The same rate stands in row %(row)s.") % {"row": seen[key]}
            mistakes.append(Mistake(number, "", text))
            continue
        seen[key] = number
        rate = known.get(key)
        if rate and [row[name] for name in COLUMNS] == _cells(rate):
            continue
        found = _missing(number, row, zones, workshops)
        ids = {"zone": zones.get(row["zone"], ""), "workshop": workshops.get(row["workshop"], "")}
        form = CsvRateForm(row | ids, rate)
        if found or not form.is_valid():
            mistakes += found or _mistakes(number, form)
        elif not mistakes:
            (taken.changed if rate else taken.new).append(form.save())
    if mistakes:
        raise BadCsv(mistakes)
    return taken


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        raise BadCsv([Mistake(1, "", _("The file is too large."))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        row = content[: problem.start].count(b"\n") + 1
        raise BadCsv([Mistake(row, "", _("The file is not in UTF-8."))]) from problem
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *rows = [(reader.line_num, cells) for cells in reader] or [(1, [])]
    except csv.Error as problem:
        raise BadCsv([Mistake(reader.line_num, "", _("The row cannot be read; the file may be cut."))]) from problem
    if tuple(header[1]) != COLUMNS:
        missing = ", ".join(name for name in COLUMNS if name not in header[1]) or ", ".join(COLUMNS)
        raise BadCsv([Mistake(1, "", _("The first row must name the columns: %(names)s.") % {"names": missing})])
    short = [
        Mistake(number, "", _("The row has %(count)s cells, not %(wanted)s.") % {"count": len(cells), "wanted": len(COLUMNS)})
        for number, cells in rows
        if len(cells) != len(COLUMNS)
    ]
    if short:
        raise BadCsv(short)
    return [(number, dict(zip(COLUMNS, cells, strict=True))) for number, cells in rows]


def _key(rate: ShippingRate) -> tuple:
    row = dict(zip(COLUMNS, _cells(rate), strict=True))
    return tuple(row[name] for name in KEY)


def _missing(number: int, row: dict[str, str], zones: dict, workshops: dict) -> list[Mistake]:
    text = _("“%(name)s” is not known.")
    named = (("zone", zones), ("workshop", workshops))
    return [
        Mistake(number, column, text % {"name": row[column]})
        for column, known in named
        if row[column] and row[column] not in known
    ]


def _mistakes(number: int, form) -> list[Mistake]:
    return [
        Mistake(number, "" if column == "__all__" else column, text)
        for column, texts in form.errors.items()
        for text in texts
    ]
