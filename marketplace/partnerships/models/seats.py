"""Who works for an agency in its desk, and what each may do there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.partnerships.models.agencies import Agency


class Part(models.TextChoices):
    """What a seat may do. The values are names of Seat's fields; an owner may do all of it."""

    OWN = "is_owner", pgettext_lazy("agency", "Owner: everything, and who works here")
    EDIT = "edits", _("Editor: cards, sites, asking for languages")
    BOOKS = "keeps_books", _("Book-keeper: statistics and statements")


class Parts(models.Model):
    is_owner = models.BooleanField(pgettext_lazy("agency", "owner"), default=False)
    edits = models.BooleanField(_("editor"), default=False)
    keeps_books = models.BooleanField(_("book-keeper"), default=False)

    class Meta:
        abstract = True

    def may(self, part: str) -> bool:
        """Whether this person may do ``part``, a value of Part."""
        return self.is_owner or getattr(self, part)

    @property
    def parts(self) -> list[Part]:
        """The parts as given: an owner has just "owner"."""
        return [Part.OWN] if self.is_owner else [part for part in Part if getattr(self, part)]


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


class SeatInvitation(Parts):
    """An offer of a seat, sent to an e-mail address. Whoever has its link may accept it once; only a hash is kept."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=12)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=SOME_PART, name="seatinvitation_has_some_part")]
        verbose_name = _("invitation to a seat")
        verbose_name_plural = _("invitations to a seat")

    def __str__(self) -> str:
        return f"{self.name} · {self.agency.code}"

    def is_waiting(self, now) -> bool:
        """Neither accepted nor withdrawn, and ``now`` (aware) is before its end."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
