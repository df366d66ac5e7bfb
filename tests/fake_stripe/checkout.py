"""Checkout Sessions: open, pay, expire. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

import secrets

from . import currencies, intents, methods, vouchers
from .checks import check_email, check_length, check_metadata, check_url
from .errors import ApiError, missing, not_imitated, not_positive
from .objects import Object, new_intent, new_line_item, new_session
from .state import State

SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds between creation and expiry
MOST_LINES = 100
OUTCOMES = ("pay", "decline", "3ds", "3ds-complete", "3ds-fail", "delayed")
# Known to the API, but they would change the total or the flow: better refused than ignored.
NOT_IMITATED = (
    "after_expiration",
    "custom_fields",
    "discounts",
    "invoice_creation",
    "managed_payments",
    "optional_items",
    "payment_method_data",
    "return_url",
    "setup_intent_data",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data",
)


def create(state: State, params: Object) -> Object:
    """POST /v1/checkout/sessions, for hosted one-off payments."""
    _check_kind(params)
    _check_texts(params)
    now = state.now()
    _check_expiry(params.get("expires_at"), now)
    currency, amount = _check_lines(params)
    intent_data = params.get("payment_intent_data", {})
    check_metadata(intent_data, "payment_intent_data[metadata]")
    session = new_session(now, params, amount=amount, currency=currency, base_url=state.base_url)
    session["payment_method_types"] = methods.available(currency, params)
    state.hidden[session["id"]] = {
        "nonce": secrets.token_urlsafe(24),
        "line_items": [new_line_item(item) for item in params["line_items"]],
        "intent_data": intent_data,
    }
    return state.add("sessions", session)


def _check_kind(params: Object) -> None:
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise missing(name)
    if params["mode"] != "payment":
        raise not_imitated(f"mode={params['mode']}")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_imitated(f"ui_mode={params['ui_mode']}")
    if params.get("automatic_tax", {}).get("enabled"):
        raise not_imitated("automatic_tax[enabled]")
    for name in NOT_IMITATED:
        if name in params:
            raise not_imitated(name)


def _check_texts(params: Object) -> None:
    check_metadata(params)
    check_length(params, "client_reference_id", 200)
    for name in ("success_url", "cancel_url"):
        if name in params:
            check_url(params[name], name)
    if "customer_email" in params:
        check_email(params["customer_email"], "customer_email")


def _check_expiry(expires_at: int | None, now: int) -> None:
    if expires_at is None:
        return
    if expires_at < now + SHORTEST:
        text = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise ApiError(text, param="expires_at")
    if expires_at > now + LONGEST:
        text = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise ApiError(text, param="expires_at")


def _check_lines(params: Object) -> tuple[str, int]:
    """Return the one currency of all lines and their total in its smallest unit."""
    if len(params["line_items"]) > MOST_LINES:
        raise ApiError(f"You can only have up to {MOST_LINES} line items.", param="line_items")
    codes, total = set(), 0
    for index, item in enumerate(params["line_items"]):
        currency, amount = _check_line(item, f"line_items[{index}]")
        codes.add(currency)
        total += amount
    if len(codes) > 1:
        raise ApiError("All line items must use the same currency.", param="line_items")
    code = codes.pop()
    if params.get("currency", code).lower() != code:
        raise not_imitated("currency")
    currencies.check_amount(total, currencies.find(code), "line_items")
    return code, total


def _check_line(item: Object, path: str) -> tuple[str, int]:
    for name in ("price", "dynamic_tax_rates", "tax_rates"):
        if item.get(name):
            raise not_imitated(f"{path}[{name}]")
    if item.get("adjustable_quantity", {}).get("enabled"):
        raise not_imitated(f"{path}[adjustable_quantity]")
    for name in ("price_data", "quantity"):
        if name not in item:
            raise missing(f"{path}[{name}]")
    if item["quantity"] < 1:
        raise not_positive(f"{path}[quantity]")
    price, where = item["price_data"], f"{path}[price_data]"
    for name in ("product", "recurring", "unit_amount_decimal"):
        if name in price:
            raise not_imitated(f"{where}[{name}]")
    for name in ("product_data", "unit_amount"):
        if name not in price:
            raise missing(f"{where}[{name}]")
    currency = currencies.find(price["currency"], f"{where}[currency]")
    if price["unit_amount"] < 0:
        code, param = "parameter_invalid_integer", f"{where}[unit_amount]"
        raise ApiError("Invalid non-negative integer", code=code, param=param)
    currencies.check_multiple(price["unit_amount"], currency, f"{where}[unit_amount]")
    return currency.code, price["unit_amount"] * item["quantity"]


def expire(state: State, params: Object, session_id: str) -> Object:
    """POST /v1/checkout/sessions/<id>/expire."""
    session = state.get("sessions", session_id, "session")
    if session["status"] != "open":
        raise ApiError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
            f"status of {session['status']}.",
            kept=True,
        )
    return _end(state, session)


def expire_due(state: State) -> None:
    """Expire every open session whose time is up, and every voucher that nobody paid."""
    now = state.now()
    for session in list(state.tables["sessions"].values()):
        if session["status"] == "open" and session["expires_at"] <= now:
            _end(state, session)
        elif session["status"] == "complete" and _voucher_lapsed(state, session, now):
            settle(state, session["id"], succeeded=False)


def _voucher_lapsed(state: State, session: Object, now: int) -> bool:
    return awaits_money(state, session) and state.hidden[session["payment_intent"]].get("lapses", now + 1) <= now


def _end(state: State, session: Object) -> Object:
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        intents.end(state, state.get("intents", session["payment_intent"]), "expired")
    state.emit("checkout.session.expired", session)
    return session


def attempt(state: State, session_id: str, outcome: str) -> str:
    """Let the buyer try to pay; return the address the browser goes to next.

    A session that is no longer open is left alone, so a double click has one effect.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome must be one of {OUTCOMES}, not {outcome!r}")
    session = state.get("sessions", session_id)
    if session["status"] != "open":
        return _next_url(state, session)
    if not offers(session, outcome):
        raise ValueError(f"this session does not offer {outcome!r}")
    intent = _intent(state, session)
    if outcome == "delayed":
        _begin_delayed(state, session, intent)
    elif outcome == "pay":
        intents.succeed(state, intent, email=email(session))
        _complete(state, session)
    elif outcome == "decline":
        intents.decline(state, intent, "card_declined", "generic_decline", "Your card was declined.")
    else:
        return _go_3ds(state, session, intent, outcome)
    return _next_url(state, session)


