"""What enters and leaves the shop's balance. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from . import currencies
from .errors import ApiError
from .objects import Object, new_id
from .state import State


def book_charge(state: State, charge: Object) -> None:
    """A payment's money arrives, less the fee."""
    amount, currency, rate = converted(state, charge["amount_captured"], charge["currency"])
    merchant = state.merchant
    fee = min(amount, _rounded(Decimal(amount) * Decimal(str(merchant.fee_percent)) / 100) + merchant.fee_fixed)
    row = _book(state, charge, "charge", amount, currency, fee=fee, rate=rate)
    row["available_on"] = state.now() + merchant.available_after
    row["status"] = "pending" if merchant.available_after else "available"


def book(state: State, source: Object, kind: str, amount: int, currency: str, *, fee: int = 0) -> Object:
    """``amount`` (smallest unit, negative when it leaves) in a payment's currency moves at today's rate."""
    moved, into, rate = converted(state, abs(amount), currency)
    return _book(state, source, kind, moved if amount > 0 else -moved, into, fee=fee, rate=rate)


def book_settled(state: State, source: Object, kind: str, amount: int, currency: str) -> Object:
    """``amount`` in the balance's own currency moves."""
    return _book(state, source, kind, amount, currency, fee=0, rate=None)


def converted(state: State, amount: int, currency: str) -> tuple[int, str, float | None]:
    """``amount`` in the currency in which it settles, that currency, and the rate if it is another."""
    into = state.merchant.settles_in.lower() or currency
    if into == currency:
        return amount, currency, None
    rate = state.merchant.exchange_rate
    return _rounded(Decimal(amount) * Decimal(str(rate))), into, rate


def _book(
    state: State, source: Object, kind: str, amount: int, currency: str, *, fee: int, rate: float | None
) -> Object:
    row = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": state.now(),
        "balance_type": "payments",
        "created": state.now(),
        "currency": currency,
        "description": None,
        "exchange_rate": rate,
        "fee": fee,
        "fee_details": [_fee_detail(fee, currency)] if fee else [],
        "net": amount - fee,
        "reporting_category": kind if kind != "adjustment" else "dispute",
        "source": source["id"],
        "status": "available",
        "type": kind,
    }
    if source["object"] != "dispute" and kind != "refund_failure":
        source["balance_transaction"] = row["id"]
    return state.add("balance", row)


def _fee_detail(fee: int, currency: str) -> Object:
    return {"amount": fee, "application": None, "currency": currency, "description": "Fee", "type": "stripe_fee"}


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def available(state: State, currency: str) -> int:
    """What may be transferred now, in the smallest unit."""
    now, rows = state.now(), state.tables["balance"].values()
    return sum(row["net"] for row in rows if row["currency"] == currency and _is_there(row, now))


def _is_there(row: Object, now: int) -> bool:
    """Money that left is gone at once; money that came may have to wait."""
    return row["net"] < 0 or row["available_on"] <= now


def look(state: State, params: Object) -> Object:
    """GET /v1/balance."""
    codes = sorted({row["currency"] for row in state.tables["balance"].values()})
    rows = state.tables["balance"].values()
    whole = {code: sum(row["net"] for row in rows if row["currency"] == code) for code in codes}
    there = {code: available(state, code) for code in codes}
    return {
        "object": "balance",
        "available": [{"amount": there[code], "currency": code, "source_types": {}} for code in codes],
        "livemode": False,
        "pending": [{"amount": whole[code] - there[code], "currency": code, "source_types": {}} for code in codes],
    }


def check_enough(state: State, amount: int, currency: str) -> None:
    """Raise ``ApiError`` unless ``amount`` may leave the balance."""
    left = available(state, currency)
    if amount > left:
        shown = currencies.shown(max(left, 0), currencies.find(currency))
        text = f"You have insufficient available funds in your Stripe account ({shown})."
        raise ApiError(text, code="balance_insufficient", kept=True)
