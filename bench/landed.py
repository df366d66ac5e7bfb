"""Landed cost of a basket of ten lines from four workshops, with 100 and with 10,000 rule rows. See docs/performance.md.

The engine alone, in this process: a quote in the shop adds its statements, which are the same for both books. Both
books hold the packaged rows of the destination; the rest are rows of other destinations, of other HS codes of the same
one, and of other days.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from marketplace.money import Money
from marketplace.trade.cases import Scheme
from marketplace.trade.landed import Goods, RuleBook, Shipment, landed_cost
from marketplace.trade.landed.rows import Rule, Tariff
from marketplace.trade.seeds import make_book, seed_rows
from marketplace.trade.tables import DUTY_RATES, TABLES, TAX_RULES

SMALL, LARGE = 100, 10_000
MOST_TIMES = 1.2
ON = date(2026, 11, 1)
TO = "CA"
# Workshop → (sent from, HS codes of its lines): ten lines from four workshops.
WORKSHOPS = (
    ("PE", ("611019", "611710", "570210")),
    ("VN", ("460211", "691200", "442090")),
    ("JP", ("691110", "732391", "482390")),
    ("TH", ("621410",)),
)
LINE = Money(Decimal("61.50"), "CAD")
POSTAGE = Money(Decimal("18.25"), "CAD")
ROUNDS, EACH = 7, 120  # in turns, so that a busy machine slows both


@dataclass(frozen=True)
class Measured:
    """Quotes of whole baskets. Milliseconds."""

    rows: int
    per_second: float
    p50: float
    p95: float


def measure(rounds: int = ROUNDS, each: int = EACH) -> tuple[Measured, Measured]:
    """The small and the large book, in turns."""
    books = {number: book(number) for number in (SMALL, LARGE)}
    for kept in books.values():
        quote(kept)
    times: dict[int, list[float]] = {number: [] for number in books}
    for _round in range(rounds):
        for number, kept in books.items():
            for _time in range(each):
                started = time.perf_counter()
                quote(kept)
                times[number].append((time.perf_counter() - started) * 1000)
    small, large = (_measured(number, times[number]) for number in books)
    return small, large


def quote(rules: RuleBook) -> list:
    """One basket: a consignment per workshop."""
    return [landed_cost(shipment, rules, [Scheme("GB-VAT")], _no_rate) for shipment in BASKET]


def book(number: int) -> RuleBook:
    """So many rows, those that the basket needs among them."""
    needed = [row for row in seed_rows(TAX_RULES) if row.destination in (TO, "*")]
    duties = [row for row in seed_rows(DUTY_RATES) if row.destination == TO]
    groups = seed_rows(TABLES["trade_groups"])
    filler = _filler(number - len(needed) - len(duties) - len(groups), needed, duties)
    rows: list[Rule | Tariff] = list(filler)
    return make_book(
        {
            "tax_rules": [*needed, *(row for row in rows if isinstance(row, Rule))],
            "duty_rates": [*duties, *(row for row in rows if isinstance(row, Tariff))],
            "trade_groups": groups,
        }
    )


def report(measured: tuple[Measured, Measured]) -> str:
    lines = [
        "| rule rows | quotes a second | p50 ms | p95 ms |",
        "|---|---|---|---|",
        *(f"| {row.rows:,} | {row.per_second:,.0f} | {row.p50:.2f} | {row.p95:.2f} |" for row in measured),
    ]
    return "\n".join(lines)


def verdicts(measured: tuple[Measured, Measured]) -> list[tuple[bool, str]]:
    """(kept, sentence) for the target."""
    small, large = measured
    times = large.p50 / small.p50
    sentence = f"landed cost with {LARGE:,} rule rows: {times:.2f} times as long as with {SMALL}, at most {MOST_TIMES:g}"
    return [(times <= MOST_TIMES, sentence)]


def _measured(number: int, times: list[float]) -> Measured:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Measured(number, 1000 / statistics.fmean(ordered), statistics.median(ordered), p95)


def _filler(number: int, rules: list[Rule], duties: list[Tariff]) -> Iterator[Rule | Tariff]:
    """A third each: rules of other places, duty lines of the same place, rules of other HS codes of the same place."""
    rule, duty = rules[-1], duties[0]
    for index in range(max(0, number)):
        place = chr(65 + index % 26) + chr(65 + index // 26 % 26)
        prefix = f"{10_000_000 + index:08d}"
        past = ON - timedelta(days=30 + index % 300)
        if index % 3 == 0:
            yield replace(rule, destination=place if place != TO else "ZZ", code=f"FILL-{index}")
        elif index % 3 == 1:
            yield replace(duty, hs_prefix=prefix)
        else:
            yield replace(rule, code=f"FILL-{index}", hs_prefixes=(prefix,), effective_from=past)


def _basket() -> tuple[Shipment, ...]:
    shipments = []
    for frm, codes in WORKSHOPS:
        goods = tuple(Goods(hs, hs, frm, 1, LINE, 400, description="a piece") for hs in codes)
        arrives = ON + timedelta(days=14)
        facts = {"arrives": arrives, "siblings": len(WORKSHOPS) - 1, "channel": "courier"}
        shipments.append(Shipment(frm, TO, "ON", goods, POSTAGE, 400 * len(codes), ON, **facts))
    return tuple(shipments)


def _no_rate(money, currency, *, on) -> None:
    return None


BASKET = _basket()

if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=False)
    found = measure()
    print(report(found))
    for kept, text in verdicts(found):
        print(f"- {'kept' if kept else 'MISSED'}: {text}")
