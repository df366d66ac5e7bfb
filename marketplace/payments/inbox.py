"""The inbox: every signed event is stored once, before it is acted upon.

An event about a hosted page is acted upon at once, in the transaction that stores it: what it says was signed, is
compared with the order, and can only bring a payment forward. An event about a refund or a dispute only says where to
look, since those change back and forth and events come in any order: the facts are read again at the payment service, by
a message of the outbox that is repeated until it answers.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from marketplace.payments import attention, failpoints, outbox, strays
from marketplace.payments.confirming import apply_facts
from marketplace.payments.disputes import take_dispute
from marketplace.payments.gateway import Event, GatewayDown, GatewayRefused, get_gateway
from marketplace.payments.models import InboxEvent, OutboxMessage, Payment
from marketplace.payments.refund_news import take_refund

log = logging.getLogger(__name__)
Outcome = InboxEvent.Outcome
READ = "event.read"

attention.describe(
    "event",
    happened=gettext_lazy("A message of the payment service does not fit its order (%(order)s): %(why)s."),
    advice=gettext_lazy(
        "Nothing was changed by it. Look at the payment at the payment service, settle it there, and say here how."
    ),
)


@transaction.atomic
def receive_event(*, event: Event) -> InboxEvent:
    """Store a signed event once and act on it in the same transaction; a second delivery changes nothing."""
    stored, created = InboxEvent.objects.get_or_create(
        event_id=event.event_id, defaults={"kind": event.kind, "payload": event.payload}
    )
    if not created:
        return stored
    failpoints.reached("confirm.after_event")
    if reason := _not_for_us(event):
        outcome = Outcome.IGNORED if event.account else Outcome.QUARANTINED
        return _finish(stored, outcome, reason)
    if event.refund or event.dispute:
        look = {"refund": event.refund.refund_id} if event.refund else {"dispute": event.dispute.dispute_id}
        outbox.add(kind=READ, key=f"{READ}:{event.event_id}", payload=look | {"event": stored.pk})
        return stored
    if event.facts is None:
        return _finish(stored, Outcome.IGNORED)
    payment = Payment.objects.filter(order__number=event.facts.reference).first()
    if payment is None:
        return _finish(stored, Outcome.QUARANTINED, "no such order")
    problem = apply_facts(payment=payment, facts=event.facts)
    return _finish(stored, Outcome.QUARANTINED if problem else Outcome.DONE, problem, payment)


def _not_for_us(event: Event) -> str:
    if event.account:
        return "another account"
    about_us = event.facts or event.refund or event.dispute
    if about_us and event.live != settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
        return "live and test mode are mixed"
    return ""


def _finish(stored: InboxEvent, outcome: str, reason: str = "", payment: Payment | None = None) -> InboxEvent:
    stored.outcome, stored.reason, stored.payment = outcome, reason, payment
    stored.processed_at = timezone.now()
    stored.save(update_fields=["outcome", "reason", "payment", "processed_at"])
    if outcome == Outcome.QUARANTINED:
        log.warning("event %s put aside: %s", stored.event_id, reason)
        attention.call(
            kind="event",
            key=f"event:{stored.event_id}",
            payment=payment,
            event=stored,
            details={"why": reason, "event": stored.event_id, "order": payment.order.number if payment else "–"},
        )
    return stored


@outbox.handler(READ)
def read_again(message: OutboxMessage) -> None:
    """Read what a refund or a dispute is now, and act on that."""
    stored = InboxEvent.objects.get(pk=message.payload["event"])
    if stored.outcome != Outcome.RECEIVED:
        return
    gateway = get_gateway()
    try:
        if refund_id := message.payload.get("refund"):
            facts, take = gateway.look_up_refund(refund_id), take_refund
        else:
            facts, take = gateway.look_up_dispute(message.payload["dispute"]), take_dispute
        strays.learn(facts.payment_id)
        problem = take(facts=facts)
    except GatewayDown as down:
        raise outbox.Later(str(down)) from down
    except GatewayRefused as refusal:
        _finish(stored, Outcome.QUARANTINED, f"the payment service says: {refusal.code}"[:300])
        return
    payment = Payment.objects.filter(gateway_payment=facts.payment_id).exclude(gateway_payment="").first()
    _finish(stored, Outcome.QUARANTINED if problem else Outcome.DONE, problem, payment)
