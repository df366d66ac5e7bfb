"""Keys for the read-only API. Everything that it answers is public; a key only raises the limit and names its holder."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.partnerships.models.agencies import Agency


class ApiKey(models.Model):
    """Shown whole once, when it is made; kept as its first signs and a SHA-256 of the rest.

    Without an agency it belongs to a developer whom the operator gave it to.
    """

    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("agency")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("What it is for, such as “our website”."))
    prefix = models.CharField(_("begins with"), max_length=12, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    per_minute = models.PositiveIntegerField(_("requests per minute"), default=600)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    # Of the form that made it, so that the same form sent twice makes one.
    form = models.UUIDField(null=True, blank=True, editable=False)
    last_used_on = models.DateField(_("last used"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "form"], name="apikey_once_per_form")]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
