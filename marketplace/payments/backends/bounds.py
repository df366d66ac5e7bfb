"""How long, and how many at a time, the shop's threads may wait for somebody else's service."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from marketplace.payments.gateway import GatewayDown

CONNECT = 3.0  # seconds for a connection to be made
# With less time left than this, in seconds, asking again would only keep the caller.
WORTHWHILE = 1.0


class OutOfTime(requests.RequestException):
    """The time is used up. Neither a Timeout nor a ConnectionError, which the SDK would try again after."""


class Bounds:
    """A service that is slow or silent costs those who ask it a known time, and nobody else any.

    * Whatever is done within ``waiting`` ends after ``timeout`` seconds, repeats included (the clock starts anew for an
      answer that arrives in pieces).
    * At most ``at_once`` threads of this process wait for an answer, fewer than the server has. Another waits for its
      turn only while nobody has waited longer than a quarter of ``timeout``: after that the other threads are all
      there for the rest of the shop.
    * After ``patience`` waits in a row that ended without an answer nobody waits for ``pause`` seconds. Then one may
      try, and if that fails too the pause begins again.
    """

    def __init__(self, *, timeout: float, at_once: int, patience: int, pause: float) -> None:
        self._timeout, self._patience, self._pause = timeout, patience, pause
        self._turns = threading.BoundedSemaphore(at_once)
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._unanswered, self._closed_until = 0, 0.0
        self._since: dict[int, float] = {}  # by thread, of those whose turn it is

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """One turn; within one, another is part of it. Raises GatewayDown when there is none to be had."""
        if getattr(self._mine, "until", None) is not None:
            yield
            return
        began = time.monotonic()
        if began < self._closed_until:
            raise GatewayDown("It did not answer in time lately, and is left alone for a moment.")
        if not self._turns.acquire(timeout=self._worth_waiting(began)):
            raise GatewayDown("Too many are waiting for it already.")
        me = threading.get_ident()
        self._since[me] = time.monotonic()
        self._mine.until, self._mine.silent = began + self._timeout, False
        try:
            yield
        finally:
            self._count(silent=self._mine.silent)
            self._mine.until = None
            del self._since[me]
            self._turns.release()

    def _worth_waiting(self, now: float) -> float:
        """Seconds that a turn may be waited for."""
        longest = now - min(self._since.copy().values(), default=now)
        return max(0.0, self._timeout / 4 - longest)

    def left(self) -> float:
        """Seconds until the caller's turn is over."""
        return self._mine.until - time.monotonic()

    def note(self, *, silent: bool) -> None:
        """Whether the service has just said something, be it a no, or let its time pass."""
        self._mine.silent = silent

    def _count(self, *, silent: bool) -> None:
        with self._lock:
            self._unanswered = self._unanswered + 1 if silent else 0
            if self._unanswered >= self._patience:
                self._closed_until = time.monotonic() + self._pause


class BoundedSession(requests.Session):
    """Gives each request what is left of its caller's turn."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def request(self, method: str, url: str, **kwargs) -> requests.Response:
        left = self._bounds.left()
        if left <= 0:
            raise OutOfTime("no time is left")
        kwargs["timeout"] = (min(left, CONNECT), left)
        try:
            answer = super().request(method, url, **kwargs)
        except (requests.Timeout, requests.ConnectionError) as problem:
            left = self._bounds.left()
            self._bounds.note(silent=left <= 0 or isinstance(problem, requests.Timeout))
            if left < WORTHWHILE:
                raise OutOfTime(str(problem)) from problem
            raise
        self._bounds.note(silent=False)
        return answer
