"""A group asks for a workshop: what it answers is kept step by step, and at the end there is one that waits."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from oscar.core.loading import get_model
from wagtail.log_actions import log
from wagtail.models import Locale

from marketplace import signals
from marketplace.economies.models import Economy
from marketplace.workshops.details import Refused
from marketplace.workshops.models import (
    Application,
    ApplicationNote,
    Decision,
    Member,
    Village,
    Workshop,
    WorkshopText,
)

Partner = get_model("partner", "Partner")
Stage = Workshop.Stage
APPLIED, ANSWERED, ASKED_FOR_VILLAGE = (
    "marketplace.workshop_applied",
    "marketplace.application_answered",
    "marketplace.village_asked",
)
LONGEST_ANSWER = 1000
LONGEST_SLUG, LONGEST_PREFIX = 40, 6
ATTEMPTS = 5


@dataclass(frozen=True)
class About:
    """What a group says of itself; ``person`` is who answers for it."""

    name: str
    kind: str
    person: str
    language: str


@transaction.atomic
def note_down(*, user, key: uuid.UUID, about: About) -> Application:
    """Keep what she has answered so far. The same ``key`` changes the same application; one that was sent stays as it is."""
    known = Application.objects.select_for_update(no_key=True).filter(key=key, user=user).first()
    if known is not None and known.sent_at is not None:
        return known
    _check(about)
    values = {"name": about.name, "kind": about.kind, "person": about.person, "language": about.language}
    if known is None:
        made, _new = Application.objects.get_or_create(key=key, user=user, defaults=values)
        return made
    for name, value in values.items():
        setattr(known, name, value)
    known.save(update_fields=list(values))
    return known


@transaction.atomic
def apply(
    *, application: Application, village: Village | None = None, economy: Economy | None = None, village_asked: str = ""
) -> Workshop | None:
    """Make the workshop, which waits for its officer. Sent twice, the same one comes back.

    Where the register does not know the village, ``economy`` and ``village_asked`` are kept for the staff, and the answer
    is None until they name one: then they call this again. Raises Refused.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=application.user_id)  # one at a time of a person
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if row.workshop_id is not None:
        return row.workshop
    if village is None and (economy is None or not village_asked.strip()):
        raise Refused(_("Please choose your village."), "village")
    check_room(row, village)
    row.sent_at = row.sent_at or timezone.now()
    if village is None:
        row.economy, row.village_asked = economy, village_asked
        row.save(update_fields=["economy", "village_asked", "sent_at"])
        log(instance=row, action=ASKED_FOR_VILLAGE, user=row.user, data={"economy": economy.pk})
        return None
    row.village = village
    row.workshop = _make(row)
    row.save(update_fields=["village", "workshop", "sent_at"])
    log(instance=row.workshop, action=APPLIED, user=row.user, data={"village": village.slug})
    _announce(row.workshop)
    return row.workshop


@transaction.atomic
def answer(*, workshop: Workshop, user, text: str, language: str) -> ApplicationNote:
    """An owner's answer to an officer who asked for more, or who declined: the application waits again.

    The same words sent twice are one answer. Raises Refused.
    """
    locked = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    last = ApplicationNote.objects.filter(workshop=locked).first()
    if last is not None and last.by_id == user.pk and last.text == text and not asked(locked):
        return last
    if not text.strip():
        raise Refused(_("Please write an answer."), "text")
    if len(text) > LONGEST_ANSWER:
        raise Refused(_("Please use at most %(most)s letters.") % {"most": LONGEST_ANSWER}, "text")
    if not asked(locked):
        raise Refused(_("Nobody has asked you anything: your officer has what you wrote."))
    made = ApplicationNote.objects.create(workshop=locked, by=user, text=text, language=language)
    if locked.stage != Stage.APPLIED:
        locked.stage = Stage.APPLIED
        locked.save(update_fields=["stage"])
    log(instance=locked, action=ANSWERED, user=user, data={"note": made.pk})
    workshop.stage = locked.stage
    _announce(locked)
    return made


def asked(workshop: Workshop) -> Decision | None:
    """The officer's decision that an owner may answer now; None where nothing waits for her words."""
    if workshop.stage not in (Stage.APPLIED, Stage.DECLINED):
        return None
    last = workshop.decisions.select_related("officer").first()
    if last is None or last.outcome not in (Decision.Outcome.ASKED, Decision.Outcome.DECLINED):
        return None
    return None if workshop.application_notes.filter(at__gte=last.decided_at).exists() else last


