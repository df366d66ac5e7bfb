"""Stripe behind our gateway contract: hosted Checkout Sessions over the official SDK."""

import json

import stripe
from django.conf import settings

from marketplace.money import Money, MoneyError, from_minor, to_minor
from marketplace.payments.gateway import (
    BadEvent,
    CheckoutRequest,
    Event,
    Facts,
    GatewayDown,
    HostedPage,
    Standing,
)

# Languages that Stripe's page speaks under another code than ours.
LOCALES = {"zh-hant": "zh-TW", "zh-hans": "zh"}
# https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale, those without a region.
STRIPE_SPEAKS = set(
    "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh zh-TW".split()  # noqa: SIM905
)
TIMEOUT = 12  # seconds
# The event, and the states of a completed session's intent, that say: a slow method brought no money.
FAILED = "checkout.session.async_payment_failed"
NO_MONEY = {"requires_payment_method", "canceled"}


class StripeGateway:
    def __init__(self) -> None:
        bases = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
        self._client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses=bases or {},
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
            max_network_retries=1,
        )

    def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        locale = LOCALES.get(request.language, request.language)
        params = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "locale": locale if locale in STRIPE_SPEAKS else "auto",
            "line_items": [
                {
                    "quantity": line.quantity,
                    "price_data": {
                        "currency": line.unit.currency.lower(),
                        "unit_amount": to_minor(line.unit),
                        "product_data": {"name": line.name[:250]},
                    },
                }
                for line in request.lines
            ],
            "metadata": {"order": request.reference},
            "payment_intent_data": {"metadata": {"order": request.reference}},
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": request.expires_at,
            # Otherwise the page may charge in another currency than we showed.
            "adaptive_pricing": {"enabled": False},
        }
        if request.email.isascii():
            # Others are good addresses for us and for mail, but not for Stripe; its page asks for one then.
            params["customer_email"] = request.email
        session = self._ask(lambda: self._client.v1.checkout.sessions.create(params, {"idempotency_key": request.key}))
        return HostedPage(session.id, session.url)

    def look_up(self, session_id: str) -> Facts:
        # Only the intent says whether a slow method is still on its way or has failed.
        params = {"expand": ["payment_intent"]}
        return _facts(self._ask(lambda: self._client.v1.checkout.sessions.retrieve(session_id, params)).to_dict())

    def close_checkout(self, session_id: str) -> Facts:
        try:
            return _facts(self._client.v1.checkout.sessions.expire(session_id).to_dict())
        except stripe.InvalidRequestError:
            # Not open any more: paid or expired meanwhile.
            return self.look_up(session_id)
        except stripe.StripeError as problem:
            raise GatewayDown(str(problem)) from problem

    def read_event(self, body: bytes, signature: str) -> Event:
        if not any(_signed(body, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
            raise BadEvent("No secret of ours fits the signature.")
        try:
            data = json.loads(body)
            kind, thing = data["type"], data["data"]["object"]
            facts = _facts(thing, failed=kind == FAILED) if kind.startswith("checkout.session.") else None
            return Event(data["id"], kind, bool(data["livemode"]), data, facts)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as problem:
            raise BadEvent(f"Unreadable: {type(problem).__name__}") from problem

    @staticmethod
    def _ask(call):
        try:
            return call()
        except stripe.StripeError as problem:
            raise GatewayDown(f"{type(problem).__name__}: {problem}") from problem


def _signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(body.decode("utf-8"), header, secret, tolerance=300)
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # Bytes that are no text, or signs in the header that no signature has.
        return False


def _facts(session: dict, *, failed: bool = False) -> Facts:
    intent = session.get("payment_intent") or ""
    if not isinstance(intent, str):
        failed, intent = failed or intent["status"] in NO_MONEY, intent["id"]
    return Facts(
        session_id=session["id"],
        reference=session.get("client_reference_id") or "",
        standing=_standing(session.get("status"), session.get("payment_status"), failed),
        amount=_amount(session.get("amount_total"), session.get("currency")),
        payment_id=intent,
    )


def _amount(total: int | None, currency: str | None) -> Money | None:
    """None for a currency that we do not know: it cannot be an order's."""
    try:
        return from_minor(total, currency) if total is not None and currency else None
    except MoneyError:
        return None


def _standing(status: str | None, payment_status: str | None, failed: bool) -> Standing:
    if payment_status == "paid":
        return Standing.PAID
    if status == "expired":
        return Standing.EXPIRED
    if status == "complete":
        return Standing.FAILED if failed else Standing.PROCESSING
    return Standing.OPEN
