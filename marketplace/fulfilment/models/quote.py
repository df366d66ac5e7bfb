"""A price that was shown and holds for a while, and what an order keeps of it for ever."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PriceQuote(models.Model):
    """What a review page showed: with these rates and these levies the buyer may pay until ``expires_at``.

    ``rates``: [{"base", "quote", "value", "source", "on"}] with 1 base = value quote. ``parts``: one entry per
    consignment as quotes.freeze writes it. ``basket_print``: what the basket held (see quotes.print_of).
    """

    token = models.CharField(max_length=43, unique=True)
    basket = models.ForeignKey("basket.Basket", on_delete=models.CASCADE, related_name="price_quotes")
    basket_print = models.CharField(max_length=64)
    destination = models.CharField(_("destination"), max_length=2)
    region = models.CharField(_("region"), max_length=100, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    on = models.DateField(_("rules of"))
    rates = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("holds until"), db_index=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("price quote")
        verbose_name_plural = _("price quotes")

    def __str__(self) -> str:
        return f"{self.total} {self.currency} → {self.destination}"


class ConsignmentLevy(models.Model):
    """A tax, duty or fee of one consignment as it was told to the buyer. Never changed and never converted again.

    ``own_amount`` is the levy in its rule's currency, ``amount`` the same in the order's currency.
    """

    class Collected(models.TextChoices):
        CHECKOUT = "checkout", _("paid with the order")
        BORDER = "border", _("due on arrival")

    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", on_delete=models.PROTECT, related_name="levies"
    )
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=20)
    rule_id = models.CharField(_("rule"), max_length=80)
    # The very rows that decided (rule, start date, duty lines), so that nobody has to guess later.
    refs = models.JSONField(default=list)
    label = models.CharField(_("what it is"), max_length=200)
    own_amount = models.DecimalField(max_digits=14, decimal_places=2)
    own_currency = models.CharField(max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    collected = models.CharField(_("when"), max_length=8, choices=Collected.choices)
    collector = models.CharField(_("collected by"), max_length=200, blank=True)
    registration = models.CharField(_("registration"), max_length=40, blank=True)
    estimate = models.BooleanField(_("estimate"), default=False)
    rate_text = models.CharField(_("rate"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=500, blank=True)
    source_date = models.DateField(_("as of"), null=True, blank=True)
    # Order line id (as text) → its share of ``amount``; the shares add up to it.
    shares = models.JSONField(default=dict)

    class Meta:
        ordering = ["consignment", "position"]
        verbose_name = _("tax or duty")
        verbose_name_plural = _("taxes and duties")
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="levy_not_negative")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.amount} {self.currency}"


class OrderConversion(models.Model):
    """One amount of an order in another of its four currencies, with the rate that was used. Never converted again."""

    class Purpose(models.TextChoices):
        PRESENTMENT = "presentment", _("price list to what the buyer pays in")
        SETTLEMENT = "settlement", _("what the buyer pays in to the shop's balance")
        PAYOUT = "payout", _("price list to what the workshop is paid in")

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="conversions")
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="conversions"
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    given = models.DecimalField(max_digits=14, decimal_places=2)
    given_currency = models.CharField(max_length=3)
    got = models.DecimalField(max_digits=14, decimal_places=2)
    got_currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=12, help_text=_("1 given = this many got."))
    source = models.CharField(_("source"), max_length=300)
    rate_date = models.DateField(_("rate of"))

    class Meta:
        ordering = ["order", "purpose", "id"]
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")

    def __str__(self) -> str:
        return f"{self.given} {self.given_currency} → {self.got} {self.got_currency}"
