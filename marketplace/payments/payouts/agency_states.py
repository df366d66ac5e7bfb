"""How far an agency's money of each order is, as of now."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db import models
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models import Consignment
from marketplace.partnerships.models import Agency
from marketplace.payments.models import ConsignmentShare, Holder, PayoutLine, Refund, RefundPart, holder_of
from marketplace.payments.payouts.balances import Standing, owed_by_consignment, positions_from
from marketplace.payments.payouts.payees import offer_of

ZERO = Decimal("0.00")


class LineState(models.TextChoices):
    """The order of these is that of an order's life: an order is as far as the consignment that is least far."""

    WAITING = "waiting", _("Not delivered yet")
    STOPPED = "stopped", _("Stopped")
    HELD = "held", _("Held for some days")
    DUE = "due", _("Due")
    SENT = "sent", _("On its way to you")
    PAID = "paid", _("Paid")
    REVERSED = "reversed", _("Given back")
    NOTHING = "nothing", _("Earns nothing")


STATES = {
    Standing.PENDING: LineState.WAITING,
    Standing.FROZEN: LineState.STOPPED,
    Standing.HELD: LineState.HELD,
    Standing.DUE: LineState.DUE,
    Standing.BACK: LineState.REVERSED,
}
RANKS = {state: rank for rank, state in enumerate(LineState)}


def states_of(agency: Agency, currency: str, orders: Collection[int]) -> dict[int, LineState]:
    """Order id → its state, of orders that the agency earns something of. A handful of statements for any number."""
    shares = ConsignmentShare.objects.filter(consignment__order__in=orders, party="agency", holder=agency.code)
    parts = shares.order_by().values_list("consignment__order", "consignment").annotate(sum=Sum("own_amount"))
    whole = {pk: (order, amount) for order, pk, amount in parts}
    holder = holder_of(agency)
    standing, given, sent = _standings(holder, currency, whole), _given_back(agency, whole), _sent(holder, whole)
    found: dict[int, list[LineState]] = defaultdict(list)
    for pk, (order, amount) in whole.items():
        if pk in standing:
            found[order].append(standing[pk])
        elif given.get(pk, ZERO) >= amount or pk not in sent:
            found[order].append(LineState.REVERSED)
        else:
            found[order].append(sent[pk])
    return {order: min(states, key=RANKS.__getitem__) for order, states in found.items()}


def _standings(holder: Holder, currency: str, ids: Collection[int]) -> dict[int, LineState]:
    """Consignment id → what is said of what is still open there."""
    owed = owed_by_consignment([holder], currency)
    chosen = {(of, pk): amount for (of, pk), amount in owed.items() if pk in ids}
    offer = offer_of(holder.owner, currency)
    offers = {holder: offer if offer and offer.exists else None}
    rows = positions_from(chosen, [holder], currency, offers, timezone.now())[holder]
    return {row.consignment.pk: STATES[row.standing] for row in rows if isinstance(row.consignment, Consignment)}


def _given_back(agency: Agency, ids: Collection[int]) -> dict[int, Decimal]:
    parts = RefundPart.objects.filter(
        share__consignment__in=ids, share__party="agency", share__holder=agency.code
    ).exclude(refund__state=Refund.State.FAILED)
    return dict(parts.order_by().values_list("share__consignment").annotate(sum=Sum("own_amount")))


def _sent(holder: Holder, ids: Collection[int]) -> dict[int, LineState]:
    """Consignment id → whether the latest payout of it arrived."""
    states = {"transit": LineState.SENT, "paid": LineState.PAID}
    rows = PayoutLine.objects.filter(payout__agency=holder.owner, consignment__in=ids, payout__state__in=states)
    return {pk: states[state] for pk, state in rows.order_by("pk").values_list("consignment", "payout__state")}
