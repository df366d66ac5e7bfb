"""Who works for an agency: invite, join, withdraw, change parts, remove, leave. An agency never loses its last owner.

Each verb locks the agency first, and only then looks who is its owner: two owners who remove each other at the same
moment leave one of them.
"""

import base64
import hashlib
import time
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace import signals
from marketplace.partnerships.models import Agency, Part, Seat, SeatInvitation
from marketplace.typed import clean_words
from marketplace.workshops.details import Refused
from marketplace.workshops.opening import name_her

INVITED, WITHDRAWN, JOINED, CHANGED, REMOVED, LEFT = (
    "marketplace.seat_offered",
    "marketplace.seat_offer_withdrawn",
    "marketplace.seat_taken",
    "marketplace.seat_changed",
    "marketplace.seat_removed",
    "marketplace.seat_left",
)
TOKEN_BYTES = 16
_is_email = EmailValidator()


@transaction.atomic
def invite(
    *, agency: Agency, name: str, email: str, parts: Collection[str], language: str, by, by_staff: bool = False
) -> tuple[SeatInvitation, bool]:
    """An invitation to ``email``, and whether it is new: one that waits there already is changed.

    ``by_staff``: the shop's staff invite, as they must where an agency has lost all of its people. Raises Refused.
    """
    locked = _locked(agency) if by_staff else locked_for(agency, by, Part.OWN)
    given, name, email = _given(parts), clean_words(name, lines=False), email.strip().lower()
    check_email(email, "email")
    if not name or len(name) > 120:
        raise Refused(_("Please say whom you invite."), "name")
    if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        raise Refused(_("Please choose one of the languages."), "language")
    if Seat.objects.filter(agency=locked, user__email__iexact=email).exists():
        raise Refused(_("Somebody with this e-mail works here already."), "email")
    now = timezone.now()
    waiting = SeatInvitation.objects.filter(agency=locked, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    known = waiting.filter(email=email).first()
    if known is None and waiting.count() >= settings.MARKETPLACE_MOST_INVITATIONS:
        raise Refused(_("Very many invitations wait already. Please take one back first."))
    row = known or SeatInvitation(agency=locked, email=email, invited_by=by, token_hash=get_random_string(64))
    row.name, row.language = name, language
    _set(row, given)
    row.expires_at = now + timedelta(days=settings.MARKETPLACE_INVITATION_DAYS)
    row.save()
    if known is None:
        row.token_hash = _hash(_make_token(row))
        row.save(update_fields=["token_hash"])
        signals.seat_offered.send(sender=SeatInvitation, invitation=row, token=_make_token(row))
    log(instance=locked, action=INVITED, user=by, data={"invitation": row.pk, "parts": given})
    return row, known is None


def token_of(invitation: SeatInvitation) -> str:
    """The secret part of its link, made anew each time and kept nowhere; "" where the shop's key has changed since."""
    token = _make_token(invitation)
    return token if constant_time_compare(_hash(token), invitation.token_hash) else ""


def find_invitation(token: str) -> SeatInvitation | None:
    """The invitation that may be accepted with ``token`` now; None whatever is wrong with it."""
    rows = SeatInvitation.objects.select_related("agency", "invited_by").filter(token_hash=_hash(token))
    found = rows.first()
    return found if found is not None and found.is_waiting(timezone.now()) else None


@transaction.atomic
def join(*, token: str, user) -> Seat:
    """``user`` takes the seat that was offered, and the offer is used up. The same person twice changes nothing.

    Raises Refused where it does not hold any more, or where she works there already: then it stays for somebody else.
    """
    known = SeatInvitation.objects.filter(token_hash=_hash(token)).first()
    if known is None:
        raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
    agency = _locked(known.agency)
    row = SeatInvitation.objects.select_for_update(no_key=True).get(pk=known.pk)
    seat = Seat.objects.filter(agency=agency, user=user).first()
    if seat is not None and row.accepted_by_id == user.pk:
        return seat
    if not row.is_waiting(timezone.now()):
        raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
    if seat is not None:
        raise Refused(_("You work here already. An owner can give you more parts."))
    seat = Seat(agency=agency, user=user)
    _set(seat, row.parts)
    seat.save()
    name_her(user, row.name)
    row.accepted_at, row.accepted_by = timezone.now(), user
    row.save(update_fields=["accepted_at", "accepted_by"])
    log(instance=agency, action=JOINED, user=user, data=_said(seat) | {"invitation": row.pk})
    return seat


@transaction.atomic
def withdraw(*, agency: Agency, invitation: SeatInvitation, by) -> None:
    """Its link opens nothing from now on. Raises Refused where it was accepted; DoesNotExist for another agency's."""
    locked = locked_for(agency, by, Part.OWN)
    row = SeatInvitation.objects.select_for_update(no_key=True).get(pk=invitation.pk, agency=locked)
    if row.accepted_at is not None:
        raise Refused(_("Somebody has said yes to this invitation already."))
    if row.withdrawn_at is None:
        _withdraw(row, by)


@transaction.atomic
def change_parts(*, agency: Agency, seat: Seat, parts: Collection[str], by) -> Seat:
    """Raises Refused without any part, and where the last owner would be none."""
    locked = locked_for(agency, by, Part.OWN)
    given, row = _given(parts), _seat(locked, seat)
    before = row.parts
    if before == given:
        return row
    if row.is_owner and Part.OWN not in given:
        _check_other_owner(locked, row)
        withdraw_all(locked, row.user, by)
    _set(row, given)
    row.save()
    log(instance=locked, action=CHANGED, user=by, data=_said(row) | {"before": before})
    return row


@transaction.atomic
def remove(*, agency: Agency, seat: Seat, by) -> None:
    """She is out with her next request, and what she had offered others is withdrawn. Raises Refused for the last owner."""
    locked = locked_for(agency, by, Part.OWN)
    row = _seat(locked, seat)
    number, user = row.pk, row.user
    _take_out(locked, row, by, REMOVED)
    if user != by:
        signals.seat_removed.send(sender=Seat, agency=locked, user=user, seat=number)


@transaction.atomic
def leave(*, agency: Agency, user) -> None:
    """Raises Refused for the last owner."""
    locked = _locked(agency)
    row = Seat.objects.filter(agency=locked, user=user).first()
    if row is not None:
        _take_out(locked, row, user, LEFT)


def locked_for(agency: Agency, user, part: str) -> Agency:
    """The agency as it is now, locked. Raises Refused for whoever may not do ``part`` there at this moment."""
    locked = _locked(agency)
    seat = Seat.objects.filter(agency=locked, user=user, user__is_active=True).first()
    if seat is None:
        raise Refused(_("You do not work for this agency any more."))
    if not seat.may(part):
        raise Refused(_("You may not do that for this agency any more. Please ask one of its owners."))
    return locked


def withdraw_all(agency: Agency, user, by) -> None:
    """What a person offered who is no owner any more, she might open for herself."""
    for row in SeatInvitation.objects.filter(agency=agency, invited_by=user, accepted_at=None, withdrawn_at=None):
        _withdraw(row, by)


def check_email(email: str, field: str) -> None:
    """Raises Refused for what is no e-mail address."""
    try:
        _is_email(email)
        good = len(email) <= 254
    except ValidationError:
        good = False
    if not good:
        raise Refused(_("Please give an e-mail address, such as name@agency.example."), field)


def _take_out(agency: Agency, row: Seat, by, action: str) -> None:
    if row.is_owner:
        _check_other_owner(agency, row)
    withdraw_all(agency, row.user, by)
    data = _said(row)
    row.delete()
    log(instance=agency, action=action, user=by, data=data)


def _locked(agency: Agency) -> Agency:
    rows = Agency.objects.select_related("economy")
    if not getattr(settings, "MARKETPLACE_TEST_SKIP_OWNERS_LOCK", False):
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=agency.pk)


