"""Who works in the desk for a workshop, and what each may do there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.places import Workshop
from marketplace.workshops.models.rosters import Offer, Parted


class Right(models.TextChoices):
    """What a member may do. The values are names of Member's fields; an owner may do all of it."""

    OWN = "is_owner", _("Owner: everything, and who works here")
    LIST = "lists", _("Lister: pieces, photos, prices")
    PACK = "packs", _("Packer: orders, parcels, papers")
    BOOKS = "keeps_books", _("Book-keeper: earnings and statements")


class Rights(Parted):
    """One person may have several: in a small group the lister also packs."""

    part_type = Right
    is_owner = models.BooleanField(_("owner"), default=False)
    lists = models.BooleanField(_("lister"), default=False)
    packs = models.BooleanField(_("packer"), default=False)
    keeps_books = models.BooleanField(_("book-keeper"), default=False)

    class Meta:
        abstract = True

    @property
    def rights(self) -> list[Right]:
        return self.given()


SOME_RIGHT = Q(is_owner=True) | Q(lists=True) | Q(packs=True) | Q(keeps_books=True)


class Member(Rights):
    """A person who works in the desk for a workshop. A disabled user or a deleted row loses access at once."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "user"], name="member_once_per_workshop"),
            models.CheckConstraint(condition=SOME_RIGHT, name="member_has_some_right"),
        ]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return f"{self.user} · {self.workshop.slug}"


class Invitation(Offer, Rights):
    """An offer to work here, sent to a telephone number or an e-mail address."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="invitations")
    contact = models.CharField(_("telephone or e-mail"), max_length=254, help_text=_("E.164, or an e-mail address."))

    class Meta:
        constraints = [models.CheckConstraint(condition=SOME_RIGHT, name="invitation_has_some_right")]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.name} · {self.workshop.slug}"
