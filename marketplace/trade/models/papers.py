"""What the papers go by: limits of the forms, and the wording of origin statements.

What data a destination asks for (digits of the HS code, numbers of the piece) stands in the restrictions.
"""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PLACE = RegexValidator(r"^[A-Z]{2}$", _("Please give a two-letter code, such as JP, or EU."))


class Dated(models.Model):
    """Valid from a day to a last day, or open; every row says who says so."""

    effective_from = models.DateField(_("valid from"))
    effective_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Last day; empty: open."))
    source = models.CharField(_("source"), max_length=300)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="%(class)s_days_in_order",
                violation_error_message=_("The last day is before the first."),
            )
        ]


class PaperRule(Dated):
    """A limit of a form, or a number that is not printed.

    ``destination`` is an economy or a bloc such as EU; empty: everywhere. ``number`` is in ``unit``.
    """

    class Kind(models.TextChoices):
        CN22_VALUE = "cn22-value", _("CN22: value of a parcel, at most")
        CN22_WEIGHT = "cn22-weight", _("CN22: weight of a parcel, at most")
        ELECTRONIC_ONLY = "electronic-only", _("The scheme’s number goes into the data, not on paper")

    kind = models.CharField(_("rule"), max_length=16, choices=Kind.choices)
    destination = models.CharField(
        _("destination"), max_length=2, blank=True, validators=[PLACE], help_text=_("A code, or EU. Empty: everywhere.")
    )
    scheme = models.CharField(_("scheme"), max_length=16, blank=True, help_text=_("Such as IOSS."))
    number = models.DecimalField(
        _("number"), max_digits=12, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    unit = models.CharField(_("unit"), max_length=8, blank=True, help_text=_("XDR (special drawing rights) or g."))

    class Meta(Dated.Meta):
        ordering = ["kind", "destination", "scheme", "effective_from"]
        verbose_name = _("rule of the papers")
        verbose_name_plural = _("rules of the papers")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "destination", "scheme", "effective_from"],
                name="paperrule_once_per_start",
                violation_error_message=_("There is already a row of this rule with this first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.destination or '*'}"


class OriginStatementText(Dated):
    """The wording of an agreement's origin statement in one language. It is legal text: checked by a person, then used.

    A new wording is a new row with its own ``version``; papers that were made keep the version that they name.
    """

    agreement = models.CharField(_("agreement"), max_length=40, help_text=_("Such as CPTPP."))
    language = models.CharField(_("language"), max_length=12, help_text=_("Code, such as en or fr."))
    version = models.CharField(_("version"), max_length=40)
    text = models.TextField(_("wording"))
    checked = models.BooleanField(
        _("checked"), default=False, help_text=_("Somebody compared it with the agreement. Before, no paper uses it.")
    )

    class Meta(Dated.Meta):
        ordering = ["agreement", "language", "effective_from"]
        verbose_name = _("wording of an origin statement")
        verbose_name_plural = _("wordings of origin statements")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["agreement", "language", "version"],
                name="originstatementtext_once_per_version",
                violation_error_message=_("There is already a wording with this version."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.language} {self.version}"
