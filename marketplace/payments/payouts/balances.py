"""What a workshop or an agency is owed, from the books alone: how much, and for each consignment when it comes and why not yet.

The amounts are sums of postings, never computed from orders again; the consignment's state only says when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, models
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import formats
from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.payments import ledger
from marketplace.payments.models import (
    Account,
    Attention,
    Dispute,
    Holder,
    JournalEntry,
    Owed,
    Owner,
    Payment,
    Posting,
    holder_of,
)
from marketplace.payments.payouts.terms import Offer

ZERO = Decimal("0.00")
MAIL_TROUBLE = "outbox"
# From one currency of an account to the next by the index: SELECT DISTINCT would read every posting of years.
_NEXT = f"SELECT min(currency) FROM {Posting._meta.db_table} WHERE account = %s AND holder = %s"
CURRENCIES = f"""WITH RECURSIVE found(currency) AS (
    {_NEXT} UNION ALL SELECT ({_NEXT} AND currency > found.currency) FROM found WHERE found.currency IS NOT NULL
) SELECT currency FROM found WHERE currency IS NOT NULL"""


class Standing(models.TextChoices):
    """How far the money of one consignment is."""

    PENDING = "pending", gettext_lazy("Not delivered yet")
    HELD = "held", gettext_lazy("Held for some days")
    FROZEN = "frozen", gettext_lazy("Stopped")
    DUE = "due", gettext_lazy("Due")
    BACK = "back", gettext_lazy("To be taken off")


@dataclass(frozen=True)
class Position:
    """One consignment's money. Below zero where more was taken back than is still owed. ``why`` is for who is owed it.

    ``consignment`` is None for a correction that belongs to none. ``due_on`` is None where nobody can know.
    """

    consignment: Consignment | None
    owed: Money
    standing: Standing
    why: str
    due_on: date | None = None


@dataclass(frozen=True)
class Balance:
    """What is owed to one in one currency. The positions add up to ``owed``: what the books say."""

    currency: str
    positions: tuple[Position, ...]
    owed: Money
    in_transit: Money
    paid: Money

    def of(self, standing: Standing) -> Money:
        rows = (row.owed.amount for row in self.positions if row.standing == standing)
        return Money(sum(rows, ZERO), self.currency)

    @property
    def payable(self) -> Money:
        """What is due less what is to be netted; never below zero, since nobody is asked to pay."""
        return Money(max(ZERO, self.of(Standing.DUE).amount + self.of(Standing.BACK).amount), self.currency)


def currencies_of(owner: Owner) -> list[str]:
    """The currencies in which the books know it, its own first: a workshop's is its economy's."""
    holder = holder_of(owner)
    with connection.cursor() as cursor:
        cursor.execute(CURRENCIES, [holder.account, holder.code] * 2)
        found = {currency for (currency,) in cursor.fetchall()}
    own = holder.currency
    return [own, *sorted(found - {own})]


def balance_of(
    owner: Owner, currency: str, offer: Offer | None, *, now: datetime | None = None, payee_waits: bool = False
) -> Balance:
    """``offer``: the terms of its route, for the days of hold; without any, nothing comes due.

    ``payee_waits``: a changed payee waits for approval, so that no day of payout is promised.
    """
    holder = holder_of(owner)
    positions = positions_of([holder], currency, {holder: offer}, now=now or timezone.now())[holder]
    if payee_waits:
        positions = [_without_day(row) for row in positions]
    owed = -ledger.balance(holder.account, holder=holder.code, currency=currency)
    return Balance(currency, tuple(positions), owed, in_transit(holder, currency), paid(holder, currency))


def in_transit(holder: Holder, currency: str) -> Money:
    """What was sent and has not arrived."""
    return -ledger.balance(Account.PAYOUTS_IN_TRANSIT, holder=holder.code, currency=currency)


def _without_day(row: Position) -> Position:
    if row.due_on is None or row.consignment is None:
        return replace(row, due_on=None)
    text = _("Delivered on %(day)s. It comes after the shop has approved your new way of being paid.")
    return replace(row, due_on=None, why=text % {"day": formats.day(row.consignment.delivered_at)})


def paid(holder: Holder, currency: str) -> Money:
    """What arrived and stayed: less what a bank sent back afterwards, and what Stripe took back after a refund."""
    kinds = JournalEntry.Kind
    # A payout that fails on its way leaves "in transit" once, with plus; one that had arrived also undoes its arrival.
    undone = Q(entry__kind=kinds.PAYOUT_FAILED, amount__lt=0)
    of_holder = Posting.objects.filter(holder=holder.code, currency=currency)
    stayed = of_holder.filter(Q(entry__kind=kinds.PAYOUT_PAID) | undone, account=Account.PAYOUTS_IN_TRANSIT)
    # Asked for by itself: there are few, and the other postings are many.
    taken = of_holder.filter(
        account=holder.account, entry__kind=kinds.CORRECTION, entry__details__what="taken_back"
    )
    return Money(_sum(stayed) + _sum(taken), currency)


def _sum(rows: QuerySet) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def owed_by_consignment(holders: Iterable[Holder], currency: str) -> dict[tuple[Holder, int | None], Decimal]:
    """(holder, consignment id) → what is owed, without those that are even. One statement."""
    known = {(holder.account, holder.code): holder for holder in holders}
    rows = Owed.objects.filter(holder__in={code for _account, code in known}, currency=currency).exclude(amount=0)
    return {
        (known[account, code], pk): amount
        for account, code, pk, amount in rows.values_list("account", "holder", "consignment", "amount")
        if (account, code) in known
    }


def positions_of(
    holders: Iterable[Holder], currency: str, offers: Mapping[Holder, Offer | None], *, now: datetime
) -> dict[Holder, list[Position]]:
    """The open positions of each, the oldest first. Three statements for any number of holders."""
    holders = list(holders)
    return positions_from(owed_by_consignment(holders, currency), holders, currency, offers, now)


def positions_from(
    owed: Mapping[tuple[Holder, int | None], Decimal],
    holders: Iterable[Holder],
    currency: str,
    offers: Mapping[Holder, Offer | None],
    now: datetime,
) -> dict[Holder, list[Position]]:
    """The same for rows of owed_by_consignment that were chosen already."""
    ids = [pk for _holder, pk in owed if pk]
    rows = Consignment.objects.filter(pk__in=ids).select_related("order__payment")
    consignments = {row.pk: row for row in rows}
    stopped = frozen_orders(row.order_id for row in consignments.values())
    found: dict[Holder, list[Position]] = {holder: [] for holder in holders}
    for (holder, pk), amount in sorted(owed.items(), key=lambda item: item[0][1] or 0):
        money = Money(amount, currency)
        found[holder].append(_position(consignments.get(pk), money, offers.get(holder), stopped, now))
    return found


def frozen_orders(order_ids: Iterable[int]) -> set[int]:
    """Those of the orders of which nothing is paid out now: disputed, or waiting for a person's decision."""
    return set(stopped_payments().filter(order__in=list(order_ids)).values_list("order_id", flat=True))


