"""By when a consignment must leave: what was promised, seen from the maker's own day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.formats import locale_of
from marketplace.fulfilment.models import Consignment

DAYS_OF_A_WEEK = 7
HOURS_OF_A_DAY, DEGREES = 24, 360
State = Consignment.State


class Due(StrEnum):
    """How urgent it is; in this order."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Due.LATE: gettext_lazy("Late"),
    Due.TODAY: gettext_lazy("Send today"),
    Due.WEEK: gettext_lazy("Send this week"),
    Due.LATER: gettext_lazy("Later"),
}


@dataclass(frozen=True)
class Deadline:
    """``day``: promised to leave by; ``days``: from the maker's today to it, negative once it is over."""

    day: date
    days: int

    @property
    def due(self) -> Due:
        if self.days < 0:
            return Due.LATE
        if not self.days:
            return Due.TODAY
        return Due.WEEK if self.days < DAYS_OF_A_WEEK else Due.LATER

    @property
    def text(self) -> str:
        """A sentence for the maker in the active language."""
        words = {"date": format_date(self.day, "full", locale=locale_of()), "days": abs(self.days)}
        if self.due == Due.LATE:
            text = ngettext(
                "Late: promised for %(date)s (%(days)s day ago)",
                "Late: promised for %(date)s (%(days)s days ago)",
                words["days"],
            )
            return text % words
        if self.due == Due.TODAY:
            return _("Send it today, %(date)s") % words
        if self.days == 1:
            return _("Send by %(date)s (tomorrow)") % words
        text = ngettext("Send by %(date)s (in %(days)s day)", "Send by %(date)s (in %(days)s days)", self.days)
        return text % words


def deadline_of(consignment: Consignment, today: date) -> Deadline | None:
    """None for what has left, what was cancelled, and what was promised for no day. ``today``: see today_at."""
    if consignment.send_by is None or consignment.state not in (State.PLACED, State.PACKED):
        return None
    return Deadline(consignment.send_by, (consignment.send_by - today).days)


def due_range(due: Due, today: date) -> dict[str, date]:
    """What ``send_by`` must be for consignments that are due so, as arguments of filter()."""
    week = today + timedelta(days=DAYS_OF_A_WEEK)
    return {
        Due.LATE: {"send_by__lt": today},
        Due.TODAY: {"send_by": today},
        Due.WEEK: {"send_by__gt": today, "send_by__lt": week},
        Due.LATER: {"send_by__gte": week},
    }[due]


def is_due(due: Due, today: date) -> Q:
    """The same as a condition; what was promised for no day is due later."""
    wanted = Q(**due_range(due, today))
    return wanted | Q(send_by=None) if due == Due.LATER else wanted


def today_at(village, now: datetime | None = None) -> date:
    """The day that a village has at ``now`` (default: this moment)."""
    return (now or timezone.now()).astimezone(clock_of(village)).date()


def clock_of(village) -> ZoneInfo:
    """The time zone in which a village lives."""
    longitude = float(village.longitude) if village.longitude is not None else None
    return zone_of(village.economy_id, longitude)


@lru_cache(maxsize=512)
def zone_of(economy: str, longitude: float | None = None) -> ZoneInfo:
    """The time zone of a place (degrees east) in an economy; where an economy has several and the place is not known,
    the one whose day ends last: nothing is called late before it is.
    """
    zones = [ZoneInfo(name) for name, place in get_global("zone_territories").items() if place == economy]
    if not zones:
        return ZoneInfo("UTC")
    # On one day for all, outside of summer time in the north.
    on = datetime(2026, 1, 15, tzinfo=ZoneInfo("UTC"))
    hours = {zone: zone.utcoffset(on).total_seconds() / 3600 for zone in zones}
    if longitude is None:
        return min(zones, key=lambda zone: (hours[zone], zone.key))
    sun = longitude * HOURS_OF_A_DAY / DEGREES
    return min(zones, key=lambda zone: (abs(hours[zone] - sun), zone.key))
