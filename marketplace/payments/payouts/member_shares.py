"""Members' shares: set by the owner, frozen with each payout when it is approved, and what that says to each of them.

The shop pays the workshop and nobody else. This is the list by which its members share the money among themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.money import Money, allocate
from marketplace.payments import audit
from marketplace.payments.models import MemberShare, MemberShareRule, Payout, PayoutShare
from marketplace.workshops.models import Member, Workshop

Unit = MemberShareRule.Unit
WHOLE = Decimal(100)
MOST_PEOPLE = 200
# Of these nothing arrived, or not yet for certain that anything will.
NOT_SHARED = (Payout.State.PREPARED, Payout.State.WITHDRAWN, Payout.State.FAILED)

audit.add_action("marketplace.member_shares", gettext_lazy("Set how members share what is paid out"))


class BadShares(Exception):
    """Nothing was written; ``str`` is for the person. ``row`` counts from 0, None: it is about all of them."""

    def __init__(self, text: str, row: int | None = None) -> None:
        super().__init__(text)
        self.row = row


@dataclass(frozen=True)
class Wish:
    """One person in a rule that is to be set. ``user`` must be a member of the workshop."""

    name: str
    parts: Decimal
    user: int | None = None


def rule_of(workshop: Workshop, on: date) -> MemberShareRule | None:
    """What counts on that day; None where nothing is shared out."""
    rules = MemberShareRule.objects.filter(workshop=workshop, starts_on__lte=on).prefetch_related("shares")
    latest = rules.first()
    return latest if latest and latest.is_on else None


def coming_rules(workshop: Workshop, after: date) -> list[MemberShareRule]:
    """Those that will count later than ``after``, the next one first."""
    return list(MemberShareRule.objects.filter(workshop=workshop, starts_on__gt=after).order_by("starts_on", "id"))


@transaction.atomic
def set_rule(
    *, workshop: Workshop, by, starts_on: date, unit: str = Unit.PERCENT, shares: Sequence[Wish] = ()
) -> MemberShareRule:
    """From ``starts_on`` payouts are shared out by ``shares``; without any, nothing is. What is paid out stays as it is.

    Raises BadShares; then nothing was written. Set twice alike, there is one rule.
    """
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    if not Member.objects.filter(workshop=workshop, user=by, is_owner=True, user__is_active=True).exists():
        raise BadShares(_("Only the owner of the workshop can change how its members share."))
    if starts_on < timezone.localdate():
        raise BadShares(_("Please choose today or a later day. What is paid out already stays as it is."))
    _refuse_bad(workshop, unit, shares)
    before = MemberShareRule.objects.filter(workshop=workshop, starts_on__lte=starts_on).prefetch_related("shares").first()
    if before and _same(before, unit, shares) and before.starts_on == starts_on:
        return before
    rule = MemberShareRule.objects.create(
        workshop=workshop, starts_on=starts_on, is_on=bool(shares), unit=unit, set_by=by
    )
    MemberShare.objects.bulk_create(
        MemberShare(rule=rule, name=wish.name, user_id=wish.user, parts=wish.parts) for wish in shares
    )
    audit.record(action="marketplace.member_shares", instance=rule, by=by, before=_shown(before), after=_shown(rule))
    return rule


def _refuse_bad(workshop: Workshop, unit: str, shares: Sequence[Wish]) -> None:
    if unit not in Unit.values:
        raise BadShares(_("Please choose percent or parts."))
    if len(shares) > MOST_PEOPLE:
        raise BadShares(_("At most %(most)s people can share.") % {"most": MOST_PEOPLE})
    members = set(Member.objects.filter(workshop=workshop).values_list("user_id", flat=True))
    seen: set = set()
    for number, wish in enumerate(shares):
        if not wish.name.strip():
            raise BadShares(_("Please write a name."), number)
        if not wish.parts.is_finite() or wish.parts <= 0:
            raise BadShares(_("Please write a number above zero."), number)
        if wish.user is not None and wish.user not in members:
            raise BadShares(_("This person does not work here."), number)
        who = wish.user or wish.name.strip().casefold()
        if who in seen:
            raise BadShares(_("This person stands here twice."), number)
        seen.add(who)
    total = sum((wish.parts for wish in shares), Decimal(0))
    if shares and unit == Unit.PERCENT and total != WHOLE:
        raise BadShares(_("Together they must be 100 percent. Now they are %(total)s.") % {"total": f"{total:f}"})


def _same(rule: MemberShareRule, unit: str, shares: Sequence[Wish]) -> bool:
    kept = [(row.name, row.parts, row.user_id) for row in rule.shares.all()]
    return (rule.unit, kept) == (unit, [(wish.name, wish.parts, wish.user) for wish in shares])


def _shown(rule: MemberShareRule | None) -> dict:
    """For the log: how many and how much, no names."""
    if rule is None or not rule.is_on:
        return {"people": 0}
    parts = list(rule.shares.values_list("parts", flat=True))
    return {"starts_on": rule.starts_on, "unit": rule.unit, "people": len(parts), "parts": parts}


def freeze(payout: Payout, money: Money | None = None) -> None:
    """Write what each member gets of ``payout`` (of ``money``, where less arrives than was sent). Call it in the
    transaction that lets the money go. A later rule changes nothing of it.
    """
    money = money or Money(payout.net, payout.currency)
    kept = list(payout.member_shares.all())
    if kept:
        for row, part in zip(kept, allocate(money, [row.parts for row in kept]), strict=True):
            row.amount = part.amount
        PayoutShare.objects.bulk_update(kept, ["amount"])
        return
    # An agency has no members who share.
    rule = rule_of(payout.workshop, timezone.localdate()) if payout.workshop else None
    if rule is None:
        return
    rows = list(rule.shares.all())
    PayoutShare.objects.bulk_create(
        PayoutShare(payout=payout, name=row.name, user_id=row.user_id, parts=row.parts, amount=part.amount)
        for row, part in zip(rows, allocate(money, [row.parts for row in rows]), strict=True)
    )


@dataclass(frozen=True)
class SharedOut:
    """A payout and how it is shared; the shares add up to ``money``."""

    number: str
    money: Money
    shares: tuple[tuple[str, Money], ...]


def shared_out(numbers: Iterable[str]) -> list[SharedOut]:
    """Of the payouts with these numbers those that are shared and did not fail, in the order of their ids."""
    rows = PayoutShare.objects.filter(payout__number__in=list(numbers)).exclude(payout__state__in=NOT_SHARED)
    found: dict[str, list[tuple[str, Money]]] = {}
    for row in rows.select_related("payout").order_by("payout_id", "pk"):
        found.setdefault(row.payout.number, []).append((row.name, Money(row.amount, row.payout.currency)))
    return [
        SharedOut(number, sum((money for _name, money in shares[1:]), shares[0][1]), tuple(shares))
        for number, shares in found.items()
    ]


def shares_of_person(workshop: Workshop, user, most: int) -> list[PayoutShare]:
    """The latest payouts of ``workshop`` of which ``user`` gets a share, with hers only."""
    rows = PayoutShare.objects.filter(user=user, payout__workshop=workshop).exclude(payout__state__in=NOT_SHARED)
    return list(rows.select_related("payout__batch").order_by("-payout_id")[:most])
