"""Counts for facets: one grouped statement over all cards, kept per version, answered from memory.

With many pieces counting costs more than listing, so a count may lag behind the rows by a hundred times the time it
took to make (1 ms: 0.1 s, 100 ms: 10 s). The rows themselves are always read.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, CharField, Count, Value, When

from storefront.listing import version
from storefront.listing.models import ProductCard

# Upper bounds of the price steps, in the shop's currency; the last step is open.
PRICE_STEPS = (Decimal(25), Decimal(50), Decimal(100), Decimal(250))
FACETS = ("economy", "village", "craft", "material", "price", "available")
LAG = 100


@dataclass(frozen=True)
class Cell:
    """How many cards share these values. ``materials`` holds ids; ``price`` is the number of the step."""

    economy: str
    village: str
    workshop: str
    craft: str
    material: frozenset[str]
    price: str
    available: str
    number: int

    def has(self, facet: str, wanted: frozenset[str]) -> bool:
        value = getattr(self, facet)
        return bool(value & wanted) if facet == "material" else value in wanted


class Cube:
    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self._answers: dict[tuple, tuple[int, dict[str, Counter]]] = {}

    def count(self, chosen: dict[str, frozenset[str]]) -> tuple[int, dict[str, Counter]]:
        """Total of cards that match ``chosen`` (facet → wanted values), and per facet the count of each value.

        A facet's own counts leave its own choice aside, so that a second value can be added to the first.
        """
        key = tuple(sorted((facet, tuple(sorted(values))) for facet, values in chosen.items()))
        if key not in self._answers:
            if len(self._answers) > 500:
                self._answers.clear()
            self._answers[key] = self._count(chosen)
        return self._answers[key]

    def _count(self, chosen: dict[str, frozenset[str]]) -> tuple[int, dict[str, Counter]]:
        total = 0
        counts: dict[str, Counter] = {facet: Counter() for facet in FACETS}
        for cell in self.cells:
            failed = [facet for facet, values in chosen.items() if not cell.has(facet, values)]
            if len(failed) > 1:
                continue
            if not failed:
                total += cell.number
            for facet in FACETS if not failed else [facet for facet in failed if facet in counts]:
                value = getattr(cell, facet)
                for one in value if facet == "material" else (value,):
                    counts[facet][one] += cell.number
        return total, counts


@dataclass
class _Kept:
    cube: Cube
    version: int
    made_at: float
    cost: float


_kept: _Kept | None = None
_lock = threading.Lock()


def get_cube() -> Cube:
    """The cube for the pieces as they are, or as they were a moment ago (see the module's note)."""
    global _kept
    now = version.current().pieces
    with _lock:
        kept = _kept
        if kept and (kept.version == now or time.monotonic() - kept.made_at < kept.cost * LAG):
            return kept.cube
        started = time.monotonic()
        cube = Cube(_read())
        _kept = _Kept(cube, now, time.monotonic(), time.monotonic() - started)
        return cube


def forget() -> None:
    """Count anew at the next call (tests)."""
    global _kept
    _kept = None


def price_step():
    """SQL expression for the number of the price step, as text."""
    whens = [When(price__lt=bound, then=Value(str(number))) for number, bound in enumerate(PRICE_STEPS)]
    return Case(*whens, default=Value(str(len(PRICE_STEPS))), output_field=CharField())


def _read() -> list[Cell]:
    sold_out = When(state=ProductCard.State.SOLD_OUT, then=Value(""))
    rows = (
        ProductCard.objects.filter(visible=True)
        .order_by()
        .values_list(
            "economy",
            "village_id",
            "workshop_id",
            "craft_id",
            "materials",
            price_step(),
            Case(sold_out, default=Value("1"), output_field=CharField()),
        )
        .annotate(number=Count("pk"))
    )
    return [
        Cell(
            row[0],
            str(row[1]),
            str(row[2]),
            str(row[3] or ""),
            frozenset(row[4].split()),
            row[5],
            row[6],
            row[7],
        )
        for row in rows
    ]
