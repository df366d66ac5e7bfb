"""Payment methods: the test cards, and which methods a currency and the caller's filters leave."""

from __future__ import annotations

from typing import Any

from .errors import ApiError, no_such

CARD_WORKS = "works"
CARD_NEEDS_3DS = "3ds"
_FRAUD_TEXT = "Your card was declined."

# What the API's shared test payment methods do: a word above, or (error code, decline code, text).
CARDS: dict[str, str | tuple[str, str | None, str]] = {
    "pm_card_visa": CARD_WORKS,
    "pm_card_mastercard": CARD_WORKS,
    "pm_card_jcb": CARD_WORKS,
    "pm_card_authenticationRequired": CARD_NEEDS_3DS,
    "pm_card_threeDSecureRequired": CARD_NEEDS_3DS,
    "pm_card_threeDSecure2Required": CARD_NEEDS_3DS,
    "pm_card_chargeDeclined": ("card_declined", "generic_decline", _FRAUD_TEXT),
    "pm_card_visa_chargeDeclined": ("card_declined", "generic_decline", _FRAUD_TEXT),
    "pm_card_chargeDeclinedInsufficientFunds": (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "pm_card_visa_chargeDeclinedInsufficientFunds": (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None, "Your card has expired."),
    "pm_card_chargeDeclinedIncorrectCvc": (
        "incorrect_cvc",
        None,
        "Your card's security code is incorrect.",
    ),
}

# Methods whose money arrives later. Vouchers leave the intent in "requires_action", debits in "processing".
VOUCHERS = {"jpy": "konbini", "mxn": "oxxo", "brl": "boleto"}
_DEBITS = {"eur": "sepa_debit", "usd": "us_bank_account", "cad": "acss_debit", "aud": "au_becs_debit"}
_OTHERWISE = "customer_balance"


def delayed_method(currency: str) -> str:
    """The method with delayed notification that this imitation offers for a currency."""
    return VOUCHERS.get(currency) or _DEBITS.get(currency, _OTHERWISE)


def available(currency: str, params: dict[str, Any]) -> list[str]:
    """The methods left by the caller's filters; raises ``ApiError`` (400) when none is left."""
    allowed = params.get("allowed_payment_method_types")
    excluded = params.get("excluded_payment_method_types") or []
    left = [
        method
        for method in ("card", delayed_method(currency))
        if method not in excluded and (not allowed or method in allowed)
    ]
    if not left:
        raise ApiError(
            f"No valid payment method types for currency {currency}.", param="allowed_payment_method_types"
        )
    return left


def card(payment_method: str) -> str | tuple[str, str | None, str]:
    """What a test card does; raises ``ApiError`` (400) for an unknown payment method."""
    if payment_method not in CARDS:
        error = no_such("PaymentMethod", payment_method, "payment_method")
        error.status = 400
        raise error
    return CARDS[payment_method]
