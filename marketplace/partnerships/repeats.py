"""Who was counted a moment ago. Nothing of a visitor is kept but hashes, made with a key that is new each day.

Memory is bounded: one visitor counts for few cards, and when the room is full nothing more is counted in this half hour.
So a bot that asks for 100,000 cards, or comes from 100,000 addresses, can make counts too low, but never too high.
"""

import ipaddress
import secrets
import threading
import time
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from django.core.cache import cache

HALF_HOUR = 30 * 60  # seconds: the same visitor counts for the same card once in it
# More cards than a person looks at in half an hour; more than an office or a village behind one address does.
MOST_OF_VISITOR, MOST_OF_ADDRESS = 100, 2000
MOST = 200_000  # marks in memory, about 30 MB
LONGEST_AGENT = 300


class Visitor(NamedTuple):
    """Who asks, as the request says it: network address, User-Agent, and whether ``dnt=1`` was given. Never stored."""

    address: str
    agent: str
    dnt: bool = False


class Repeats:
    """The marks of this half hour and of the one before, of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: dict[bytes, int] = {}
        self._before: dict[bytes, int] = {}
        self._since = time.monotonic()
        self._key, self._key_of = b"", date.min

    def mark(self, visitor: Visitor, card: str, day: date) -> bytes | None:
        """A mark for this visitor and card, the first time in half an hour; None when it does not count.

        Two threads may pass the limits of a visitor at the same moment; of a card they never count twice.
        """
        key, network = self._key_on(day), _network(visitor.address)
        address = _hash(key, network)
        person = _hash(key, network, visitor.agent[:LONGEST_AGENT])
        self._turn()
        if self._of(person) >= MOST_OF_VISITOR or self._of(address) >= MOST_OF_ADDRESS:
            return None
        seen = _hash(key, network, visitor.agent[:LONGEST_AGENT], card)
        with self._lock:
            if self._of(seen) or len(self) >= MOST:
                return None
            for mark in (seen, person, address):
                self._now[mark] = self._now.get(mark, 0) + 1
        return seen

    def forget(self) -> None:
        with self._lock:
            self._now, self._before = {}, {}
            self._key_of = date.min

    def __len__(self) -> int:
        return len(self._now) + len(self._before)

    def _of(self, mark: bytes) -> int:
        return self._now.get(mark, 0) + self._before.get(mark, 0)

    def _turn(self) -> None:
        """Marks are dropped half a window at a time: each is believed for 30 to 60 minutes."""
        if time.monotonic() - self._since < HALF_HOUR:
            return
        with self._lock:
            passed = time.monotonic() - self._since
            if passed >= HALF_HOUR:
                self._before, self._now = (self._now if passed < 2 * HALF_HOUR else {}), {}
                self._since = time.monotonic()

    def _key_on(self, day: date) -> bytes:
        """One key per day, shared by the processes where the cache is shared; yesterday's is forgotten."""
        if self._key_of != day:
            mine = secrets.token_hex(16)
            shared = cache.get_or_set(f"partnerships:counting:{day}", mine, 2 * 86400)
            self._key, self._key_of = str(shared or mine).encode(), day
        return self._key


def first_anywhere(mark: bytes) -> bool:
    """Whether no other process counted this mark in half an hour. A cache that does not answer stands in nobody's way."""
    return cache.add(f"partnerships:seen:{mark.hex()}", 1, HALF_HOUR) is not False


def _network(address: str) -> str:
    """The address, or the /64 of IPv6 that one household has for itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def _hash(key: bytes, *parts: str) -> bytes:
    """A keyed hash (RFC 7693): without the key nobody can try addresses until one fits."""
    return blake2b("\0".join(parts).encode(errors="replace"), key=key, digest_size=16).digest()
