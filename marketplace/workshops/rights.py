"""Who may work in which workshop at this moment, and do what there. Read anew on every request."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from marketplace.workshops.models import Assistance, Member, Right, Workshop

# Who lists for a maker also helps with her parcels; her money and her members stay hers.
OF_HELPERS = frozenset({Right.LIST, Right.PACK})


@dataclass(frozen=True)
class Seat:
    """One person's place in one workshop. ``assistance`` is set where she lists for its maker and is no member."""

    workshop: Workshop
    rights: frozenset[Right]
    assistance: Assistance | None = None

    def may(self, right: Right) -> bool:
        return right in self.rights or Right.OWN in self.rights


def seats_of(user) -> list[Seat]:
    """The workshops that ``user`` works in or lists for, by slug."""
    rows = Member.objects.filter(user=user, user__is_active=True)
    members = rows.select_related("workshop__village", "workshop__partner").prefetch_related("workshop__texts__locale")
    seats = {row.workshop_id: Seat(row.workshop, frozenset(row.rights)) for row in members}
    for row in assistances_of(user):
        seats.setdefault(row.workshop_id, Seat(row.workshop, OF_HELPERS, row))
    return sorted(seats.values(), key=lambda seat: seat.workshop.slug)


def has_seat(user) -> bool:
    """Whether ``user`` has anything to do at any desk; cheaper than seats_of."""
    return Member.objects.filter(user=user, user__is_active=True).exists() or _assisted_by(user).exists()


def assistances_of(user) -> list[Assistance]:
    """Open assistances that ``user`` works for: as the officer, within her area, or as a lister of the co-operative."""
    rows = _assisted_by(user).select_related("workshop__village", "workshop__partner", "officer")
    return list(rows.prefetch_related("workshop__texts__locale"))


def _assisted_by(user) -> QuerySet[Assistance]:
    """An officer helps within her area, wherever the workshop has moved meanwhile."""
    own = Member.objects.filter(Q(is_owner=True) | Q(lists=True), user=user, user__is_active=True)
    office = Q(officer__user=user, officer__user__is_active=True, officer__ended_at=None)
    inside = Q(officer__village=F("workshop__village")) | Q(officer__economy=F("workshop__village__economy"))
    return Assistance.objects.filter(
        (office & inside) | Q(cooperative__in=own.values("workshop")), ended_at=None
    )


def owners_of(workshop: Workshop) -> list:
    """The users who own it, those who have been there longest first."""
    rows = Member.objects.filter(workshop=workshop, is_owner=True, user__is_active=True).select_related("user")
    return [row.user for row in rows.order_by("pk")]
