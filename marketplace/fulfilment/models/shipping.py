"""What it costs to send a parcel: zones of places, and dated rows by carrier, place, weight and size."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from marketplace.economies.names import economy_name


class Incoterm(models.TextChoices):
    """Who pays duty and tax (Incoterms 2020, the two that parcels use)."""

    DAP = "DAP", _("The buyer pays duty and tax on arrival (DAP)")
    DDP = "DDP", _("Duty and tax are paid before (DDP)")


class Zone(models.Model):
    """Places that one carrier charges alike. A place is in at most one zone of a carrier and an origin."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    carrier = models.CharField(_("carrier"), max_length=40, default="post")
    origin = models.CharField(
        _("from economy"), max_length=2, blank=True, help_text=_("Two-letter code; empty: from anywhere.")
    )
    destinations = models.ManyToManyField(
        "address.Country", related_name="shipping_zones", verbose_name=_("destinations")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("shipping zone")
        verbose_name_plural = _("shipping zones")

    def __str__(self) -> str:
        return self.name


class ShippingRate(models.Model):
    """What one parcel costs to send, by carrier, place, weight and date. Dated rows: an order keeps the rows it used.

    Place: a ``destination`` of its own, a ``zone``, or neither: "anywhere that has no row of its own". Weights are
    grams, up to and including. Amounts are in the currency of the price list, major units.
    """

    carrier = models.CharField(_("carrier"), max_length=40, default="post")
    service = models.CharField(
        _("service"), max_length=80, blank=True, help_text=_("The carrier's name for it; may be empty.")
    )
    incoterm = models.CharField(
        _("duty and tax"), max_length=3, choices=Incoterm.choices, default=Incoterm.DAP
    )
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shipping_rates",
        verbose_name=_("workshop"),
        help_text=_("Only for this workshop, instead of the rows for all."),
    )
    origin = models.CharField(_("from economy"), max_length=2)
    destination = models.CharField(
        _("to"), max_length=2, blank=True, help_text=_("Two-letter code; empty: elsewhere.")
    )
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="rates", verbose_name=_("zone")
    )
    up_to_g = models.PositiveIntegerField(_("up to grams"), validators=[MinValueValidator(1)])
    longest_side_mm = models.PositiveIntegerField(
        _("longest side, at most (mm)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    sides_sum_mm = models.PositiveIntegerField(
        _("length + width + height, at most (mm)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    length_girth_mm = models.PositiveIntegerField(
        _("length + girth, at most (mm)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    volumetric_divisor = models.PositiveIntegerField(
        _("volumetric divisor"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Cubic centimetres that count as one kilogram, such as 5000; empty: only the weight counts."),
    )
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    duty_fee = models.DecimalField(
        _("fee for paying duty"),
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("DDP only: what the carrier asks for paying duty and tax in advance, once per consignment."),
    )
    currency = models.CharField(_("currency"), max_length=3)
    days_min = models.PositiveSmallIntegerField(_("days, at least"), default=5)
    days_max = models.PositiveSmallIntegerField(_("days, at most"), default=21)
    effective_from = models.DateField(_("valid from"))
    effective_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("Last day; empty: open.")
    )
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ["origin", "destination", "up_to_g", "-effective_from"]
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        indexes = [models.Index(fields=["origin", "currency", "destination"], name="shippingrate_route")]
        constraints = [
            # Coalesce: two rows for "all workshops" or for "no zone" are the same, which NULLs are not.
            models.UniqueConstraint(
                F("carrier"),
                F("service"),
                F("incoterm"),
                Coalesce(F("workshop"), 0),
                F("origin"),
                F("destination"),
                Coalesce(F("zone"), 0),
                F("up_to_g"),
                F("currency"),
                F("effective_from"),
                name="shippingrate_once_per_start",
                violation_error_message=_("There is a rate for the same parcels from the same day on."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(duty_fee__gte=0), name="shippingrate_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(zone__isnull=True) | Q(destination=""),
                name="shippingrate_zone_or_destination",
                violation_error_message=_("Choose a destination or a zone, not both."),
            ),
            models.CheckConstraint(
                condition=Q(incoterm="DDP") | Q(duty_fee=0),
                name="shippingrate_fee_only_ddp",
                violation_error_message=_("A fee for paying duty belongs to DDP only."),
            ),
        ]

    def __str__(self) -> str:
        place = self.zone or self.destination or "*"
        return f"{self.origin} → {place} ≤ {self.up_to_g} g: {self.amount} {self.currency}"

    @property
    def route(self) -> str:
        """Where from and where to, in the active language."""
        if self.zone_id:
            to = str(self.zone)
        else:
            to = economy_name(self.destination) if self.destination else _("elsewhere")
        return f"{economy_name(self.origin)} → {to}"
