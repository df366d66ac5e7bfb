"""One customer order, one consignment per workshop, and what its shipping costs."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.economies.names import economy_name


class ShippingRate(models.Model):
    """What one consignment costs to send, by place, weight and date. Dated rows: an order keeps the amount it used.

    ``destination`` empty means "anywhere that has no row of its own". Weights are grams, up to and including.
    """

    origin = models.CharField(_("from economy"), max_length=2)
    destination = models.CharField(
        _("to"), max_length=2, blank=True, help_text=_("Two-letter code; empty: elsewhere.")
    )
    up_to_g = models.PositiveIntegerField(_("up to grams"))
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
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
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "destination", "up_to_g", "currency", "effective_from"],
                name="shippingrate_once_per_start",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="shippingrate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.destination or '*'} ≤ {self.up_to_g} g: {self.amount} {self.currency}"

    @property
    def route(self) -> str:
        """Where from and where to, in the active language."""
        to = economy_name(self.destination) if self.destination else _("elsewhere")
        return f"{economy_name(self.origin)} → {to}"


class ConsignmentQuerySet(models.QuerySet):
    def for_user(self, user) -> "ConsignmentQuerySet":
        """Those of the workshops that ``user`` is a member of."""
        return self.filter(workshop__members__user=user)

    def payable(self) -> "ConsignmentQuerySet":
        """Those whose order is paid: only these are a maker's business."""
        return self.filter(order__payment__state="paid")


class Consignment(models.Model):
    """What one workshop sends to one buyer: the unit that shipping, papers, refunds and payouts attach to."""

    class State(models.TextChoices):
        PLACED = "placed", _("To pack")
        PACKED = "packed", _("Packed")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="consignments")
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop", on_delete=models.PROTECT, related_name="consignments"
    )
    number = models.CharField(_("number"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLACED)
    currency = models.CharField(_("currency"), max_length=3)
    goods = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    shipping = models.DecimalField(_("shipping"), max_digits=12, decimal_places=2)
    shipping_rate = models.ForeignKey(ShippingRate, null=True, on_delete=models.PROTECT, related_name="+")
    weight_g = models.PositiveIntegerField(_("net weight in grams"))
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ConsignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("consignment")
        verbose_name_plural = _("consignments")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "workshop"], name="consignment_once_per_order_and_workshop"
            ),
            models.CheckConstraint(
                condition=Q(goods__gte=0) & Q(shipping__gte=0), name="consignment_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def lines(self):
        """The order's lines that this workshop made."""
        return self.order.lines.filter(partner_id=self.workshop.partner_id).order_by("id")

    @property
    def total(self):
        """Goods and shipping, in ``currency``."""
        return self.goods + self.shipping
