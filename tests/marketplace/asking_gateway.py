"""The gateway asked directly, without orders: a page, a payment, and what comes after."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import stripe

from marketplace.money import Money
from marketplace.payments.gateway import (
    CheckoutLine,
    CheckoutRequest,
    RefundRequest,
    ReversalRequest,
    TransferRequest,
    get_gateway,
)

ORDER = "V-7Q2M"


def client(fake):
    """Somebody else's program with a key to the same Stripe account."""
    return stripe.StripeClient(fake.api_key, base_addresses={"api": fake.url}, max_network_retries=0).v1


def money(amount: str, currency: str = "USD") -> Money:
    return Money(Decimal(amount), currency)


def page_request(price: Money, *, reference: str = ORDER, key: str = "") -> CheckoutRequest:
    return CheckoutRequest(
        reference=reference,
        email="kenji@example.com",
        language="ja",
        lines=(CheckoutLine("Bowl", price, 1),),
        success_url="https://shop.example/done",
        cancel_url="https://shop.example/back",
        expires_at=int(datetime.now(UTC).timestamp()) + 31 * 60,
        key=key or f"checkout:{reference}",
    )


def paid(fake, price: Money, *, reference: str = ORDER) -> str:
    """The id of a payment of this much."""
    session = get_gateway().open_checkout(page_request(price, reference=reference)).session_id
    fake.pay(session)
    return fake.sessions[session]["payment_intent"]


def refund_request(payment_id: str, amount: Money, key: str = "refund:1", **changes) -> RefundRequest:
    return replace(RefundRequest(payment_id, amount, "damaged", ORDER, key), **changes)


def transfer_request(account: str, amount: Money, key: str = "transfer:1", **changes) -> TransferRequest:
    return replace(TransferRequest(account, amount, ORDER, key), **changes)


def reversal_request(transfer_id: str, amount: Money, key: str = "reversal:1") -> ReversalRequest:
    return ReversalRequest(transfer_id, amount, ORDER, key)


def read(fake, kind: str):
    """The newest message of this kind as the shop reads it."""
    event = next(event for event in reversed(fake.events) if event["type"] == kind)
    body = json.dumps(event, ensure_ascii=False).encode()
    return get_gateway().read_event(body, fake.sign(body))
