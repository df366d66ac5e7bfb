"""An officer or a co-operative lists for a maker: begin, record her consent, take it back, end."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model
from wagtail.log_actions import log
from wagtail.models import Locale, ModelLogEntry

from catalogue.models import Product
from marketplace import signals
from marketplace.workshops import deciding, opening, stages
from marketplace.workshops.consent_words import EDITION, consent_words
from marketplace.workshops.details import Refused
from marketplace.workshops.hands import helper_name
from marketplace.workshops.models import (
    Assistance,
    Consent,
    Decision,
    Member,
    Officer,
    Village,
    Workshop,
    WorkshopText,
)
from marketplace.workshops.rights import assistances_of

Kind, Stage = Consent.Kind, Workshop.Stage
CHANGED = "wagtail.edit"
OLDEST_CONSENT = timedelta(days=366)


@transaction.atomic
def start(
    *,
    by: Officer | Workshop,
    user,
    village: Village,
    maker_name: str,
    name: str,
    language: str,
    kind: str = Workshop.Kind.HOUSEHOLD,
    key: uuid.UUID | None = None,
) -> Assistance:
    """A workshop for a maker who cannot list herself, and the help that ``user`` gives her from now on.

    By an officer of the area it is open at once, with a decision of her own; by a co-operative it waits for the officer.
    The same ``key`` answers with what it made before. Raises Refused; LookupError for a village outside of the area.
    """
    officer = by if isinstance(by, Officer) else None
    _lock(by)
    known = Assistance.objects.filter(key=key, **_side(by)).select_related("workshop").first() if key else None
    if known is not None:
        return known
    if officer:
        _check_area(officer, user, village)
    else:
        _check_lister(by, user)
    if not maker_name.strip():
        raise Refused(_("Please give the name of the maker."), "maker_name")
    workshop = _found(village, name.strip() or maker_name, maker_name, language, kind)
    helped = Assistance.objects.create(workshop=workshop, maker_name=maker_name, key=key, **_side(by))
    log(instance=workshop, action="wagtail.create", user=user, data={"for": maker_name, "by": helper_name(helped)})
    if officer:
        deciding.decide(
            workshop=workshop, officer=officer, outcome=Decision.Outcome.OPENED, reason=Decision.Reason.ASSISTED
        )
    else:
        transaction.on_commit(lambda: signals.workshop_applied.send(sender=Workshop, workshop=workshop))
    return helped


@transaction.atomic
def record_consent(
    *,
    assistance: Assistance,
    user,
    kind: str,
    file: ContentFile,
    language: str,
    said_on: date,
    version: str = EDITION,
    key: uuid.UUID | None = None,
) -> Consent:
    """Keep the maker's yes: who, when, in which language, the words that were read to her, and her voice or signature.

    ``file`` has been cleaned before. ``version`` is the edition of the words that were on the screen. Raises Refused;
    LookupError for somebody who does not list here.
    """
    helped = open_for(assistance, user)
    known = helped.consents.filter(key=key).first() if key else None
    if known is not None:
        return known
    today = timezone.localdate()
    if not today - OLDEST_CONSENT <= said_on <= today + timedelta(days=1):
        raise Refused(_("Please give the day on which she said it: today, or a day of the last year."), "said_on")
    if version != EDITION:
        raise Refused(_("The words have changed. Please read her the new ones."))
    if kind not in Kind.values or language not in dict(settings.LANGUAGES):
        raise Refused(_("Please choose one of these."), "kind" if kind not in Kind.values else "language")
    words = consent_words(helper=helper_name(helped), maker=helped.maker_name, language=language)
    made = Consent.objects.create(
        assistance=helped, maker_name=helped.maker_name, language=language, kind=kind, file=file, said_on=said_on,
        recorded_by=user, words="\n".join(words), words_version=version, key=key,
    )  # fmt: skip
    log(instance=helped.workshop, action=CHANGED, user=user, data={"consent": made.pk, "for": made.maker_name})
    return made


@transaction.atomic
def withdraw_consent(*, consent: Consent, user) -> list[Product]:
    """The maker takes her yes back, herself after she took over, or through somebody. Answers what left the shop.

    All consents of this help end with it. Raises LookupError for somebody who may not do it. Doing it twice does nothing.
    """
    helped = Assistance.objects.select_for_update(no_key=True).select_related("workshop").get(pk=consent.assistance_id)
    if not may_withdraw(helped, user):
        raise LookupError(f"User {user.pk} has no say in assistance {helped.pk}.")
    ended = helped.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    if not ended:
        return []
    # Before its pieces are looked at: nobody publishes one more meanwhile.
    workshop = Workshop.objects.select_for_update(no_key=True).get(pk=helped.workshop_id)
    log(instance=workshop, action=CHANGED, user=user, data={"withdrawn": consent.pk, "for": consent.maker_name})
    gone = list(_listed_under(helped).order_by("pk"))
    for product in gone:
        stages.set_aside(workshop=workshop, product=product, stage=Product.Stage.PAUSED, user=user)
    signals.consent_withdrawn.send(sender=Consent, consent=consent)
    return gone


@transaction.atomic
def end(*, assistance: Assistance, user) -> None:
    """The helper stops. Without a member of its own the workshop's pieces leave the shop: nobody would send them."""
    helped = open_for(assistance, user)
    Workshop.objects.select_for_update(no_key=True).get(pk=helped.workshop_id)
    helped.ended_at = timezone.now()
    helped.save(update_fields=["ended_at"])
    helped.codes.filter(used_at=None, expires_at__gt=helped.ended_at).update(expires_at=helped.ended_at)
    log(instance=helped.workshop, action=CHANGED, user=user, data={"ended": helped.pk, "for": helped.maker_name})
    if not Member.objects.filter(workshop=helped.workshop_id).exists():
        for product in _live(helped).order_by("pk"):
            stages.set_aside(workshop=helped.workshop, product=product, stage=Product.Stage.PAUSED, user=user)


