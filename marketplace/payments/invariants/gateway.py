"""What the payment service knows and we do not: asked only on wish, since it is far away and may be slow."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.payments.gateway import GatewayRefused, PaymentFacts, get_gateway
from marketplace.payments.invariants.contract import invariant
from marketplace.payments.models import Attention, Payment

# How far back the payment service is asked; older payments were looked at on the days before.
DAYS = 30
State = Payment.State


@invariant("I3", _("Every payment with money at the payment service is one order's, with its amount."), asks_gateway=True)
def money_has_an_order() -> Iterable[str]:
    """Names the payments of the last 30 days that are nobody's, or whose order does not say the same."""
    found, unreadable = _with_money()
    ids = [one.payment_id for one in found]
    known = {row.gateway_payment: row for row in Payment.objects.filter(gateway_payment__in=ids)}
    told = set(Attention.objects.open().exclude(payment=None).values_list("payment__order__number", flat=True))
    return [
        one.payment_id for one in found if one.reference not in told and _differs(known.get(one.payment_id), one)
    ] + unreadable


def _with_money() -> tuple[list[PaymentFacts], list[str]]:
    """The payments that brought money, and what could not be read."""
    found: list[PaymentFacts] = []
    try:
        for one in get_gateway().find_payments(since=timezone.now() - timedelta(days=DAYS)):
            if one.captured.amount > 0:
                found.append(one)
    except GatewayRefused as problem:
        return found, [str(problem)]
    return found, []


def _differs(payment: Payment | None, facts: PaymentFacts) -> bool:
    if payment is None or payment.state not in (State.PAID, State.REFUNDED, State.ATTENTION):
        return True
    same = (facts.captured.amount, facts.captured.currency) == (payment.amount, payment.currency)
    return not same or facts.refunded.amount > payment.refunded
