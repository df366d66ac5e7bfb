"""Refunds, never more than was captured. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

from . import balance, currencies, disputes
from .checks import check_metadata
from .errors import ApiError, missing, not_imitated, not_positive
from .objects import Object, new_refund
from .state import State

_COUNTED = ("pending", "requires_action", "succeeded")
STARTS = (*_COUNTED, "failed")
ENDS = ("succeeded", "failed", "canceled")


def create(state: State, params: Object, *, status: str = "succeeded") -> Object:
    """POST /v1/refunds. ``status`` is what the refund starts with: any of STARTS."""
    if status not in STARTS:
        raise ValueError(f"a refund starts as one of {STARTS}, not {status!r}")
    for name in ("reverse_transfer", "refund_application_fee", "origin", "customer"):
        if params.get(name):
            raise not_imitated(name)
    check_metadata(params)
    charge = _charge(state, params)
    disputes.check_refundable(state, charge)
    currency = currencies.find(charge["currency"])
    left = charge["amount_captured"] - _refunded(state, charge)
    if left <= 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", kept=True
        )
    amount = params.get("amount", left)
    if amount < 1:
        raise not_positive("amount")
    currencies.check_multiple(amount, currency, "amount")
    if amount > left:
        raise ApiError(
            f"Refund amount ({currencies.shown(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({currencies.shown(left, currency)})",
            code="amount_too_large",
            param="amount",
            kept=True,
        )
    refund = state.add("refunds", new_refund(state.now(), charge, params, amount=amount, status=status))
    balance.book(state, refund, "refund", -amount, charge["currency"])
    _tally(state, charge)
    state.emit("refund.created", refund)
    if status == "failed":
        _take_back(state, refund)
        return refund
    state.emit("charge.refunded", charge)
    state.emit("refund.updated", refund)
    return refund


def settle(state: State, refund_id: str, *, status: str) -> Object:
    """Let a waiting refund end as one of ENDS; after the last two the money is back and may be refunded again.

    A card refund that succeeded may still fail later: the buyer's bank sends it back.
    """
    refund = state.get("refunds", refund_id)
    bounced = refund["status"] == "succeeded" and status == "failed"
    if refund["status"] not in ("pending", "requires_action") and not bounced:
        raise ApiError(f"Refund {refund_id} is {refund['status']}, not pending.")
    refund["status"] = status
    if status == "succeeded":
        state.emit("refund.updated", refund)
    else:
        _take_back(state, refund)
    return refund


def _take_back(state: State, refund: Object) -> None:
    """The money of a refund that failed or was cancelled is the shop's again, to the unit that it took."""
    left = state.get("balance", refund["balance_transaction"])
    back = balance.book_settled(state, refund, "refund_failure", -left["amount"], left["currency"])
    refund["failure_balance_transaction"] = back["id"]
    _tally(state, state.get("charges", refund["charge"]))
    if refund["status"] == "failed":
        refund["failure_reason"] = "unknown"
        state.emit("refund.failed", refund)
    state.emit("refund.updated", refund)


def _charge(state: State, params: Object) -> Object:
    if "charge" in params:
        return _captured(state.get("charges", params["charge"], "charge"))
    if "payment_intent" not in params:
        raise missing("payment_intent")
    intent = state.get("intents", params["payment_intent"], "payment_intent")
    if intent["latest_charge"] is None:
        raise ApiError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
            kept=True,
        )
    return _captured(state.get("charges", intent["latest_charge"]))


def _captured(charge: Object) -> Object:
    if not charge["captured"]:
        raise ApiError(f"Charge {charge['id']} is not captured.", code="charge_not_refundable", kept=True)
    return charge


def _refunded(state: State, charge: Object) -> int:
    rows = state.tables["refunds"].values()
    return sum(r["amount"] for r in rows if r["charge"] == charge["id"] and r["status"] in _COUNTED)


def _tally(state: State, charge: Object) -> None:
    charge["amount_refunded"] = _refunded(state, charge)
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