def may_withdraw(assistance: Assistance, user) -> bool:
    """The maker who took over, whoever lists for her now, an officer of the area, or staff."""
    if user.is_superuser and user.is_active:
        return True
    workshop = assistance.workshop
    owner = Q(user=user, user__is_active=True, is_owner=True)
    return (
        Member.objects.filter(owner, workshop=workshop).exists()
        or any(row.pk == assistance.pk for row in assistances_of(user))
        or Officer.objects.of(user).workshops().filter(pk=workshop.pk).exists()
    )


def helpers_of(assistance: Assistance) -> list:
    """The users to be told of what happens to it."""
    if assistance.officer_id:
        return [assistance.officer.user] if assistance.officer.user.is_active else []
    lists = Q(is_owner=True) | Q(lists=True)
    rows = Member.objects.filter(lists, workshop=assistance.cooperative_id, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def _found(village: Village, name: str, maker_name: str, language: str, kind: str) -> Workshop:
    """One at a time in a village, so that two of one name get different addresses."""
    Village.objects.select_for_update(no_key=True).get(pk=village.pk)
    slug = opening.free_slug(name, village)
    workshop = Workshop.objects.create(
        partner=get_model("partner", "Partner").objects.create(name=name[:128], code=slug),
        village=village,
        slug=slug,
        kind=kind,
        contact=maker_name,
        source_language=language,
        code_prefix=opening.free_prefix(slug),
        stage=Stage.APPLIED,
        applied_at=timezone.now(),
        is_sample=village.is_sample,
    )
    locale, _made = Locale.objects.get_or_create(language_code=language)
    WorkshopText.objects.create(owner=workshop, locale=locale, name=name)
    return workshop


def _side(by: Officer | Workshop) -> dict:
    return {"officer": by} if isinstance(by, Officer) else {"cooperative": by}


def _lock(by: Officer | Workshop) -> None:
    """One new workshop of a helper at a time: a form sent twice is seen."""
    type(by).objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)


def _check_area(officer: Officer, user, village: Village) -> None:
    inside = Q(village=village) | Q(economy=village.economy_id)
    if not Officer.objects.of(user).filter(inside, pk=officer.pk).exists():
        raise LookupError(f"Village {village.slug} is not for officer {officer.pk}.")


def _check_lister(cooperative: Workshop, user) -> None:
    lists = Q(is_owner=True) | Q(lists=True)
    if not Member.objects.filter(lists, workshop=cooperative, user=user, user__is_active=True).exists():
        raise LookupError(f"User {user.pk} does not list for {cooperative.slug}.")
    if not cooperative.is_open:
        raise Refused(_("Your own workshop is not open. Only an open workshop can list for others."))


def open_for(assistance: Assistance, user) -> Assistance:
    """The assistance, locked, as long as it lasts and ``user`` works for it. Raises LookupError."""
    rows = Assistance.objects.select_for_update(no_key=True, of=("self",)).filter(pk=assistance.pk, ended_at=None)
    found = rows.select_related("workshop", "officer", "cooperative").first()
    if found is None or not any(row.pk == found.pk for row in assistances_of(user)):
        raise LookupError(f"Assistance {assistance.pk} is not open to user {user.pk}.")
    return found


def _live(assistance: Assistance):
    rows = Product.objects.filter(partner=assistance.workshop.partner_id, stage=Product.Stage.LIVE)
    return rows.exclude(structure=Product.CHILD)


def _listed_under(assistance: Assistance):
    """Live pieces that rest on the consent: all while the help lasts; later those that a helper's hand has touched."""
    rows = _live(assistance)
    if assistance.ended_at is None:
        return rows
    kind = ContentType.objects.get_for_model(Product)
    log_rows = ModelLogEntry.objects.filter(content_type=kind, data__has_key="for")
    touched = log_rows.filter(object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)])
    return rows.filter(pk__in=[int(pk) for pk in touched.values_list("object_id", flat=True)])
