"""A maker takes only so many orders of a piece in a month: the next one is begun in the first month that has room.

A month is the calendar month in which the order comes, or a later one from its first day. What is promised is written
with the order (MakingSlot) while its stock rows are locked, as all who order the same piece lock them (payments.stock):
two buyers cannot get the same place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Sum

from marketplace.fulfilment.models import MakingSlot

# (first day of a month, how many of them are begun in it)
Places = list[tuple[date, int]]


def piece_of(line):
    """The piece of a basket or order line; of a variant, its piece."""
    return line.product.parent if line.product.is_child else line.product


def begun_on(lines: Iterable, on: date) -> dict[int, date]:
    """Piece id → day on which the last of them can be begun, for pieces with a capacity. One statement, or none."""
    found = places_for(lines, on)
    return {pk: max(on, places[-1][0]) for pk, places in found.items()}


def places_for(lines: Iterable, on: date) -> dict[int, Places]:
    """Piece id → the months in which what is ordered ``on`` a day would be begun, the earliest first."""
    pieces, wanted = {}, Counter()
    for line in lines:
        piece = piece_of(line)
        if piece.made_to_order and piece.month_capacity:
            pieces[piece.pk] = piece
            wanted[piece.pk] += line.quantity
    if not pieces:
        return {}
    taken = _taken(list(pieces), on.replace(day=1))
    return {pk: _fill(wanted[pk], piece.month_capacity, taken[pk], on) for pk, piece in pieces.items()}


def write_slots(*, order, on: date) -> None:
    """Keep the places of a new order's lines. Inside the transaction that locked their stock rows."""
    lines = list(order.lines.select_related("product__parent").order_by("pk"))
    known = [line for line in lines if line.product_id]
    rows: list[MakingSlot] = []
    for pk, places in places_for(known, on).items():
        rows += _shared(pk, [line for line in known if piece_of(line).pk == pk], places)
    MakingSlot.objects.bulk_create(rows)


def _taken(pieces: Sequence[int], month: date) -> dict[int, Counter]:
    rows = MakingSlot.objects.taken().filter(piece__in=pieces, month__gte=month)
    found: dict[int, Counter] = {pk: Counter() for pk in pieces}
    for pk, at, quantity in rows.order_by().values_list("piece", "month").annotate(Sum("quantity")):
        found[pk][at] = quantity
    return found


def _fill(wanted: int, capacity: int, taken: Counter, on: date) -> Places:
    places: Places = []
    for month in _months(on):
        free = min(wanted, capacity - taken[month])
        if free > 0:
            places.append((month, free))
            wanted -= free
        if not wanted:
            return places
    raise AssertionError("Months do not end.")


def _months(on: date) -> Iterator[date]:
    month = on.replace(day=1)
    while True:
        yield month
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _shared(pk: int, lines: Sequence, places: Places) -> Iterator[MakingSlot]:
    """The piece's places, given to its order lines in turn."""
    left = [[month, count] for month, count in places]
    for line in lines:
        rest = line.quantity
        while rest:
            month, count = left[0]
            part = min(rest, count)
            yield MakingSlot(line=line, piece_id=pk, month=month, quantity=part)
            rest -= part
            left[0][1] -= part
            if not left[0][1]:
                left.pop(0)
