"""Days on which a village or workshop receives visitors."""

from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.abstract_models import HasTexts, TextRow
from marketplace.workshops.models.places import Village, Workshop


def known_time_zone(value: str) -> None:
    """Raises ValidationError for what is no name of the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(_("This time zone is not known. It is written like Asia/Bangkok."), code="time_zone")


class VisitDay(HasTexts):
    """A day, or some hours of it, at a village. Moments are aware; ``time_zone`` (IANA) is the village's own.

    Its uuid is what other systems know it by; it is never deleted once published, but called off with a reason.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="visit_days", verbose_name=_("village")
    )
    workshop = models.ForeignKey(
        Workshop,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visit_days",
        verbose_name=_("workshop"),
        help_text=_("Empty: the whole village."),
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(
        _("time zone"), max_length=40, validators=[known_time_zone], help_text=_("For example Asia/Bangkok.")
    )
    seats = models.PositiveSmallIntegerField(_("number of visitors"), null=True, blank=True)
    # No amount: free of charge.
    price = models.DecimalField(_("price per person"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_published = models.BooleanField(_("published"), default=True)
    called_off_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Invented for the demo."))

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("visit day")
        verbose_name_plural = _("visit days")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visitday_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency="") | (Q(price__gt=0) & ~Q(currency="")),
                name="visitday_price_has_its_currency",
            ),
        ]

    def __str__(self) -> str:
        row = self.text()
        return row.name if row else f"{self.village.slug} {self.starts_at:%Y-%m-%d}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class VisitDayText(TextRow):
    owner = models.ForeignKey(VisitDay, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=160)
    summary = models.TextField(_("what visitors do"), max_length=1000, blank=True)
    meeting_point = models.CharField(_("where to meet"), max_length=200, blank=True)
    why_called_off = models.CharField(_("why it was called off"), max_length=200, blank=True)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="visitdaytext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name
