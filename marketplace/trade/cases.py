"""Worked landed-cost cases as CSV: read into shipments, and written back as what the engine computes."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from marketplace.money import Money, quantum, stripe_rows
from marketplace.trade.csvfile import CsvRow, read_csv
from marketplace.trade.landed import Goods, LandedCost, LandedCostError, RuleBook, Shipment, landed_cost
from marketplace.trade.landed.facts import Convert
from marketplace.trade.landed.steps import levy_step
from marketplace.trade.tables import BadCell, Column

REQUIRED = (
    "id", "order_date", "ship_from", "destination", "seller_registered", "currency", "goods_net", "shipping",
    "lines_hs6_qty_value", "weight_kg",
)  # fmt: skip
COMPUTED = (
    "id", "rule_ids", "duty", "tax", "fees", "charged_at_checkout", "due_at_border", "landed_total",
)  # fmt: skip
LINE = re.compile(r"(?P<hs>\d{4,10})x(?P<quantity>[1-9]\d{0,5}):(?P<value>\d{1,15}(\.\d{1,6})?)", re.ASCII)
# What stands in the place of an amount that nobody can name; never a number.
UNKNOWN = "unknown"
WORDS = Path(__file__).parent / "data" / "scheme_words.csv"
TAXES = ("vat", "sales_tax")
GRAMS = 1000


@dataclass(frozen=True)
class Scheme:
    """A registration as a case states it; it has no end."""

    scheme: str
    number: str = "case"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Case:
    id: str
    shipment: Shipment
    registrations: tuple[Scheme, ...]
    line: CsvRow


def read_cases(data: bytes, *, is_place: Callable[[str], bool]) -> list[Case]:
    """The cases of a file; columns that are not needed are not looked at. Raises CsvRefused with row and column."""
    cases, seen = [], set()
    for line in read_csv(data, required=REQUIRED):
        case = _case(line, is_place)
        if case.id in seen:
            raise line.refuse("id", _("This id is there twice."))
        seen.add(case.id)
        cases.append(case)
    return cases


def compute(cases: Iterable[Case], book: RuleBook, convert: Convert) -> list[tuple[Case, LandedCost]]:
    """What every case comes to. Raises CsvRefused for a case without meaning."""
    found = []
    for case in cases:
        try:
            found.append((case, landed_cost(case.shipment, book, case.registrations, convert)))
        except LandedCostError as problem:
            raise case.line.refuse("lines_hs6_qty_value", str(problem)) from problem
    return found


def write_results(results: Iterable[tuple[Case, LandedCost]]) -> str:
    """CSV with the computed columns. An amount of which a part is unknown is "unknown", and so is every sum with it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COMPUTED)
    for case, cost in results:
        writer.writerow([case.id, ";".join(cost.cited_ids), *_amounts(case, cost)])
    return out.getvalue()


def _amounts(case: Case, cost: LandedCost) -> list[str]:
    missing = {row.kind for row in cost.unknown}
    nothing = not cost.applied  # no rule at all: fees are as unknown as the rest
    shipment = case.shipment
    goods = sum((row.value.amount for row in shipment.goods), Decimal(0))
    total = goods + shipment.shipping.amount + cost.total().amount
    # What is not known is never collected with the order: it falls due at the border, if anywhere.
    return [
        _shown(cost.total("duty"), "duty" in missing),
        _shown(cost.total(*TAXES), bool(missing & set(TAXES))),
        _shown(cost.total("fee"), "fee" in missing or nothing),
        _shown(cost.checkout, False),
        _shown(cost.border, bool(missing)),
        _shown(Money(total, cost.currency), bool(missing)),
    ]


def _shown(money: Money, unknown: bool) -> str:
    if unknown:
        return UNKNOWN
    step = max(quantum(money.currency), levy_step(money.currency))
    exact = money.amount.quantize(step)
    return f"{exact if exact == money.amount else money.amount.normalize():f}"


