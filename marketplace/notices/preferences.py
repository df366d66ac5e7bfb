"""How a person is told: her language, her hours, her ways; with sensible answers where she said nothing."""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from marketplace.notices.models import Preference
from marketplace.partnerships.models import Seat
from marketplace.workshops.models import Member, Officer, Workshop

ZONES = Path(__file__).parent / "data" / "zones.csv"


@dataclass(frozen=True)
class Reader:
    """A person as a notice meets her: ``chosen`` may be unsaved, then it holds the defaults."""

    user: object
    chosen: Preference
    language: str
    zone: ZoneInfo

    def local(self, now: datetime) -> datetime:
        return now.astimezone(self.zone)

    def quiet_until(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that ``now`` (aware) lies in; None: it is not quiet."""
        start, end, local = self.chosen.quiet_from, self.chosen.quiet_to, self.local(now)
        hour = local.hour
        if not (start <= hour < end if start <= end else hour >= start or hour < end):
            return None
        until = local.replace(hour=end, minute=0, second=0, microsecond=0)
        return until if until > local else until + timedelta(days=1)


def reader_of(user, language: str = "") -> Reader:
    """``language``: to be taken where she chose none."""
    chosen = Preference.objects.filter(user=user).first() or Preference(user=user)
    workshop = None
    if not (chosen.language or language) or not chosen.time_zone:
        workshop = workshop_of(user)
    spoken = chosen.language or language or (workshop.source_language if workshop else "")
    zone = chosen.time_zone or _zone_of(user, workshop)
    return Reader(user, chosen, known_language(spoken), ZoneInfo(zone))


def workshop_of(user) -> Workshop | None:
    """Where ``user`` has worked longest."""
    row = Member.objects.filter(user=user).select_related("workshop__village").order_by("since", "pk").first()
    return row.workshop if row else None


def economy_of(user) -> str:
    """The two letters of the economy where she works; empty: nobody knows."""
    if workshop := workshop_of(user):
        return workshop.village.economy_id
    office = Officer.objects.of(user).select_related("village").first()
    if office:
        return office.economy_id or office.village.economy_id
    seat = Seat.objects.filter(user=user).select_related("agency").order_by("since", "pk").first()
    return seat.agency.economy_id if seat else ""


def known_language(code: str) -> str:
    """``code`` where the shop has words in it; else the default."""
    return code if code and translation.check_for_language(code) else settings.LANGUAGE_CODE


def zones_of(economy: str) -> list[str]:
    """IANA names of the economy's time zones, that of most people first."""
    return [zone for code, zone in _zones() if code == economy]


@lru_cache(maxsize=1)
def _zones() -> list[tuple[str, str]]:
    with ZONES.open(encoding="utf-8", newline="") as rows:
        return [(row["economy"], row["zone"]) for row in csv.DictReader(rows)]


def _zone_of(user, workshop: Workshop | None) -> str:
    economy = workshop.village.economy_id if workshop else economy_of(user)
    return next(iter(zones_of(economy)), settings.TIME_ZONE)


def choose(*, user, **wishes: object) -> Preference:
    """Keep how ``user`` wants to be told; what is not named stays. ``wishes``: fields of Preference."""
    row, _new = Preference.objects.update_or_create(user=user, defaults=wishes)
    return row
