"""Days that lose their rule by a change: what the shop then says, for the person who has to mean it. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.trade.landed.rows import Group, OfficialRate, Row, Rule

Span = tuple[date, date]  # both days included; date.max: open
DAY = timedelta(days=1)
# Levies whose silence the shop never takes for zero (the engine's NEEDED).
NEEDED = ("duty", "vat")


def lost_days(before: Iterable[Row], after: Iterable[Row]) -> list[Span]:
    """Days that a series of live rows covers before a change but not after it.

    A series that had rows, and whose last row gets an end, loses everything after that end.
    """
    had, has = _covered(before), _covered(after)
    if not had:
        return []
    if has and has[-1][1] != had[-1][1] and has[-1][1] < date.max:
        had = _covered_spans([*had, (has[-1][1] + DAY, date.max)])
    return _minus(had, has)


def gap_text(row: Row, days: Span) -> str:
    """Which days would be without a row of ``row``'s series, and what the shop says of them."""
    first, last = days
    words = {"first": formats.day(first), "last": formats.day(last) if last < date.max else "", "then": _then(row)}
    if last == date.max:
        return _("From %(first)s on there would be no row for this. %(then)s Confirm it if it is meant.") % words
    if first == last:
        return _("On %(first)s there would be no row for this. %(then)s Confirm it if it is meant.") % words
    return _("From %(first)s to %(last)s there would be no row for this. %(then)s Confirm it if it is meant.") % words


def _then(row: Row) -> str:
    if isinstance(row, OfficialRate):
        return _("The shop then counts with the ordinary exchange rate and calls the amounts estimates.")
    if isinstance(row, Group):
        return _("The shop then treats nobody as a member.")
    if isinstance(row, Rule) and row.levy not in NEEDED:
        return _("The shop then says nothing about it.")
    return _("Where no other row covers these days, the shop then says “We cannot estimate this”.")


def _covered(rows: Iterable[Row]) -> list[Span]:
    return _covered_spans((row.effective_from, row.effective_to or date.max) for row in rows)


def _covered_spans(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch or overlap joined."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and (found[-1][1] == date.max or start <= found[-1][1] + DAY):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _minus(spans: list[Span], others: list[Span]) -> list[Span]:
    left = []
    for start, end in spans:
        at: date | None = start
        for other_start, other_end in others:
            if at is None or other_end < at or other_start > end:
                continue
            if other_start > at:
                left.append((at, other_start - DAY))
            at = other_end + DAY if other_end < end else None
        if at is not None:
            left.append((at, end))
    return left
