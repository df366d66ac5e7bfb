"""Cancelling: what will not be sent is paid back and goes on sale again, once.

Who may: the buyer until it is packed, the maker until it is sent, staff until it is delivered. Locks: the payment first,
then consignments, then stock rows in the order of their ids, as everywhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import NotAllowed, cancel, cancel_lines
from marketplace.payments import audit, caps, mails, states, stock
from marketplace.payments.confirming import apply_facts
from marketplace.payments.gateway import GatewayDown, Standing, get_gateway
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refund_amounts import CannotRefund, Wish, what_is_left
from marketplace.payments.refunds import ask_refund

State, As = Payment.State, Refund.As
Stage = Consignment.State
# Up to where each may cancel.
MAY_CANCEL = {
    As.BUYER: frozenset({Stage.PLACED}),
    As.MAKER: frozenset({Stage.PLACED, Stage.PACKED}),
    As.STAFF: frozenset({Stage.PLACED, Stage.PACKED, Stage.SENT}),
}
STAFF_MAY = "marketplace_fulfilment.change_consignment"


class CannotCancel(Exception):
    """This cannot be cancelled, or not by this person; nothing was changed. Carries a sentence for the person."""


@dataclass(frozen=True)
class Who:
    """``user`` is None for a guest, who is known by the address of her order's page. ``as_``: Refund.As."""

    user: object | None
    as_: str


def may_cancel(consignment: Consignment, *, by, as_: str) -> bool:
    """Whether the button is shown; the verb asks again under its lock."""
    try:
        return consignment.order.payment.state == State.PAID and not _why_not(consignment, Who(by, as_))
    except CannotCancel:
        return False


@transaction.atomic
def cancel_consignment(
    *,
    consignment: Consignment,
    key: str,
    by,
    as_: str,
    lines: Collection[int] = (),
    back_on_sale: bool | None = None,
) -> Refund | None:
    """Cancel a paid consignment, or these order lines of it (ids), and pay them back with their shipping and taxes.

    Shipping goes back when nothing is left to send. ``back_on_sale``: whether the pieces can be sold again; by default
    they can unless they are on their way. The same ``key`` answers the same refund; None: all of it had been paid back
    before. Raises CannotCancel.
    """
    payment = states.locked(consignment.order.payment)
    if known := Refund.objects.filter(key=key, payment=payment).first():
        return known
    if payment.state != State.PAID:
        raise CannotCancel(_("Parts of an order can be cancelled once it is paid. Before that, cancel the whole order."))
    who = Who(by, as_)
    wishes = _cancel(payment, consignment, who, lines, back_on_sale)
    return _pay_back(payment, wishes, key, who)


def cancel_order(*, payment: Payment, key: str, by, as_: str, back_on_sale: bool | None = None) -> Payment:
    """Cancel all of an order that can still be stopped. The same ``key`` changes nothing more.

    Of an unpaid one the hosted page is closed first: if it was paid in that moment, it is cancelled as a paid one.
    Raises CannotCancel.
    """
    who = Who(by, as_)
    _refuse_strangers(payment.order, who)
    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    if payment.state == State.PENDING:
        _close_page(payment)
    return _cancel_order(payment, key, who, back_on_sale)


@transaction.atomic
def _cancel_order(payment: Payment, key: str, who: Who, back_on_sale: bool | None) -> Payment:
    payment = states.locked(payment)
    if payment.state in (State.CANCELLED, State.EXPIRED) or payment.refunds.filter(key=key).exists():
        return payment
    if payment.state == State.PENDING:
        _cancel_unpaid(payment, who)
        return payment
    if payment.state == State.PROCESSING:
        raise CannotCancel(_("A payment is on its way. Please wait until it has arrived or run out, and cancel then."))
    if payment.state != State.PAID:
        raise CannotCancel(_("This order cannot be cancelled any more."))
    open_ = payment.order.consignments.exclude(state=Stage.CANCELLED).select_related("workshop", "order__payment")
    consignments = list(open_.order_by("pk"))
    if not consignments:
        raise CannotCancel(_("This has been cancelled already."))
    wishes = [wish for row in consignments for wish in _cancel(payment, row, who, (), back_on_sale)]
    audit.record(action="marketplace.order_cancelled", instance=payment.order, by=who.user, details={"as": who.as_})
    _pay_back(payment, wishes, key, who)
    payment.refresh_from_db()
    return payment


