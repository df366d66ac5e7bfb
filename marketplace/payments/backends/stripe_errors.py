"""What the SDK raises, as the gateway contract says it."""

import stripe
from django.utils.translation import gettext, gettext_noop

from marketplace.payments.gateway import GatewayDown, GatewayRefused

# https://docs.stripe.com/error-codes, those that money on its way meets.
SENTENCES = {
    "charge_already_refunded": gettext_noop("All of this payment has gone back to the buyer already."),
    "charge_disputed": gettext_noop(
        "The buyer's bank has taken this money back or asks for it. Answer the dispute; do not pay back a second time."
    ),
    "refund_disputed_payment": gettext_noop(
        "The buyer's bank has taken this money back or asks for it. Answer the dispute; do not pay back a second time."
    ),
    "charge_not_refundable": gettext_noop("This payment cannot be paid back. Ask the buyer for a bank account."),
    "amount_too_large": gettext_noop("That is more than is left at the payment service."),
    "amount_too_small": gettext_noop("That is less than the payment service moves."),
    "balance_insufficient": gettext_noop(
        "There is not enough money on the account that it should come from. Wait until money has arrived there."
    ),
    "insufficient_capabilities_for_transfer": gettext_noop(
        "This workshop's account may not receive money yet. The payment service still wants papers from it."
    ),
    "transfers_not_allowed": gettext_noop(
        "The payment service does not send money to the workshop's economy. Choose another route of payout."
    ),
    "account_invalid": gettext_noop("The workshop's account at the payment service is closed or not ours any more."),
    "not_found": gettext_noop("The payment service does not know this. Perhaps it belongs to another account of ours."),
    "not_paid": gettext_noop("No money has come for this payment."),
    "key_reused": gettext_noop(
        "The same request was made before with other contents. Look at the payment service's own page for what happened."
    ),
    "currency_unknown": gettext_noop("The payment service uses a currency here that this shop has no rules for."),
}
OTHERWISE = gettext_noop("The payment service refused this. It says: %(text)s")
CODES = {"resource_missing": "not_found"}


def refused(code: str) -> GatewayRefused:
    """A no with its sentence in the language of whoever asks."""
    return GatewayRefused(code, gettext(SENTENCES[code]))


def translated(problem: stripe.StripeError) -> GatewayDown | GatewayRefused:
    """A definite no only where Stripe said so: a key that was revoked, a limit, a conflict may be mended."""
    if isinstance(problem, stripe.IdempotencyError):
        return refused("key_reused")
    if not isinstance(problem, stripe.InvalidRequestError):
        return GatewayDown(f"{type(problem).__name__}: {problem}")
    code = CODES.get(problem.code, problem.code)
    if code in SENTENCES:
        return refused(code)
    return GatewayRefused(code or "refused", gettext(OTHERWISE) % {"text": problem.user_message or problem})
