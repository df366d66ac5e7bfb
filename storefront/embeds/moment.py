"""Which version of the content is shown now, and on which day: what is kept is true for one such moment.

The database is asked at most once a second. While it does not answer, nobody waits for it twice in a second.
"""

import time
from datetime import date
from typing import NamedTuple

from django.db import OperationalError
from django.utils import timezone

from storefront.listing import version

# A look that took longer (a server that is gone answers nothing) is not repeated for so long. Seconds.
SLOW, PAUSE = 0.25, 2.0

_away_until = 0.0


class Moment(NamedTuple):
    """Rates and visit days follow the calendar, so a day ends what was kept on it."""

    version: version.Version
    day: date


def now() -> Moment:
    """At most a second old. Raises what the database raises, or OperationalError while nobody asks it."""
    global _away_until
    started = time.monotonic()
    if started < _away_until:
        raise OperationalError("The database did not answer a moment ago.")
    try:
        return Moment(version.current(), timezone.localdate())
    except Exception:
        ended = time.monotonic()
        if ended - started > SLOW:
            _away_until = ended + PAUSE
        raise


def forget() -> None:
    """Ask again at the next call (tests)."""
    global _away_until
    _away_until = 0.0