def _announce(workshop: Workshop) -> None:
    signals.workshop_applied.send(sender=Workshop, workshop=workshop)


def _check(about: About) -> None:
    if not about.name.strip():
        raise Refused(_("Please give the name of your group."), "name")
    if about.kind not in Workshop.Kind.values:
        raise Refused(_("Please say what kind of group you are."), "kind")
    if not about.person.strip():
        raise Refused(_("Please give your name."), "person")


def check_room(application: Application, village: Village | None) -> None:
    """Raises Refused where she has enough applications that wait, or the village has an open workshop of this name."""
    others = Application.objects.filter(user=application.user_id, sent_at__isnull=False).exclude(pk=application.pk)
    waiting = others.filter(workshop=None).count() + others.filter(workshop__stage=Stage.APPLIED).count()
    most = settings.MARKETPLACE_MOST_APPLICATIONS
    if application.sent_at is None and waiting >= most:
        text = _("You have asked for %(most)s workshops already. Please wait until the officer has looked at them.")
        raise Refused(text % {"most": most})
    same = WorkshopText.objects.filter(
        owner__village=village, owner__stage=Stage.OPEN, name__iexact=application.name
    )
    if village is not None and same.exists():
        text = _("There is a workshop of this name in your village. If it is yours, ask its owner to invite you.")
        raise Refused(text, "name")


def _make(application: Application) -> Workshop:
    """The workshop with its partner, its name in her language, and her as its owner."""
    workshop = _save_under_free_names(application)
    locale, _new = Locale.objects.get_or_create(language_code=application.language)
    WorkshopText.objects.create(owner=workshop, locale=locale, name=application.name)
    Member.objects.create(workshop=workshop, user=application.user, is_owner=True)
    name_her(application.user, application.person)
    return workshop


def name_her(user, name: str) -> None:
    """An account that was made with a code has no name until its person is first named."""
    if not user.get_full_name():
        user.first_name = name[:150]
        user.save(update_fields=["first_name"])


def _save_under_free_names(application: Application) -> Workshop:
    """Somebody else may take the same address at the same moment: then the next one."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return _save(application)
        except IntegrityError:
            continue
    return _save(application)


def _save(application: Application) -> Workshop:
    slug = free_slug(application.name, application.village)
    return Workshop.objects.create(
        partner=Partner.objects.create(name=application.name[:128], code=slug),
        village=application.village,
        slug=slug,
        kind=application.kind,
        contact=application.person,
        source_language=application.language,
        code_prefix=free_prefix(slug),
        stage=Stage.APPLIED,
        applied_at=timezone.now(),
        is_sample=application.village.is_sample,
    )


def free_slug(name: str, village: Village) -> str:
    """An address that no workshop, no partner and no page of the desk has; a name without Latin letters gets its village's."""
    latin = slugify(name.replace("đ", "d").replace("Đ", "D"))
    start = latin[:LONGEST_SLUG].strip("-_") or f"{village.slug[:LONGEST_SLUG - 10]}-workshop"
    taken = set(Workshop.objects.filter(slug__startswith=start).values_list("slug", flat=True))
    taken |= set(Partner.objects.filter(code__startswith=start).values_list("code", flat=True))
    taken |= set(settings.MARKETPLACE_RESERVED_SLUGS)
    return _first_free(start, taken, lambda number: f"{start}-{number}")


def free_prefix(slug: str) -> str:
    """Beginning of its piece codes: the first letters of the words of its address, with a number where that is taken."""
    words = re.findall("[a-z]+", slug)
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words) or "w"
    start = letters.upper()[:3]
    taken = set(Workshop.objects.filter(code_prefix__startswith=start).values_list("code_prefix", flat=True))
    return _first_free(start, taken, lambda number: f"{start[: LONGEST_PREFIX - len(str(number))]}{number}")


def _first_free(start: str, taken: set[str], numbered: Callable[[int], str]) -> str:
    """``start``, or the first of its numbered forms that is not taken."""
    candidates = chain([start], (numbered(number) for number in count(2)))
    return next(one for one in candidates if one not in taken)
