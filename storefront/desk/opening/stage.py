"""Where a workshop stands with its officer, in the reader's language: for the banner of its desk."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.text import shown_in
from marketplace import formats
from marketplace.workshops import opening
from marketplace.workshops.models import Decision, Workshop

# For so long the desk tells that it was opened, and why.
NEWS = timedelta(days=14)


def describe_stage(workshop: Workshop, *, home: bool) -> dict:
    """{"stage", "says", "decision", "note", "may_answer"}; empty where there is nothing to tell.

    An open workshop hears of it on its first page only (``home``). At most two statements.
    """
    if workshop.is_open and not home:
        return {}
    last = workshop.decisions.select_related("officer").first()
    if workshop.is_open:
        fresh = last is not None and last.outcome == Decision.Outcome.OPENED and last.decided_at > timezone.now() - NEWS
        return {"stage": "open", "says": _("Your workshop is open."), "decision": _decision(last)} if fresh else {}
    note = workshop.application_notes.first() if last else None
    answered = note is not None and note.at >= last.decided_at
    return {
        "stage": workshop.stage,
        "says": _says(workshop, last, answered),
        "decision": _decision(last) if last and not answered else None,
        "note": _words(note.text, note.language) if answered else None,
        "may_answer": not answered and opening.asked(workshop) is not None,
    }


def _says(workshop: Workshop, last: Decision | None, answered: bool) -> str:
    if workshop.stage == Workshop.Stage.CLOSED:
        return _("Your workshop is closed. Buyers do not see your pieces. What is ordered stays ordered.")
    if workshop.stage == Workshop.Stage.DECLINED:
        return _("Your workshop was not opened. Nobody sees your pieces.")
    if answered:
        return _("Your answer is with the officer. You can list pieces already. Nobody sees them yet.")
    if last is not None and last.outcome == Decision.Outcome.ASKED:
        return _("The officer asks you something before your workshop can open. Nobody sees your pieces yet.")
    return _(
        "The officer of your village’s programme reads what you wrote. You can list pieces now."
        " Buyers see them when your workshop is open."
    )


def _decision(row: Decision) -> dict:
    """The reason in the reader's language; the officer's own words in hers, labelled."""
    return {
        "reason": row.get_reason_display(),
        "words": _words(row.words, row.language) if row.words else None,
        "by": row.officer.title,
        "on": formats.day(row.decided_at),
    }


def _words(text: str, language: str) -> dict:
    return {"text": text, "lang": language, "label": shown_in(language, get_language() or "") if language else ""}
