"""Whether rates can be believed. Pure; every refusal names the row and the reason."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.economies.sources import BadRates, RateRow

Pair = tuple[str, str]
Known = Sequence[tuple[date, Decimal]]  # by date
CODE = re.compile(r"[A-Z]{3}")
# What a column of ExchangeRate holds: twelve digits before and after the point.
LEAST, MOST = Decimal("1e-12"), Decimal("1e12")


def judge(rows: Iterable[RateRow], known: Mapping[Pair, Known], *, today: date, most_times: int) -> list[RateRow]:
    """The rows by pair and date, each once. Raises BadRates at the first that cannot be believed.

    Each is held against the one before it, in ``known`` or among the rows: ``most_times`` up or down is too far.
    """
    by_pair: dict[Pair, dict[date, RateRow]] = {}
    for row in rows:
        check(row, today)
        days = by_pair.setdefault((row.base, row.quote), {})
        if days.setdefault(row.on, row).value != row.value:
            twice = _("%(where)s: %(pair)s of %(date)s has another rate in %(other)s.")
            raise BadRates(twice % (_names(row) | {"other": days[row.on].where}))
    for pair, days in by_pair.items():
        _check_steps(_by_date(days), known.get(pair, ()), most_times)
    return [row for pair in sorted(by_pair) for row in _by_date(by_pair[pair])]


def check(row: RateRow, today: date) -> None:
    """One row by itself. Raises BadRates."""
    if not CODE.fullmatch(row.base) or not CODE.fullmatch(row.quote) or row.base == row.quote:
        raise BadRates(_("%(where)s: %(pair)s are not two currencies.") % _names(row))
    if not row.value.is_finite() or row.value <= 0:
        raise BadRates(_("%(where)s: the rate %(value)s of %(pair)s is not above zero.") % _names(row))
    if not LEAST <= row.value < MOST or row.value != row.value.quantize(LEAST):
        raise BadRates(_("%(where)s: the rate %(value)s of %(pair)s has too many digits.") % _names(row))
    if row.on > today:
        raise BadRates(_("%(where)s: %(date)s is in the future.") % _names(row))


def too_far(value: Decimal, before: Decimal, most_times: int) -> bool:
    """Whether ``value`` is ``most_times`` or more above or below the rate before it."""
    return value >= before * most_times or value * most_times <= before


def _check_steps(rows: list[RateRow], known: Known, most_times: int) -> None:
    before: tuple[date, Decimal] | None = None
    for row in rows:
        at = bisect_left(known, row.on, key=lambda pair: pair[0])
        if at and (before is None or known[at - 1][0] > before[0]):
            before = known[at - 1]
        if before and too_far(row.value, before[1], most_times):
            far = _("%(where)s: %(pair)s of %(date)s is %(value)s, too far from the %(before)s of %(day)s.")
            raise BadRates(far % (_names(row) | {"before": f"{before[1].normalize():f}", "day": before[0]}))
        before = row.on, row.value


def _by_date(days: Mapping[date, RateRow]) -> list[RateRow]:
    return [days[on] for on in sorted(days)]


def _names(row: RateRow) -> dict[str, str]:
    return {"where": row.where, "pair": f"{row.base}/{row.quote}", "value": f"{row.value}", "date": row.on.isoformat()}
