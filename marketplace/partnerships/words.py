"""Languages that agencies ask for: a wish waits until the words are there, and its agency is told once."""

from collections.abc import Callable, Iterable
from itertools import groupby

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace import signals
from marketplace.partnerships.counting import SUBJECT
from marketplace.partnerships.models import Agency, Part, WordsAsked
from marketplace.partnerships.seats import seats
from marketplace.typed import clean_words
from marketplace.workshops.details import Refused

ASKED, TAKEN_BACK = "marketplace.words_asked", "marketplace.words_not_asked"
LONGEST_NOTE = 300


@transaction.atomic
def ask(*, agency: Agency, subject: str, language: str, note: str = "", by) -> WordsAsked:
    """A wish for ``subject`` ("story-7") in ``language``; asked again while it waits, it is the same one. Raises Refused."""
    locked = seats.lock_for(agency, by, Part.EDIT)
    note = clean_words(note, lines=False)
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Please choose one of the languages."), "language")
    if not SUBJECT.fullmatch(subject):
        raise Refused(_("We do not know what you ask for. Please choose it from the list."), "subject")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("Please use at most %(most)s letters.") % {"most": LONGEST_NOTE}, "note")
    waiting = WordsAsked.objects.filter(agency=locked, answered_at=None)
    if known := waiting.filter(subject=subject, language=language).first():
        return known
    most = settings.MARKETPLACE_AGENCY["WISHES"]
    if waiting.count() >= most:
        raise Refused(_("%(most)s of your wishes wait already. Please take one back first.") % {"most": most})
    try:
        with transaction.atomic():
            row = WordsAsked.objects.create(agency=locked, subject=subject, language=language, note=note, asked_by=by)
    except IntegrityError:
        return waiting.get(subject=subject, language=language)
    log(instance=locked, action=ASKED, user=by, data={"subject": subject, "language": language})
    return row


@transaction.atomic
def take_back(*, agency: Agency, wish: WordsAsked, by) -> None:
    """Raises Refused where it was answered; DoesNotExist for another agency's."""
    locked = seats.lock_for(agency, by, Part.EDIT)
    row = WordsAsked.objects.select_for_update(no_key=True).get(pk=wish.pk, agency=locked)
    if row.answered_at is not None:
        raise Refused(_("The words that you asked for are here already."))
    row.delete()
    log(instance=locked, action=TAKEN_BACK, user=by, data={"subject": row.subject, "language": row.language})


def waiting() -> dict[tuple[str, str], int]:
    """(subject, language) → how many agencies wait for it: for the people who translate. One statement."""
    pairs = WordsAsked.objects.filter(answered_at=None).values_list("subject", "language")
    found: dict[tuple[str, str], int] = {}
    for pair in pairs:
        found[pair] = found.get(pair, 0) + 1
    return found


@transaction.atomic
def answer(is_there: Callable[[str, str], bool]) -> int:
    """Mark the wishes whose words are there now, by what ``is_there(subject, language)`` says; tell the agencies.

    Answers how many. Whoever knows stories and pieces calls it: the nightly command, or a receiver.
    """
    rows = WordsAsked.objects.select_for_update(of=("self",), no_key=True).filter(answered_at=None)
    rows = rows.select_related("agency").order_by("agency_id", "pk")
    known: dict[tuple[str, str], bool] = {}
    there = []
    for row in rows:
        pair = (row.subject, row.language)
        if pair not in known:
            known[pair] = is_there(*pair)
        if known[pair]:
            there.append(row)
    _tell(there)
    return len(there)


def _tell(rows: Iterable[WordsAsked]) -> None:
    now = timezone.now()
    for _agency, group in groupby(rows, key=lambda row: row.agency_id):
        wishes = list(group)
        for row in wishes:
            row.answered_at = now
            row.save(update_fields=["answered_at"])
        signals.words_there.send(sender=WordsAsked, wishes=wishes)
