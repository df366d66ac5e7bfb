"""Payments at the payment service that no order knows, and what happened to known ones there without a word to us."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy

from marketplace.payments import attention
from marketplace.payments.confirming import apply_facts
from marketplace.payments.disputes import take_dispute
from marketplace.payments.gateway import (
    DisputeStanding,
    Facts,
    GatewayRefused,
    PaymentFacts,
    PaymentStanding,
    Standing,
    get_gateway,
)
from marketplace.payments.models import Attention, Dispute, Payment, Refund

MONEY_CAME = frozenset(
    {PaymentStanding.PAID, PaymentStanding.REFUNDED, PaymentStanding.DISPUTED, PaymentStanding.LOST}
)

attention.describe(
    "stray_payment",
    happened=gettext_lazy("The payment service has a payment of %(amount)s that no order knows (order %(order)s)."),
    advice=gettext_lazy(
        "Look at payment %(payment)s there. If it is the second one of an order, pay it back there, and say here how."
    ),
)
attention.describe(
    "unknown_currency",
    happened=gettext_lazy("The payment service has payments that could not be read: %(why)s"),
    advice=gettext_lazy("Look at them there, and say here what they are."),
)
attention.describe(
    "refunded_elsewhere",
    happened=gettext_lazy("Of order %(order)s, %(amount)s went back at the payment service; our books say %(ours)s."),
    advice=gettext_lazy("Look at the refunds of payment %(payment)s there. Each should have a matter of its own here."),
)


def find(*, since: datetime) -> Iterator[str]:
    """Look at every payment begun since then; yields "strays" for each that needed something, "" for the others.

    Raises GatewayDown.
    """
    try:
        for facts in get_gateway().find_payments(since=since):
            yield "strays" if facts.standing in MONEY_CAME and _look_at(facts) else ""
    except GatewayRefused as problem:
        key, details = f"find:{problem.code}:{problem.sentence}"[:200], {"why": problem.sentence}
        attention.call(kind="unknown_currency", key=key, details=details)
        yield "strays"


def _look_at(facts: PaymentFacts) -> bool:
    """Whether something was missing."""
    payment = Payment.objects.select_related("order").filter(order__number=facts.reference).first()
    if payment is None:
        return _call(facts, None)
    if payment.gateway_payment != facts.payment_id:
        return _take_unknown(payment, facts)
    return any([_look_at_disputes(facts), _look_at_refunds(payment, facts)])


def learn(payment_id: str) -> None:
    """A refund or a dispute is told before the payment itself: then what we did not hear is asked for now.

    Raises GatewayDown, GatewayRefused.
    """
    if Payment.objects.filter(gateway_payment=payment_id).exists():
        return
    facts = get_gateway().look_up_payment(payment_id)
    payment = Payment.objects.select_related("order").filter(order__number=facts.reference).first()
    if payment is not None and facts.standing in MONEY_CAME:
        _take_unknown(payment, facts)


def _take_unknown(payment: Payment, facts: PaymentFacts) -> bool:
    """Money for an order that did not hear of it. Of a page that we know, the page's own facts count."""
    if payment.gateway_session:
        page = get_gateway().look_up(payment.gateway_session)
    else:
        page = Facts("", facts.reference, Standing.PAID, facts.amount, facts.payment_id)
    if page.payment_id == facts.payment_id and not apply_facts(payment=payment, facts=page):
        return True
    return _call(facts, payment)


def _call(facts: PaymentFacts, payment: Payment | None) -> bool:
    key = f"stray:{facts.payment_id}"
    known = Attention.objects.filter(key=key).exists()
    details = {"payment": facts.payment_id, "amount": f"{facts.amount.amount} {facts.amount.currency}"}
    details["order"] = payment.order.number if payment else facts.reference or "–"
    attention.call(kind="stray_payment", key=key, payment=payment, details=details)
    return not known


def _look_at_disputes(facts: PaymentFacts) -> bool:
    found = {row.dispute_id: row for row in facts.disputes}
    known = dict(Dispute.objects.filter(gateway_dispute__in=found).values_list("gateway_dispute", "state"))
    new = [row for row in found.values() if known.get(row.dispute_id) != DisputeStanding(row.standing).value]
    for row in new:
        take_dispute(facts=row)
    return bool(new)


def _look_at_refunds(payment: Payment, facts: PaymentFacts) -> bool:
    """More went back there than we asked for: some message about a refund was lost."""
    lost = payment.refunds.filter(reason=Refund.Reason.DISPUTE, state=Refund.State.DONE)
    ours = payment.refunded - sum(lost.values_list("amount", flat=True))
    if facts.refunded.amount <= ours or _is_called(payment):
        return False
    attention.call(
        kind="refunded_elsewhere",
        key=f"refunded-elsewhere:{facts.payment_id}:{facts.refunded.amount}",
        payment=payment,
        details={
            "order": payment.order.number,
            "payment": facts.payment_id,
            "amount": f"{facts.refunded.amount} {facts.refunded.currency}",
            "ours": f"{ours} {payment.currency}",
        },
    )
    return True


def _is_called(payment: Payment) -> bool:
    kinds = ("refund_unasked", "refunded_elsewhere")
    return Attention.objects.open().filter(payment=payment, kind__in=kinds).exists()
