"""Stripe's messages: is it they who say it, and what is it about?"""

import json
from collections.abc import Sequence

import stripe

from marketplace.payments.backends import stripe_facts as read_as
from marketplace.payments.gateway import BadEvent, Event

TOLERANCE = 300  # seconds between a signature's time and ours
# The event that says: a slow method brought no money.
FAILED = "checkout.session.async_payment_failed"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)


def read(body: bytes, signature: str, secrets: Sequence[str]) -> Event:
    """Raises BadEvent for a signature of nobody we know, and for what cannot be read."""
    if not any(_signed(body, signature, secret) for secret in secrets):
        raise BadEvent("No secret of ours fits the signature.")
    try:
        data = json.loads(body)
        account = data.get("account") or ""
        # What happens on a workshop's own account is not about any payment of ours, whatever ids it carries.
        about = {} if account else _about(data["type"], data["data"]["object"])
        about.setdefault("facts", None)
        return Event(data["id"], data["type"], bool(data["livemode"]), data, account=account, **about)
    except UNREADABLE as problem:
        raise BadEvent(f"Unreadable: {type(problem).__name__}") from problem


def _about(kind: str, thing: dict) -> dict:
    """The fields of the event that this kind of message fills."""
    if kind.startswith("checkout.session."):
        facts = read_as.session_facts(thing, failed=kind == FAILED)
        return {"facts": facts, "payment_id": facts.payment_id}
    if kind.startswith(("refund.", "charge.refund.")):
        refund = read_as.refund_facts(thing)
        return {"refund": refund, "payment_id": refund.payment_id}
    if kind.startswith("charge.dispute."):
        dispute = read_as.dispute_facts(thing)
        return {"dispute": dispute, "payment_id": dispute.payment_id}
    if kind.startswith("transfer."):
        return {"transfer": read_as.transfer_facts(thing)}
    if kind.startswith("payment_intent."):
        return {"payment_id": thing["id"]}
    if kind.startswith("charge."):
        return {"payment_id": thing.get("payment_intent") or ""}
    return {}


def _signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(body.decode("utf-8"), header, secret, tolerance=TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # Bytes that are no text, or signs in the header that no signature has.
        return False