def _case(line: CsvRow, is_place: Callable[[str], bool]) -> Case:
    currency = _currency(line)
    destination, ship_from = (_place(line, name, is_place) for name in ("destination", "ship_from"))
    if not line.cells["id"]:
        raise line.refuse("id", _("This must be filled in."))
    goods = _goods(line, ship_from, currency)
    weight = _number(line, "weight_kg")
    shipment = Shipment(
        ship_from=ship_from,
        destination=destination,
        sub_region=line.cells.get("sub_region", ""),
        goods=goods,
        shipping=Money(_number(line, "shipping", currency), currency),
        weight_g=int(weight * GRAMS),
        on=_cell(line, "order_date", "date"),
        channel=_channel(line),
        levy_currency=currency,
    )
    return Case(line.cells["id"], shipment, _registrations(line), line)


def _goods(line: CsvRow, origin: str, currency: str) -> tuple[Goods, ...]:
    column = "lines_hs6_qty_value"
    rows = []
    for number, text in enumerate(line.cells[column].split("|"), start=1):
        found = LINE.fullmatch(text)
        if found is None:
            words = {"value": text}
            raise line.refuse(column, _("“%(value)s” is no line of goods. Write it like 610910x2:30.") % words)
        value = Decimal(found["value"])
        if not value:
            raise line.refuse(column, _("Every line needs a value above zero, free samples too."))
        _check_digits(line, column, value, currency)
        rows.append(Goods(str(number), found["hs"], origin, int(found["quantity"]), Money(value, currency)))
    total = sum(row.value.amount for row in rows)
    if total != _number(line, "goods_net", currency):
        words = {"total": total}
        raise line.refuse("goods_net", _("The lines of goods add up to %(total)s, not to this.") % words)
    return tuple(rows)


def _registrations(line: CsvRow) -> tuple[Scheme, ...]:
    text = line.cells["seller_registered"]
    schemes = scheme_words().get(text.lower())
    if schemes is None:
        words = {"value": text, "words": ", ".join(scheme_words())}
        raise line.refuse("seller_registered", _("“%(value)s” is not one of: %(words)s.") % words)
    return tuple(Scheme(code) for code in schemes)


@lru_cache(maxsize=1)
def scheme_words() -> dict[str, tuple[str, ...]]:
    """Words of the column seller_registered → schemes."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {row["word"]: tuple(filter(None, row["schemes"].split(";"))) for row in csv.DictReader(file)}


def _channel(line: CsvRow) -> str:
    text = line.cells.get("channel", "")
    if text not in ("", "post", "courier"):
        raise line.refuse("channel", _("Write post, courier or nothing."))
    return text


def _currency(line: CsvRow) -> str:
    code = line.cells["currency"]
    if code not in stripe_rows():
        raise line.refuse("currency", _("“%(value)s” is no currency that we know.") % {"value": code})
    return code


def _place(line: CsvRow, column: str, is_place: Callable[[str], bool]) -> str:
    code = line.cells[column]
    if not is_place(code):
        words = {"value": code}
        raise line.refuse(column, _("“%(value)s” is no place that we know. Write its two-letter code, such as JP.") % words)
    return code


def _cell(line: CsvRow, column: str, kind: str):
    try:
        return Column(column, kind, required=True).read(line.cells[column])
    except BadCell as problem:
        raise line.refuse(column, str(problem)) from problem


def _number(line: CsvRow, column: str, currency: str = "") -> Decimal:
    value = _cell(line, column, "decimal")
    if value < 0:
        raise line.refuse(column, _("This cannot be below zero."))
    if currency:
        _check_digits(line, column, value, currency)
    return value


def _check_digits(line: CsvRow, column: str, value: Decimal, currency: str) -> None:
    if value != value.quantize(quantum(currency)):
        words = {"value": value, "currency": currency}
        raise line.refuse(column, _("%(value)s has more decimals than %(currency)s.") % words)
