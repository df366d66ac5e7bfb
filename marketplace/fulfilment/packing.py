"""How pieces become parcels, as an estimate before anybody has packed. Pure but for the setting MARKETPLACE_PACKING.

A unit weighs its net weight and a share for packing. Several parcels are planned only where one is more than the
carrier takes (heaviest first, each into the first parcel with room); never to stay below a customs threshold: what goes
to one buyer on one day is one consignment, whatever the number of boxes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from math import isqrt

from django.conf import settings


@dataclass(frozen=True)
class Unit:
    """One piece with its packing: grams, millimetres from long to short (empty: not known), cubic millimetres.

    ``product``: the id of what it is.
    """

    weight_g: int
    sides_mm: tuple[int, ...] = ()
    volume_mm3: int = 0
    product: int | None = None


@dataclass
class Box:
    """What is in one parcel so far."""

    units: list[Unit] = field(default_factory=list)
    weight_g: int = 0
    volume_mm3: int = 0
    least_mm: tuple[int, ...] = ()

    def with_unit(self, unit: Unit) -> "Box":
        """A copy with one more."""
        sides = (self.least_mm or (0, 0, 0), unit.sides_mm or (0, 0, 0))
        least = tuple(max(pair) for pair in zip(*sides, strict=True))
        return Box(
            [*self.units, unit],
            self.weight_g + unit.weight_g,
            self.volume_mm3 + unit.volume_mm3,
            least if any(least) else (),
        )

    @property
    def contents(self) -> tuple[tuple[int, int], ...]:
        """(product id, how many), as far as the units say what they are."""
        return tuple(Counter(unit.product for unit in self.units if unit.product).items())

    @property
    def sides_mm(self) -> tuple[int, ...]:
        """Millimetres from long to short of the smallest box that can hold it; empty where no size is known."""
        return smallest_box(self.least_mm, self.volume_mm3) if self.least_mm else ()


class DoesNotFit(Exception):
    """One piece alone is more than the carrier takes."""


class TooMany(Exception):
    """More parcels than MARKETPLACE_PACKING allows."""


def units_of(lines: Iterable) -> tuple[Unit, ...]:
    """The units of basket or order lines (``product``, ``quantity``); a variant without measures has its piece's."""
    return tuple(unit for line in lines for unit in [unit_of(line.product)] * line.quantity)


def unit_of(product) -> Unit:
    """One piece with its share of packing."""
    rule = settings.MARKETPLACE_PACKING
    share = 1 + Decimal(rule["SHARE"])
    net = measure(product, "net_weight_g") or rule["UNKNOWN_NET_G"]
    weight = int((net * share).to_integral_value(ROUND_HALF_UP))
    sides = sorted((measure(product, name) or 0 for name in ("length_mm", "width_mm", "height_mm")), reverse=True)
    volume = int((sides[0] * sides[1] * sides[2] * share).to_integral_value(ROUND_CEILING))
    return Unit(max(rule["LEAST_G"], weight), tuple(sides) if volume else (), volume, product.pk)


def measure(product, name: str) -> int | None:
    """A product's grams or millimetres; a variant without its own has its piece's."""
    return getattr(product, name, None) or (getattr(product.parent, name) if product.is_child else None)


def smallest_box(least_mm: Sequence[int], volume_mm3: int) -> tuple[int, ...]:
    """The most cubic box of at least ``volume_mm3`` whose sides hold ``least_mm`` (both from long to short)."""
    longest, middle, shortest = least_mm
    if longest * middle * shortest >= volume_mm3:
        return longest, middle, shortest
    grown = _ceil_div(volume_mm3, longest * middle)
    if grown <= middle:
        return longest, middle, grown
    side = _ceil_root(_ceil_div(volume_mm3, longest))
    if side <= longest:
        return longest, side, side
    cube = round(volume_mm3 ** (1 / 3))
    while cube**3 < volume_mm3:
        cube += 1
    return cube, cube, cube


def pack(units: Iterable[Unit], takes: Callable[[Box], bool]) -> list[Box]:
    """As few boxes as first-fit finds. ``takes``: whether the carrier takes such a box. Raises DoesNotFit, TooMany."""
    units = sorted(units, key=lambda unit: (-unit.weight_g, -unit.volume_mm3))
    whole = _filled(units)
    if takes(whole):
        return [whole]
    most, boxes = settings.MARKETPLACE_PACKING["MOST_PARCELS"], []
    for unit in units:
        for number, box in enumerate(boxes):
            fuller = box.with_unit(unit)
            if takes(fuller):
                boxes[number] = fuller
                break
        else:
            alone = Box().with_unit(unit)
            if not takes(alone):
                raise DoesNotFit
            if len(boxes) == most:
                raise TooMany
            boxes.append(alone)
    return boxes


def _filled(units: Sequence[Unit]) -> Box:
    sides = [unit.sides_mm for unit in units if unit.sides_mm]
    return Box(
        list(units),
        sum(unit.weight_g for unit in units),
        sum(unit.volume_mm3 for unit in units),
        tuple(max(side) for side in zip(*sides, strict=True)) if sides else (),
    )


def _ceil_div(number: int, by: int) -> int:
    return -(-number // by)


def _ceil_root(number: int) -> int:
    root = isqrt(number)
    return root if root * root == number else root + 1
