"""What rows about people at a place have in common: a workshop's members, an agency's seats, and invitations to either."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Parted(models.Model):
    """A boolean field for each value of ``part_type``, its ``OWN`` among them. An owner may do all of it."""

    part_type: ClassVar[type[models.TextChoices]]

    class Meta:
        abstract = True

    def may(self, part: str) -> bool:
        """Whether this person may do ``part``, a value of ``part_type``."""
        return self.is_owner or getattr(self, part)

    def given(self) -> list[models.TextChoices]:
        """As they were given, in their order: an owner has just "owner"."""
        kinds = self.part_type
        return [kinds.OWN] if self.is_owner else [part for part in kinds if getattr(self, part)]


class Offer(models.Model):
    """Whoever has its link may accept it once. Only a hash of the link's token is kept."""

    name = models.CharField(_("name"), max_length=120)
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
        abstract = True

    def is_waiting(self, now) -> bool:
        """Neither accepted nor withdrawn, and ``now`` (aware) is before its end."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
