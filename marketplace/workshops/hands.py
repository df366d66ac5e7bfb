"""Whose hand and for whom: what the log of a piece keeps where somebody lists for a maker."""

from marketplace.workshops.models import Assistance, Consent, Member, Workshop


def of(workshop: Workshop, user) -> dict | None:
    """{"for": maker, "by": officer's title or co-operative, "consent": id | None} while ``user`` is no member; else None."""
    if user is None or Member.objects.filter(workshop=workshop, user=user).exists():
        return None
    helped = Assistance.objects.filter(workshop=workshop, ended_at=None).select_related("officer", "cooperative").first()
    if helped is None:
        return None
    consent = Consent.objects.filter(assistance=helped, withdrawn_at=None).first()
    by = helped.officer.title if helped.officer else helped.cooperative.slug
    return {"for": helped.maker_name, "by": by, "consent": consent.pk if consent else None}
