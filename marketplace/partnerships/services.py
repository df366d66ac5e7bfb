"""What happens to an agency: it asks for a place, the shop decides, it changes what it said. Each verb is one transaction.

People who work in it: seats.py. Its sites: hosts.py. What is counted: counting.py. Keys: api_keys.py.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace import signals
from marketplace.economies.models import Economy
from marketplace.partnerships import codes, naming
from marketplace.partnerships.codes import agency_of_code
from marketplace.partnerships.host_names import read_site
from marketplace.partnerships.memory import Kept
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, Part, Seat
from marketplace.partnerships.seats import check_email, seats
from marketplace.typed import clean_paragraphs, clean_words
from marketplace.workshops.details import Refused

__all__ = [
    "AgencyDetails",
    "Refused",
    "agency_of_code",
    "allowed_hosts",
    "apply",
    "ask_again",
    "change_details",
    "change_name",
    "check_currency",
    "check_name",
    "close",
    "decide",
    "set_partners_only",
    "terms_on",
]
Stage, Reason = Agency.Stage, Agency.Reason
APPLIED, ASKED_AGAIN, DECIDED, CHANGED, RENAMED, PARTNERS_ONLY = (
    "marketplace.agency_applied",
    "marketplace.agency_asked_again",
    "marketplace.agency_decided",
    "marketplace.agency_changed",
    "marketplace.agency_renamed",
    "marketplace.agency_partners_only",
)
ATTEMPTS = 5
LONGEST_TEXT = 1000
MARKUP = re.compile(r"<[^>]*>")
PICTURES_FROM = 0x1F000  # the planes of emoji; letters and Han characters beyond it stay allowed
_hosts: Kept[list[str]] = Kept(seconds=1.0, most=2000)
# What an agency may become, by what it is.
NEXT = {
    Stage.APPLIED: (Stage.OPEN, Stage.DECLINED),
    Stage.DECLINED: (Stage.OPEN,),
    Stage.OPEN: (Stage.CLOSED,),
    Stage.CLOSED: (Stage.OPEN,),
}
REASONS = {
    Stage.OPEN: (),
    Stage.DECLINED: (Reason.NOT_TRAVEL, Reason.UNREACHED, Reason.SITE, Reason.TWICE, Reason.OTHER),
    Stage.CLOSED: (Reason.RULES, Reason.ASKED, Reason.UNREACHED, Reason.TWICE, Reason.OTHER),
}


@dataclass(frozen=True)
class AgencyDetails:
    """What an agency says of itself. ``site``: an address such as https://agency.example; ``language``: of letters to it."""

    site: str
    language: str
    contact_name: str
    contact_email: str
    about: str = ""


