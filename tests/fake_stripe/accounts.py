"""Connected accounts: where Stripe opens them, and which may receive what. The caller holds the state's lock."""

from __future__ import annotations

from .checks import check_email, check_metadata
from .errors import ApiError, missing, not_imitated
from .objects import Object
from .state import State

# A selection of where Stripe opens accounts, with the currency in which they are paid out. Many economies have none.
CURRENCIES = {"AU": "aud", "CA": "cad", "HK": "hkd", "JP": "jpy", "MX": "mxn", "MY": "myr", "NZ": "nzd", "SG": "sgd"}
CURRENCIES |= {"TH": "thb", "US": "usd", "GB": "gbp", "CH": "chf", "DE": "eur", "ES": "eur", "FR": "eur", "IT": "eur"}
# https://docs.stripe.com/connect/separate-charges-and-transfers
# Money crosses borders freely among these.
WIDE = frozenset({"US", "CA", "GB", "CH", "DE", "ES", "FR", "IT"})
# Elsewhere it stays within the economy, and where it may not even do that there is no transfer at all.
OWN_ONLY = frozenset({"AU", "JP", "MX", "MY", "NZ", "SG"})
_NOT_IMITATED = ("account_token", "company", "documents", "external_account", "groups", "individual")
_WANTED = ["external_account", "tos_acceptance.date"]


def create(state: State, params: Object) -> Object:
    """POST /v1/accounts. A new account may not receive anything until ``change`` says so."""
    for name in _NOT_IMITATED:
        if name in params:
            raise not_imitated(name)
    economy = params.get("country", state.merchant.economy).upper()
    if economy not in CURRENCIES:
        text = f"{economy} is not currently supported by Stripe."
        raise ApiError(text, code="country_unsupported", param="country")
    if "email" in params:
        check_email(params["email"], "email")
    check_metadata(params)
    asked = [name for name, wish in params.get("capabilities", {}).items() if wish.get("requested")]
    if not asked:
        raise missing("capabilities")
    return state.add("accounts", _new_account(state, params, economy, asked))


def _new_account(state: State, params: Object, economy: str, asked: list[str]) -> Object:
    number = len(state.tables["accounts"]) + 1
    return {
        "id": f"acct_{number:016}",
        "object": "account",
        "business_profile": params.get("business_profile"),
        "business_type": params.get("business_type"),
        "capabilities": dict.fromkeys(asked, "inactive"),
        "charges_enabled": False,
        "controller": params.get("controller"),
        "country": economy,
        "created": state.now(),
        "default_currency": params.get("default_currency", CURRENCIES[economy]).lower(),
        "details_submitted": False,
        "email": params.get("email"),
        "metadata": params.get("metadata", {}),
        "payouts_enabled": False,
        "requirements": {
            "alternatives": [],
            "current_deadline": None,
            "currently_due": list(_WANTED),
            "disabled_reason": "requirements.past_due",
            "errors": [],
            "eventually_due": list(_WANTED),
            "past_due": list(_WANTED),
            "pending_verification": [],
        },
        "type": params.get("type", "none"),
    }


def change(state: State, account_id: str, *, transfers: bool, payouts: bool) -> Object:
    """Stripe has looked at the papers: what the account may do from now on."""
    account = state.get("accounts", account_id, "account")
    wanted = [] if transfers and payouts else list(_WANTED)
    account["capabilities"]["transfers"] = "active" if transfers else "inactive"
    account.update(payouts_enabled=payouts, details_submitted=True)
    account["requirements"].update(
        currently_due=wanted,
        past_due=wanted,
        eventually_due=wanted,
        disabled_reason="requirements.past_due" if wanted else None,
    )
    state.emit("account.updated", account, account=account_id)
    return account


def check_receives(state: State, account: Object) -> None:
    """Raise ``ApiError`` unless money may be sent to ``account``."""
    here, there = state.merchant.economy, account["country"]
    if not ({here, there} <= WIDE or (here == there and here in OWN_ONLY)):
        text = f"Funds can't be sent to accounts located in {there}: it is outside of your platform's region."
        raise ApiError(text, code="transfers_not_allowed", param="destination", kept=True)
    if account["capabilities"].get("transfers") != "active":
        text = "Your destination account needs to have the following capability enabled: transfers"
        code = "insufficient_capabilities_for_transfer"
        raise ApiError(text, code=code, param="destination", kept=True)


def holds(state: State, account_id: str, currency: str) -> int:
    """What lies on a connected account, in the smallest unit."""
    return state.hidden.get(account_id, {}).get(currency, 0)


def add(state: State, account_id: str, currency: str, amount: int) -> None:
    purse = state.hidden.setdefault(account_id, {})
    purse[currency] = purse.get(currency, 0) + amount


def empty(state: State, account_id: str) -> None:
    """The account's money has gone to its owner's bank."""
    state.get("accounts", account_id, "account")
    state.hidden[account_id] = {}
