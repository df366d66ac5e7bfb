"""Who works at a place: invite, accept, withdraw, change, remove, leave. A place never loses its last owner.

Each verb locks the place first, and only then looks who is its owner: two owners who remove each other at the same
moment leave one of them. A workshop's members and an agency's seats are such rosters.
"""

import base64
import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace.workshops.details import Refused
from marketplace.workshops.opening import name_her

TOKEN_BYTES = 16


class Actions(NamedTuple):
    """What the log calls the verbs."""

    invited: str
    withdrawn: str
    joined: str
    changed: str
    removed: str
    left: str


@dataclass(frozen=True)
class Words:
    """What whoever may not do something is told (lazy)."""

    outsider: str  # does not work there, or not any more
    may_not: str  # works there, without the part that is needed
    here_already: str
    last_owner: str
    no_part: str


class Roster:
    """The people of one kind of place. ``person`` and ``invitation`` are Parted, ``invitation`` an Offer, too.

    ``place_name``: their field for the place. ``person_name``, ``parts_name``: what log and forms call them.
    ``reads``: what find() brings along.
    """

    place: ClassVar[type[models.Model]]
    person: ClassVar[type[models.Model]]
    invitation: ClassVar[type[models.Model]]
    place_name: ClassVar[str]
    person_name: ClassVar[str]
    parts_name: ClassVar[str]
    salt: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]
    actions: ClassVar[Actions]
    words: ClassVar[Words]

    def token_of(self, invitation) -> str:
        """The secret part of its link, made anew each time and kept nowhere; "" where the shop's key has changed since."""
        token = self._make_token(invitation)
        return token if constant_time_compare(_hash(token), invitation.token_hash) else ""

    def find_invitation(self, token: str):
        """The invitation that may be accepted with ``token`` now; None whatever is wrong with it."""
        rows = self.invitation.objects.select_related(*self.reads, "invited_by").filter(token_hash=_hash(token))
        found = rows.first()
        return found if found is not None and found.is_waiting(timezone.now()) else None

    @transaction.atomic
    def accept(self, *, token: str, user):
        """``user`` joins with the parts that were offered, and the offer is used up. The same person twice changes nothing.

        Raises Refused where it does not hold any more, or where she works there already: then it stays for somebody else.
        """
        known = self.invitation.objects.filter(token_hash=_hash(token)).first()
        if known is None:
            raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
        place = self.lock(getattr(known, self.place_name))
        row = self.invitation.objects.select_for_update(no_key=True).get(pk=known.pk)
        person = self._at(place).filter(user=user).first()
        if person is not None and row.accepted_by_id == user.pk:
            return person
        if not row.is_waiting(timezone.now()):
            raise Refused(_("This invitation does not hold any more. Please ask for a new one."))
        if person is not None:
            raise Refused(str(self.words.here_already))
        person = self.person(user=user, **{self.place_name: place})
        _give(person, row.given())
        person.save()
        name_her(user, row.name)
        row.accepted_at, row.accepted_by = timezone.now(), user
        row.save(update_fields=["accepted_at", "accepted_by"])
        log(instance=place, action=self.actions.joined, user=user, data=self._said(person) | {"invitation": row.pk})
        return person

    @transaction.atomic
    def withdraw(self, place, invitation, *, by) -> None:
        """Its link opens nothing from now on. Raises Refused where it was accepted; DoesNotExist for another place's."""
        locked = self.lock_as_owner(place, by)
        rows = self.invitation.objects.select_for_update(no_key=True)
        row = rows.get(pk=invitation.pk, **{self.place_name: locked})
        if row.accepted_at is not None:
            raise Refused(_("Somebody has said yes to this invitation already."))
        if row.withdrawn_at is None:
            self._withdraw(row, by)

    @transaction.atomic
    def change(self, place, person, *, parts: Collection[str], by):
        """The row with just ``parts``. Raises Refused without any, and where the last owner would be none."""
        locked = self.lock_as_owner(place, by)
        given, row = self.in_order(parts), self._now(locked, person)
        before = row.given()
        if before == given:
            return row
        if row.is_owner and self.person.part_type.OWN not in given:
            self._check_other_owner(locked, row)
            self.withdraw_all(locked, row.user, by)
        _give(row, given)
        row.save()
        log(instance=locked, action=self.actions.changed, user=by, data=self._said(row) | {"before": before})
        return row

    @transaction.atomic
    def remove(self, place, person, *, by) -> None:
        """She is out with her next request, and what she had offered others is withdrawn. Raises Refused for the last owner."""
        locked = self.lock_as_owner(place, by)
        self._take_out(locked, self._now(locked, person), by, self.actions.removed)

    @transaction.atomic
    def leave(self, place, *, user) -> None:
        """Nothing where she does not work there. Raises Refused for the last owner."""
        locked = self.lock(place)
        row = self._at(locked).filter(user=user).first()
        if row is not None:
            self._take_out(locked, row, user, self.actions.left)

    def withdraw_all(self, place, user, by) -> None:
        """What a person offered who is no owner any more, she might open for herself."""
        mine = {self.place_name: place}
        for row in self.invitation.objects.filter(invited_by=user, accepted_at=None, withdrawn_at=None, **mine):
            self._withdraw(row, by)

    def lock(self, place):
        """The place as it is now, until the transaction ends."""
        rows = self.place.objects.all()
        if not getattr(settings, "MARKETPLACE_TEST_SKIP_OWNERS_LOCK", False):
            rows = rows.select_for_update(no_key=True)
        return rows.get(pk=place.pk)

    def lock_for(self, place, user, part: str):
        """The same. Raises Refused for whoever may not do ``part`` there at this moment."""
        locked = self.lock(place)
        person = self._at(locked).filter(user=user, user__is_active=True).first()
        if person is None:
            raise Refused(str(self.words.outsider))
        if not person.may(part):
            raise Refused(str(self.words.may_not))
        return locked

    def lock_as_owner(self, place, user):
        """The same. Raises Refused for whoever is no owner at this moment."""
        return self.lock_for(place, user, self.person.part_type.OWN)

    def offer(
        self, place, *, parts: Collection[str], by, name: str, language: str, **contact: str
    ) -> tuple[models.Model, bool]:
        """An invitation at a locked ``place``, and whether it is new: one that waits there for the same contact is changed.

        ``contact``: where to reach her, under the name of its field. Raises Refused where too many wait.
        """
        now = timezone.now()
        waiting = self.invitation.objects.filter(
            accepted_at=None, withdrawn_at=None, expires_at__gt=now, **{self.place_name: place}
        )
        known = waiting.filter(**contact).first()
        if known is None and waiting.count() >= settings.MARKETPLACE_MOST_INVITATIONS:
            raise Refused(_("Very many invitations wait already. Please take one back first."))
        mine = {self.place_name: place, **contact}
        row = known or self.invitation(invited_by=by, token_hash=get_random_string(64), **mine)
        row.name, row.language = name, language
        _give(row, parts)
        row.expires_at = now + timedelta(days=settings.MARKETPLACE_INVITATION_DAYS)
        row.save()
        if known is None:
            row.token_hash = _hash(self._make_token(row))
            row.save(update_fields=["token_hash"])
        log(instance=place, action=self.actions.invited, user=by, data={"invitation": row.pk, self.parts_name: parts})
        return row, known is None

    def in_order(self, parts: Collection[str]) -> list[models.TextChoices]:
        """The parts in their order: an owner needs no other. Raises Refused for none."""
        kinds = self.person.part_type
        if kinds.OWN in parts:
            return [kinds.OWN]
        found = [part for part in kinds if part in parts]
        if not found:
            raise Refused(str(self.words.no_part), self.parts_name)
        return found

    def _at(self, place) -> models.QuerySet:
        return self.person.objects.filter(**{self.place_name: place})

    def _now(self, place, person):
        """The row as it is now. Raises Refused where somebody removed it meanwhile, and for another place's."""
        row = self._at(place).select_related("user").filter(pk=person.pk).first()
        if row is None:
            raise Refused(_("This person does not work here any more."))
        return row

    def _take_out(self, place, row, by, action: str) -> None:
        if row.is_owner:
            self._check_other_owner(place, row)
        self.withdraw_all(place, row.user, by)
        data = self._said(row)
        row.delete()
        log(instance=place, action=action, user=by, data=data)

    def _check_other_owner(self, place, row) -> None:
        if not self._at(place).filter(is_owner=True, user__is_active=True).exclude(pk=row.pk).exists():
            raise Refused(str(self.words.last_owner))
        time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))

    def _withdraw(self, row, by) -> None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        log(instance=getattr(row, self.place_name), action=self.actions.withdrawn, user=by, data={"invitation": row.pk})

    def _said(self, person) -> dict:
        """For the log: no names."""
        return {self.person_name: person.user_id, self.parts_name: person.given()}

    def _make_token(self, row) -> str:
        """Short enough for an SMS: 128 bits that only who has the shop's key can make."""
        made = salted_hmac(self.salt, f"{row.pk} {row.made_at.isoformat()}", algorithm="sha256")
        return base64.urlsafe_b64encode(made.digest()[:TOKEN_BYTES]).decode().rstrip("=")


def _give(row, parts: Collection[str]) -> None:
    for part in row.part_type:
        setattr(row, part.value, part in parts)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
