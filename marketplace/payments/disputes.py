"""Disputes: the buyer's bank takes a payment back, or asks to. Meanwhile nothing of the order is paid out."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from marketplace.money import Money
from marketplace.payments import attention, audit, ledger_events, states
from marketplace.payments.gateway import DisputeFacts, DisputeStanding
from marketplace.payments.models import Attention, Dispute, JournalEntry, Payment
from marketplace.payments.refund_news import finish_if_all_is_back
from marketplace.payments.refunds import write_lost

State, Kind = Dispute.State, Dispute.Kind

attention.describe(
    "dispute",
    happened=gettext_lazy("The buyer's bank disputes %(amount)s of order %(order)s (%(why)s)."),
    advice=gettext_lazy(
        "Answer at the payment service by %(due_by)s, with proof of sending and delivery. Nothing of this order is paid"
        " out meanwhile. This closes by itself when the bank has decided."
    ),
)
attention.describe(
    "dispute_over",
    happened=gettext_lazy("The bank took %(amount)s for order %(order)s, of which %(left)s had been paid back before."),
    advice=gettext_lazy("The buyer has the money twice. Ask the payment service or the buyer, and say here what came of it."),
)


def frozen_orders() -> QuerySet:
    """Ids of the orders of which nothing is paid out, because a dispute is open."""
    return Dispute.objects.filter(state=State.OPEN).values("payment__order")


def payouts_frozen(order) -> bool:
    """Whether nothing of ``order`` is paid out now: its money is disputed, or a person has to look at it first."""
    payment = order.payment
    return payment.state != Payment.State.PAID or payment.disputes.filter(state=State.OPEN).exists()


@transaction.atomic
def take_dispute(*, facts: DisputeFacts) -> str:
    """Bring a dispute to what the payment service says now. Answers why not, when the facts do not fit; else "".

    In any order and any number of times.
    """
    payment = Payment.objects.filter(gateway_payment=facts.payment_id).exclude(gateway_payment="").first()
    if payment is None:
        return "no such payment"
    payment = states.locked(payment)
    if facts.amount.currency != payment.currency:
        return f"disputed in {facts.amount.currency}, paid in {payment.currency}"
    dispute, created = Dispute.objects.get_or_create(
        gateway_dispute=facts.dispute_id,
        defaults={"payment": payment, "amount": facts.amount.amount, "currency": facts.amount.currency}
        | {"kind": facts.kind, "reason": facts.reason[:80], "due_by": facts.due_by},
    )
    if dispute.payment_id != payment.pk:
        return "a dispute of another payment"
    if created:
        audit.record(action="marketplace.dispute_opened", instance=dispute, details={"reason": facts.reason})
    if dispute.state != State.OPEN:
        return "" if dispute.state == facts.standing else f"the dispute was {dispute.state} and is now {facts.standing}"
    _follow(dispute, facts)
    if facts.standing == DisputeStanding.OPEN:
        _call(dispute)
    else:
        _close(dispute, payment, State(facts.standing))
    return ""


def _follow(dispute: Dispute, facts: DisputeFacts) -> None:
    """A question may become a chargeback, and the day of the answer may move."""
    dispute.kind, dispute.due_by, dispute.reason = facts.kind, facts.due_by, facts.reason[:80]
    dispute.save(update_fields=["kind", "due_by", "reason"])
    if dispute.kind == Kind.CHARGEBACK:
        ledger_events.dispute_opened(dispute)


def _call(dispute: Dispute) -> None:
    attention.call(
        kind="dispute",
        key=f"dispute:{dispute.gateway_dispute}",
        payment=dispute.payment,
        details={
            "order": dispute.payment.order.number,
            "amount": f"{dispute.amount} {dispute.currency}",
            "why": dispute.reason,
            "due_by": f"{dispute.due_by:%Y-%m-%d %H:%M} UTC" if dispute.due_by else "–",
        },
    )


def _close(dispute: Dispute, payment: Payment, state: str) -> None:
    dispute.state, dispute.closed_at = state, timezone.now()
    dispute.save(update_fields=["state", "closed_at"])
    if state == State.LOST:
        _lose(dispute)
    elif JournalEntry.objects.filter(key=f"dispute:{dispute.gateway_dispute}").exists():
        ledger_events.dispute_won(dispute)
    audit.record(action="marketplace.dispute_closed", instance=dispute, details={"state": state})
    for row in Attention.objects.open().filter(key=f"dispute:{dispute.gateway_dispute}"):
        attention.close(row=row, by=None, answer=state)


def _lose(dispute: Dispute) -> None:
    refund = write_lost(dispute=dispute)
    covered = Money(refund.amount if refund else 0, dispute.currency)
    over = Money(dispute.amount, dispute.currency) - covered
    if over:
        attention.call(
            kind="dispute_over",
            key=f"dispute-over:{dispute.gateway_dispute}",
            payment=dispute.payment,
            details={
                "order": dispute.payment.order.number,
                "amount": f"{dispute.amount} {dispute.currency}",
                "left": f"{over.amount} {over.currency}",
            },
        )
    finish_if_all_is_back(states.locked(dispute.payment))
