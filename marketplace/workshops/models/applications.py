"""A workshop on its way: what somebody has answered so far, kept under her account until there is a workshop."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.places import Village, Workshop


class Application(models.Model):
    """One form with a ``key`` makes one application, and one application makes at most one workshop."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="applications")
    language = models.CharField(_("language"), max_length=12)
    name = models.CharField(_("name of the group"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Workshop.Kind.choices)
    person = models.CharField(_("contact person"), max_length=120)
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("village")
    )
    # Where the register does not know her village: its economy and what she calls it.
    economy = models.ForeignKey(
        "marketplace_economies.Economy",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("economy"),
    )
    village_asked = models.CharField(_("village that the register does not know"), max_length=120, blank=True)
    workshop = models.OneToOneField(
        Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="application", editable=False
    )
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(village_asked="") | Q(economy__isnull=False), name="application_asks_for_a_village_somewhere"
            )
        ]
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.name

    @property
    def waits_for_village(self) -> bool:
        """Sent, but the register has no village for it yet."""
        return self.sent_at is not None and self.workshop_id is None
