"""Payees that wait although they were approved: entered around a change of their owner's e-mail or telephone.

Whoever took over an account changes both. Until the old address had its time to object, nothing is paid there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from marketplace.partnerships.models import Seat
from marketplace.payments.models import ContactChange, Payee
from marketplace.workshops.models import Member


def paused_until(payees: Iterable[Payee], now: datetime | None = None) -> dict[int, datetime]:
    """Payee id → until when nothing is paid there. Three statements, one where nobody changed anything lately."""
    now = now or timezone.now()
    changes = list(ContactChange.objects.filter(until__gt=now))
    payees = list(payees)
    if not changes or not payees:
        return {}
    owned = _owned([row.user_id for row in changes])
    around = timedelta(hours=settings.MARKETPLACE_CONTACT_CHANGE_HOURS)
    found: dict[int, datetime] = {}
    for row in payees:
        ends = [
            change.until
            for change in changes
            if row.entered_at >= change.made_at - around
            and (change.user_id == row.entered_by_id or (row.workshop_id, row.agency_id, change.user_id) in owned)
        ]
        if ends:
            found[row.pk] = max(ends)
    return found


def _owned(users: list[int]) -> set[tuple[int | None, int | None, int]]:
    """(workshop, agency, user): what each of ``users`` owns."""
    workshops = Member.objects.filter(is_owner=True, user__in=users).values_list("workshop", "user")
    agencies = Seat.objects.filter(is_owner=True, user__in=users).values_list("agency", "user")
    return {(pk, None, user) for pk, user in workshops} | {(None, pk, user) for pk, user in agencies}
