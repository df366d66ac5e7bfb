"""A person's e-mail or telephone was changed: the old one may stop it for some days, and new payees wait as long."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContactChange(models.Model):
    """``until``: as long as the old contact can stop it. Of its link only a hash is kept. ``old`` is empty for a contact
    that was only added.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Telephone")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact_changes")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    old = models.CharField(max_length=254, blank=True)
    new = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField()
    stop_hash = models.CharField(max_length=64, unique=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["until"], name="contactchange_until")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}, {self.made_at:%Y-%m-%d}"
