"""A table of rates that a person prepared, such as a central bank's: columns base, quote, value, on, source.

``EUR,PEN,3.9215,2026-10-30,"Banco Central de Reserva, …"``: UTF-8, a full stop as decimal sign, dates as year-month-day.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.economies.sources import BadRates, Fetched, RateRow, SourceDown, read_file

COLUMNS = ["base", "quote", "value", "on", "source"]
# The letters, digits and dates that a cell may hold, and how to say so.
SHAPES = {
    "base": (re.compile(r"[A-Z]{3}"), gettext_lazy("three capital letters")),
    "quote": (re.compile(r"[A-Z]{3}"), gettext_lazy("three capital letters")),
    "value": (re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII), gettext_lazy("a number such as 3.7512")),
    "on": (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), gettext_lazy("a date such as 2026-10-30")),
    "source": (re.compile(r".{3,300}"), gettext_lazy("who publishes the rate")),
}


class TableRates:
    """Reads ``path``, or the file that the command names."""

    origin = "table"

    def __init__(self, path: str = "") -> None:
        self.path = path

    def read(self, file: Path | None = None) -> Fetched:
        if not file and not self.path:
            raise SourceDown(_("Please name a file with --file."))
        file = file or Path(self.path)
        return Fetched(file.name, list(read_table(read_file(file))))


def read_table(data: bytes) -> Iterator[RateRow]:
    """Rows of a table. Raises BadRates with row and column at the first cell that cannot be read."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if next(lines, []) != COLUMNS:
            raise BadRates(_("row 1: the columns must be %(columns)s.") % {"columns": ", ".join(COLUMNS)})
        for number, cells in enumerate(lines, start=2):
            yield _row(cells, _("row %(number)s") % {"number": number})
    except UnicodeDecodeError as problem:
        raise BadRates(_("The file is not UTF-8: %(why)s") % {"why": problem}) from problem
    except csv.Error as problem:
        raise BadRates(_("The file is no CSV: %(why)s") % {"why": problem}) from problem


def _row(cells: list[str], where: str) -> RateRow:
    if len(cells) != len(COLUMNS):
        raise BadRates(
            _("%(where)s: the number of columns is %(found)s instead of %(wanted)s.")
            % {"where": where, "found": len(cells), "wanted": len(COLUMNS)}
        )
    found = dict(zip(COLUMNS, cells, strict=True))
    for name, (shape, words) in SHAPES.items():
        if not shape.fullmatch(found[name]):
            raise BadRates(
                _("%(where)s, %(column)s: “%(text)s” is not %(wanted)s.")
                % {"where": where, "column": name, "text": found[name], "wanted": words}
            )
    try:
        on = date.fromisoformat(found["on"])
    except ValueError as problem:
        raise BadRates(_("%(where)s: “%(text)s” is no date.") % {"where": f"{where}, on", "text": found["on"]}) from problem
    return RateRow(found["base"], found["quote"], Decimal(found["value"]), on, where, found["source"])
