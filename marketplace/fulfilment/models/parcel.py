"""The boxes of a consignment, with what the scales said."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models.consignment import Consignment
from marketplace.fulfilment.models.shipping import ShippingRate


class Parcel(models.Model):
    """One box. Planned when the order is placed (an estimate and the rate used), weighed when the maker packs it.

    A consignment stays one consignment however many boxes it takes: parcels exist because a carrier takes only so much.
    """

    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="parcels")
    number = models.PositiveSmallIntegerField(_("number in the consignment"))
    planned_weight_g = models.PositiveIntegerField(_("estimated weight in grams"), null=True, blank=True)
    gross_weight_g = models.PositiveIntegerField(_("weight with packing, in grams"), null=True, blank=True)
    # Unknown where some piece in it has no net weight.
    packing_weight_g = models.PositiveIntegerField(_("of which packing, in grams"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length in millimetres"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width in millimetres"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height in millimetres"), null=True, blank=True)
    # Order line id (as text) → how many of it lie in this box. Empty: all lines, while there is one box.
    contents = models.JSONField(_("contents"), default=dict, blank=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    service = models.CharField(_("service"), max_length=80, blank=True)
    rate = models.ForeignKey(
        ShippingRate, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("rate")
    )
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    # Who gave the number out: "S10:VN" for a post's, else the carrier. Numbers are unique per issuer.
    tracking_issuer = models.CharField(max_length=80, blank=True)
    # Posts use a number again after twelve months: only the latest use is current.
    tracking_current = models.BooleanField(default=False)
    tracked_on = models.DateField(_("number given on"), null=True, blank=True)
    label = models.JSONField(_("label data"), default=dict, blank=True)

    class Meta:
        ordering = ["consignment", "number"]
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints = [
            models.UniqueConstraint(fields=["consignment", "number"], name="parcel_once_per_number"),
            models.UniqueConstraint(
                fields=["tracking_issuer", "tracking"],
                condition=Q(tracking_current=True),
                name="parcel_tracking_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(gross_weight_g__isnull=True) | Q(gross_weight_g__gt=0), name="parcel_weighs_something"
            ),
            models.CheckConstraint(
                condition=Q(tracking_current=False)
                | (~Q(tracking="") & ~Q(tracking_issuer="") & Q(tracked_on__isnull=False)),
                name="parcel_current_number_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment.number}/{self.number}"

    @property
    def weight_g(self) -> int | None:
        """What the scales said, else the estimate; grams."""
        return self.gross_weight_g or self.planned_weight_g

    @property
    def sides_mm(self) -> tuple[int, ...]:
        """Length, width and height in millimetres; empty where they were not measured."""
        sides = (self.length_mm, self.width_mm, self.height_mm)
        return sides if all(sides) else ()
