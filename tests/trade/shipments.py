"""Short ways to ask the engine in tests: parcels, registrations, rates."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from marketplace.money import Money
from marketplace.trade.cases import Scheme
from marketplace.trade.landed import Goods, LandedCost, RuleBook, Shipment, landed_cost
from marketplace.trade.seeds import make_book, seed_book, seed_rows
from marketplace.trade.tables import TABLES

ALL = ("IOSS", "GB-VAT", "AU-GST", "NZ-GST", "SG-GST", "MY-LVG", "CL-VAT", "CN-CBEC")


@dataclass(frozen=True)
class FakeRate:
    value: Decimal
    source: str = "test"
    on: date = date(2026, 10, 30)


@dataclass(frozen=True)
class FakeConversion:
    rate: FakeRate


def rates(**known: str):
    """A ``convert`` that knows some pairs, such as USD_CAD="1.4"; the other way round, too."""

    def convert(money, currency, *, on):
        there, back = known.get(f"{money.currency}_{currency}"), known.get(f"{currency}_{money.currency}")
        if there is None and back is None:
            return None
        return FakeConversion(FakeRate(Decimal(there) if there else 1 / Decimal(back)))

    return convert


def parcel(to: str, goods: str, shipping="0", *, currency: str, on: str, frm: str = "TH", **facts) -> Shipment:
    """``goods`` as in the cases file: "610910x2:30|640399x1:30"; values are for the whole line."""
    rows = []
    for number, text in enumerate(goods.split("|"), start=1):
        hs, rest = text.split("x")
        quantity, value = rest.split(":")
        rows.append(Goods(str(number), hs, facts.get("origin", frm), int(quantity), Money(Decimal(value), currency)))
    facts.pop("origin", None)
    weight = facts.pop("weight_g", 1000)
    money = Money(Decimal(shipping), currency)
    return Shipment(
        frm, to, facts.pop("sub_region", ""), tuple(rows), money, weight, date.fromisoformat(on), **facts
    )


def claim(shipment: Shipment, agreement: str, until: date | None = None) -> Shipment:
    goods = tuple(replace(row, preference=agreement, evidence_until=until) for row in shipment.goods)
    return replace(shipment, goods=goods)


def ask(shipment: Shipment, *schemes: str, book: RuleBook | None = None, convert=None) -> LandedCost:
    """The landed cost by the packaged rows."""
    return landed_cost(shipment, book or seed_book(), [Scheme(code) for code in schemes], convert or rates())


def amounts(cost: LandedCost) -> tuple[str, ...]:
    """(duty, tax, fees, with the order, at the border) as text."""
    sums = (cost.total("duty"), cost.total("vat", "sales_tax"), cost.total("fee"), cost.checkout, cost.border)
    return tuple(f"{money.amount:f}" if money.amount else "0" for money in sums)


def edited_book(change) -> RuleBook:
    """The packaged book with ``change(table name, row)`` answering the row to keep, another one, or None."""
    rows = {
        name: [kept for row in seed_rows(table) if (kept := change(name, row)) is not None]
        for name, table in TABLES.items()
    }
    return make_book(rows)


def codes(cost: LandedCost) -> list[str]:
    return [warn.code for warn in cost.warnings]
