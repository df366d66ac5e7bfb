"""The operator's tax registrations on a day."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from marketplace.economies import versions
from marketplace.economies.models import Registration
from marketplace.economies.periods import valid_on


@dataclass(frozen=True)
class Registered:
    """A number under a scheme ("IOSS"). ``covers`` is an economy's two-letter code or a bloc ("EU")."""

    scheme: str
    covers: str
    number: str
    valid_from: date
    valid_to: date | None = None


def registrations_on(on: date) -> tuple[Registered, ...]:
    """What is valid on a day, by scheme; kept in memory until rows change. At most one statement when kept."""
    return _load(on, versions.current(versions.MARKETS))


@lru_cache(maxsize=32)
def _load(on: date, token: str) -> tuple[Registered, ...]:
    rows = Registration.objects.filter(valid_on(on)).select_related("scheme").order_by("scheme", "pk")
    return tuple(
        Registered(row.scheme_id, row.scheme.covers, row.number, row.valid_from, row.valid_to) for row in rows
    )
