"""Disputes: the buyer's bank asks for the money back. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

from . import balance
from .errors import ApiError
from .objects import Object, new_id
from .state import State

DAYS_TO_ANSWER = 9
OVER = ("won", "lost", "warning_closed", "prevented")
STATUSES = ("needs_response", "under_review", "warning_needs_response", "warning_under_review", *OVER)


def open_(state: State, intent_id: str, *, amount: int | None, reason: str, inquiry: bool) -> Object:
    """The bank of the buyer of ``intent_id`` asks for ``amount`` (smallest unit, all of it by default)."""
    intent = state.get("intents", intent_id, "payment_intent")
    if intent["latest_charge"] is None:
        raise ApiError(f"{intent_id} was not paid.")
    charge = state.get("charges", intent["latest_charge"])
    wanted = amount or charge["amount_captured"]
    if not 0 < wanted <= charge["amount_captured"]:
        raise ApiError("A dispute is about at most what was paid.")
    dispute = state.add("disputes", _new_dispute(state, charge, wanted, reason))
    if inquiry:
        dispute.update(status="warning_needs_response", is_charge_refundable=True)
    charge["disputed"] = True
    state.emit("charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(state, dispute)
    return dispute


def change(state: State, dispute_id: str, status: str) -> Object:
    """The bank's next word. An inquiry that becomes "needs_response" takes the money; "won" brings it back."""
    if status not in STATUSES:
        raise ValueError(f"status must be one of {STATUSES}, not {status!r}")
    dispute = state.get("disputes", dispute_id, "dispute")
    if dispute["status"] in OVER:
        raise ApiError(f"Dispute {dispute_id} is {dispute['status']}.")
    dispute.update(status=status, is_charge_refundable=status.startswith("warning_"))
    if status in ("needs_response", "lost") and not dispute["balance_transactions"]:
        _withdraw(state, dispute)
    elif status == "won" and dispute["balance_transactions"]:
        _reinstate(state, dispute)
    state.emit(f"charge.dispute.{'closed' if status in OVER else 'updated'}", dispute)
    return dispute


def _withdraw(state: State, dispute: Object) -> None:
    fee = state.merchant.dispute_fee
    row = balance.book(state, dispute, "adjustment", -dispute["amount"], dispute["currency"], fee=fee)
    dispute["balance_transactions"].append(row)
    state.emit("charge.dispute.funds_withdrawn", dispute)


def _reinstate(state: State, dispute: Object) -> None:
    taken = -dispute["balance_transactions"][0]["amount"]
    currency = dispute["balance_transactions"][0]["currency"]
    row = balance.book_settled(state, dispute, "adjustment", taken, currency)
    dispute["balance_transactions"].append(row)
    state.emit("charge.dispute.funds_reinstated", dispute)


def _new_dispute(state: State, charge: Object, amount: int, reason: str) -> Object:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": state.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": state.now() + DAYS_TO_ANSWER * 24 * 3600,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def check_refundable(state: State, charge: Object) -> None:
    """Raise ``ApiError`` while or after a bank has taken the money of ``charge``."""
    for dispute in state.tables["disputes"].values():
        if dispute["charge"] == charge["id"] and not dispute["is_charge_refundable"] and dispute["status"] != "won":
            text = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            raise ApiError(text, code="charge_disputed", kept=True)
