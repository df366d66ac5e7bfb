"""An officer decides about a workshop of her area: open it, ask for more, decline it, close it."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace.workshops import stages
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Decision, Officer, Workshop

Outcome, Reason, Stage = Decision.Outcome, Decision.Reason, Workshop.Stage
DECIDED = "wagtail.edit"
LONGEST_WORDS = 1000
# What a workshop becomes, by what it is and what is decided.
NEXT = {
    Stage.APPLIED: {Outcome.OPENED: Stage.OPEN, Outcome.ASKED: Stage.APPLIED, Outcome.DECLINED: Stage.DECLINED},
    Stage.DECLINED: {Outcome.OPENED: Stage.OPEN},
    Stage.OPEN: {Outcome.CLOSED: Stage.CLOSED},
    Stage.CLOSED: {Outcome.OPENED: Stage.OPEN},
}
# What an officer may choose to say to the maker with each outcome.
REASONS = {
    Outcome.OPENED: (Reason.KNOWN, Reason.VISITED, Reason.PAPERS),
    Outcome.ASKED: (Reason.MORE, Reason.UNREACHED),
    Outcome.DECLINED: (Reason.NOT_HERE, Reason.NOT_CRAFT, Reason.TWICE, Reason.UNREACHED),
    Outcome.CLOSED: (Reason.STOPPED, Reason.RULES, Reason.NOT_HERE, Reason.NOT_CRAFT, Reason.TWICE),
}
# Said by the shop itself where nobody chose a reason.
UNCHOSEN = {Outcome.OPENED: (Reason.ASSISTED,)}


@transaction.atomic
def decide(
    *,
    workshop: Workshop,
    officer: Officer,
    outcome: str,
    reason: str,
    words: str = "",
    language: str = "",
    key: uuid.UUID | None = None,
    seen: int | None = None,
) -> Decision:
    """Record the decision and make it true: pieces of an open workshop are public, those of a closed one are not.

    Orders that are placed stay. The same ``key`` answers with the decision that it made before. ``seen`` is the id of
    the last decision that the officer had before her (0: none). Raises Refused, also when somebody else was faster;
    LookupError for a workshop outside of her area or an office that has ended.
    """
    locked = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    offices = Officer.objects.of(officer.user).filter(pk=officer.pk)
    if not offices.workshops().filter(pk=locked.pk).exists():
        raise LookupError(f"Workshop {locked.slug} is not for officer {officer.pk}.")
    known = Decision.objects.filter(workshop=locked, officer=officer, key=key).first() if key else None
    if known is not None:
        return known
    _check(locked, outcome, reason, words, language, seen)
    made = Decision.objects.create(
        workshop=locked, officer=officer, outcome=outcome, reason=reason, words=words,
        language=language if words else "", key=key,
    )  # fmt: skip
    _become(locked, NEXT[locked.stage][outcome])
    data = {"decision": made.pk, "outcome": outcome, "reason": reason, "stage": locked.stage, "by": officer.title}
    log(instance=locked, action=DECIDED, user=officer.user, data=data)
    workshop.stage = locked.stage
    return made


def last_decision(workshop: Workshop) -> Decision | None:
    return workshop.decisions.select_related("officer").first()


def _check(workshop: Workshop, outcome: str, reason: str, words: str, language: str, seen: int | None) -> None:
    last = last_decision(workshop)
    if seen is not None and seen != (last.pk if last else 0):
        raise Refused(_("Somebody has decided about this workshop meanwhile. Please look at it again."))
    if outcome not in NEXT[workshop.stage]:
        raise Refused(_("This cannot be done now: somebody may have decided meanwhile."), "outcome")
    if reason not in (*REASONS[outcome], *UNCHOSEN.get(outcome, ())):
        raise Refused(_("Please choose a reason that goes with your decision."), "reason")
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Please use at most %(most)s letters.") % {"most": LONGEST_WORDS}, "words")
    if words and not language:
        raise Refused(_("Please say which language your words are in."), "language")


def _become(workshop: Workshop, stage: str) -> None:
    """Where somebody lists for the maker without a consent that holds, nothing is shown: it waits for her yes."""
    if stage == workshop.stage:
        return
    workshop.stage = stage
    workshop.save(update_fields=["stage"])
    if stage == Stage.OPEN:
        if _is_agreed(workshop):
            stages.show_all(workshop=workshop)
    else:
        stages.hide_all(workshop=workshop)


def _is_agreed(workshop: Workshop) -> bool:
    try:
        stages.check_consent(workshop)
    except Refused:
        return False
    return True
