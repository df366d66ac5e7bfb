"""What the page of earnings says of a workshop's open money: sums from one statement, and only the lines that are shown.

The same as balances.balance_of, whose rules these are, without reading each open consignment.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.payments.models import ConsignmentShare, Owed, Refund, RefundPart, holder_of
from marketplace.payments.payouts import balances, words
from marketplace.payments.payouts.balances import Position, Standing, positions_from, stopped_payments
from marketplace.payments.payouts.terms import Offer
from marketplace.workshops.models import Workshop

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Summary:
    """A workshop's money in one currency. ``sums`` add up to what it is owed; ``back`` and ``others``: how many lines are
    below and above zero.
    """

    currency: str
    sums: dict[Standing, Money]
    back: int
    others: int
    in_transit: Money
    paid: Money

    @property
    def owed(self) -> Money:
        return sum(self.sums.values(), Money(ZERO, self.currency))

    @property
    def payable(self) -> Money:
        """What is due less what is to be netted; never below zero."""
        amount = self.sums[Standing.DUE].amount + self.sums[Standing.BACK].amount
        return Money(max(ZERO, amount), self.currency)


def open_rows(workshop: Workshop, currency: str) -> QuerySet[Owed]:
    """What is not even, the oldest first."""
    holder = holder_of(workshop)
    rows = Owed.objects.filter(account=holder.account, holder=holder.code, currency=currency).exclude(amount=0)
    return rows.order_by("consignment_id", "pk")


def summary_of(workshop: Workshop, currency: str, offer: Offer | None, *, now: datetime | None = None) -> Summary:
    """``offer``: the terms of the workshop's route, for the days of hold; without any, nothing comes due."""
    now, holder = now or timezone.now(), holder_of(workshop)
    rows = open_rows(workshop, currency).order_by()
    found = rows.aggregate(
        **{standing.value: Sum("amount", filter=which) for standing, which in _which(rows, offer, now).items()},
        below=Count("pk", filter=Q(amount__lt=0)),
        above=Count("pk", filter=Q(amount__gt=0)),
    )
    sums = {standing: Money(found[standing.value] or ZERO, currency) for standing in Standing}
    on_the_way, arrived = balances.in_transit(holder, currency), balances.paid(holder, currency)
    return Summary(currency, sums, found["below"], found["above"], on_the_way, arrived)


def _which(open_of: QuerySet[Owed], offer: Offer | None, now: datetime) -> dict[Standing, Q]:
    """As balances._position decides, for the database."""
    state = "consignment__state"
    stopped = stopped_payments().filter(order__consignments__owed__in=open_of)
    of_none, above = Q(consignment=None), Q(amount__gt=0)
    frozen = above & Q(consignment__order__in=_orders_of(stopped))
    here = Q(**{state: Consignment.State.DELIVERED, "consignment__delivered_at__isnull": False})
    delivered = above & ~of_none & here & ~frozen
    free_since = now - timedelta(days=offer.terms.hold_days) if offer else None
    free = Q(consignment__delivered_at__lte=free_since) if offer else Q(pk__in=[])
    return {
        Standing.PENDING: above & ~of_none & ~here & ~frozen,
        Standing.HELD: delivered & ~free,
        Standing.FROZEN: frozen,
        Standing.DUE: (above & of_none) | (delivered & free),
        Standing.BACK: Q(amount__lt=0),
    }


def _orders_of(stopped: QuerySet) -> list[int]:
    return list(stopped.values_list("order", flat=True))


def positions(
    workshop: Workshop,
    currency: str,
    offer: Offer | None,
    rows: Iterable[Owed],
    *,
    payee_waits: bool = False,
    paused_until: datetime | None = None,
) -> list[Position]:
    """The lines of ``rows`` (some of open_rows), each with why it stands there."""
    holder = holder_of(workshop)
    owed = {(holder, row.consignment_id): row.amount for row in rows}
    found = positions_from(owed, [holder], currency, {holder: offer}, timezone.now())[holder]
    if payee_waits or paused_until:
        found = [_without_day(row, paused_until if not payee_waits else None) for row in found]
    return _with_reasons(found)


def _without_day(row: Position, until: datetime | None) -> Position:
    if row.due_on is None or row.consignment is None:
        return replace(row, due_on=None)
    day = formats.day(row.consignment.delivered_at)
    if until is None:
        text = _("Delivered on %(day)s. It comes after the shop has approved your new way of being paid.") % {"day": day}
    else:
        values = {"day": day, "until": formats.day(until)}
        text = _("Delivered on %(day)s. It comes after %(until)s, because your e-mail or telephone was changed.") % values
    return replace(row, due_on=None, why=text)


def _with_reasons(rows: Sequence[Position]) -> list[Position]:
    """A line below zero says what was given back, of which piece, and why. One statement, none where nothing is below."""
    below = [row.consignment.pk for row in rows if row.standing == Standing.BACK and row.consignment]
    told = given_back(below) if below else {}
    text = _("%(given_back)s It is more than was still owed, so it is taken off your next payout.")
    return [
        replace(row, why=text % {"given_back": told[row.consignment.pk]})
        if row.standing == Standing.BACK and row.consignment and row.consignment.pk in told
        else row
        for row in rows
    ]


def given_back(consignments: Iterable[int]) -> dict[int, str]:
    """Consignment id → sentences on what the buyers got back of the workshop's shares, when, of which pieces and why."""
    parts = RefundPart.objects.filter(
        share__consignment__in=list(consignments), share__party=ConsignmentShare.Party.WORKSHOP, own_amount__gt=0
    ).exclude(refund__state=Refund.State.FAILED)
    refunds: dict[int, dict[int, tuple[Refund, list[str]]]] = defaultdict(dict)
    for part in parts.select_related("refund", "share__line__product__parent").order_by("refund_id", "pk"):
        _refund, pieces = refunds[part.share.consignment_id].setdefault(part.refund_id, (part.refund, []))
        name = _piece(part.share)
        if name not in pieces:
            pieces.append(name)
    return {pk: " ".join(_sentence(*of) for of in found.values()) for pk, found in refunds.items()}


def _piece(share: ConsignmentShare) -> str:
    """In the maker's own words."""
    if share.part == ConsignmentShare.Part.SHIPPING:
        return _("postage")
    title = words.piece_of(share)
    return _("“%(title)s”") % {"title": title} if title else str(share.get_part_display())


def _sentence(refund: Refund, pieces: Sequence[str]) -> str:
    values = {"day": formats.day(refund.created_at), "reason": refund.get_reason_display(), "pieces": ", ".join(pieces)}
    return _("Given back to the buyer on %(day)s: %(pieces)s. Why: %(reason)s.") % values
