"""Where the demo's workshops are paid: invented accounts, entered by their owners and approved by the demo's staff."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from marketplace.fulfilment.sealing import seal
from marketplace.payments.models import Payee
from marketplace.payments.payouts.accounts import mask
from marketplace.workshops.models import Member
from storefront.demo import content


def load_payees() -> int:
    """One for each workshop with an owner that has none. Answers how many there are."""
    row = content.shares()["payee"]
    staff = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    known = set(Payee.objects.values_list("workshop", flat=True))
    owners = Member.objects.filter(is_owner=True, workshop__is_sample=True).exclude(workshop__in=known)
    now = timezone.now()
    for owner in owners.select_related("workshop__village__economy").order_by("workshop", "pk"):
        if owner.workshop_id in known or staff is None:
            continue
        known.add(owner.workshop_id)
        account = f"{row['account']}{owner.workshop_id:04}"
        Payee.objects.create(
            workshop=owner.workshop,
            route=row["route"],
            currency=owner.workshop.village.economy.currency,
            holder_name=owner.workshop.contact or owner.workshop.slug,
            bank=row["bank"],
            sealed=seal(account),
            masked=mask(account),
            state=Payee.State.ACTIVE,
            entered_by=owner.user,
            decided_by=staff,
            decided_at=now,
        )
    return Payee.objects.count()
