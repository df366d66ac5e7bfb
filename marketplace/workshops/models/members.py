"""Who works in the desk for a workshop, and what each may do there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.places import Workshop


class Right(models.TextChoices):
    """What a member may do. The values are names of Member's fields; an owner may do all of it."""

    OWN = "is_owner", _("Owner: everything, and who works here")
    LIST = "lists", _("Lister: pieces, photos, prices")
    PACK = "packs", _("Packer: orders, parcels, papers")
    BOOKS = "keeps_books", _("Book-keeper: earnings and statements")


class Rights(models.Model):
    """One person may have several: in a small group the lister also packs."""

    is_owner = models.BooleanField(_("owner"), default=False)
    lists = models.BooleanField(_("lister"), default=False)
    packs = models.BooleanField(_("packer"), default=False)
    keeps_books = models.BooleanField(_("book-keeper"), default=False)

    class Meta:
        abstract = True

    def may(self, right: str) -> bool:
        """Whether this person may do ``right``, a value of Right."""
        return self.is_owner or getattr(self, right)

    @property
    def rights(self) -> list[Right]:
        """The rights as given: an owner has just "owner"."""
        return [Right.OWN] if self.is_owner else [right for right in Right if getattr(self, right)]


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


class Invitation(Rights):
    """An offer to work here, sent to a telephone number or an e-mail address. Whoever has its link may accept it once.

    Only a hash of the link's token is kept.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(_("name"), max_length=120)
    contact = models.CharField(_("telephone or e-mail"), max_length=254, help_text=_("E.164, or an e-mail address."))
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
        constraints = [models.CheckConstraint(condition=SOME_RIGHT, name="invitation_has_some_right")]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.name} · {self.workshop.slug}"

    def is_waiting(self, now) -> bool:
        """Neither accepted nor withdrawn, and ``now`` (aware) is before its end."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
