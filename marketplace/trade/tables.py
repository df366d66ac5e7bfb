"""The rule tables as CSV: which columns they have, and how a value is written and read back, byte for byte."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from marketplace.trade.csvfile import CsvRow, read_csv
from marketplace.trade.landed.duty import plain
from marketplace.trade.landed.rows import Group, OfficialRate, Row, Rule, Tariff

NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,10})?", re.ASCII)
CODES = re.compile(r"[0-9A-Za-z*-]+(;[0-9A-Za-z*-]+)*", re.ASCII)


class BadCell(ValueError):
    """A cell that cannot be read; the message is for the person."""


@dataclass(frozen=True)
class Column:
    """``kind``: text, codes, choice, decimal, date, yes or int."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The value of a cell. Raises BadCell."""
        if not text:
            if self.required:
                raise BadCell(_("This must be filled in."))
            return EMPTY[self.kind]
        if self.choices and text not in self.choices:
            words = {"value": text, "choices": ", ".join(self.choices)}
            raise BadCell(_("“%(value)s” is not one of: %(choices)s.") % words)
        return READ[self.kind](text)

    def write(self, value: Any) -> str:
        if value is None or value == ():
            return ""
        return WRITE[self.kind](value)


def _decimal(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        words = {"value": text}
        raise BadCell(_("“%(value)s” is no number. Write it like 1234.50, without separators of thousands.") % words)
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise BadCell(_("“%(value)s” is no number.") % {"value": text}) from problem


def _date(text: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadCell(_("“%(value)s” is no date. Write it like 2026-11-21.") % {"value": text}) from problem


def _codes(text: str) -> tuple[str, ...]:
    if not CODES.fullmatch(text):
        raise BadCell(_("“%(value)s” is no list of codes. Write it like US;MX.") % {"value": text})
    return tuple(text.split(";"))


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise BadCell(_("Write yes or no."))
    return text == "yes"


def _int(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,4}", text, re.ASCII):
        raise BadCell(_("“%(value)s” is no whole number.") % {"value": text})
    return int(text)


def _text(text: str) -> str:
    if text != text.strip() or any(ord(char) < 32 for char in text):
        raise BadCell(_("There are spaces at the edge or line breaks in this cell."))
    return text


EMPTY: dict[str, Any] = {
    "text": "", "choice": "", "codes": (), "decimal": None, "date": None, "yes": False, "int": 0,
}  # fmt: skip
READ = {
    "text": _text, "choice": _text, "codes": _codes, "decimal": _decimal, "date": _date, "yes": _yes, "int": _int,
}  # fmt: skip
WRITE = {
    "text": str,
    "choice": str,
    "codes": ";".join,
    "decimal": plain,
    "date": date.isoformat,
    "yes": lambda value: "yes" if value else "",
    "int": lambda value: str(value) if value else "",
}

STATES = ("draft", "live")
CONFIDENCE = ("high", "medium", "low", "assumed")
DATED = (
    Column("effective_from", "date", required=True),
    Column("effective_to", "date"),
    Column("source"),
    Column("source_date", "date"),
    Column("reviewed_on", "date"),
    Column("review_by", "date"),
    Column("entered_by"),
    Column("note"),
    Column("confidence", "choice", True, CONFIDENCE),
    Column("state", "choice", True, STATES),  # last, and never empty: a cut line is noticed
)
LEVIES = ("duty", "vat", "sales_tax", "fee", "data", "notice", "channel")
BASES = ("goods", "fob", "price", "cif", "price_shipping")
SCOPES = ("consignment", "item", "order")
RATE_KINDS = (
    "nil", "percent", "hs_line", "per_piece", "per_line", "per_parcel", "per_distinct_item", "percent_or_weight",
    "excess", "unknown",
)  # fmt: skip
PLACES = ("checkout", "border", "nothing", "skip")
ITEM_KEYS = ("hs6", "hs6_origin", "hs6_description_origin")
NOTICES = (
    "adds_up", "person_times", "person_value", "further_duties", "further_fees", "seller_must", "duty_disputed",
    "formal_clearance", "over_limit",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A rule table: its name in file names and commands, the engine's row, its columns."""

    name: str
    row: type[Row]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def read(self, data: bytes) -> list[tuple[CsvRow, Row]]:
        """Rows of a file with the lines they stand in. Raises CsvRefused."""
        return [(line, self.parse(line)) for line in read_csv(data, required=self.names, known=self.names, whole=True)]

    def parse(self, line: CsvRow) -> Row:
        values = {}
        for column in self.columns:
            try:
                values[column.name] = column.read(line.cells[column.name])
            except BadCell as problem:
                raise line.refuse(column.name, str(problem)) from problem
        return self.row(**values)

    def write(self, rows: Iterable[Row]) -> bytes:
        """The rows in a fixed order, so that the same rows are always the same bytes."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.names)
        for row in sorted(rows, key=lambda row: (*row.key, row.effective_from)):
            writer.writerow(self.cells(row).values())
        return out.getvalue().encode()

    def cells(self, row: Row) -> Mapping[str, str]:
        return {column.name: column.write(getattr(row, column.name)) for column in self.columns}


TAX_RULES = Table(
    "tax_rules",
    Rule,
    (
        Column("code", required=True),
        Column("destination", required=True),
        Column("sub_region"),
        Column("levy", "choice", True, LEVIES),
        Column("part"),
        Column("variant"),
        Column("label"),
        Column("channel", "choice", choices=("post", "courier")),
        Column("ship_from", "codes"),
        Column("origins", "codes"),
        Column("hs_prefixes", "codes"),
        Column("threshold_basis", "choice", choices=BASES),
        Column("threshold_scope", "choice", choices=SCOPES),
        Column("threshold_currency"),
        Column("threshold_factor", "decimal"),
        Column("over", "decimal"),
        Column("over_includes", "yes", choices=("yes",)),
        Column("up_to", "decimal"),
        Column("up_to_excludes", "yes", choices=("yes",)),
        Column("rate_kind", "choice", True, RATE_KINDS),
        Column("rate", "decimal"),
        Column("rate_currency"),
        Column("rate_per_kg", "decimal"),
        Column("allowance", "decimal"),
        Column("allowance_kg", "decimal"),
        Column("item_key", "choice", choices=ITEM_KEYS),
        Column("value_basis", "choice", choices=BASES),
        Column("value_factor", "decimal"),
        Column("adds_duty", "yes", choices=("yes",)),
        Column("waived_up_to", "decimal"),
        Column("waived_by", "codes"),
        Column("no_claims", "yes", choices=("yes",)),
        Column("scheme"),
        Column("if_registered", "choice", choices=PLACES),
        Column("if_not", "choice", choices=PLACES),
        Column("collector"),
        Column("ddp_only", "yes", choices=("yes",)),
        Column("priority", "int"),
        Column("cited", "yes", choices=("yes",)),
        Column("notice", "choice", choices=NOTICES),
        *DATED,
    ),
)
DUTY_RATES = Table(
    "duty_rates",
    Tariff,
    (
        Column("destination", required=True),
        Column("hs_prefix"),
        Column("agreement"),
        Column("ad_valorem", "decimal"),
        Column("specific", "decimal"),
        Column("specific_currency"),
        Column("unit", "choice", choices=("kg", "piece")),
        Column("combine", "choice", True, ("sum", "max")),
        *DATED,
    ),
)
CUSTOMS_RATES = Table(
    "customs_rates",
    OfficialRate,
    (
        Column("destination", required=True),
        Column("base", required=True),
        Column("quote", required=True),
        Column("rate", "decimal", True),
        Column("authority"),
        *DATED,
    ),
)
TRADE_GROUPS = Table(
    "trade_groups",
    Group,
    (
        Column("code", required=True),
        Column("kind", "choice", True, ("bloc", "agreement")),
        Column("name"),
        Column("members", "codes", True),
        Column("waiver", "decimal"),
        Column("waiver_currency"),
        Column("proof"),
        *DATED,
    ),
)
TABLES = {table.name: table for table in (TAX_RULES, DUTY_RATES, CUSTOMS_RATES, TRADE_GROUPS)}
