"""Photos that arrived before the piece that they belong to."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.assistance import private_files
from marketplace.workshops.models.places import Workshop
from marketplace.workshops.own_files import delete_files_with


def new_ticket() -> str:
    return secrets.token_urlsafe(18)


class WaitingPhoto(models.Model):
    """A cleaned photo that waits for its form; it is worth nothing to another user.

    ``key`` is made by the sender: the same photo sent again is the same row. When the photo was used or removed its
    files go (``ended_at``); the row stays for a while, so that a late repeat is known.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.UUIDField(default=uuid.uuid4)
    ticket = models.CharField(max_length=40, unique=True, default=new_ticket)
    file = models.FileField(storage=private_files, upload_to="waiting-photos/%Y/%m/%d")
    small = models.FileField(storage=private_files, upload_to="waiting-photos/%Y/%m/%d")
    size = models.PositiveIntegerField(_("size in bytes"))
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="waitingphoto_once_per_key")]
        indexes = [models.Index(fields=["user", "made_at"], condition=Q(ended_at=None), name="waitingphoto_waiting")]
        verbose_name = _("waiting photo")
        verbose_name_plural = _("waiting photos")

    def __str__(self) -> str:
        return f"{self.user_id}, {self.made_at:%Y-%m-%d %H:%M}"


delete_files_with(WaitingPhoto)