def _close_page(payment: Payment) -> None:
    """Nobody may pay for what is cancelled. Outside of all locks, since it asks the payment service."""
    if not payment.gateway_session:
        return
    try:
        facts = get_gateway().close_checkout(payment.gateway_session)
    except GatewayDown as problem:
        raise CannotCancel(_("We could not reach the payment service. Please try again in a few minutes.")) from problem
    if facts.standing in (Standing.PAID, Standing.PROCESSING):
        apply_facts(payment=payment, facts=facts)


def _cancel_unpaid(payment: Payment, who: Who) -> None:
    stock.give_back(payment.order)
    caps.give_back(order=payment.order)
    for consignment in payment.order.consignments.order_by("pk"):
        cancel(consignment=consignment)
    states.advance(payment, State.CANCELLED, by=who.user)
    audit.record(action="marketplace.order_cancelled", instance=payment.order, by=who.user, details={"as": who.as_})
    mails.tell_order_cancelled(payment)


def _cancel(
    payment: Payment, consignment: Consignment, who: Who, lines: Collection[int], back_on_sale: bool | None
) -> list[Wish]:
    """Stop it, put its pieces back, tell everybody. Answers what is to be paid back. The caller holds the payment's lock."""
    rows = Consignment.objects.select_for_update(of=("self",)).select_related("workshop", "order__payment")
    consignment = rows.get(pk=consignment.pk)
    if why := _why_not(consignment, who):
        raise CannotCancel(why)
    on_its_way = consignment.state == Stage.SENT
    live = list(consignment.lines.values_list("pk", flat=True))
    try:
        gone = cancel_lines(consignment=consignment, lines=set(lines) or set(live))
    except NotAllowed as problem:
        raise CannotCancel(str(problem)) from problem
    if not on_its_way if back_on_sale is None else back_on_sale:
        stock.put_back(gone)
    whole, ids = len(gone) == len(live), [line.pk for line in gone]
    mails.tell_cancelled(consignment, payment, ids, whole=whole, maker_knows=who.as_ == As.MAKER)
    audit.record(
        action="marketplace.consignment_cancelled",
        instance=consignment,
        by=who.user,
        details={"as": who.as_, "lines": ids, "whole": whole},
    )
    left = what_is_left(consignment)
    if whole:
        return [Wish(consignment)] if left.total else []
    return [Wish(consignment, line=line) for line in gone if left.lines.get(line.pk)]


def _pay_back(payment: Payment, wishes: Sequence[Wish], key: str, who: Who) -> Refund | None:
    if not wishes:
        return None
    try:
        return ask_refund(
            payment=payment, wishes=wishes, reason=Refund.Reason.CANCELLED, key=key, by=who.user, as_=who.as_
        )
    except CannotRefund as problem:
        raise CannotCancel(str(problem)) from problem


def _why_not(consignment: Consignment, who: Who) -> str:
    """A sentence for whoever may not cancel it now; "" for who may."""
    _refuse_strangers(consignment.order, who, consignment)
    if consignment.state in MAY_CANCEL[As(who.as_)]:
        return ""
    if consignment.state == Stage.CANCELLED:
        return _("This has been cancelled already.")
    if consignment.state == Stage.PACKED:
        return _("The maker has packed it already. Please write to us if you do not want it any more.")
    if consignment.state == Stage.SENT:
        return _("It has been sent already. Please write to us if you do not want it any more.")
    return _("It has been delivered already. Please write to us if something is wrong with it.")


def _refuse_strangers(order, who: Who, consignment: Consignment | None = None) -> None:
    """The views ask first; money asks again."""
    user = who.user
    if who.as_ == As.STAFF:
        known = user is not None and user.has_perm(STAFF_MAY)
    elif who.as_ == As.MAKER:
        members = consignment.workshop.members if consignment else None
        known = members is not None and user is not None and members.filter(user=user).exists()
    else:
        known = who.as_ == As.BUYER and (user is None or order.user_id in (None, user.pk))
    if not known:
        raise CannotCancel(_("This is not yours to cancel."))
