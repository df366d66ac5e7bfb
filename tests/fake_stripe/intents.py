"""What happens to a PaymentIntent. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

import secrets
from typing import Any

from . import balance, currencies, methods
from .checks import check_metadata, check_url
from .errors import ApiError, missing, not_positive
from .objects import Object, new_charge, new_id, new_intent
from .state import State

_CONFIRMABLE = ("requires_payment_method", "requires_confirmation")
_FINAL = ("succeeded", "canceled")


def create(state: State, params: Object) -> Object:
    """POST /v1/payment_intents."""
    if params["amount"] < 1:
        raise not_positive("amount")
    currency = currencies.find(params["currency"])
    currencies.check_amount(params["amount"], currency, "amount")
    check_metadata(params)
    types = methods.available(currency.code, params)
    intent = new_intent(state.now(), params, amount=params["amount"], currency=currency.code, types=types)
    if intent["automatic_payment_methods"] is None:
        intent["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
    intent["automatic_payment_methods"].setdefault("allow_redirects", "always")
    if "payment_method" in params:
        methods.card(params["payment_method"])
        intent.update(payment_method=params["payment_method"], status="requires_confirmation")
    if params.get("confirm"):
        _check_confirmation(intent, params)
        state.add("intents", intent)
        return confirm(state, params, intent["id"])
    return state.add("intents", intent)


def confirm(state: State, params: Object, intent_id: str) -> Object:
    """POST /v1/payment_intents/<id>/confirm. A declined card ends in ``ApiError`` 402."""
    intent = _own(state, intent_id)
    if intent["status"] not in _CONFIRMABLE:
        raise _wrong_state(intent, "confirm")
    _check_confirmation(intent, params)
    method = params.get("payment_method") or intent["payment_method"]
    deed = methods.card(method)
    intent["payment_method"] = method
    if isinstance(deed, tuple):
        decline(state, intent, *deed)
        raise _card_error(intent)
    if deed == methods.CARD_NEEDS_3DS:
        require_3ds(state, intent, return_url=params.get("return_url"))
    else:
        succeed(state, intent)
    return intent


def _check_confirmation(intent: Object, params: Object) -> None:
    if not (params.get("payment_method") or intent["payment_method"]):
        raise missing("payment_method")
    if "return_url" in params:
        check_url(params["return_url"], "return_url")
    elif _may_redirect(intent["automatic_payment_methods"]):
        raise ApiError(
            "This PaymentIntent accepts payment methods that may redirect your customer: provide a "
            "`return_url`, or set automatic_payment_methods[allow_redirects] to never.",
            param="return_url",
        )


def _may_redirect(automatic: Object) -> bool:
    return automatic["enabled"] and automatic["allow_redirects"] != "never"


def cancel(state: State, params: Object, intent_id: str) -> Object:
    """POST /v1/payment_intents/<id>/cancel."""
    intent = _own(state, intent_id)
    if intent["status"] in (*_FINAL, "processing"):
        raise _wrong_state(intent, "cancel")
    return end(state, intent, params.get("cancellation_reason"))


def capture(state: State, params: Object, intent_id: str) -> Object:
    """POST /v1/payment_intents/<id>/capture."""
    intent = state.get("intents", intent_id, "intent")
    if intent["status"] != "requires_capture":
        raise _wrong_state(intent, "capture")
    amount = params.get("amount_to_capture", intent["amount_capturable"])
    if not 0 < amount <= intent["amount_capturable"]:
        raise ApiError(
            "Amount to capture must be positive and no more than the capturable amount.",
            code="amount_too_large",
            param="amount_to_capture",
            kept=True,
        )
    charge = state.get("charges", intent["latest_charge"])
    charge.update(captured=True, amount_captured=amount)
    balance.book_charge(state, charge)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    state.emit("payment_intent.succeeded", intent)
    return intent


def end(state: State, intent: Object, reason: str | None) -> Object:
    """Cancel an intent whatever asked for it."""
    intent.update(
        status="canceled",
        canceled_at=state.now(),
        cancellation_reason=reason,
        next_action=None,
        amount_capturable=0,
    )
    state.emit("payment_intent.canceled", intent)
    return intent


def succeed(state: State, intent: Object, *, method: str = "card", email: str | None = None) -> None:
    """Take the money, or only reserve it when the intent is captured by hand."""
    by_hand = intent["capture_method"] == "manual" and method == "card"
    choose(state, intent, method)
    charge = new_charge(
        state.now(), intent, method=method, email=email, captured=0 if by_hand else intent["amount"]
    )
    state.add("charges", charge)
    if not by_hand:
        balance.book_charge(state, charge)
    intent.update(
        status="requires_capture" if by_hand else "succeeded",
        amount_capturable=intent["amount"] if by_hand else 0,
        amount_received=0 if by_hand else intent["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        processing=None,
    )
    state.emit(f"payment_intent.{'amount_capturable_updated' if by_hand else 'succeeded'}", intent)


def choose(state: State, intent: Object, method: str) -> None:
    """The buyer has chosen how to pay."""
    if intent["payment_method"] is None:
        intent["payment_method"] = new_id("pm")
        state.hidden[intent["payment_method"]] = {"type": method}


def decline(state: State, intent: Object, code: str, decline_code: str | None, text: str) -> None:
    """Record a failed attempt; the intent waits for another payment method."""
    error = {"code": code, "message": text, "type": "card_error"}
    if decline_code:
        error["decline_code"] = decline_code
    intent.update(
        status="requires_payment_method",
        last_payment_error=error,
        next_action=None,
        payment_method=None,
        processing=None,
    )
    state.emit("payment_intent.payment_failed", intent)


def require_3ds(state: State, intent: Object, *, return_url: str | None) -> None:
    """Ask for the bank's check, on this imitation's own page."""
    nonce = secrets.token_urlsafe(24)
    state.hidden.setdefault(intent["id"], {}).update(nonce=nonce, return_url=return_url)
    url = f"{state.base_url}/authenticate/{intent['id']}"
    intent.update(
        status="requires_action",
        last_payment_error=None,
        next_action={
            "type": "redirect_to_url",
            "redirect_to_url": {"url": url, "return_url": return_url},
        },
    )
    state.emit("payment_intent.requires_action", intent)


def awaits_3ds(intent: Object) -> bool:
    return intent["status"] == "requires_action" and intent["next_action"]["type"] == "redirect_to_url"


def finish_3ds(state: State, intent: Object, *, passed: bool, email: str | None = None) -> None:
    """The bank's answer; does nothing when the intent is no longer waiting for it."""
    if not awaits_3ds(intent):
        return
    if passed:
        succeed(state, intent, email=email)
    else:
        text = "We are unable to authenticate your payment method."
        decline(state, intent, "payment_intent_authentication_failure", None, text)


def _own(state: State, intent_id: str) -> Object:
    """An intent the caller may steer: not one that a Checkout Session steers."""
    intent = state.get("intents", intent_id, "intent")
    if state.hidden.get(intent_id, {}).get("session"):
        raise ApiError(
            "You cannot perform this action on PaymentIntents created by Checkout.",
            code="payment_intent_unexpected_state",
            param="intent",
        )
    return intent


def _wrong_state(intent: Object, verb: str) -> ApiError:
    return ApiError(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        param="intent",
        extra={"payment_intent": dict(intent)},
        kept=True,
    )


def _card_error(intent: Object) -> ApiError:
    error: dict[str, Any] = intent["last_payment_error"]
    return ApiError(
        error["message"],
        status=402,
        kind="card_error",
        code=error["code"],
        extra={"decline_code": error.get("decline_code"), "payment_intent": dict(intent)},
        kept=True,
    )
