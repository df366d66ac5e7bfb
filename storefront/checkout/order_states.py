"""Where an order stands, in words for its buyer."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.fulfilment.models import Consignment
from marketplace.payments.models import Payment, Refund

State = Payment.State
ON_ITS_WAY = (Refund.State.REQUESTED, Refund.State.SENDING)


class Told(NamedTuple):
    """``state`` is the page's CSS class, ``title`` and ``text`` are for the reader."""

    state: str
    title: str
    text: str


def tell_state(payment: Payment, consignments: list[Consignment], *, just_paid: bool) -> Told:
    """``just_paid``: the buyer comes back from paying. A dispute changes no word: it is between the shop and a bank."""
    if payment.state == State.PENDING:
        return _pending(payment, just_paid=just_paid)
    if payment.state == State.PAID:
        return _paid(payment, consignments)
    return {
        State.PROCESSING: _processing,
        State.EXPIRED: _expired,
        State.CANCELLED: _cancelled,
        State.ATTENTION: _attention,
        State.REFUNDED: _refunded,
    }[payment.state](payment)


def short_state(payment: Payment) -> str:
    """The same in a list of orders."""
    if payment.state == State.ATTENTION:
        return _("We are looking at it")
    if payment.state == State.PAID and payment.refunded == payment.amount:
        return _("Cancelled, your money is on its way back")
    if payment.state == State.PAID and payment.refunded:
        return _("Paid, a part was paid back")
    return payment.get_state_display()


def pay_by(payment: Payment) -> datetime:
    """Until when a voucher of a slow method can be paid: its stock is held a little longer, until the news of it is here."""
    return payment.expires_at - timedelta(days=settings.MARKETPLACE_SLOW_METHOD_GRACE_DAYS)


def _pending(payment: Payment, *, just_paid: bool) -> Told:
    if payment.expires_at <= timezone.now():
        text = _("The time for paying is over. We are asking the payment service whether your payment arrived.")
        return Told("awaiting_payment", _("Waiting for news of your payment"), text)
    if just_paid:
        text = _("The payment service is confirming it. This page looks again by itself in a few seconds.")
        return Told("awaiting_payment", _("Your payment is being confirmed"), text)
    until = formats.clock(payment.expires_at)
    text = _("Your pieces are reserved until %(time)s (UTC). If you have just paid, this page will say so in a moment.")
    return Told("awaiting_payment", _("Waiting for your payment"), text % {"time": until})


def _processing(payment: Payment) -> Told:
    until = pay_by(payment)
    if until <= timezone.now():
        text = _(
            "The time for paying is over. A payment of the last day may still be on its way to us; until then your "
            "pieces stay reserved. You will have a mail either way."
        )
        return Told("processing", _("Waiting for news of your payment"), text)
    text = _(
        "Please pay at the convenience store or the bank by %(moment)s, with the number that the payment service gave "
        "you. Your pieces stay reserved, and you will have a mail as soon as the payment has arrived."
    )
    return Told("processing", _("Waiting for your payment"), text % {"moment": formats.moment(until)})


def _paid(payment: Payment, consignments: list[Consignment]) -> Told:
    if payment.refunded == payment.amount:
        text = _("The whole amount is on its way back to you. You will have a mail when it has been sent.")
        return Told("refunded", _("Your order is cancelled"), text)
    if payment.refunded:
        text = _("What was paid back is listed with each parcel.")
        return Told("paid partly-refunded", _("A part of your order was paid back"), f"{_on_the_way(consignments)} {text}")
    return Told("paid", _("Thank you. Your order is paid."), _on_the_way(consignments))


def _expired(payment: Payment) -> Told:
    text = _("Nothing was charged and the pieces are back in the shop.")
    return Told("expired", _("This order was not paid in time"), text)


def _cancelled(payment: Payment) -> Told:
    return Told(
        "cancelled",
        _("This order is cancelled"),
        _("It was cancelled before it was paid. Nothing was charged and the pieces are back in the shop."),
    )


def _refunded(payment: Payment) -> Told:
    text = _("The whole amount was paid back. Until your bank shows it, a few days can pass.")
    return Told("refunded", _("Your order was paid back"), text)


def _attention(payment: Payment) -> Told:
    if any(row.state in ON_ITS_WAY for row in payment.refunds.all()):
        text = _(
            "Your payment arrived when the order was over already. The whole amount goes back to you by itself; you "
            "need to do nothing."
        )
        return Told("attention", _("Your payment goes back to you"), text)
    text = _(
        "Your payment is with us and a person is looking at it. Next you hear from us by mail: either your pieces are "
        "sent, or the whole amount goes back to you. You need to do nothing, and nothing is lost."
    )
    return Told("attention", _("We are looking at your order"), text)


def _on_the_way(consignments: list[Consignment]) -> str:
    """What happens now to the parcels of a paid order."""
    states = {row.state for row in consignments}
    if states == {Consignment.State.DELIVERED}:
        return _("Everything has arrived.")
    if states == {Consignment.State.DELIVERED, Consignment.State.CANCELLED}:
        return _("What was not cancelled has arrived.")
    if states <= {Consignment.State.CANCELLED}:
        return _("Nothing more will be sent.")
    if states & {Consignment.State.SENT, Consignment.State.DELIVERED}:
        return _("Parcels are on their way; each is shown below.")
    return _("The makers have been told and are packing your pieces.")