def _check_other_owner(agency: Agency, row: Seat) -> None:
    others = Seat.objects.filter(agency=agency, is_owner=True, user__is_active=True).exclude(pk=row.pk)
    if not others.exists():
        raise Refused(_("An agency needs an owner. Please make somebody else an owner first."))
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))


def _seat(agency: Agency, seat: Seat) -> Seat:
    """The row as it is now. Raises Refused where somebody removed it meanwhile, and for another agency's."""
    row = Seat.objects.select_related("user").filter(agency=agency, pk=seat.pk).first()
    if row is None:
        raise Refused(_("This person does not work here any more."))
    return row


def _given(parts: Collection[str]) -> list[Part]:
    """The parts in their order: an owner needs no other. Raises Refused for none."""
    if Part.OWN in parts:
        return [Part.OWN]
    found = [part for part in Part if part in parts]
    if not found:
        raise Refused(_("Please choose at least one part."), "parts")
    return found


def _set(row: Seat | SeatInvitation, parts: Collection[Part]) -> None:
    for part in Part:
        setattr(row, part.value, part in parts)


def _withdraw(row: SeatInvitation, by) -> None:
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    log(instance=row.agency, action=WITHDRAWN, user=by, data={"invitation": row.pk})


def _said(seat: Seat) -> dict:
    """For the log: no names."""
    return {"seat": seat.user_id, "parts": seat.parts}


def _make_token(row: SeatInvitation) -> str:
    """128 bits that only who has the shop's key can make."""
    made = salted_hmac("marketplace.seat", f"{row.pk} {row.made_at.isoformat()}", algorithm="sha256")
    return base64.urlsafe_b64encode(made.digest()[:TOKEN_BYTES]).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
