"""Transfers to connected accounts and their reversals. Every function expects the caller to hold the state's lock."""

from __future__ import annotations

from . import accounts, balance, currencies
from .checks import check_metadata
from .errors import ApiError, missing, no_such, not_positive
from .objects import Object, new_id
from .reading import listing
from .state import State


def create(state: State, params: Object) -> Object:
    """POST /v1/transfers: to an account in the region, no more than the named payment or the balance has."""
    check_metadata(params)
    amount, currency = _amount(params), currencies.find(params["currency"])
    currencies.check_multiple(amount, currency, "amount")
    account = state.get("accounts", params["destination"], "destination")
    accounts.check_receives(state, account)
    charge = _source(state, params, amount, currency.code)
    if charge is None:
        balance.check_enough(state, amount, currency.code)
    transfer = state.add("transfers", _new_transfer(state, params, amount, currency.code, charge))
    balance.book_settled(state, transfer, "transfer", -amount, currency.code)
    accounts.add(state, account["id"], currency.code, amount)
    state.emit("transfer.created", transfer)
    return transfer


def _amount(params: Object) -> int:
    if "amount" not in params:
        raise missing("amount")
    if params["amount"] < 1:
        raise not_positive("amount")
    return params["amount"]


def _source(state: State, params: Object, amount: int, currency: str) -> Object | None:
    """The payment the money is taken from, if one is named, when it has enough in this currency."""
    charge_id = params.get("source_transaction")
    if charge_id is None:
        return None
    charge = state.tables["charges"].get(charge_id)
    if charge is None:
        raise no_such("charge", charge_id, "source_transaction")
    if not charge["captured"]:
        raise ApiError(f"Charge {charge_id} is not captured.", param="source_transaction", kept=True)
    settled = state.tables["balance"][charge["balance_transaction"]]
    if settled["currency"] != currency:
        text = f"The currency of source_transaction's balance transaction ({settled['currency']}) must be the transfer's."
        raise ApiError(text, param="currency", kept=True)
    rows = state.tables["transfers"].values()
    used = sum(row["amount"] for row in rows if row["source_transaction"] == charge_id)
    if used + amount > settled["amount"]:
        text = f"The transfers of {charge_id} cannot exceed it: {settled['amount'] - used} is left."
        raise ApiError(text, code="amount_too_large", param="amount", kept=True)
    return charge


def _new_transfer(state: State, params: Object, amount: int, currency: str, charge: Object | None) -> Object:
    transfer_id = new_id("tr")
    group = params.get("transfer_group") or (charge and (charge["transfer_group"] or f"group_{charge['payment_intent']}"))
    return {
        "id": transfer_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": state.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": new_id("py"),
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "reversals": listing([], {}, f"/v1/transfers/{transfer_id}/reversals"),
        "reversed": False,
        "source_transaction": charge and charge["id"],
        "source_type": params.get("source_type", "card"),
        "transfer_group": group,
    }


def reverse(state: State, params: Object, transfer_id: str) -> Object:
    """POST /v1/transfers/<id>/reversals: at most what is left of it, and what still lies on the account."""
    if params.get("refund_application_fee"):
        raise ApiError("This transfer has no application fee.", param="refund_application_fee")
    check_metadata(params)
    transfer = state.get("transfers", transfer_id, "transfer")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if amount < 1 and left:
        raise not_positive("amount")
    currencies.check_multiple(amount, currencies.find(transfer["currency"]), "amount")
    if amount > left or not left:
        text = f"Reversal amount ({amount}) is greater than unreversed amount of the transfer ({left})."
        raise ApiError(text, code="amount_too_large", param="amount", kept=True)
    if amount > accounts.holds(state, transfer["destination"], transfer["currency"]):
        text = "The connected account has insufficient funds for this reversal."
        raise ApiError(text, code="balance_insufficient", kept=True)
    return _reversed(state, params, transfer, amount)


def _reversed(state: State, params: Object, transfer: Object, amount: int) -> Object:
    reversal = {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": state.now(),
        "currency": transfer["currency"],
        "destination_payment_refund": new_id("pyr"),
        "metadata": params.get("metadata") or {},
        "source_refund": None,
        "transfer": transfer["id"],
    }
    state.add("reversals", reversal)
    balance.book_settled(state, reversal, "transfer_refund", amount, transfer["currency"])
    accounts.add(state, transfer["destination"], transfer["currency"], -amount)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] = listing(_of(state, transfer["id"]), {}, transfer["reversals"]["url"])
    state.emit("transfer.reversed", transfer)
    return reversal


def reversals(state: State, params: Object, transfer_id: str) -> Object:
    """GET /v1/transfers/<id>/reversals."""
    url = state.get("transfers", transfer_id, "transfer")["reversals"]["url"]
    return listing(_of(state, transfer_id), params, url)


def _of(state: State, transfer_id: str) -> list[Object]:
    return [row for row in state.tables["reversals"].values() if row["transfer"] == transfer_id]
