"""Who works here: invite, accept, withdraw, change tasks, remove, leave. A workshop never loses its last owner.

Each verb locks the workshop first, and only then looks who is its owner: two owners who remove each other at the same
moment leave one of them.
"""

import base64
import hashlib
import time
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace.workshops.details import Refused
from marketplace.workshops.models import Invitation, Member, Right, Workshop
from marketplace.workshops.opening import name_her

INVITED, WITHDRAWN, JOINED, CHANGED, REMOVED, LEFT = (
    "marketplace.member_invited",
    "marketplace.invitation_withdrawn",
    "marketplace.member_joined",
    "marketplace.member_changed",
    "marketplace.member_removed",
    "marketplace.member_left",
)
TOKEN_BYTES = 16


@transaction.atomic
def invite(
    *, workshop: Workshop, name: str, contact: str, rights: Collection[Right], language: str, by
) -> tuple[Invitation, bool]:
    """An invitation to ``contact`` (E.164 or e-mail), and whether it is new: one that waits there already is changed.

    Its link is made of token_of(). Raises Refused.
    """
    _as_owner(workshop, by)
    given = _given(rights)
    now = timezone.now()
    waiting = Invitation.objects.filter(workshop=workshop, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    known = waiting.filter(contact=contact).first()
    if known is None and waiting.count() >= settings.MARKETPLACE_MOST_INVITATIONS:
        raise Refused(_("Very many invitations wait already. Please take one back first."))
    row = known or Invitation(workshop=workshop, contact=contact, invited_by=by, token_hash=get_random_string(64))
    row.name, row.language = name, language
    _set(row, given)
    row.expires_at = now + timedelta(days=settings.MARKETPLACE_INVITATION_DAYS)
    row.save()
    if known is None:
        row.token_hash = _hash(_make_token(row))
        row.save(update_fields=["token_hash"])
    log(instance=workshop, action=INVITED, user=by, data={"invitation": row.pk, "rights": given})
    return row, known is None


def token_of(invitation: Invitation) -> str:
    """The secret part of its link, made anew each time and kept nowhere; "" where the shop's key has changed since."""
    token = _make_token(invitation)
    return token if constant_time_compare(_hash(token), invitation.token_hash) else ""


def find_invitation(token: str) -> Invitation | None:
    """The invitation that may be accepted with ``token`` now; None whatever is wrong with it."""
    rows = Invitation.objects.select_related("workshop__village", "invited_by").filter(token_hash=_hash(token))
    found = rows.first()
    return found if found is not None and found.is_waiting(timezone.now()) else None


@transaction.atomic
def accept(*, token: str, user) -> Member:
    """``user`` joins with the tasks of the invitation, which is used up. The same person twice changes nothing.

    Raises Refused where it does not hold any more, or where she works there already: then it stays for somebody else.
    """
    known = Invitation.objects.filter(token_hash=_hash(token)).first()
    if known is None:
        raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
    workshop = _locked(known.workshop)
    row = Invitation.objects.select_for_update(no_key=True).get(pk=known.pk)
    member = Member.objects.filter(workshop=workshop, user=user).first()
    if member is not None and row.accepted_by_id == user.pk:
        return member
    if not row.is_waiting(timezone.now()):
        raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
    if member is not None:
        raise Refused(_("You work here already. Its owner can give you more tasks."))
    member = Member(workshop=workshop, user=user)
    _set(member, row.rights)
    member.save()
    name_her(user, row.name)
    row.accepted_at, row.accepted_by = timezone.now(), user
    row.save(update_fields=["accepted_at", "accepted_by"])
    log(instance=workshop, action=JOINED, user=user, data=_said(member) | {"invitation": row.pk})
    return member


@transaction.atomic
def withdraw(*, workshop: Workshop, invitation: Invitation, by) -> None:
    """Its link opens nothing from now on. Raises Refused where it was accepted."""
    _as_owner(workshop, by)
    row = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk, workshop=workshop)
    if row.accepted_at is not None:
        raise Refused(_("Somebody has said yes to this invitation already."))
    if row.withdrawn_at is None:
        _withdraw(row, by)


