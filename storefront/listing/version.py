"""Versions of public content, so that what is derived from it knows when it is out of date.

Two counters: ``pieces`` (cards, prices, states) and ``places`` (pages, names, menus). A writer raises one after its
commit; a reader looks at most once a second, so another process may show a change one second late.
"""

import threading
import time
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from storefront.listing.models import ContentVersion

LOOK_EVERY = 1.0  # seconds
IDS = {"pieces": 1, "places": 2}


class Version(NamedTuple):
    pieces: int
    places: int


class _Seen(threading.local):
    version: Version | None = None
    at: float = 0.0


_seen = _Seen()


def current() -> Version:
    """The versions now, at most LOOK_EVERY seconds old."""
    if _seen.version is None or time.monotonic() - _seen.at > LOOK_EVERY:
        rows = dict(ContentVersion.objects.values_list("id", "number"))
        _seen.version = Version(rows.get(IDS["pieces"], 0), rows.get(IDS["places"], 0))
        _seen.at = time.monotonic()
    return _seen.version


def forget() -> None:
    """Look again at the next call."""
    _seen.version = None


def raise_after_commit(name: str) -> None:
    """Raise the counter ``name`` once, after the running transaction commits."""
    pending = [call[1] for call in connection.run_on_commit if getattr(call[1], "_raises", None) == name]
    if connection.in_atomic_block and pending:
        return

    def _raise() -> None:
        updated = ContentVersion.objects.filter(pk=IDS[name]).update(number=F("number") + 1)
        if not updated:
            ContentVersion.objects.get_or_create(pk=IDS[name], defaults={"number": 1})
        forget()

    _raise._raises = name
    transaction.on_commit(_raise)
