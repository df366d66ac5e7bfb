"""Who works in a workshop's desk."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models import Invitation, Member, Right, Workshop
from marketplace.workshops.roster import Actions, Roster, Words


class Members(Roster):
    place, person, invitation = Workshop, Member, Invitation
    place_name, person_name, parts_name = "workshop", "member", "rights"
    salt = "marketplace.invitation"
    reads = ("workshop__village",)
    actions = Actions(
        invited="marketplace.member_invited",
        withdrawn="marketplace.invitation_withdrawn",
        joined="marketplace.member_joined",
        changed="marketplace.member_changed",
        removed="marketplace.member_removed",
        left="marketplace.member_left",
    )
    words = Words(
        outsider=_("You are not an owner of this workshop any more."),
        may_not=_("You are not an owner of this workshop any more."),
        here_already=_("You work here already. Its owner can give you more tasks."),
        last_owner=_("A workshop needs an owner. Please make somebody else an owner first."),
        no_part=_("Please choose at least one task."),
    )

    @transaction.atomic
    def invite(
        self, workshop: Workshop, *, name: str, contact: str, rights: Collection[Right], language: str, by
    ) -> tuple[Invitation, bool]:
        """An invitation to ``contact`` (E.164 or e-mail), and whether it is new: one that waits there already is changed.

        Its link is made of token_of(). Raises Refused.
        """
        locked = self.lock_as_owner(workshop, by)
        return self.offer(locked, parts=self.in_order(rights), by=by, name=name, contact=contact, language=language)


members = Members()
