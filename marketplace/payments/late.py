"""Money came and the goods cannot go: too late, or the stock was lowered under the order. Never silent.

Too late: all goes back by itself, the buyer is told, and the matter closes when the money is back. Otherwise a person
decides. Until then the books say that the money is owed to the buyer.
"""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import cancel
from marketplace.money import Money
from marketplace.payments import attention, ledger_events, mails, states, stock
from marketplace.payments.ledger import Line, post
from marketplace.payments.models import Account, Attention, JournalEntry, Payment, Refund
from marketplace.payments.refunds import MAY_REFUND, CannotRefund, pay_back
from marketplace.signals import order_paid

log = logging.getLogger(__name__)
State = Payment.State

attention.describe(
    "late_payment",
    happened=gettext_lazy("Order %(order)s was paid too late (%(amount)s): its pieces are sold, or it was cancelled."),
    advice=gettext_lazy(
        "All of it is on its way back to the buyer, who has been told. This closes by itself when it has arrived."
    ),
    may_be_settled=False,
)
attention.describe(
    "paid_without_stock",
    happened=gettext_lazy("Order %(order)s is paid (%(amount)s), but the stock was lowered below what it held."),
    advice=gettext_lazy("If the pieces are there, correct the stock and send them. If not, pay the money back."),
    may_be_settled=False,
)


def send_back(payment: Payment, why: str, **known: str) -> Refund:
    """Too late: the whole amount goes back. The caller holds the payment's lock."""
    _receive(payment, why, known)
    number = payment.order.number
    refund = pay_back(payment=payment, reason=Refund.Reason.LATE, key=f"late:{number}")
    _call(payment, "late_payment", refund)
    mails.tell_late(payment)
    return refund


def ask_a_person(payment: Payment, why: str, **known: str) -> None:
    """In time, but somebody lowered the stock: staff decide. The caller holds the payment's lock."""
    _receive(payment, why, known)
    _call(payment, "paid_without_stock")


def _receive(payment: Payment, why: str, known: dict[str, str]) -> None:
    states.advance(payment, State.ATTENTION, note=why, **known)
    money = Money(payment.amount, payment.currency)
    post(
        key=f"received:{payment.order.number}",
        kind=JournalEntry.Kind.PAID,
        payment=payment,
        lines=[Line(Account.BUYER_CLEARING, money), Line(Account.REFUNDS, -money)],
        details={"why": why},
    )
    log.error("order %s needs attention: %s", payment.order.number, why)


def _call(payment: Payment, kind: str, refund: Refund | None = None) -> Attention:
    details = {"order": payment.order.number, "amount": f"{payment.amount} {payment.currency}"}
    key = f"{kind}:{payment.order.number}"
    return attention.call(kind=kind, key=key, payment=payment, refund=refund, details=details)


@attention.answer("paid_without_stock", "send", title=gettext_lazy("The pieces are there: send them"))
def _send(*, row: Attention, by, reason: str) -> None:
    payment = states.locked(row.payment)
    if not stock.take_out(payment.order):
        raise attention.CannotAnswer(_("The stock is still too low. Please correct it first."))
    money = Money(payment.amount, payment.currency)
    post(
        key=f"received-undone:{payment.order.number}",
        kind=JournalEntry.Kind.CORRECTION,
        payment=payment,
        lines=[Line(Account.REFUNDS, money), Line(Account.BUYER_CLEARING, -money)],
    )
    states.advance(payment, State.PAID, by=by, paid_at=timezone.now())
    ledger_events.order_paid(payment)
    mails.tell_paid(payment)
    transaction.on_commit(lambda: order_paid.send_robust(sender=Payment, payment=payment))


@attention.answer(
    "paid_without_stock", "pay_back", title=gettext_lazy("Pay it back"), permission=MAY_REFUND, serious=True
)
def _pay_back(*, row: Attention, by, reason: str) -> None:
    payment = states.locked(row.payment)
    stock.give_back(payment.order)
    for consignment in payment.order.consignments.exclude(state=Consignment.State.CANCELLED).order_by("pk"):
        cancel(consignment=consignment)
    try:
        number = payment.order.number
        pay_back(
            payment=payment, reason=Refund.Reason.CANCELLED, key=f"unsent:{number}", by=by, as_=Refund.As.STAFF
        )
    except CannotRefund as problem:
        raise attention.CannotAnswer(str(problem)) from problem
