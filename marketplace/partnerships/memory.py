"""What a process keeps in memory of codes and keys, for a moment: a card or an answer of the API costs no SQL.

The number of entries is bounded, and what is not there is kept, too: who asks for a million invented codes gains nothing.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakSet

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)
Value = TypeVar("Value")
_all: "WeakSet[Kept]" = WeakSet()


class _Row(NamedTuple, Generic[Value]):
    value: Value | None
    at: float  # seconds, monotonic


class Kept(Generic[Value]):
    """Up to ``most`` values by key, each believed for ``seconds``."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self.seconds, self.most = seconds, most
        self._rows: dict[str, _Row[Value]] = {}
        self._lock = threading.Lock()
        _all.add(self)

    def get(self, key: str, load: Callable[[], Value | None]) -> Value | None:
        """The kept value, or what ``load`` answers. While the database is away: the last known one, else None."""
        row = self._rows.get(key)
        if row is not None and time.monotonic() - row.at < self.seconds:
            return row.value
        at = time.monotonic()
        try:
            value = load()
        except (OperationalError, InterfaceError):
            logger.warning("The database did not answer; going on with what is remembered.")
            value = row.value if row is not None else None
        with self._lock:
            self._rows.pop(key, None)
            self._rows[key] = _Row(value, at)
            while len(self._rows) > self.most:
                del self._rows[next(iter(self._rows))]
        return value

    def knows_none(self, key: str) -> bool:
        """Whether ``key`` was looked for in this moment and is nobody's. Asks nobody."""
        row = self._rows.get(key)
        return row is not None and row.value is None and time.monotonic() - row.at < self.seconds

    def forget(self) -> None:
        with self._lock:
            self._rows.clear()


def forget() -> None:
    """Look everything up again."""
    for kept in _all:
        kept.forget()
