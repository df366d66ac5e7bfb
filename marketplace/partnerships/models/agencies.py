"""Travel agencies that show the shop's stories on their own sites, and on which terms."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Public: it stands in every link from an agency's page to the shop.
CODE = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$", _("Small letters, digits and hyphens, 3 to 40 of them."))


class Agency(models.Model):
    """An agency. Its ``code`` is public and counts while it is open; it is never given to another agency."""

    class Stage(models.TextChoices):
        APPLIED = "applied", _("Waits for the shop")
        OPEN = "open", _("Open")
        DECLINED = "declined", _("Declined")
        CLOSED = "closed", _("Closed")

    class Reason(models.TextChoices):
        """Why it was declined or closed; said to the agency in its language."""

        NOT_TRAVEL = "not_travel", _("We work with agencies and sites that tell about travel and crafts.")
        UNREACHED = "unreached", _("We could not reach you.")
        SITE = "site", _("We could not see your site.")
        TWICE = "twice", _("Your agency has a place here already.")
        RULES = "rules", _("The terms were not kept.")
        ASKED = "asked", _("You asked us to.")
        OTHER = "other", _("Another reason")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=160)
    site = models.URLField(_("site"), max_length=300, help_text=_("Where cards will be shown, such as https://agency.example"))
    economy = models.ForeignKey(
        "marketplace_economies.Economy", on_delete=models.PROTECT, related_name="agencies", verbose_name=_("economy")
    )
    # What it is paid in.
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=12)
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_email = models.EmailField(_("e-mail"))
    about = models.TextField(_("about your agency"), max_length=1000, blank=True)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.APPLIED)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    # As somebody of the shop wrote it, in that language.
    words = models.TextField(_("in your own words"), max_length=1000, blank=True)
    applied_at = models.DateTimeField(_("applied at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    terms_accepted_at = models.DateTimeField(_("terms accepted at"), null=True, blank=True, editable=False)
    terms_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    partners_only = models.BooleanField(
        _("only on these sites"),
        default=False,
        help_text=_("Cards with this agency's code are shown on its proven sites and nowhere else."),
    )
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Invented for the demo."))

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=("declined", "closed")) | ~Q(reason=""), name="agency_refusal_says_why"
            ),
            models.CheckConstraint(
                condition=Q(stage="applied") | Q(decided_at__isnull=False) | Q(stage="closed"),
                name="agency_decision_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.stage == self.Stage.OPEN


class AgencyTerms(models.Model):
    """What an agency earns from a day on. Rows of an agency go before those for all (no agency).

    ``percent`` of the price of goods, taken out of the shop's own commission; ``days`` from the visit to the order.
    A row that counted for an order is not changed any more; a new one follows it.
    """

    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="terms", verbose_name=_("agency")
    )
    percent = models.DecimalField(
        _("of the price of goods, in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    days = models.PositiveSmallIntegerField(
        _("days from the visit to the order"), validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day on which it counts."))
    source = models.CharField(
        _("decided by"), max_length=300, help_text=_("Who decided it and where it is written down.")
    )

    class Meta:
        ordering = ["-valid_from", "-id"]
        verbose_name = _("terms for agencies")
        verbose_name_plural = _("terms for agencies")
        constraints = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="agencyterms_once_per_day"),
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(agency=None), name="agencyterms_for_all_once_per_day"
            ),
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="agencyterms_percent"),
            models.CheckConstraint(condition=Q(days__range=(1, 365)), name="agencyterms_days"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="agencyterms_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.code if self.agency_id else '*'} {self.percent} % {self.valid_from}"
