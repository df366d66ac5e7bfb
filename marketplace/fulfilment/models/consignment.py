"""One customer order, one consignment per workshop."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models.shipping import ShippingRate

# The status of an order line that will not be sent.
CANCELLED_LINE = "cancelled"


class ConsignmentQuerySet(models.QuerySet):
    def for_user(self, user) -> "ConsignmentQuerySet":
        """Those of the workshops that ``user`` is a member of."""
        return self.filter(workshop__members__user=user)

    def payable(self) -> "ConsignmentQuerySet":
        """Those whose order is or was paid: only these are a maker's business, also when all was paid back."""
        was = Q(order__payment__state__in=("refunded", "attention"), order__payment__paid_at__isnull=False)
        return self.filter(Q(order__payment__state="paid") | was)

    def waiting(self) -> "ConsignmentQuerySet":
        """Those that have not left yet."""
        return self.filter(state__in=(Consignment.State.PLACED, Consignment.State.PACKED))


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
    taxes = models.DecimalField(_("taxes and duties paid with the order"), max_digits=12, decimal_places=2, default=0)
    incoterm = models.CharField(_("duty and tax"), max_length=3, default="DAP")
    # The rules that decided, and what nobody could say: [{"kind", "rule_id", "why"}], with
    # "at_least" in the order's currency where a part is known. Both as of the day of the order.
    rule_ids = models.JSONField(default=list, blank=True)
    unknown = models.JSONField(default=list, blank=True)
    shipping_rate = models.ForeignKey(ShippingRate, null=True, on_delete=models.PROTECT, related_name="+")
    weight_g = models.PositiveIntegerField(_("net weight in grams"))
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    # What the buyer was promised before paying; empty for orders from before it was kept.
    send_by = models.DateField(_("promised to leave by"), null=True, blank=True)
    arrives_from = models.DateField(_("promised to arrive from"), null=True, blank=True)
    arrives_by = models.DateField(_("promised to arrive by"), null=True, blank=True)
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
                condition=Q(goods__gte=0) & Q(shipping__gte=0) & Q(taxes__gte=0), name="consignment_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "state", "send_by"], name="consignment_due"),
            models.Index(fields=["workshop", "-created_at", "-id"], name="consignment_latest"),
            # In the order in which a maker packs them.
            models.Index(
                fields=["workshop", "send_by", "created_at", "id"],
                condition=Q(state__in=("placed", "packed")),
                name="consignment_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def all_lines(self):
        """The order's lines that this workshop was to make, cancelled ones too: ``goods`` are what all of them cost."""
        return self.order.lines.filter(partner_id=self.workshop.partner_id).order_by("id")

    @property
    def lines(self):
        """Those that are sent: what is packed, declared and weighed. Of a cancelled consignment: those that were to be."""
        if self.state == self.State.CANCELLED:
            return self.all_lines
        return self.all_lines.exclude(status=CANCELLED_LINE)

    @property
    def total(self):
        """Goods, shipping, and the taxes and duties that were paid with the order, in ``currency``; as it was placed."""
        return self.goods + self.shipping + self.taxes
