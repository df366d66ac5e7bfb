from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Economy(models.Model):
    """One of APEC's economies under the name that APEC uses."""

    code = models.CharField(_("code"), max_length=2, primary_key=True, help_text=_("ISO 3166-1 alpha-2."))
    name = models.CharField(_("name"), max_length=80, unique=True)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217."))
    languages = models.JSONField(
        _("languages"), default=list, help_text=_("Language codes, most used first.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("economy")
        verbose_name_plural = _("economies")

    def __str__(self) -> str:
        return self.get_name()

    def get_name(self) -> str:
        """The name in the active language (see names.py)."""
        return gettext(self.name)
