"""The operator's dated shipping rates, read once for a whole basket, and which of them count for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from marketplace.fulfilment.models import Incoterm, ShippingRate, Zone
from marketplace.fulfilment.offers import Wish
from marketplace.fulfilment.packing import Box

# From near to far: the nearest kind of row that exists decides alone.
OWN, OWN_ZONE, ANY_ZONE, ELSEWHERE = range(4)


@dataclass(frozen=True)
class RateBook:
    """Rows of every carrier that are valid on the wishes' day, for their places, currency and workshops."""

    rows: list[ShippingRate] = field(default_factory=list)

    @classmethod
    def load(cls, wishes: Sequence[Wish]) -> "RateBook":
        """One statement, however many wishes; they share destination, currency and day. None for no wishes."""
        if not wishes:
            return cls()
        destination, currency, on = wishes[0].destination, wishes[0].currency, wishes[0].on
        valid = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
        place = (
            Q(destination=destination)
            | Q(destination="", zone__isnull=True)
            | Q(zone__in=Zone.objects.filter(destinations=destination).order_by().values("pk"))
        )
        whose = Q(workshop__isnull=True) | Q(workshop__in={wish.workshop_id for wish in wishes} - {None})
        origins = {wish.origin for wish in wishes}
        rows = ShippingRate.objects.filter(valid, place, whose, currency=currency, origin__in=origins)
        return cls(list(rows.select_related("zone").order_by("pk")))

    def services(self, wish: Wish, carrier: str) -> list[list[ShippingRate]]:
        """The rows that count for ``wish``, per service and incoterm of ``carrier``.

        A workshop's own rows come before those for all. Among these a row for the destination wins over a zone's, a
        zone from this origin over one from anywhere, and any of them over "elsewhere": a heavy parcel does not slip
        into a farther class.
        """
        found: dict[tuple, list[ShippingRate]] = {}
        # Within one economy there is no duty, so either will do.
        either = not wish.incoterm or wish.origin == wish.destination
        incoterms = Incoterm.values if either else [wish.incoterm]
        for row in self.rows:
            theirs = row.carrier == carrier and row.origin == wish.origin
            ours = row.workshop_id in (None, wish.workshop_id)
            if theirs and ours and row.incoterm in incoterms:
                found.setdefault((row.service, row.incoterm), []).append(row)
        return [_nearest(rows) for rows in found.values()]


def _nearest(rows: Iterable[ShippingRate]) -> list[ShippingRate]:
    ranked = [((row.workshop_id is None, _distance(row)), row) for row in rows]
    best = min(rank for rank, _row in ranked)
    return [row for rank, row in ranked if rank == best]


def _distance(row: ShippingRate) -> int:
    if row.zone_id:
        return OWN_ZONE if row.zone.origin else ANY_ZONE
    return OWN if row.destination else ELSEWHERE


def row_for(rows: Iterable[ShippingRate], box: Box) -> ShippingRate | None:
    """The lightest class that takes ``box``; of several starting days the latest. None: it is too heavy or too large."""
    sides = box.sides_mm if any(_asks_for_size(row) for row in rows) else ()
    fitting = [row for row in rows if charged_g(row, box, sides) <= row.up_to_g and _holds(row, sides)]
    return min(
        fitting, key=lambda row: (row.up_to_g, -row.effective_from.toordinal(), row.pk), default=None
    )


def charged_g(row: ShippingRate, box: Box, sides: Sequence[int]) -> int:
    """Grams that the carrier counts: the weight, or the volume by the row's divisor (cm³ per kg) where that is more."""
    if not row.volumetric_divisor or not sides:
        return box.weight_g
    # Cubic millimetres divided by cm³ per kg are grams.
    return max(box.weight_g, -(-sides[0] * sides[1] * sides[2] // row.volumetric_divisor))


def _holds(row: ShippingRate, sides: Sequence[int]) -> bool:
    if not sides:
        return True
    longest, middle, shortest = sides
    measures = (
        (longest, row.longest_side_mm),
        (longest + middle + shortest, row.sides_sum_mm),
        (longest + 2 * (middle + shortest), row.length_girth_mm),
    )
    return all(limit is None or measure <= limit for measure, limit in measures)


def _asks_for_size(row: ShippingRate) -> bool:
    return bool(row.volumetric_divisor or row.longest_side_mm or row.sides_sum_mm or row.length_girth_mm)


def weight_class_for(rows: Iterable[ShippingRate], box: Box) -> ShippingRate | None:
    """As row_for, with sizes left aside: it tells too heavy from too large."""
    return row_for(rows, Box(weight_g=box.weight_g))
