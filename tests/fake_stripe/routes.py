"""Which API address does what, with the SDK's own parameter types."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as sdk
from stripe.params import checkout as sdk_checkout

from . import accounts, balance, checkout, intents, refunds, transfers
from .errors import ApiError
from .objects import Object
from .reading import listing, page_of
from .state import State

Verb = Callable[..., Object]


@dataclass(frozen=True)
class Route:
    """``verb`` is called with the state, the checked parameters, and the id in the address, if any."""

    method: str
    path: str
    params: type
    verb: Verb

    def match(self, method: str, path: str) -> re.Match[str] | None:
        return re.fullmatch(self.path.replace("<id>", r"(\w+)"), path) if method == self.method else None


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the route and the ids in the path; raise ``ApiError`` 404."""
    for route in ROUTES:
        if match := route.match(method, path):
            return route, match.groups()
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)


def _reader(table: str, param: str) -> Verb:
    def read(state: State, params: Object, object_id: str) -> Object:
        return state.get(table, object_id, param)

    return read


def _lister(table: str, url: str, *filters: str) -> Verb:
    def read(state: State, params: Object) -> Object:
        wanted = {name: params[name] for name in filters if name in params}
        rows = state.tables[table].values()
        return listing([row for row in rows if all(row[k] == v for k, v in wanted.items())], params, url)

    return read


def _sessions_of_buyer(state: State, params: Object) -> Object:
    address = params.get("customer_details", {}).get("email")
    rows = [
        row
        for row in state.tables["sessions"].values()
        if all(row[name] == params[name] for name in ("payment_intent", "status") if name in params)
        and (address is None or (row["customer_details"] or {}).get("email") == address)
    ]
    return listing(rows, params, SESSIONS)


def _events(state: State, params: Object) -> Object:
    types = params.get("types") or ([params["type"]] if "type" in params else None)
    rows = state.tables["events"].values()
    return listing([row for row in rows if types is None or _is_one_of(row["type"], types)], params, EVENTS)


def _is_one_of(kind: str, types: list[str]) -> bool:
    """Event types may end in ``*``."""
    return any(kind == one or (one.endswith("*") and kind.startswith(one[:-1])) for one in types)


def _line_items(state: State, params: Object, session_id: str) -> Object:
    state.get("sessions", session_id, "session")
    items = state.hidden[session_id]["line_items"]
    return page_of(items, params, f"{SESSIONS}/{session_id}/line_items")


def _refund(state: State, params: dict[str, Any]) -> Object:
    return refunds.create(state, params, status=state.faults.refund_status)


SESSIONS, INTENTS, REFUNDS = "/v1/checkout/sessions", "/v1/payment_intents", "/v1/refunds"
EVENTS, CHARGES = "/v1/events", "/v1/charges"
TRANSFERS, DISPUTES, ACCOUNTS = "/v1/transfers", "/v1/disputes", "/v1/accounts"
BALANCE = "/v1/balance_transactions"
ROUTES = (
    Route("POST", SESSIONS, sdk_checkout.SessionCreateParams, checkout.create),
    Route("GET", SESSIONS, sdk_checkout.SessionListParams, _sessions_of_buyer),
    Route("GET", f"{SESSIONS}/<id>", sdk_checkout.SessionRetrieveParams, _reader("sessions", "session")),
    Route("POST", f"{SESSIONS}/<id>/expire", sdk_checkout.SessionExpireParams, checkout.expire),
    Route("GET", f"{SESSIONS}/<id>/line_items", sdk_checkout.SessionListLineItemsParams, _line_items),
    Route("POST", INTENTS, sdk.PaymentIntentCreateParams, intents.create),
    Route("GET", INTENTS, sdk.PaymentIntentListParams, _lister("intents", INTENTS, "customer")),
    Route("GET", f"{INTENTS}/<id>", sdk.PaymentIntentRetrieveParams, _reader("intents", "intent")),
    Route("POST", f"{INTENTS}/<id>/confirm", sdk.PaymentIntentConfirmParams, intents.confirm),
    Route("POST", f"{INTENTS}/<id>/cancel", sdk.PaymentIntentCancelParams, intents.cancel),
    Route("POST", f"{INTENTS}/<id>/capture", sdk.PaymentIntentCaptureParams, intents.capture),
    Route("POST", REFUNDS, sdk.RefundCreateParams, _refund),
    Route("GET", REFUNDS, sdk.RefundListParams, _lister("refunds", REFUNDS, "charge", "payment_intent")),
    Route("GET", f"{REFUNDS}/<id>", sdk.RefundRetrieveParams, _reader("refunds", "id")),
    Route("GET", EVENTS, sdk.EventListParams, _events),
    Route("GET", f"{EVENTS}/<id>", sdk.EventRetrieveParams, _reader("events", "id")),
    Route("GET", CHARGES, sdk.ChargeListParams, _lister("charges", CHARGES, "payment_intent", "customer")),
    Route("GET", f"{CHARGES}/<id>", sdk.ChargeRetrieveParams, _reader("charges", "charge")),
    Route("POST", TRANSFERS, sdk.TransferCreateParams, transfers.create),
    Route("GET", TRANSFERS, sdk.TransferListParams, _lister("transfers", TRANSFERS, "destination", "transfer_group")),
    Route("GET", f"{TRANSFERS}/<id>", sdk.TransferRetrieveParams, _reader("transfers", "transfer")),
    Route("POST", f"{TRANSFERS}/<id>/reversals", sdk.TransferCreateReversalParams, transfers.reverse),
    Route("GET", f"{TRANSFERS}/<id>/reversals", sdk.TransferListReversalsParams, transfers.reversals),
    Route("GET", DISPUTES, sdk.DisputeListParams, _lister("disputes", DISPUTES, "charge", "payment_intent")),
    Route("GET", f"{DISPUTES}/<id>", sdk.DisputeRetrieveParams, _reader("disputes", "dispute")),
    Route("POST", ACCOUNTS, sdk.AccountCreateParams, accounts.create),
    Route("GET", f"{ACCOUNTS}/<id>", sdk.AccountRetrieveParams, _reader("accounts", "account")),
    Route("GET", "/v1/balance", sdk.BalanceRetrieveParams, balance.look),
    Route("GET", BALANCE, sdk.BalanceTransactionListParams, _lister("balance", BALANCE, "source", "type", "currency")),
    Route("GET", f"{BALANCE}/<id>", sdk.BalanceTransactionRetrieveParams, _reader("balance", "id")),
)
