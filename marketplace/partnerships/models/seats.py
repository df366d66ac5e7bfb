"""Who works for an agency in its desk, and what each may do there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.partnerships.models.agencies import Agency
from marketplace.workshops.models.rosters import Offer, Parted


class Part(models.TextChoices):
    """What a seat may do. The values are names of Seat's fields; an owner may do all of it."""

    OWN = "is_owner", pgettext_lazy("agency", "Owner: everything, and who works here")
    EDIT = "edits", _("Editor: cards, sites, API keys, asking for languages")
    BOOKS = "keeps_books", _("Book-keeper: statistics and statements")


class Parts(Parted):
    part_type = Part
    is_owner = models.BooleanField(pgettext_lazy("agency", "owner"), default=False)
    edits = models.BooleanField(_("editor"), default=False)
    keeps_books = models.BooleanField(_("book-keeper"), default=False)

    class Meta:
        abstract = True

    @property
    def parts(self) -> list[Part]:
        return self.given()


SOME_PART = Q(is_owner=True) | Q(edits=True) | Q(keeps_books=True)


class Seat(Parts):
    """A person who works in the desk for an agency. A disabled user or a deleted row loses access at once."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agency_seats")
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="seat_once_per_agency"),
            models.CheckConstraint(condition=SOME_PART, name="seat_has_some_part"),
        ]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")

    def __str__(self) -> str:
        return f"{self.user} · {self.agency.code}"


class SeatInvitation(Offer, Parts):
    """An offer of a seat, sent to an e-mail address."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))

    class Meta:
        constraints = [models.CheckConstraint(condition=SOME_PART, name="seatinvitation_has_some_part")]
        verbose_name = _("invitation to a seat")
        verbose_name_plural = _("invitations to a seat")

    def __str__(self) -> str:
        return f"{self.name} · {self.agency.code}"