@transaction.atomic
def apply(
    *, user, name: str, economy: Economy, details: AgencyDetails, accepts_terms: bool, currency: str = ""
) -> Agency:
    """An agency that waits for the shop, with ``user`` as its owner. The same one asked for twice comes back as it is.

    ``currency``: what it is paid in, that of its economy or of the shop; empty: its economy's. Raises Refused.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)  # one at a time of a person
    name, said = clean_words(name, lines=False), _checked(details)
    if not name or len(name) > 160:
        raise Refused(_("Please give the name of your agency, with at most 160 letters."), "name")
    check_name(name)
    currency = currency or economy.currency
    check_currency(currency, own=economy.currency)
    if not accepts_terms:
        raise Refused(_("Without your yes to the terms your agency cannot take part."), "terms")
    waiting = Agency.objects.filter(stage=Stage.APPLIED, seats__user=user, seats__is_owner=True)
    if known := waiting.filter(name__iexact=name).first():
        return known
    most = settings.MARKETPLACE_MOST_APPLICATIONS
    if waiting.count() >= most:
        text = _("You have asked for %(most)s agencies already. Please wait until the shop has looked at them.")
        raise Refused(text % {"most": most})
    agency = _save_under_free_code(
        name=name, economy=economy, currency=currency, terms_accepted_at=timezone.now(), terms_accepted_by=user, **said
    )
    Seat.objects.create(agency=agency, user=user, is_owner=True)
    log(instance=agency, action=APPLIED, user=user, data={"code": agency.code})
    codes.look_again()
    signals.agency_applied.send(sender=Agency, agency=agency)
    return agency


def check_currency(currency: str, *, own: str) -> None:
    """Whether an agency can be paid in it. ``own``: the currency of its economy. Raises Refused."""
    if currency not in (own, settings.MARKETPLACE_CURRENCY):
        raise Refused(_("We can pay you in your economy's currency or in the shop's."), "currency")


def check_name(name: str) -> None:
    """Whether an agency can be called so on its papers: words, without pictures. Raises Refused.

    Which of all the scripts our fonts have, those know who print (storefront/agency/forms.py).
    """
    if sum(unicodedata.category(sign)[0] in "LN" for sign in MARKUP.sub(" ", name)) < 2:
        raise Refused(_("Please give a name with at least two letters or digits."), "name")
    far = dict.fromkeys(sign for sign in name if ord(sign) >= PICTURES_FROM)
    if pictures := [sign for sign in far if unicodedata.category(sign)[0] not in "LMN"]:
        raise Refused(say_unprintable(pictures), "name")


def say_unprintable(signs: Iterable[str]) -> str:
    text = _("Papers cannot print %(signs)s. Please write the name without it.")
    return text % {"signs": " ".join(signs)}


@transaction.atomic
def ask_again(*, agency: Agency, about: str, by) -> Agency:
    """An agency that was declined says more of itself, and waits again. Raises Refused."""
    locked = seats.lock_for(agency, by, Part.OWN)
    about = _text(about, "about")
    if locked.stage == Stage.APPLIED and locked.about == about:
        return locked
    if locked.stage != Stage.DECLINED:
        raise Refused(_("Nothing has to be answered now."))
    if not about:
        raise Refused(_("Please write what is different now."), "about")
    locked.about, locked.stage, locked.reason, locked.words = about, Stage.APPLIED, "", ""
    locked.applied_at = timezone.now()
    locked.save(update_fields=["about", "stage", "reason", "words", "applied_at"])
    log(instance=locked, action=ASKED_AGAIN, user=by)
    signals.agency_applied.send(sender=Agency, agency=locked)
    return locked


@transaction.atomic
def decide(*, agency: Agency, stage: str, by, reason: str = "", words: str = "", seen: str = "") -> Agency:
    """The shop opens, declines or closes an agency: who, when and why are kept, and the agency is written to.
    With its opening, the site that it named at its sign-up waits among its sites for the proof.

    ``reason``: one of REASONS of the new stage; none for opening. ``words``: of the shop's own, in any language; needed
    for "another reason". ``seen``: the stage that the person had before her. Raises Refused, also when somebody else was
    faster.
    """
    locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if (seen and seen != locked.stage) or stage not in NEXT[locked.stage]:
        raise Refused(say_meanwhile(locked))
    words = _text(words, "words")
    if reason not in (REASONS[stage] or ("",)):
        raise Refused(_("Please choose a reason that goes with your decision."), "reason")
    if reason == Reason.OTHER and not words:
        raise Refused(_("Please write the reason in your own words."), "words")
    return _become(locked, stage, reason=reason, words=words, by=by)


def say_meanwhile(agency: Agency) -> str:
    """For whoever decides about what she saw before somebody else was faster."""
    if agency.stage == Stage.APPLIED:
        return _("The agency has asked again meanwhile. Please look at it again.")
    stage = agency.get_stage_display()
    now = f"{stage} – {agency.get_reason_display()}" if agency.reason else stage
    text = _("Somebody has decided about this agency meanwhile: %(stage)s. Please look at it again.")
    return text % {"stage": now.rstrip(".。")}


@transaction.atomic
def close(*, agency: Agency, by) -> Agency:
    """An owner ends it, whatever the shop has said so far. What is owed stays owed and is paid. Twice changes nothing.

    Raises Refused for whoever is no owner.
    """
    locked = seats.lock_for(agency, by, Part.OWN)
    return locked if locked.stage == Stage.CLOSED else _become(locked, Stage.CLOSED, reason=Reason.ASKED, words="", by=by)


def _become(locked: Agency, stage: str, *, reason: str, words: str, by) -> Agency:
    """Within a transaction that holds the agency."""
    before, locked.stage = locked.stage, stage
    locked.reason, locked.words = reason, words
    locked.decided_at, locked.decided_by = timezone.now(), by
    locked.save(update_fields=["stage", "reason", "words", "decided_at", "decided_by"])
    log(instance=locked, action=DECIDED, user=by, data={"before": before, "stage": stage, "reason": reason})
    if stage == Stage.OPEN and before != Stage.CLOSED:  # what it removed while it was open stays removed
        naming.put_down_own_site(locked, by)
    codes.look_again()
    signals.agency_decided.send(sender=Agency, agency=locked)
    return locked


@transaction.atomic
def change_details(*, agency: Agency, details: AgencyDetails, by) -> Agency:
    """What an owner may change alone: everything that AgencyDetails has. The name is the shop's to change. Raises Refused."""
    locked = seats.lock_for(agency, by, Part.OWN)
    said = _checked(details)
    changed = [name for name, value in said.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, said[name])
    if changed:
        locked.save(update_fields=changed)
        log(instance=locked, action=CHANGED, user=by, data={"changed": changed})
        codes.look_again()
    return locked


