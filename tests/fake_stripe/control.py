"""The control address: switches, deeds of the buyer, and a look at the state, as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .wire import Answer, Call, json_answer

if TYPE_CHECKING:
    from .fake import FakeStripe

SENDER_KEYS = {
    "webhook_url": "url",
    "webhook_secret": "secret",
    "webhook_attempts": "attempts",
    "webhook_backoff": "backoff",
}


def answer(fake: FakeStripe, call: Call) -> Answer:
    """Answer ``GET /_state`` and ``POST /_control…``; 400 for what it does not understand."""
    if call.method == "GET" and call.path == "/_state":
        return json_answer(200, look(fake))
    deed = _DEEDS.get(call.path) if call.method == "POST" else None
    if deed is None:
        return json_answer(404, {"error": f"no such control: {call.method} {call.path}"})
    # A page in a browser cannot send this type across origins without asking first.
    if call.headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
        return json_answer(415, {"error": "send application/json"})
    try:
        values = json.loads(call.body or b"{}")
        return json_answer(200, deed(fake, values) or {"ok": True})
    except KeyError as error:
        return json_answer(400, {"error": f"missing: {error}"})
    except (TypeError, ValueError, AttributeError, ApiError) as error:
        return json_answer(400, {"error": str(error)})


def look(fake: FakeStripe) -> dict[str, Any]:
    """Everything there is to see, without secrets."""
    state, sender = fake.state, fake.sender
    with state.lock:
        return {
            **{name: list(rows.values()) for name, rows in state.tables.items()},
            "faults": dataclasses.asdict(state.faults),
            "merchant": dataclasses.asdict(state.merchant),
            "requests": [dataclasses.asdict(request) for request in state.requests],
            "webhooks": {
                "url": sender.url,
                "held": [event["id"] for event in sender.held],
                "waiting": sender.waiting,
                "deliveries": [
                    {"event": d.event_id, "type": d.kind, "attempt": d.attempt, "status": d.status}
                    for d in sender.log
                ],
            },
        }


def _switch(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.control(**values)


def _deliver(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    return {"delivered": fake.deliver_held()}


def _reset(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.reset()


def _pay(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    return {"location": fake.pay(values["session"], values.get("outcome", "pay"))}


def _settle(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.settle(values["session"], succeeded=values.get("succeeded", True))


def _settle_refund(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.settle_refund(values["refund"], status=values.get("status", "succeeded"))


def _dispute(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    known = ("amount", "reason", "inquiry")
    return fake.dispute(values["payment"], **{name: values[name] for name in known if name in values})


def _change_dispute(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    return fake.change_dispute(values["dispute"], values["status"])


def _connect(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    return fake.connect(values["economy"])


def _change_account(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    flags = {name: bool(values[name]) for name in ("transfers", "payouts") if name in values}
    return fake.change_account(values["account"], **flags)


def _empty_account(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.empty_account(values["account"])


def _event(fake: FakeStripe, values: dict[str, Any]) -> dict[str, Any]:
    return fake.send_event(values["type"], values["object"], **values.get("fields", {}))


def _replay(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.replay(values["event"], age=int(values["age"]))


def _advance(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.advance(int(values["seconds"]))


def _redeliver(fake: FakeStripe, values: dict[str, Any]) -> None:
    fake.redeliver(values["event"])


_DEEDS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any] | None]] = {
    "/_control": _switch,
    "/_control/deliver": _deliver,
    "/_control/reset": _reset,
    "/_control/pay": _pay,
    "/_control/settle": _settle,
    "/_control/settle_refund": _settle_refund,
    "/_control/advance": _advance,
    "/_control/redeliver": _redeliver,
    "/_control/replay": _replay,
    "/_control/event": _event,
    "/_control/dispute": _dispute,
    "/_control/change_dispute": _change_dispute,
    "/_control/connect": _connect,
    "/_control/change_account": _change_account,
    "/_control/empty_account": _empty_account,
}
