"""How often a thing is looked at, and why a machine could not translate it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ViewCount(models.Model):
    """How often one thing was looked at in one month; nothing about who did. ``month`` is its first day."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Piece")
        PAGE = "page", _("Page")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    object_id = models.PositiveIntegerField()
    month = models.DateField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "month"], name="views_once_per_month")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.month:%Y-%m}: {self.number}"


class MachineFailure(models.Model):
    """The last attempt to translate a thing by machine into a language failed; gone after the next that works."""

    translation_key = models.UUIDField()
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    failed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="failure_once_per_language")
        ]

    def __str__(self) -> str:
        return self.reason
