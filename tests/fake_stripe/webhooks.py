"""The webhook sender: signs, posts, retries, and misbehaves when told to."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .objects import Object
from .state import State

POST_SECONDS = 10.0
Post = Callable[[bytes, str], int]  # (body, Stripe-Signature) → HTTP status
_AMOUNTS = ("amount", "amount_total", "amount_subtotal", "amount_received")


def sign(payload: bytes, secret: str, timestamp: int | None = None) -> str:
    """The ``Stripe-Signature`` header for a body; ``timestamp`` in seconds since 1970, now by default."""
    stamp = int(time.time()) if timestamp is None else timestamp
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


@dataclass
class Delivery:
    """One copy of one event on its way. ``due`` is on the monotonic clock; ``status`` 0 means no answer.

    ``age``: seconds since it was signed. ``cut``: half of the body is lost after that.
    """

    event_id: str
    kind: str
    body: bytes
    due: float
    corrupt: bool = False
    cut: bool = False
    age: int = 0
    attempt: int = 1
    status: int | None = None


class Sender:
    """Queue and background thread. Without ``url`` events wait until ``pump`` takes them."""

    def __init__(self, state: State, *, url: str | None, secret: str) -> None:
        self.state, self.url, self.secret = state, url, secret
        self.attempts, self.backoff = 5, 0.5  # tries per copy; seconds before the second, then doubling
        self.held: list[Object] = []
        self.log: list[Delivery] = []
        self._queue: list[Delivery] = []
        self._flying = 0
        self._stopped = False
        self._wake = threading.Condition(state.lock)
        self._thread = threading.Thread(target=self._run, name="fake-stripe-webhooks", daemon=True)

    def start(self) -> None:
        with self._wake:
            for event in self.state.tables["events"].values():
                if event["pending_webhooks"]:  # a restart sends again what nobody confirmed
                    self._push(event)
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        self._thread.join(0.5)

    def accept(self, event: Object) -> None:
        """Take a new event, obeying the switches; the state calls this with its lock held."""
        faults = self.state.faults
        if faults.drops(event["type"]):
            event["pending_webhooks"] = 0
        elif faults.hold:
            self.held.append(event)
            if len(self.held) >= faults.hold:
                self.deliver_held()
        else:
            self._push(event)

    def deliver_held(self) -> int:
        """Send what was held back, shuffled with the seed; return how many events that were."""
        with self._wake:
            events, self.held = self.held, []
            random.Random(self.state.faults.seed).shuffle(events)
            for event in events:
                self._push(event)
            return len(events)

    def redeliver(self, event_id: str) -> None:
        """Send an old event once more, as the dashboard's "resend" does."""
        with self._wake:
            self._push(self.state.get("events", event_id))

    def replay(self, event_id: str, age: int) -> None:
        """Post again, once, what somebody recorded ``age`` seconds ago, with the signature of then."""
        with self._wake:
            event = self.state.get("events", event_id)
            body = json.dumps(event, ensure_ascii=False).encode()
            self._queue.append(Delivery(event_id, event["type"], body, time.monotonic(), age=age))
            self._wake.notify_all()

    def wake(self) -> None:
        """Look at the queue again: an address or a delay has changed."""
        with self._wake:
            self._wake.notify_all()

    def clear(self) -> None:
        with self._wake:
            self.held.clear()
            self.log.clear()
            self._queue.clear()
            self._wake.notify_all()

    @property
    def waiting(self) -> int:
        """Copies not yet answered, without the events held back."""
        with self._wake:
            return len(self._queue) + self._flying

    def wait_idle(self, timeout: float = 5.0) -> bool:
        """Wait until every copy was answered or given up; False when ``timeout`` seconds were not enough."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._queue and not self._flying, timeout)

    def pump(self, post: Post) -> list[int]:
        """Deliver all that waits through ``post``, in this thread, at once and without retries."""
        with self._wake:
            batch, self._queue = sorted(self._queue, key=lambda copy_: copy_.due), []
        return [self._deliver(delivery, post, retry=False) for delivery in batch]

    def _push(self, event: Object) -> None:
        faults = self.state.faults
        body = json.dumps(self._tampered(event), ensure_ascii=False).encode()
        due = time.monotonic() + faults.delay
        for _ in range(faults.duplicate):
            copy_ = Delivery(event["id"], event["type"], body, due, faults.corrupt_signature, faults.cut_body)
            self._queue.append(copy_)
        self._wake.notify_all()

    def _tampered(self, event: Object) -> Object:
        faults = self.state.faults
        if not (faults.wrong_amount or faults.wrong_currency):
            return event
        event = copy.deepcopy(event)
        item = event["data"]["object"]
        for name in _AMOUNTS:
            if item.get(name) is not None:
                item[name] += faults.wrong_amount
        item["currency"] = faults.wrong_currency or item.get("currency")
        return event

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopped and not (batch := self._take_due()):
                    self._wake.wait(self._pause())
                if self._stopped:
                    return
            if self.state.faults.parallel:
                self._deliver_together(batch)
            else:
                for delivery in batch:
                    self._deliver(delivery, self._post)

    def _take_due(self) -> list[Delivery]:
        if not self.url:
            return []
        now = time.monotonic()
        batch = [delivery for delivery in self._queue if delivery.due <= now]
        self._queue = [delivery for delivery in self._queue if delivery.due > now]
        self._flying += len(batch)
        return batch

    def _pause(self) -> float | None:
        if not self.url or not self._queue:
            return None
        return max(0.0, min(delivery.due for delivery in self._queue) - time.monotonic())

    def _deliver_together(self, batch: list[Delivery]) -> None:
        threads = [threading.Thread(target=self._deliver, args=(one, self._post)) for one in batch]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _deliver(self, delivery: Delivery, post: Post, *, retry: bool = True) -> int:
        secret = f"not-{self.secret}" if delivery.corrupt else self.secret
        signature = sign(delivery.body, secret, int(time.time()) - delivery.age)
        status = post(delivery.body[: len(delivery.body) // 2] if delivery.cut else delivery.body, signature)
        with self._wake:
            self.log.append(Delivery(**{**vars(delivery), "status": status}))
            event = self.state.tables["events"].get(delivery.event_id)
            if event and 200 <= status < 300:
                event["pending_webhooks"] = 0
                self.state.dirty = True
            elif retry and delivery.attempt < self.attempts and not self._stopped:
                delivery.due = time.monotonic() + self.backoff * 2 ** (delivery.attempt - 1)
                delivery.attempt += 1
                self._queue.append(delivery)
            if retry:
                self._flying -= 1
            self._wake.notify_all()
        return status

    def _post(self, body: bytes, signature: str) -> int:
        """POST without proxies or redirects; 0 when nobody answered."""
        parts = urlsplit(self.url or "")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (fake_stripe)",
        }
        try:
            with contextlib.closing(kind(parts.netloc, timeout=POST_SECONDS)) as connection:
                target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
                connection.request("POST", target, body, headers)
                return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
