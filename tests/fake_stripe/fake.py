"""The whole imitation as one object: server, state, webhook sender, switches."""

from __future__ import annotations

import contextlib
import copy
import threading
from pathlib import Path
from typing import Any, Self

from . import accounts, checkout, control, disputes, hosted, refunds, webhooks
from .api import Api
from .errors import ApiError
from .faults import Faults
from .merchant import Merchant
from .objects import Object
from .server import HOST, Server
from .state import Request, State
from .wire import Answer, Call, json_answer


class FakeStripe:
    """A Stripe that runs on this machine and moves no money.

    ``with FakeStripe(webhook_url=…) as fake:`` serves on a free port of the loopback address; give the SDK
    ``base_addresses={"api": fake.url}``. Without ``webhook_url`` events wait for ``pump``.
    """

    api_key = "sk_test_fake"

    def __init__(
        self,
        *,
        webhook_url: str | None = None,
        webhook_secret: str = "whsec_fake",
        port: int = 0,
        state_file: Path | None = None,
        public_url: str = "",
    ) -> None:
        self.state = State(path=state_file)
        self.sender = webhooks.Sender(self.state, url=webhook_url, secret=webhook_secret)
        self.state.listener = self.sender.accept
        self._closing = threading.Event()
        self._api = Api(self.state, self._closing)
        self._server = Server(port, self._respond, self._tick)
        self.url = public_url.rstrip("/") or f"http://{HOST}:{self._server.server_port}"
        self.state.base_url = self.url
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="fake-stripe", daemon=True
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        self.state.load()
        self._thread.start()
        self.sender.start()

    def stop(self) -> None:
        """End within a second; what the state file needs is written."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self.sender.stop()
        self.state.save()

    @property
    def sessions(self) -> dict[str, Object]:
        """Copies of the Checkout Sessions by id, oldest first."""
        return self._copies("sessions")

    @property
    def intents(self) -> dict[str, Object]:
        return self._copies("intents")

    @property
    def charges(self) -> dict[str, Object]:
        return self._copies("charges")

    @property
    def refunds(self) -> dict[str, Object]:
        return self._copies("refunds")

    @property
    def transfers(self) -> dict[str, Object]:
        return self._copies("transfers")

    @property
    def reversals(self) -> dict[str, Object]:
        return self._copies("reversals")

    @property
    def disputes(self) -> dict[str, Object]:
        return self._copies("disputes")

    @property
    def accounts(self) -> dict[str, Object]:
        return self._copies("accounts")

    @property
    def balance(self) -> list[Object]:
        """Copies of all balance transactions, oldest first."""
        return self.state.rows("balance")

    @property
    def events(self) -> list[Object]:
        """Copies of all events, oldest first, delivered or not."""
        return self.state.rows("events")

    @property
    def requests(self) -> list[Request]:
        """All API calls so far, refused ones too."""
        with self.state.lock:
            return list(self.state.requests)

    @property
    def deliveries(self) -> list[webhooks.Delivery]:
        """All webhook posts so far with the status answered (0: none)."""
        with self.state.lock:
            return list(self.sender.log)

    @property
    def faults(self) -> Faults:
        return self.state.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self.state.lock:
            self.state.faults = faults

    def calls(self, method: str, path: str) -> list[Request]:
        """The API calls of one kind, such as ``calls("POST", "/v1/checkout/sessions")``."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def pay(self, session_id: str, outcome: str = "pay") -> str:
        """Do what the buyer does on the hosted page; return where the browser goes next.

        ``outcome``: pay, decline, 3ds, 3ds-complete, 3ds-fail, delayed. Raises ``ValueError`` for another
        one or one the session does not offer, ``ApiError`` for an unknown session.
        """
        with self.state.call():
            checkout.expire_due(self.state)
            return checkout.attempt(self.state, session_id, outcome)

    def settle(self, session_id: str, *, succeeded: bool = True) -> None:
        """Let the money of a delayed payment arrive, or not."""
        with self.state.call():
            checkout.settle(self.state, session_id, succeeded=succeeded)

    def settle_refund(self, refund_id: str, *, status: str = "succeeded") -> None:
        """End a waiting refund as "succeeded", "failed" or "canceled", or let one that succeeded fail after all."""
        if status not in refunds.ENDS:
            raise ValueError(f"status must be one of {refunds.ENDS}")
        with self.state.call():
            refunds.settle(self.state, refund_id, status=status)

    def dispute(
        self, intent_id: str, *, amount: int | None = None, reason: str = "product_not_received", inquiry: bool = False
    ) -> Object:
        """The buyer's bank asks for the money of a payment back, or only asks (``inquiry``); answers the dispute."""
        with self.state.call():
            dispute = disputes.open_(self.state, intent_id, amount=amount, reason=reason, inquiry=inquiry)
            return copy.deepcopy(dispute)

    def change_dispute(self, dispute_id: str, status: str) -> Object:
        """The bank's next word, such as "under_review", "won" or "lost"."""
        with self.state.call():
            return copy.deepcopy(disputes.change(self.state, dispute_id, status))

    def connect(self, economy: str) -> Object:
        """A connected account that may receive transfers and is paid out; answers it."""
        with self.state.call():
            params = {"country": economy, "capabilities": {"transfers": {"requested": True}}}
            account = accounts.create(self.state, params)
            return copy.deepcopy(accounts.change(self.state, account["id"], transfers=True, payouts=True))

    def change_account(self, account_id: str, *, transfers: bool = True, payouts: bool = True) -> Object:
        """Stripe allows or forbids a connected account to receive money, and to be paid out."""
        with self.state.call():
            return copy.deepcopy(accounts.change(self.state, account_id, transfers=transfers, payouts=payouts))

    def empty_account(self, account_id: str) -> None:
        """A connected account's money goes to its owner's bank: a reversal finds nothing there."""
        with self.state.call():
            accounts.empty(self.state, account_id)

    def send_event(self, kind: str, item: Object, **fields: Any) -> Object:
        """Send an event of your own about ``item``; ``fields`` overwrite the event's (``livemode=True``, or
        ``account="acct_…"`` for one of a connected account).
        """
        with self.state.call():
            return self.state.emit(kind, item, **fields)

    def advance(self, seconds: int) -> None:
        """Move this imitation's clock ahead, and expire what is due. Signatures keep the real time."""
        with self.state.call():
            self.state.clock_offset += seconds
            checkout.expire_due(self.state)

    def control(self, **values: Any) -> None:
        """Set switches of ``faults``, of ``Merchant`` and of the webhook sender by name; ``ValueError`` for unknown
        names.
        """
        with self.state.lock:
            merchant = {name: values[name] for name in Merchant.names() & set(values)}
            others = set(control.SENDER_KEYS) | set(merchant)
            self.state.faults.update({name: value for name, value in values.items() if name not in others})
            self.state.merchant.update(merchant)
            for name, attribute in control.SENDER_KEYS.items():
                if name in values:
                    setattr(self.sender, attribute, values[name])
            self.sender.wake()

    def sign(self, payload: bytes, secret: str | None = None, timestamp: int | None = None) -> str:
        """The ``Stripe-Signature`` header for a body."""
        return webhooks.sign(payload, secret or self.sender.secret, timestamp)

    def deliver_held(self) -> int:
        return self.sender.deliver_held()

    def redeliver(self, event_id: str) -> None:
        self.sender.redeliver(event_id)

    def replay(self, event_id: str, *, age: int) -> None:
        """Post an event again as somebody recorded it ``age`` seconds ago: the signature is of then."""
        self.sender.replay(event_id, age)

    def pump(self, post: webhooks.Post) -> list[int]:
        """Deliver what waits through ``post(body, signature) -> status``, in this thread."""
        return self.sender.pump(post)

    def wait_idle(self, timeout: float = 5.0) -> bool:
        """Wait until all webhooks not held back are answered or given up."""
        return self.sender.wait_idle(timeout)

    def reset(self) -> None:
        """Forget everything but the address and secret of the webhooks."""
        self.sender.clear()
        self.state.clear()

    def _copies(self, table: str) -> dict[str, Object]:
        return {row["id"]: row for row in self.state.rows(table)}

    def _respond(self, call: Call) -> Answer:
        if call.path.startswith("/v1/"):
            return self._api.answer(call)
        if call.path.startswith(("/_control", "/_state")):
            return control.answer(self, call)
        if call.method in ("GET", "POST"):
            return hosted.answer(self.state, call)
        return json_answer(405, ApiError("Method not allowed.").body())

    def _tick(self) -> None:
        # Busy is fine: the next tick comes soon, and the accepting thread must not wait.
        with contextlib.ExitStack() as stack:
            if self.state.lock.acquire(blocking=False):
                stack.callback(self.state.lock.release)
                checkout.expire_due(self.state)
                self.state.save()