def stopped_payments() -> QuerySet[Payment]:
    """Those of which nothing is paid out now."""
    # A mail that could not be sent is no doubt about the money.
    unsettled = Attention.objects.open().exclude(kind=MAIL_TROUBLE).exclude(payment=None)
    disputed = Dispute.objects.filter(state=Dispute.State.OPEN)
    stopped = Q(pk__in=disputed.values("payment")) | ~Q(state="paid") | Q(pk__in=unsettled.values("payment"))
    return Payment.objects.filter(stopped)


def _position(
    row: Consignment | None, owed: Money, offer: Offer | None, stopped: set[int], now: datetime
) -> Position:
    if owed.amount < 0 and row is None:
        return Position(row, owed, Standing.BACK, _("A correction by the shop. It is taken off your next payout."))
    if owed.amount < 0:
        text = _("More was given back to the buyer than was still owed. It is taken off your next payout.")
        return Position(row, owed, Standing.BACK, text)
    if row is None:
        return Position(row, owed, Standing.DUE, _("A correction by the shop."), timezone.localdate(now))
    if row.order_id in stopped:
        text = _("The order is disputed or being looked at; your share waits until that is settled.")
        return Position(row, owed, Standing.FROZEN, text)
    if row.state != Consignment.State.DELIVERED or row.delivered_at is None:
        return Position(row, owed, Standing.PENDING, _("It is not marked as delivered yet."))
    if offer is None:
        text = _("Nobody knows yet where to send it: please say how you want to be paid.")
        return Position(row, owed, Standing.HELD, text)
    return _delivered(row, owed, offer, now)


def _delivered(row: Consignment, owed: Money, offer: Offer, now: datetime) -> Position:
    days = offer.terms.hold_days
    free = row.delivered_at + timedelta(days=days)
    due_on = offer.next_day(timezone.localdate(free))
    values = {"day": formats.day(row.delivered_at), "days": days, "due": formats.day(due_on)}
    if free > now:
        text = _("Delivered on %(day)s and held for %(days)s days, so that the buyer can complain. It comes on %(due)s.")
        return Position(row, owed, Standing.HELD, text % values, due_on)
    due_on = offer.next_day(timezone.localdate(now))
    values["due"] = formats.day(due_on)
    text = _("Delivered on %(day)s. It comes with the next payout, on %(due)s.")
    return Position(row, owed, Standing.DUE, text % values, due_on)


def payouts_frozen(order) -> bool:
    """Whether nothing of ``order`` is paid out now. Lock its payment first where the answer must hold."""
    return bool(frozen_orders([order.pk]))
