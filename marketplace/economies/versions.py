"""Versions of dated rows, so that what a process keeps of them in memory knows when it is out of date.

A writer calls ``touch`` in its transaction; the new token is seen by others once that commits. A reader looks at most
once a second and thread, so another process may go on with the old rows for one second. Tokens never recur: what
was read in a transaction that was rolled back is never taken for what came later.
"""

import threading
import time
from uuid import uuid4

from marketplace.economies.models import DataVersion

LOOK_EVERY = 1.0  # seconds
RATES, MARKETS = "rates", "markets"


class _Seen(threading.local):
    tokens: dict[str, str] | None = None
    at: float = 0.0


_seen = _Seen()


def current(name: str) -> str:
    """The token of "rates" or "markets", at most LOOK_EVERY seconds old; empty while nothing was written."""
    if _seen.tokens is None or time.monotonic() - _seen.at > LOOK_EVERY:
        _seen.tokens = dict(DataVersion.objects.values_list("name", "token"))
        _seen.at = time.monotonic()
    return _seen.tokens.get(name, "")


def touch(name: str) -> None:
    """Say that rows of this kind changed. Whoever shows them elsewhere can listen to post_save of DataVersion."""
    DataVersion.objects.update_or_create(name=name, defaults={"token": uuid4().hex})
    forget()


def forget() -> None:
    """Look again at the next call."""
    _seen.tokens = None
