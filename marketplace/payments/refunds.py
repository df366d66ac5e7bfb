"""Refunds are asked for here, under the payment's row lock; the payment service is asked later, outside of it.

A refund counts against the payment from the moment it is written: two at once cannot exceed what was paid, and what
the shares give back is in the books before any money moves. What comes of it: refund_news.py.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.fulfilment.services import SIGNS
from marketplace.money import Money, format_money
from marketplace.payments import attention, audit, failpoints, ledger_events, outbox, states
from marketplace.payments.gateway import RefundFacts
from marketplace.payments.ledger import Line, post
from marketplace.payments.models import Account, Attention, Dispute, JournalEntry, Payment, Refund, RefundPart
from marketplace.payments.payouts import stripe_transfer
from marketplace.payments.refund_amounts import (
    CannotRefund,
    Left,
    Taken,
    Wish,
    take,
    take_from_order,
    what_is_left,
)

__all__ = ["CannotRefund", "Left", "Wish", "ask_again", "ask_refund", "pay_back", "what_is_left"]
log = logging.getLogger(__name__)
Reason, State = Refund.Reason, Refund.State
SEND = "refund.send"
MAY_REFUND = "marketplace_payments.add_refund"


@transaction.atomic
def ask_refund(
    *, payment: Payment, wishes: Sequence[Wish], reason: str, key: str, by=None, as_: str
) -> Refund:
    """Give back what ``wishes`` say, in the currency and at the amounts that were paid. The same ``key`` finds the first.

    ``by`` may be None for a guest or the shop itself, ``as_`` says in which part (Refund.As). Raises CannotRefund.
    """
    payment = _locked(payment)
    if known := _known(key, payment):
        return known
    if payment.state != Payment.State.PAID:
        raise CannotRefund(_("Only a paid order can be paid back."))
    _refuse_while_disputed(payment)
    _refuse_others(payment, wishes)
    parts = take(wishes, reason=reason)
    amount = sum((part.amount for part in parts), Decimal("0.00"))
    # A pause between check and write, set only by the race test's positive control.
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))
    return _write(payment, amount, parts, reason=reason, key=key, by=by, as_=as_)


@transaction.atomic
def pay_back(*, payment: Payment, reason: str, key: str, by=None, as_: str = Refund.As.SYSTEM) -> Refund:
    """All of a payment for which nobody was ever owed a share: it came too late, or there was nothing to send.

    Raises CannotRefund.
    """
    payment = _locked(payment)
    if known := _known(key, payment):
        return known
    if payment.state != Payment.State.ATTENTION or _is_owed(payment):
        raise CannotRefund(_("Only a paid order can be paid back."))
    _refuse_while_disputed(payment)
    amount = payment.amount - payment.refunded
    return _write(payment, amount, (), reason=reason, key=key, by=by, as_=as_)


@transaction.atomic
def ask_again(*, refund: Refund, by=None) -> Refund:
    """The same once more, after it failed. Asked twice, it answers the same refund. Raises CannotRefund."""
    payment = _locked(refund.payment)
    key = f"again:{refund.number}"
    if known := _known(key, payment):
        return known
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    if refund.state != State.FAILED:
        raise CannotRefund(_("Only a refund that failed can be tried again."))
    _refuse_while_disputed(payment)
    parts = [Taken(part.share, part.amount, part.own_amount) for part in refund.parts.select_related("share")]
    _refuse_what_was_taken_meanwhile(parts)
    as_ = Refund.As.STAFF if by else Refund.As.SYSTEM
    return _write(payment, refund.amount, parts, reason=refund.reason, key=key, by=by, as_=as_)


@transaction.atomic
def write_unasked(
    *, payment: Payment, facts: RefundFacts, wishes: Sequence[Wish], reason: str, by
) -> Refund:
    """A refund that somebody made at the payment service, with the shares that give it. Raises CannotRefund."""
    payment = _locked(payment)
    key = f"unasked:{facts.refund_id}"
    if known := _known(key, payment):
        return known
    _refuse_others(payment, wishes)
    parts = take(wishes, reason=reason) if wishes else take_from_order(payment.order, facts.amount, reason=reason)
    if Money(sum((part.amount for part in parts), Decimal("0.00")), payment.currency) != facts.amount:
        raise CannotRefund(_("What you chose does not add up to what was paid back."))
    refund = _write(
        payment, facts.amount.amount, parts, reason=reason, key=key, by=by, as_=Refund.As.STAFF, asked=False
    )
    refund.gateway_refund = facts.refund_id
    refund.save(update_fields=["gateway_refund"])
    return refund


@transaction.atomic
def write_lost(*, dispute: Dispute) -> Refund | None:
    """What the buyer's bank took for good, as a refund that is done: at most what was left of the payment.

    Again, it answers the same refund; None when all had been paid back before. Raises CannotRefund.
    """
    payment = _locked(dispute.payment)
    key = f"dispute:{dispute.gateway_dispute}"
    if known := _known(key, payment):
        return known
    amount = min(dispute.amount, payment.amount - payment.refunded)
    if not amount:
        return None
    money = Money(amount, payment.currency)
    parts = take_from_order(payment.order, money, reason=Reason.DISPUTE) if _is_owed(payment) else ()
    refund = _write(payment, amount, parts, reason=Reason.DISPUTE, key=key, by=None, as_=Refund.As.SYSTEM, asked=False)
    if not parts:
        lines = [Line(Account.REFUNDS, money), Line(Account.DISPUTES, -money)]
        post(key=f"refund:{refund.number}", kind=JournalEntry.Kind.REFUND, payment=payment, lines=lines)
    refund.state, refund.ended_at = State.DONE, timezone.now()
    refund.save(update_fields=["state", "ended_at"])
    return refund


def _locked(payment: Payment) -> Payment:
    if getattr(settings, "MARKETPLACE_TEST_SKIP_REFUND_LOCK", False):
        return Payment.objects.select_related("order").get(pk=payment.pk)
    return states.locked(payment)


def _known(key: str, payment: Payment) -> Refund | None:
    known = Refund.objects.filter(key=key).first()
    if known is not None and known.payment_id != payment.pk:
        raise CannotRefund(_("This form belongs to another order."))
    return known


def _is_owed(payment: Payment) -> bool:
    """Whether workshops and others are owed their shares of it: not of money that came too late."""
    return JournalEntry.objects.filter(key=f"paid:{payment.order.number}").exists()


def _refuse_while_disputed(payment: Payment) -> None:
    """The bank has taken the money already; a refund beside it would pay it twice."""
    if payment.disputes.filter(state=Dispute.State.OPEN, kind=Dispute.Kind.CHARGEBACK).exists():
        raise CannotRefund(_("The buyer's bank has asked for this money. It is paid back, or not, when the bank decides."))


def _refuse_others(payment: Payment, wishes: Iterable[Wish]) -> None:
    for wish in wishes:
        if wish.consignment.order_id != payment.order_id:
            raise CannotRefund(_("This consignment belongs to another order."))
        if wish.line is not None and wish.line.order_id != payment.order_id:
            raise CannotRefund(_("This piece was not part of the consignment, or cost nothing."))


def _refuse_what_was_taken_meanwhile(parts: Iterable[Taken]) -> None:
    for part in parts:
        given = RefundPart.objects.filter(share=part.share).exclude(refund__state=State.FAILED)
        if part.amount + sum(given.values_list("amount", flat=True)) > part.share.amount:
            raise CannotRefund(_("Meanwhile it was paid back in another way."))


def _write(
    payment: Payment, amount: Decimal, parts: Sequence[Taken], *, reason: str, key: str, by, as_: str, asked: bool = True
) -> Refund:
    """The cap is checked here, whoever asks; the database holds it, too. ``asked``: the payment service still must be."""
    money, left = Money(amount, payment.currency), Money(payment.amount - payment.refunded, payment.currency)
    if amount <= 0:
        raise CannotRefund(_("Nothing is left that could be paid back."))
    if amount > left.amount:
        text = _("Of this order, at most %(left)s can still be paid back.")
        raise CannotRefund(text % {"left": format_money(left, get_language() or payment.language)})
    refund = Refund.objects.create(
        payment=payment,
        key=key,
        number=f"R-{get_random_string(8, SIGNS)}",
        amount=amount,
        currency=payment.currency,
        reason=reason,
        asked_by=by,
        asked_as=as_,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=refund, share=part.share, amount=part.amount, own_amount=part.own_amount) for part in parts
    )
    payment.refunded += amount
    payment.save(update_fields=["refunded"])
    if parts:
        ledger_events.reverse(refund=refund)
        stripe_transfer.take_back(refund=refund)
    audit.record(
        action="marketplace.refund_asked",
        instance=refund,
        by=by,
        details={
            "order": payment.order.number,
            "amount": money.amount,
            "currency": money.currency,
            "reason": reason,
            "as": as_,
        },
    )
    if asked:
        transaction.on_commit(lambda: failpoints.reached("refund.after_asked"))
        outbox.add(kind=SEND, key=gateway_key(refund), payload={"refund": refund.pk}, payment=payment)
    log.info("order %s: refund %s of %s %s", payment.order.number, refund.number, amount, payment.currency)
    return refund


def gateway_key(refund: Refund) -> str:
    """Our own word for this refund at the payment service: however often it is asked, the money goes back once."""
    return f"refund:{refund.number}"


attention.describe(
    "refund_failed",
    happened=gettext_lazy("The refund %(refund)s of %(amount)s for order %(order)s failed: %(why)s"),
    advice=gettext_lazy(
        "The money is with us again and booked back. Try again, or pay the buyer in another way and say here how."
    ),
)


@attention.answer("refund_failed", "again", title=gettext_lazy("Try again"), permission=MAY_REFUND)
def _try_again(*, row: Attention, by, reason: str) -> None:
    try:
        ask_again(refund=Refund.objects.get(number=row.details["refund"]), by=by)
    except CannotRefund as problem:
        raise attention.CannotAnswer(str(problem)) from problem
