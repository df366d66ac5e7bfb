"""What becomes of a refund: it is sent, arrives, fails, or turns out to be one that somebody made at the payment service."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.money import Money
from marketplace.payments import attention, audit, failpoints, ledger_events, mails, outbox, states
from marketplace.payments.gateway import (
    KEY_REUSED,
    GatewayDown,
    GatewayRefused,
    RefundFacts,
    RefundRequest,
    RefundStanding,
    get_gateway,
)
from marketplace.payments.ledger import Line, post
from marketplace.payments.models import Account, Attention, JournalEntry, OutboxMessage, Payment, Refund
from marketplace.payments.refund_amounts import CannotRefund, Wish
from marketplace.payments.refunds import MAY_REFUND, SEND, gateway_key, write_unasked

log = logging.getLogger(__name__)
State = Refund.State
OVER = frozenset({State.DONE, State.FAILED})
BACK_WITH_US = frozenset({RefundStanding.FAILED, RefundStanding.CANCELLED})


@outbox.handler(SEND)
def send_refund(message: OutboxMessage) -> None:
    """Ask the payment service, holding no lock on the payment meanwhile; a lost answer is asked for again."""
    refund = Refund.objects.select_related("payment__order").get(pk=message.payload["refund"])
    if refund.state in OVER:
        return
    payment = refund.payment
    request = RefundRequest(
        payment_id=payment.gateway_payment,
        amount=Money(refund.amount, refund.currency),
        reason=refund.reason,
        reference=payment.order.number,
        key=gateway_key(refund),
    )
    try:
        facts = get_gateway().refund(request)
    except GatewayDown as problem:
        raise outbox.Later(str(problem)) from problem
    except GatewayRefused as problem:
        if problem.code == KEY_REUSED:
            # Money may have moved under this key: only a person can tell.
            raise outbox.GiveUp(problem.sentence) from problem
        _fail(refund, problem.sentence)
        return
    failpoints.reached("refund.after_sent")
    if problem := take_refund(facts=facts, refund=refund):
        raise outbox.GiveUp(problem)


@transaction.atomic
def take_refund(*, facts: RefundFacts, refund: Refund | None = None) -> str:
    """Bring a refund to what the payment service says now. Answers why not, when the facts do not fit; else "".

    In any order and any number of times. A refund that we did not ask for calls a person.
    """
    refund = refund or _find(facts)
    if refund is None:
        return _call_about_unasked(facts)
    payment = states.locked(refund.payment)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    if problem := _mismatch(facts, refund, payment):
        return problem
    if not refund.gateway_refund:
        refund.gateway_refund = facts.refund_id
        refund.save(update_fields=["gateway_refund"])
    if facts.standing in BACK_WITH_US:
        _fail_locked(refund, payment, facts.why)
    elif facts.standing == RefundStanding.DONE and refund.state not in OVER:
        _done(refund, payment)
    elif facts.standing == RefundStanding.PENDING and refund.state in (State.REQUESTED, State.ATTENTION):
        refund.state = State.SENDING
        refund.save(update_fields=["state"])
    return ""


def _find(facts: RefundFacts) -> Refund | None:
    """By the service's number, or by ours while its answer has not come yet."""
    known = Refund.objects.filter(gateway_refund=facts.refund_id).select_related("payment").first()
    number = facts.key.removeprefix("refund:")
    if known is None and number != facts.key:
        known = Refund.objects.filter(number=number, gateway_refund="").select_related("payment").first()
    return known


def _mismatch(facts: RefundFacts, refund: Refund, payment: Payment) -> str:
    if refund.gateway_refund not in ("", facts.refund_id):
        return "another refund than the one we know"
    if facts.payment_id != payment.gateway_payment:
        return "a refund of another payment"
    if facts.amount != Money(refund.amount, refund.currency):
        return f"the refund is {facts.amount.amount} {facts.amount.currency}, ours {refund.amount} {refund.currency}"
    return ""


def _done(refund: Refund, payment: Payment) -> None:
    refund.state, refund.ended_at = State.DONE, timezone.now()
    refund.save(update_fields=["state", "ended_at"])
    ledger_events.refund_sent(refund)
    audit.record(action="marketplace.refund_done", instance=refund, details={"amount": refund.amount})
    finish_if_all_is_back(payment)
    if refund.reason == Refund.Reason.LATE:
        _close(payment, "late_payment")
    else:
        mails.tell_refunded(refund)


