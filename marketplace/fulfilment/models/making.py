"""Which month a piece that is made to order was promised for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models.consignment import CANCELLED_LINE

# Orders that nobody paid, or that were called off before.
GIVEN_BACK = ("expired", "cancelled")


class MakingSlotQuerySet(models.QuerySet):
    def taken(self) -> "MakingSlotQuerySet":
        """Those of orders that stand: placed, not run out, not cancelled."""
        alive = Q(line__order__payment__isnull=True) | ~Q(line__order__payment__state__in=GIVEN_BACK)
        return self.filter(alive).exclude(line__status=CANCELLED_LINE)


class MakingSlot(models.Model):
    """So many of an order line are begun in this month. Only of pieces with a capacity per month; written when placed."""

    line = models.ForeignKey("order.Line", on_delete=models.CASCADE, related_name="making_slots")
    # The piece, not its variant: its variants share the maker's hands.
    piece = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="making_slots")
    month = models.DateField(_("month"), help_text=_("Its first day."))
    quantity = models.PositiveSmallIntegerField(_("how many"))

    objects = MakingSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a month")
        verbose_name_plural = _("places in a month")
        constraints = [
            models.UniqueConstraint(fields=["line", "month"], name="makingslot_once_per_line_and_month"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="makingslot_of_something"),
        ]
        indexes = [models.Index(fields=["piece", "month"], name="makingslot_by_month")]

    def __str__(self) -> str:
        return f"{self.piece_id}, {self.month:%Y-%m}: {self.quantity}"
