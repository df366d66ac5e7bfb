"""Payees that wait although they were approved: entered around a change of their owner's e-mail or telephone.

Whoever took over an account changes both. Until the old address had its time to object, nothing is paid there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from marketplace.payments.models import ContactChange, Payee
from marketplace.workshops.models import Member


def paused_until(payees: Iterable[Payee], now: datetime | None = None) -> dict[int, datetime]:
    """Payee id → until when nothing is paid there. Two statements, one where nobody changed anything lately."""
    now = now or timezone.now()
    changes = list(ContactChange.objects.filter(until__gt=now))
    payees = list(payees)
    if not changes or not payees:
        return {}
    owners = Member.objects.filter(is_owner=True, user__in=[row.user_id for row in changes])
    owned = set(owners.values_list("workshop", "user"))
    around = timedelta(hours=settings.MARKETPLACE_CONTACT_CHANGE_HOURS)
    found: dict[int, datetime] = {}
    for row in payees:
        ends = [
            change.until
            for change in changes
            if row.entered_at >= change.made_at - around
            and (change.user_id == row.entered_by_id or (row.workshop_id, change.user_id) in owned)
        ]
        if ends:
            found[row.pk] = max(ends)
    return found