@transaction.atomic
def change_rights(*, workshop: Workshop, member: Member, rights: Collection[Right], by) -> Member:
    """Raises Refused without any task, and where the last owner would be none."""
    _as_owner(workshop, by)
    given = _given(rights)
    row = _member(workshop, member)
    before = row.rights
    if before == given:
        return row
    if row.is_owner and Right.OWN not in given:
        _check_other_owner(workshop, row)
        _withdraw_all(workshop, row.user, by)
    _set(row, given)
    row.save()
    log(instance=workshop, action=CHANGED, user=by, data=_said(row) | {"before": before})
    return row


@transaction.atomic
def remove(*, workshop: Workshop, member: Member, by) -> None:
    """She is out with her next request, and what she had offered others is withdrawn. Raises Refused for the last owner."""
    _as_owner(workshop, by)
    row = _member(workshop, member)
    _take_out(workshop, row, by, REMOVED)


@transaction.atomic
def leave(*, workshop: Workshop, user) -> None:
    """Raises Refused for the last owner."""
    _locked(workshop)
    row = Member.objects.filter(workshop=workshop, user=user).first()
    if row is None:
        return
    _take_out(workshop, row, user, LEFT)


def _take_out(workshop: Workshop, row: Member, by, action: str) -> None:
    if row.is_owner:
        _check_other_owner(workshop, row)
    _withdraw_all(workshop, row.user, by)
    data = _said(row)
    row.delete()
    log(instance=workshop, action=action, user=by, data=data)


def _locked(workshop: Workshop) -> Workshop:
    rows = Workshop.objects.all()
    if not getattr(settings, "MARKETPLACE_TEST_SKIP_OWNERS_LOCK", False):
        rows = rows.select_for_update(no_key=True)
    return rows.get(pk=workshop.pk)


def _as_owner(workshop: Workshop, user) -> None:
    """Lock the workshop. Raises Refused for whoever is no owner at this moment."""
    _locked(workshop)
    if not Member.objects.filter(workshop=workshop, user=user, is_owner=True, user__is_active=True).exists():
        raise Refused(_("You are not an owner of this workshop any more."))


def _check_other_owner(workshop: Workshop, row: Member) -> None:
    others = Member.objects.filter(workshop=workshop, is_owner=True, user__is_active=True).exclude(pk=row.pk)
    if not others.exists():
        raise Refused(_("A workshop needs an owner. Please make somebody else an owner first."))
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))


def _member(workshop: Workshop, member: Member) -> Member:
    """The row as it is now. Raises Refused where somebody removed it meanwhile, and for another workshop's."""
    row = Member.objects.select_related("user").filter(workshop=workshop, pk=member.pk).first()
    if row is None:
        raise Refused(_("This person does not work here any more."))
    return row


def _given(rights: Collection[Right]) -> list[Right]:
    """The rights in their order: an owner needs no other. Raises Refused for none."""
    if Right.OWN in rights:
        return [Right.OWN]
    found = [right for right in Right if right in rights]
    if not found:
        raise Refused(_("Please choose at least one task."), "rights")
    return found


def _set(row: Member | Invitation, rights: Collection[Right]) -> None:
    for right in Right:
        setattr(row, right.value, right in rights)


def _withdraw_all(workshop: Workshop, user, by) -> None:
    """What a person offered who is no owner any more, she might open for herself."""
    for row in Invitation.objects.filter(workshop=workshop, invited_by=user, accepted_at=None, withdrawn_at=None):
        _withdraw(row, by)


def _withdraw(row: Invitation, by) -> None:
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    log(instance=row.workshop, action=WITHDRAWN, user=by, data={"invitation": row.pk})


def _said(member: Member) -> dict:
    """For the log: no names."""
    return {"member": member.user_id, "rights": member.rights}


def _make_token(row: Invitation) -> str:
    """Short enough for an SMS: 128 bits that only who has the shop's key can make."""
    made = salted_hmac("marketplace.invitation", f"{row.pk} {row.made_at.isoformat()}", algorithm="sha256")
    return base64.urlsafe_b64encode(made.digest()[:TOKEN_BYTES]).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
