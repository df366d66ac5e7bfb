"""When a consignment is sent and arrives, as an estimate: time to make, working days to pack, the carrier's days.

A piece with a capacity per month (capacity.py) is begun in the first month that has room: later, never "sold out".

Working days are all but the weekly days off of the economy (Unicode CLDR); holidays are not counted, so screens say
"about". Times to make and the carrier's days are calendar days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale
from django.conf import settings

from marketplace.fulfilment.capacity import begun_on, piece_of
from marketplace.fulfilment.offers import ShippingOffer

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Times:
    """First and last day of sending, first and last day of arrival."""

    sent_from: date
    sent_by: date
    arrives_from: date
    arrives_by: date


def delivery_window(lines: Iterable, offer: ShippingOffer, on: date) -> tuple[date, date]:
    """First and last day on which an order of ``on`` is likely to arrive."""
    times = delivery_times(lines, offer, on)
    return times.arrives_from, times.arrives_by


def delivery_times(lines: Iterable, offer: ShippingOffer, on: date) -> Times:
    """When lines ordered on ``on`` are sent and arrive. All pieces of a consignment wait for the slowest."""
    sent_from = working_day(ready_on(lines, on), offer.origin)
    sent_by = sent_from
    for _step in range(settings.MARKETPLACE_PACKING["DAYS"]):
        sent_by = working_day(sent_by + DAY, offer.origin)
    return Times(
        sent_from,
        sent_by,
        working_day(sent_from + offer.days_min * DAY, offer.destination),
        working_day(sent_by + offer.days_max * DAY, offer.destination),
    )


def ready_on(lines: Iterable, on: date) -> date:
    """The day on which the slowest of ``lines``, ordered ``on`` a day, is made; no statement where no piece has a capacity."""
    lines = list(lines)
    begun = begun_on(lines, on)
    made = (begun.get(piece.pk, on) + (piece.lead_days or 0) * DAY for piece in map(piece_of, lines) if piece.made_to_order)
    return max(made, default=on)


def working_day(day: date, economy: str) -> date:
    """``day``, or the next that is none of the economy's weekly days off."""
    off = days_off(economy)
    while day.weekday() in off:
        day += DAY
    return day


@lru_cache(maxsize=300)
def days_off(economy: str) -> frozenset[int]:
    """Weekdays (Monday is 0) on which nobody works in an economy (two-letter code)."""
    locale = Locale.parse(f"und_{economy}")
    first, last = locale.weekend_start, locale.weekend_end
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
