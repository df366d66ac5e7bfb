"""Putting a batch together: what each workshop and agency is due, netted and cut to what can be sent. Nothing is posted yet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from marketplace.money import Money
from marketplace.payments import audit
from marketplace.payments.models import Holder, Payee, Payment, Payout, PayoutBatch, PayoutLine
from marketplace.payments.payouts.balances import Position, Standing, positions_of
from marketplace.payments.payouts.pauses import paused_until
from marketplace.payments.payouts.terms import Offer, TermsBook

State = Payout.State
# Without letters and digits that are mistaken for each other.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cut:
    """What a payout would take: lines by consignment id, their sum, and the fees."""

    lines: tuple[tuple[int | None, Decimal], ...]
    amount: Money
    fee: Money
    shop_fee: Money


@transaction.atomic
def prepare(
    *, route: str, currency: str, by=None, now: datetime | None = None, only: Collection[Holder] | None = None
) -> PayoutBatch | None:
    """A batch of everything that is due by a route in a currency; None where nothing is. ``by`` None: the schedule.

    ``only``: these and nobody else; None: all.

    Left out: those below their minimum, those whose new payee waits for approval, those in another open batch, and
    those whose route does not exist (any more). Two at once: the second finds nothing.
    """
    now = now or timezone.now()
    payees = [row for row in _lock_payees(route, currency) if only is None or row.holder in only]
    offers = _offers(payees, timezone.localdate(now))
    payees = [row for row in payees if row.holder in offers]
    positions = locked_positions([row.holder for row in payees], currency, offers, now)
    cuts = {row: cut(due_lines(positions[row.holder]), offers[row.holder], currency) for row in payees}
    found = {row: part for row, part in cuts.items() if part}
    if not found:
        return None
    batch = PayoutBatch.objects.create(
        number=f"B-{get_random_string(8, SIGNS)}", route=route, currency=currency, as_of=now, prepared_by=by
    )
    for payee, part in found.items():
        _write(batch, payee, part)
    audit.record(action="marketplace.payout_made", instance=batch, by=by, after={"total": total_of(batch).amount})
    return batch


def _lock_payees(route: str, currency: str) -> list[Payee]:
    """Those who can be paid now, locked in the order of their ids: whoever prepares at the same time waits."""
    rows = Payee.objects.filter(route=route, currency=currency, state=Payee.State.ACTIVE)
    locked = list(rows.select_for_update(of=("self",)).select_related("workshop__village", "agency").order_by("pk"))
    waiting = Payee.objects.filter(currency=currency, state=Payee.State.WAITING)
    busy = Payout.objects.filter(currency=currency, state=State.PREPARED)
    left_out = {*waiting.values_list("workshop", "agency"), *busy.values_list("workshop", "agency")}
    paused = paused_payees(locked)
    return [row for row in locked if (row.workshop_id, row.agency_id) not in left_out and row.pk not in paused]


def paused_payees(payees: Collection[Payee]) -> set[int]:
    """Ids of those that are paid nothing at present: paused themselves, or paid through a co-operative whose own payee is."""
    through = {row.through_id for row in payees if row.through_id}
    theirs = Payee.objects.filter(workshop__in=through, state=Payee.State.ACTIVE) if through else []
    paused = paused_until([*payees, *theirs])
    halls = {(row.workshop_id, row.currency) for row in theirs if row.pk in paused}
    return {row.pk for row in payees if row.pk in paused or (row.through_id, row.currency) in halls}


def _offers(payees: Iterable[Payee], on) -> dict[Holder, Offer]:
    book = TermsBook([row.holder.economy for row in payees])
    found = {row.holder: book.offer(row.holder.economy, row.route, row.currency, on) for row in payees}
    return {holder: offer for holder, offer in found.items() if offer and offer.exists}


def offers_of(payouts: Iterable[Payout], on) -> dict[Holder, Offer]:
    """The terms on which each is paid in a batch."""
    return _offers([row.payee for row in payouts], on)


def locked_positions(
    holders: Sequence[Holder], currency: str, offers: dict[Holder, Offer], now: datetime
) -> dict[Holder, list[Position]]:
    """Positions that stay as they are until the transaction ends: refunds and disputes lock the same payments."""
    before = positions_of(holders, currency, offers, now=now)
    orders = {row.consignment.order_id for rows in before.values() for row in rows if row.consignment}
    list(Payment.objects.filter(order__in=orders).select_for_update().order_by("pk").values_list("pk", flat=True))
    return positions_of(holders, currency, offers, now=now)


def due_lines(positions: Iterable[Position]) -> list[tuple[int | None, Decimal]]:
    """(consignment id, amount): what is due, and what is to be netted."""
    wanted = (Standing.DUE, Standing.BACK)
    return [
        (row.consignment.pk if row.consignment else None, row.owed.amount)
        for row in positions
        if row.standing in wanted
    ]


def cut(lines: Sequence[tuple[int | None, Decimal]], offer: Offer, currency: str) -> Cut | None:
    """What of ``lines`` is sent; None where nothing is. What cannot be sent stays owed in the last lines."""
    whole = Money(sum((amount for _pk, amount in lines), Decimal(0)), currency)
    amount, fee = offer.cut(whole)
    if not amount:
        return None
    carried, kept = (whole - amount).amount, []
    for pk, value in reversed(lines):
        less = min(carried, value) if value > 0 else Decimal(0)
        carried -= less
        kept.append((pk, value - less))
    nothing = Money(Decimal(0), currency)
    shop_fee = nothing if fee or offer.terms.fee_by == "workshop" else offer.fee(amount)
    return Cut(tuple((pk, value) for pk, value in reversed(kept) if value), amount, fee, shop_fee)


def _write(batch: PayoutBatch, payee: Payee, part: Cut) -> Payout:
    payout = Payout.objects.create(
        batch=batch,
        number=f"P-{get_random_string(8, SIGNS)}",
        payee=payee,
        **payee.holder.where,
        currency=batch.currency,
        amount=part.amount.amount,
        fee=part.fee.amount,
        shop_fee=part.shop_fee.amount,
    )
    write_lines(payout, part)
    return payout


def write_lines(payout: Payout, part: Cut) -> None:
    PayoutLine.objects.bulk_create(
        PayoutLine(payout=payout, consignment_id=pk, amount=amount) for pk, amount in part.lines
    )


def total_of(batch: PayoutBatch) -> Money:
    """What reaches those who are paid, without payouts that were taken out."""
    rows = batch.payouts.exclude(state=State.WITHDRAWN)
    return Money(sum((row.net for row in rows), Decimal(0)), batch.currency)


def withdrawn_words() -> str:
    return _("Nothing is left to pay out: it was disputed, given back, or the payee has changed.")
