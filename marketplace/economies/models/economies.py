from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model


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


class RequiredLanguage(models.Model):
    """Without words in ``language`` a piece is not sent to ``destination``."""

    destination = models.CharField(
        _("destination"),
        max_length=2,
        help_text=_("The economy or territory, by its two-letter code (ISO 3166-1)."),
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Please give a two-letter code, such as JP."))],
    )
    language = models.CharField(
        _("language"), max_length=12, help_text=_("The code of the language, such as ja or zh-hant.")
    )
    machine_counts = models.BooleanField(
        _("machine translation is enough"),
        default=False,
        help_text=_("Otherwise a person must have written the words."),
    )
    source = models.CharField(
        _("source"), max_length=300, help_text=_("Who asks for it: the law, a partner's terms, a decision of yours.")
    )

    class Meta:
        ordering = ["destination", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "language"],
                name="required_language_once",
                violation_error_message=_("This language is already required for this destination."),
            )
        ]
        verbose_name = _("required language")
        verbose_name_plural = _("required languages")

    def __str__(self) -> str:
        return f"{self.destination}: {self.language}"

    def clean(self) -> None:
        """Only a place that parcels can go to, and a language that pieces can be described in."""
        places = get_model("address", "Country").objects
        if self.destination and not places.filter(pk=self.destination).exists():
            raise ValidationError({"destination": _("No parcel can go there: this code is no destination here.")})
        known = [code for code, _name in settings.LANGUAGES]
        if self.language and self.language not in known:
            wrong = _("No piece can be described in this language here. Known are: %(codes)s.")
            raise ValidationError({"language": wrong % {"codes": ", ".join(known)}})