@transaction.atomic
def change_name(*, agency: Agency, name: str, by) -> Agency:
    """Of the shop's staff. The code stays: it stands on pages all over the world. Raises Refused."""
    locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    name = clean_words(name, lines=False)
    if not name or len(name) > 160:
        raise Refused(_("Please give the name of the agency, with at most 160 letters."), "name")
    if name != locked.name:
        check_name(name)
        before, locked.name = locked.name, name
        locked.save(update_fields=["name"])
        log(instance=locked, action=RENAMED, user=by, data={"before": before, "after": name})
        codes.look_again()
    return locked


@transaction.atomic
def set_partners_only(*, agency: Agency, value: bool, by) -> Agency:
    """Whether cards with its code are shown on its proven sites alone. Raises Refused where it has none of them."""
    locked = seats.lock_for(agency, by, Part.EDIT)
    if value and not _proven(locked):
        raise Refused(_("Please prove one of your sites first, or your cards would be shown nowhere."))
    if locked.partners_only != value:
        locked.partners_only = value
        locked.save(update_fields=["partners_only"])
        log(instance=locked, action=PARTNERS_ONLY, user=by, data={"value": value})
        codes.look_again()
    return locked


def allowed_hosts(agency: Agency) -> list[str]:
    """Its proven hosts as a CSP names them (host, or host:port), by the alphabet; as it was at most a second ago.

    Raises what the database says where nothing is remembered: an empty list would be a lie.
    """
    found = _hosts.get(str(agency.pk), lambda: _proven(agency))
    return list(_proven(agency) if found is None else found)


def forget_hosts() -> None:
    """A proof came or went: after the commit this process looks again."""
    transaction.on_commit(_hosts.forget)


def _proven(agency: Agency) -> list[str]:
    rows = AgencyHost.objects.filter(agency=agency, proven_at__isnull=False)
    return sorted(rows.values_list("host", flat=True))


def terms_on(agency: Agency, day: date) -> AgencyTerms | None:
    """The terms of an agency on a day: its own, else those for all; the latest that began. None: it earns nothing."""
    rows = AgencyTerms.objects.filter(Q(agency=agency) | Q(agency=None), valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return rows.order_by(F("agency").asc(nulls_last=True), "-valid_from").first()


def _checked(details: AgencyDetails) -> dict[str, str]:
    """The details as they are kept. Raises Refused."""
    said = {field.name: getattr(details, field.name) for field in fields(details)}
    said["site"] = read_site(details.site)
    said["about"] = _text(details.about, "about")
    said["contact_name"] = clean_words(details.contact_name, lines=False)
    said["contact_email"] = details.contact_email.strip()
    if details.language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        raise Refused(_("Please choose one of the languages."), "language")
    if not said["contact_name"] or len(said["contact_name"]) > 120:
        raise Refused(_("Please name a person whom we may write to."), "contact_name")
    check_email(said["contact_email"], "contact_email")
    return said


def _text(text: str, field: str) -> str:
    text = clean_paragraphs(text)
    if len(text) > LONGEST_TEXT:
        raise Refused(_("Please use at most %(most)s letters.") % {"most": LONGEST_TEXT}, field)
    return text


def _save_under_free_code(**values) -> Agency:
    """Somebody else may take the same code at the same moment: then the next one."""
    for last in (*[False] * (ATTEMPTS - 1), True):
        try:
            with transaction.atomic():
                return Agency.objects.create(code=codes.free_code(values["name"]), **values)
        except IntegrityError:
            if last:
                raise
    raise AssertionError
