"""Confirm or expire: what the payment service's facts make of a payment, in whatever order they come."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from marketplace.money import Money
from marketplace.payments import caps, failpoints, late, ledger_events, mails, settlement, states, stock
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Payment
from marketplace.signals import order_expired, order_paid

log = logging.getLogger(__name__)
State = Payment.State
OVER = frozenset({Standing.EXPIRED, Standing.FAILED})


@transaction.atomic
def apply_facts(*, payment: Payment, facts: Facts) -> str:
    """Bring the payment forward to what the gateway says. Answers why not, when the facts do not fit; else "".

    Works in any order and any number of times: a paid payment stays paid, whatever comes late.
    """
    payment = states.locked(payment)
    if problem := _mismatch(payment, facts):
        return problem
    if facts.standing == Standing.PAID:
        _confirm(payment, facts)
    elif facts.standing == Standing.PROCESSING and payment.state in states.UNPAID:
        _wait(payment, facts)
    elif facts.standing in OVER and payment.state in states.UNPAID:
        expire(payment)
    return ""


def _mismatch(payment: Payment, facts: Facts) -> str:
    if facts.reference != payment.order.number:
        return "another order's reference"
    if payment.gateway_session and facts.session_id != payment.gateway_session:
        return "another session than the one we opened"
    if facts.amount != Money(payment.amount, payment.currency):
        shown = f"{facts.amount.amount} {facts.amount.currency}" if facts.amount else "nothing"
        return f"amount is {shown}, the order's is {payment.amount} {payment.currency}"
    return ""


def _confirm(payment: Payment, facts: Facts) -> None:
    if payment.state not in (*states.UNPAID, State.EXPIRED, State.CANCELLED):
        return
    known = {"gateway_payment": facts.payment_id, "gateway_session": facts.session_id}
    if payment.state == State.CANCELLED:
        late.send_back(payment, "paid after the order was cancelled", **known)
    elif payment.state == State.EXPIRED and not _hold_again(payment.order):
        late.send_back(payment, "paid after the reservation ran out; the stock is gone", **known)
    elif not stock.take_out(payment.order):
        late.ask_a_person(payment, "paid, but the stock was lowered below what this order held", **known)
    else:
        confirm(payment, **known)


def _hold_again(order) -> bool:
    """Stock, and the offers and vouchers that it was sold with; all or nothing."""
    if not stock.hold_again(order):
        return False
    if not caps.hold_again(order=order):
        stock.give_back(order)
        return False
    return True


def confirm(payment: Payment, **known: str) -> None:
    """The money is there and the goods are taken out: everybody is owed a share and told. The caller holds the lock."""
    states.advance(payment, State.PAID, paid_at=timezone.now(), **known)
    ledger_events.order_paid(payment)
    settlement.ask_later(payment)
    failpoints.reached("confirm.after_paid")
    transaction.on_commit(lambda: failpoints.reached("confirm.after_commit"))
    mails.tell_paid(payment)
    transaction.on_commit(lambda: order_paid.send_robust(sender=Payment, payment=payment))


def _wait(payment: Payment, facts: Facts) -> None:
    """A slow method is on its way: the hold on the stock outlives its voucher, and the news of it."""
    until = _deadline(payment, facts.pay_by)
    if payment.state == State.PENDING:
        states.advance(payment, State.PROCESSING, expires_at=until, gateway_session=facts.session_id)
    elif facts.pay_by and until != payment.expires_at:
        payment.expires_at = until
        payment.save(update_fields=["expires_at"])


def _deadline(payment: Payment, pay_by: datetime | None) -> datetime:
    """Shops report a voucher that was paid at the last moment a day or two later."""
    if pay_by:
        return pay_by + timedelta(days=settings.MARKETPLACE_SLOW_METHOD_GRACE_DAYS)
    return payment.created_at + timedelta(days=settings.MARKETPLACE_SLOW_METHOD_DAYS)


def expire(payment: Payment) -> None:
    """Nobody paid: stock, offers and vouchers are free again. The caller holds the lock."""
    stock.give_back(payment.order)
    caps.give_back(order=payment.order)
    states.advance(payment, State.EXPIRED)
    mails.tell_expired(payment)
    transaction.on_commit(lambda: order_expired.send_robust(sender=Payment, payment=payment))
