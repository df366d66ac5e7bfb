"""Who is told of what an officer decides, and of what happens to a help."""

from marketplace.notices.services import tell, tell_workshop
from marketplace.workshops.assisting import helpers_of
from marketplace.workshops.models import Assistance, Decision, Right


def decided(decision: Decision) -> None:
    """All owners, each in her language: a reason of ours, and below it the officer's own words as they were written."""
    values = {
        "workshop": str(decision.workshop),
        "outcome": decision.outcome,
        "reason": decision.reason,
        "words": decision.words,
        "office": decision.officer.title,
    }
    tell_workshop(
        workshop=decision.workshop,
        rights=[Right.OWN],
        kind="workshop_decided",
        key=f"decision-{decision.pk}",
        values=values,
        url=f"/desk/{decision.workshop.slug}/",
    )


def taken_over(helped: Assistance) -> None:
    values = {"workshop": str(helped.workshop), "maker": helped.maker_name}
    for user in helpers_of(helped):
        tell(user=user, kind="handover_used", key=f"assistance-{helped.pk}", values=values)