def offers(session: Object, outcome: str) -> bool:
    """Whether the session's payment methods allow this outcome."""
    types = session["payment_method_types"]
    return any(method != "card" for method in types) if outcome == "delayed" else "card" in types


def _intent(state: State, session: Object) -> Object:
    """The session's PaymentIntent, which is made at the first attempt and used again after a failed one."""
    if session["payment_intent"]:
        return state.get("intents", session["payment_intent"])
    intent = new_intent(
        state.now(),
        state.hidden[session["id"]]["intent_data"],
        amount=session["amount_total"],
        currency=session["currency"],
        types=session["payment_method_types"],
    )
    state.hidden[intent["id"]] = {"session": session["id"]}
    session["payment_intent"] = intent["id"]
    return state.add("intents", intent)


def _go_3ds(state: State, session: Object, intent: Object, outcome: str) -> str:
    if not intents.awaits_3ds(intent):
        intents.require_3ds(state, intent, return_url=page_url(state, session))
    if outcome == "3ds":
        return f"{state.base_url}/authenticate/{intent['id']}"
    return finish_3ds(state, intent, passed=outcome == "3ds-complete")


def finish_3ds(state: State, intent: Object, *, passed: bool) -> str:
    """The bank's answer for a session's intent; return the address the browser goes to next."""
    session = state.get("sessions", state.hidden[intent["id"]]["session"])
    if intents.awaits_3ds(intent):
        intents.finish_3ds(state, intent, passed=passed, email=email(session))
        if passed:
            _complete(state, session)
    return _next_url(state, session)


def _begin_delayed(state: State, session: Object, intent: Object) -> None:
    """The buyer chose a method whose money arrives later: complete, but unpaid."""
    method = next(name for name in session["payment_method_types"] if name != "card")
    intents.choose(state, intent, method)
    if method in methods.VOUCHERS.values():
        options = session["payment_method_options"]
        action = vouchers.next_action(method, options, state.now(), page_url(state, session))
        state.hidden[intent["id"]]["lapses"] = vouchers.deadline(method, options, state.now())
        intent.update(status="requires_action", next_action=action, last_payment_error=None)
        state.emit("payment_intent.requires_action", intent)
    else:
        intent.update(status="processing", last_payment_error=None)
        state.emit("payment_intent.processing", intent)
    state.hidden[intent["id"]]["delayed"] = method
    _complete(state, session)


def settle(state: State, session_id: str, *, succeeded: bool) -> None:
    """End a delayed payment; does nothing when the session does not wait for one."""
    session = state.get("sessions", session_id)
    if not awaits_money(state, session):
        return
    intent = state.get("intents", session["payment_intent"])
    method = state.hidden[intent["id"]].pop("delayed")
    if succeeded:
        intents.succeed(state, intent, method=method, email=email(session))
        session["payment_status"] = "paid"
    else:
        text = "The payment was not made in time."
        intents.decline(state, intent, "payment_intent_payment_attempt_expired", None, text)
    word = "succeeded" if succeeded else "failed"
    state.emit(f"checkout.session.async_payment_{word}", session)


def awaits_money(state: State, session: Object) -> bool:
    return "delayed" in state.hidden.get(session["payment_intent"] or "", {})


def _complete(state: State, session: Object) -> None:
    intent = state.get("intents", session["payment_intent"])
    details = {"address": None, "email": email(session), "name": None, "phone": None}
    session.update(
        status="complete",
        payment_status="paid" if intent["status"] == "succeeded" else "unpaid",
        url=None,
        customer_details={**details, "tax_exempt": "none", "tax_ids": []},
    )
    state.emit("checkout.session.completed", session)


def email(session: Object) -> str:
    """The buyer's address; Stripe's page would ask for a missing one."""
    return session["customer_email"] or "buyer@example.com"


def _next_url(state: State, session: Object) -> str:
    return success_url(session) if session["status"] == "complete" else page_url(state, session)


def page_url(state: State, session: Object) -> str:
    return f"{state.base_url}/pay/{session['id']}"


def success_url(session: Object) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
