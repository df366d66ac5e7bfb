"""The states of a payment and the ways between them (drawn in docs/money.md). ``advance`` is their only writer.

The order's own status always says the same: Oscar's screens, filters and reports read it there.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from oscar.core.loading import get_class, get_model

from marketplace.payments import audit
from marketplace.payments.models import Payment

State = Payment.State
# From → to; nothing else is possible, in the books, from a message, or for a person.
GRAPH: Mapping[str, frozenset[str]] = {
    State.PENDING: frozenset({State.PROCESSING, State.PAID, State.EXPIRED, State.CANCELLED, State.ATTENTION}),
    State.PROCESSING: frozenset({State.PAID, State.EXPIRED, State.ATTENTION}),
    State.EXPIRED: frozenset({State.PAID, State.ATTENTION}),
    State.CANCELLED: frozenset({State.ATTENTION}),
    State.ATTENTION: frozenset({State.PAID, State.REFUNDED}),
    State.PAID: frozenset({State.REFUNDED}),
    # A refund that bounced after it had arrived: the money is with us again, and a person decides.
    State.REFUNDED: frozenset({State.ATTENTION}),
}
# In these, stock is held for the order and no money has come.
UNPAID = frozenset({State.PENDING, State.PROCESSING})


class NotOnGraph(Exception):
    """There is no such way between two states; nothing was written."""


def can(payment: Payment, to: str) -> bool:
    """Whether ``advance`` would go there."""
    return to in GRAPH[payment.state]


def locked(payment: Payment) -> Payment:
    """The payment and its order as they are now, for this transaction alone. Everybody locks it before anything else
    of the order: then consignments, then stock.
    """
    return Payment.objects.select_for_update().select_related("order").get(pk=payment.pk)


def advance(payment: Payment, to: str, *, by=None, **fields: Any) -> None:
    """Bring a locked payment and its order to another state, with what else became known. Raises NotOnGraph.

    ``by``: the person, None for the shop itself.
    """
    if not can(payment, to):
        raise NotOnGraph(f"order {payment.order.number}: {payment.state} cannot become {to}")
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("advance wants to be called inside of a transaction.")
    before, payment.state = payment.state, to
    for name, value in fields.items():
        setattr(payment, name, value)
    payment.save(update_fields=["state", *fields])
    _tell_oscar(payment.order, to, before)
    audit.record(
        action="marketplace.payment_state", instance=payment, by=by, before={"state": before}, after={"state": to}
    )


def _tell_oscar(order, to: str, before: str) -> None:
    """As Oscar's own ``set_status`` does, but for its pipeline: a site's may be another, and money has come all the same."""
    order.status = to
    order.save(update_fields=["status"])
    get_model("order", "OrderStatusChange").objects.create(order=order, old_status=before, new_status=to)
    changed = get_class("order.signals", "order_status_changed")
    changed.send(sender=order, order=order, old_status=before, new_status=to)
