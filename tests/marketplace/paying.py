"""Orders on their way to be paid, and what Stripe says of them."""

import json
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from marketplace.money import Money
from marketplace.payments.gateway import Facts, RefundFacts, RefundStanding, Standing
from marketplace.payments.models import Account, Payment, Posting, Refund
from marketplace.payments.reconcile import OUTCOMES
from marketplace.payments.services import start_payment
from tests.factories import make_order
from tests.fake_stripe.faults import ApiFault
from tests.people import Visitor

BACK = "https://shop.example/en/orders/x/"
WEBHOOK = "/webhooks/stripe/"
NOTHING = dict.fromkeys(OUTCOMES, 0)


def now(payment: Payment) -> Payment:
    """As the database has it."""
    return Payment.objects.select_related("order").get(pk=payment.pk)


def start(payment: Payment) -> str:
    """As the next request does it."""
    return start_payment(payment=now(payment), return_url=BACK)


def open_page(*pieces, **fields) -> Payment:
    """An order of these pieces (see make_order) with its page open at Stripe."""
    payment = make_order(pieces, **fields)
    start(payment)
    return now(payment)


def age(payment: Payment, minutes: float) -> Payment:
    """The order was placed so long ago."""
    past = timedelta(minutes=minutes)
    changes = {"created_at": payment.created_at - past, "expires_at": payment.expires_at - past}
    Payment.objects.filter(pk=payment.pk).update(**changes)
    payment.refresh_from_db()
    return payment


def later(minutes: float = 35):
    """By default when an order placed now is overdue."""
    return timezone.now() + timedelta(minutes=minutes)


def facts(payment: Payment, standing: Standing = Standing.PAID, **changes) -> Facts:
    """What fits the order, but for ``changes``."""
    values = {
        "session_id": payment.gateway_session or "cs_test_lost",
        "reference": payment.order.number,
        "standing": standing,
        "amount": Money(payment.amount, payment.currency),
        "payment_id": "pi_test_1",
    }
    return Facts(**values | changes)


def refund_facts(refund: Refund, standing: RefundStanding = RefundStanding.DONE, **changes) -> RefundFacts:
    """What fits the refund, but for ``changes``."""
    payment = now(refund.payment)
    values = {
        "refund_id": refund.gateway_refund or f"re_{refund.number}",
        "reference": payment.order.number,
        "payment_id": payment.gateway_payment,
        "standing": standing,
        "amount": Money(refund.amount, refund.currency),
        "key": f"refund:{refund.number}",
    }
    return RefundFacts(**values | changes)


def assert_balanced() -> None:
    """Every currency adds up to zero, and what Stripe holds for us is what was paid and did not go back."""
    for row in Posting.objects.order_by().values("currency").annotate(sum=Sum("amount")):
        assert row["sum"] == 0, row
    for payment in Payment.objects.all():
        back = payment.refunds.filter(state="done").aggregate(sum=Sum("amount"))["sum"] or 0
        held = Posting.objects.filter(account=Account.BUYER_CLEARING, entry__payment=payment)
        # What the service settled in the end is another matter (settlement.py).
        held = held.exclude(entry__kind="settled")
        came = payment.state in ("paid", "attention", "refunded")
        disputed = payment.disputes.filter(state="open", kind="chargeback").aggregate(sum=Sum("amount"))["sum"] or 0
        expected = payment.amount - back - disputed if came else 0
        assert (held.aggregate(sum=Sum("amount"))["sum"] or 0) == expected
        counted = payment.refunds.exclude(state="failed").aggregate(sum=Sum("amount"))["sum"] or 0
        assert payment.refunded == counted <= payment.amount
        for refund in payment.refunds.all():
            assert not refund.parts.exists() or sum(part.amount for part in refund.parts.all()) == refund.amount


def counts(**expected: int) -> dict[str, int]:
    """What reconcile answers."""
    return NOTHING | expected


def line_items(stripe, session_id: str) -> list[dict]:
    return stripe.state.hidden[session_id]["line_items"]


def failing(fault: str) -> list[ApiFault]:
    """The next call of the SDK fails, and the repeat that it makes by itself too."""
    return [ApiFault(fault), ApiFault("500" if fault == "500" else "429")]


def post(body: bytes, signature: str | None, client: Visitor | None = None):
    """To the webhook; None sends no signature at all."""
    headers = {"Stripe-Signature": signature} if signature is not None else {}
    return (client or Visitor()).post(WEBHOOK, body, content_type="application/json", headers=headers)


def send(stripe, event: dict):
    """An event as Stripe would sign it."""
    body = json.dumps(event, ensure_ascii=False).encode()
    return post(body, stripe.sign(body))


def paid_event(stripe, payment: Payment) -> dict:
    """Made by Stripe and not sent yet."""
    stripe.pay(payment.gateway_session)
    return next(event for event in reversed(stripe.events) if event["type"] == "checkout.session.completed")