def finish_if_all_is_back(payment: Payment) -> None:
    """A payment of which nothing is left is over. The caller holds its lock."""
    back = payment.refunds.filter(state=State.DONE).values_list("amount", flat=True)
    if sum(back) == payment.amount and states.can(payment, Payment.State.REFUNDED):
        states.advance(payment, Payment.State.REFUNDED)


def _close(payment: Payment, kind: str) -> None:
    for row in Attention.objects.open().filter(payment=payment, kind=kind):
        attention.close(row=row, by=None, answer="paid_back")


@transaction.atomic
def _fail(refund: Refund, why: str) -> None:
    payment = states.locked(refund.payment)
    _fail_locked(Refund.objects.select_for_update().get(pk=refund.pk), payment, why)


def _fail_locked(refund: Refund, payment: Payment, why: str) -> None:
    """The money is with us: everybody is owed again what they were, and a person decides how the buyer gets it."""
    if refund.state == State.FAILED:
        return
    if refund.state == State.DONE:
        _book_bounced(refund)
    if refund.parts.exists():
        ledger_events.refund_failed(refund)
    refund.state, refund.note, refund.ended_at = State.FAILED, why, timezone.now()
    refund.save(update_fields=["state", "note", "ended_at"])
    payment.refunded -= refund.amount
    payment.save(update_fields=["refunded"])
    if payment.state == Payment.State.REFUNDED:
        states.advance(payment, Payment.State.ATTENTION)
    audit.record(action="marketplace.refund_failed", instance=refund, details={"why": why})
    attention.call(
        kind="refund_failed",
        key=f"refund-failed:{refund.number}",
        payment=payment,
        refund=refund,
        details={
            "refund": refund.number,
            "order": payment.order.number,
            "amount": f"{refund.amount} {refund.currency}",
            "why": why,
        },
    )


def _book_bounced(refund: Refund) -> None:
    money = Money(refund.amount, refund.currency)
    post(
        key=f"refund-bounced:{refund.number}",
        kind=JournalEntry.Kind.REFUND_FAILED,
        payment=refund.payment,
        lines=[Line(Account.BUYER_CLEARING, money), Line(Account.REFUNDS, -money)],
    )


# Made by a person at the payment service itself


attention.describe(
    "refund_unasked",
    happened=gettext_lazy("Somebody paid %(amount)s of order %(order)s back at the payment service itself."),
    advice=gettext_lazy("Say whether it counts for the order: then every share gives its part, as with any refund."),
)


def _call_about_unasked(facts: RefundFacts) -> str:
    payment = Payment.objects.filter(gateway_payment=facts.payment_id).exclude(gateway_payment="").first()
    if payment is None:
        return "no such payment"
    if facts.standing in BACK_WITH_US:
        return ""
    attention.call(
        kind="refund_unasked",
        key=f"refund-unasked:{facts.refund_id}",
        payment=payment,
        details={
            "gateway_refund": facts.refund_id,
            "order": payment.order.number,
            "amount": f"{facts.amount.amount} {facts.amount.currency}",
        },
    )
    return ""


@transaction.atomic
def accept_unasked(
    *, payment: Payment, gateway_refund: str, by, wishes: Sequence[Wish] = (), reason: str = Refund.Reason.GOODWILL
) -> Refund:
    """The books follow a refund that was made at the payment service: its facts are read there again.

    ``wishes`` say what it was for and must add up to it; without any, all that is left gives in proportion. Again, it
    answers the same refund. Raises CannotRefund, GatewayDown, GatewayRefused.
    """
    facts = get_gateway().look_up_refund(gateway_refund)
    if facts.payment_id != payment.gateway_payment or facts.standing in BACK_WITH_US:
        raise CannotRefund(_("The payment service knows of no such refund of this order."))
    refund = write_unasked(payment=payment, facts=facts, wishes=wishes, reason=reason, by=by)
    take_refund(facts=facts, refund=refund)
    return refund


@attention.answer("refund_unasked", "count", title=gettext_lazy("It counts for the order"), permission=MAY_REFUND)
def _count(*, row: Attention, by, reason: str) -> None:
    try:
        accept_unasked(payment=row.payment, gateway_refund=row.details["gateway_refund"], by=by)
    except (CannotRefund, GatewayDown, GatewayRefused) as problem:
        raise attention.CannotAnswer(str(problem)) from problem
