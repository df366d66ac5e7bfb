"""Everything the imitation remembers, behind one lock."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import no_such
from .faults import Faults
from .merchant import Merchant
from .objects import Object, new_event

MOST_REQUESTS = 10_000  # older ones are forgotten
TABLES = (
    *("sessions", "intents", "charges", "refunds", "events"),
    *("balance", "accounts", "transfers", "reversals", "disputes"),
)
_NAMES = {
    "sessions": "checkout.session",
    "intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "events": "event",
    "balance": "balance_transaction",
    "accounts": "account",
    "transfers": "transfer",
    "reversals": "transfer_reversal",
    "disputes": "dispute",
}


@dataclass
class Request:
    """One API call as it arrived. ``params`` are the nested strings of the form or query."""

    method: str
    path: str
    params: dict[str, Any]
    idempotency_key: str | None
    status: int = 0
    replayed: bool = False


@dataclass
class State:
    """Tables of Stripe objects by id, in order of creation. Hold ``lock`` to read or write them."""

    base_url: str = ""
    path: Path | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    tables: dict[str, dict[str, Object]] = field(default_factory=lambda: {name: {} for name in TABLES})
    hidden: dict[str, dict[str, Any]] = field(default_factory=dict)  # per object: what the API never shows
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)  # idempotency key → first answer
    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=MOST_REQUESTS))
    faults: Faults = field(default_factory=Faults)
    merchant: Merchant = field(default_factory=Merchant)
    current_key: str | None = None  # idempotency key of the call being carried out
    clock_offset: int = 0
    listener: Callable[[Object], None] = lambda event: None
    dirty: bool = False

    def now(self) -> int:
        """Seconds since 1970 by this imitation's clock, which ``clock_offset`` moves ahead."""
        return int(time.time()) + self.clock_offset

    def add(self, table: str, item: Object) -> Object:
        self.tables[table][item["id"]] = item
        return item

    def get(self, table: str, object_id: str, param: str = "id") -> Object:
        """Return the live object; raise ``ApiError`` 404 when there is none."""
        found = self.tables[table].get(object_id)
        if found is None:
            raise no_such(_NAMES[table], object_id, param)
        return found

    def rows(self, table: str) -> list[Object]:
        """Copies of all objects of a table, oldest first."""
        with self.lock:
            return copy.deepcopy(list(self.tables[table].values()))

    def emit(self, kind: str, item: Object, **fields: Any) -> Object:
        """Record an event about ``item`` as it is now, and hand it to the webhook sender."""
        event = {**new_event(self.now(), kind, copy.deepcopy(item), self.current_key), **fields}
        self.add("events", event)
        self.dirty = True
        self.listener(event)
        return event

    @contextlib.contextmanager
    def call(self, key: str | None = None) -> Iterator[None]:
        """Hold the lock for one piece of work; events made in it carry the idempotency key."""
        with self.lock:
            self.current_key = key
            try:
                yield
            finally:
                self.current_key = None
                self.dirty = True

    def clear(self) -> None:
        with self.lock:
            for rows in (*self.tables.values(), self.hidden, self.keys):
                rows.clear()
            self.requests.clear()
            self.faults, self.merchant = Faults(), Merchant()
            self.clock_offset = 0
            self.dirty = True

    def load(self) -> None:
        """Read the state file, if there is one."""
        if self.path is None or not self.path.exists():
            return
        stored = json.loads(self.path.read_text(encoding="utf-8"))
        with self.lock:
            self.tables.update(stored["tables"])
            self.hidden, self.keys = stored["hidden"], stored["keys"]
            self.clock_offset = stored["clock_offset"]

    def save(self) -> None:
        """Write the state file when something changed; a crash leaves the old file whole."""
        if self.path is None or not self.dirty:
            return
        with self.lock:
            self.dirty = False
            text = json.dumps(
                {
                    "tables": self.tables,
                    "hidden": self.hidden,
                    "keys": self.keys,
                    "clock_offset": self.clock_offset,
                }
            )
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, self.path)
