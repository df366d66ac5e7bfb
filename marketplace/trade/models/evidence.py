"""Papers about a piece that exist outside of the shop: certificates, proofs of origin, codes of single tariffs."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string

from marketplace.trade.models.restrictions import PLACE


class Certificate(models.Model):
    """A permit or certificate for a piece: number, who issued it, until when. A number without a body proves nothing.

    ``destination`` empty: it holds everywhere. Only those that a person of the staff ``checked`` clear a rule.
    """

    class Kind(models.TextChoices):
        CITES = "cites", _("CITES permit or certificate")
        PHYTOSANITARY = "phytosanitary", _("Plant health certificate")
        TREATMENT = "treatment", _("Treatment or fumigation certificate")
        EXPORT_PERMIT = "export_permit", _("Export permit for cultural property")
        IMPORT_PERMIT = "import_permit", _("Import permit of the destination")
        FOOD = "food", _("Food registration or health certificate")
        COSMETIC = "cosmetic", _("Cosmetic notification")
        CHILD_PRODUCT = "child_product", _("Children’s product certificate (CE, CPC)")
        LAB_TEST = "lab_test", _("Test report of a laboratory")
        DUE_DILIGENCE = "due_diligence", _("Due diligence statement (deforestation)")
        OTHER = "other", _("Another paper")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=80)
    body = models.CharField(_("issued by"), max_length=160)
    destination = models.CharField(
        _("destination"), max_length=2, blank=True, validators=[PLACE], help_text=_("Empty: it holds everywhere.")
    )
    issued_on = models.DateField(_("issued on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Last day; empty: open."))
    document = models.ForeignKey(
        get_document_model_string(), null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("document"),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["kind", "number"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "number", "body"],
                name="certificate_once_per_piece",
                violation_error_message=_("This certificate is already recorded for this piece."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("issued_on")),
                name="certificate_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class OriginEvidence(models.Model):
    """Why a piece originates in its economy under one agreement. ``inputs``: list of {"what", "origin", "hs"}."""

    class Criterion(models.TextChoices):
        WO = "WO", _("Wholly obtained there")
        PE = "PE", _("Made there only from materials that originate")
        CTC = "CTC", _("Materials from elsewhere change their HS chapter or heading")
        RVC = "RVC", _("Enough of its value was added there")
        SP = "SP", _("A named process was done there")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="origin_evidence")
    agreement = models.CharField(_("agreement"), max_length=40, help_text=_("Such as CPTPP, RCEP or ATIGA."))
    criterion = models.CharField(_("criterion"), max_length=3, choices=Criterion.choices)
    inputs = models.JSONField(_("materials used"), default=list, blank=True)
    statement_version = models.CharField(_("version of the statement"), max_length=40, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), help_text=_("Last day."))
    signed_by = models.CharField(_("signed by"), max_length=160)
    files = models.ManyToManyField(get_document_model_string(), blank=True, related_name="+", verbose_name=_("files"))

    class Meta:
        ordering = ["agreement", "valid_from"]
        verbose_name = _("proof of origin")
        verbose_name_plural = _("proofs of origin")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="originevidence_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.criterion}"


class TariffCode(models.Model):
    """The code of a piece in one destination's own tariff, longer than the six digits that are the same everywhere."""

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="tariff_codes")
    destination = models.CharField(_("destination"), max_length=2, validators=[PLACE])
    code = models.CharField(
        _("code"), max_length=12, validators=[RegexValidator(r"^\d{8,12}$", _("A tariff code has 8 to 12 digits."))]
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering = ["destination"]
        verbose_name = _("tariff code")
        verbose_name_plural = _("tariff codes")
        constraints = [
            models.UniqueConstraint(fields=["product", "destination"], name="tariffcode_once_per_destination")
        ]

    def __str__(self) -> str:
        return f"{self.destination}: {self.code}"
