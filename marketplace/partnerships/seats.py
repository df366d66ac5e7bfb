"""Who works in an agency's desk."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import signals
from marketplace.partnerships.models import Agency, Seat, SeatInvitation
from marketplace.typed import clean_words
from marketplace.workshops.details import Refused
from marketplace.workshops.roster import Actions, Roster, Words

_is_email = EmailValidator()


class Seats(Roster):
    place, person, invitation = Agency, Seat, SeatInvitation
    place_name, person_name, parts_name = "agency", "seat", "parts"
    salt = "marketplace.seat"
    reads = ("agency",)
    actions = Actions(
        invited="marketplace.seat_offered",
        withdrawn="marketplace.seat_offer_withdrawn",
        joined="marketplace.seat_taken",
        changed="marketplace.seat_changed",
        removed="marketplace.seat_removed",
        left="marketplace.seat_left",
    )
    words = Words(
        outsider=gettext_lazy("You do not work for this agency any more."),
        may_not=gettext_lazy("You may not do that for this agency any more. Please ask one of its owners."),
        here_already=gettext_lazy("You work here already. An owner can give you more parts."),
        last_owner=gettext_lazy("An agency needs an owner. Please make somebody else an owner first."),
        no_part=gettext_lazy("Please choose at least one part."),
    )

    @transaction.atomic
    def invite(
        self,
        agency: Agency,
        *,
        name: str,
        email: str,
        parts: Collection[str],
        language: str,
        by,
        by_staff: bool = False,
    ) -> tuple[SeatInvitation, bool]:
        """An invitation to ``email``, and whether it is new: one that waits there already is changed.

        ``by_staff``: the shop's staff invite, as they must where an agency has lost all of its people. Raises Refused.
        """
        locked = self.lock(agency) if by_staff else self.lock_as_owner(agency, by)
        given, name, email = self.in_order(parts), clean_words(name, lines=False), email.strip().lower()
        check_email(email, "email")
        if not name or len(name) > 120:
            raise Refused(_("Please say whom you invite."), "name")
        if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
            raise Refused(_("Please choose one of the languages."), "language")
        if Seat.objects.filter(agency=locked, user__email__iexact=email).exists():
            raise Refused(_("Somebody with this e-mail works here already."), "email")
        row, new = self.offer(locked, parts=given, by=by, name=name, email=email, language=language)
        if new:
            signals.seat_offered.send(sender=SeatInvitation, invitation=row, token=self.token_of(row))
        return row, new

    @transaction.atomic
    def remove(self, place: Agency, person: Seat, *, by) -> None:
        """As for all rosters. Who was removed by somebody else hears of it."""
        number, user = person.pk, person.user
        super().remove(place, person, by=by)
        if user != by:
            signals.seat_removed.send(sender=Seat, agency=place, user=user, seat=number)


seats = Seats()


def check_email(email: str, field: str) -> None:
    """Raises Refused for what is no e-mail address."""
    try:
        _is_email(email)
        good = len(email) <= 254
    except ValidationError:
        good = False
    if not good:
        raise Refused(_("Please give an e-mail address, such as name@agency.example."), field)
