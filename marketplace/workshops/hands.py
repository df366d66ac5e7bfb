"""Whose hand and for whom: what the log of a piece keeps where somebody lists for a maker."""

from marketplace.workshops.models import Assistance, Consent, Member, Workshop


def of(workshop: Workshop, user) -> dict | None:
    """{"for": maker, "by": her office or co-operative, "consent": id | None} while ``user`` is no member; else None."""
    if user is None or Member.objects.filter(workshop=workshop, user=user).exists():
        return None
    helped = Assistance.objects.filter(workshop=workshop, ended_at=None).select_related("officer", "cooperative").first()
    if helped is None:
        return None
    consent = Consent.objects.filter(assistance=helped, withdrawn_at=None).first()
    return {"for": helped.maker_name, "by": helper_name(helped), "consent": consent.pk if consent else None}


def helper_name(assistance: Assistance) -> str:
    """The office, or the co-operative in its own words: as a maker knows it."""
    if assistance.officer_id:
        return assistance.officer.title
    row = assistance.cooperative.texts.filter(locale__language_code=assistance.cooperative.source_language).first()
    return row.name if row else str(assistance.cooperative)
