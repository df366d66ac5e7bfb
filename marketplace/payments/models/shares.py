"""Who gets what of each amount that a buyer pays: the rules, and the shares that were frozen with an order."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class ShareRule(models.Model):
    """What of the price of goods goes to the shop and to the village's fund, from a day on; the rest is the maker's.

    The narrowest rule counts: a workshop's before its village's, its economy's, and the one for all. A rule that
    counted for an order is not changed any more; a new one follows it.
    """

    commission = models.DecimalField(
        _("for the shop, in percent"), max_digits=5, decimal_places=2, validators=PERCENT
    )
    village_fund = models.DecimalField(
        _("for the village fund, in percent"), max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop", null=True, blank=True, on_delete=models.PROTECT, related_name="share_rules"
    )
    village = models.ForeignKey(
        "marketplace_workshops.Village", null=True, blank=True, on_delete=models.PROTECT, related_name="share_rules"
    )
    economy = models.ForeignKey(
        "marketplace_economies.Economy", null=True, blank=True, on_delete=models.PROTECT, related_name="share_rules"
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day on which it counts."))
    source = models.CharField(
        _("decided by"), max_length=300, help_text=_("Who decided it and where it is written down.")
    )

    class Meta:
        ordering = ["-valid_from", "-id"]
        verbose_name = _("rule for shares")
        verbose_name_plural = _("rules for shares")
        constraints = [
            models.CheckConstraint(
                condition=Q(commission__gte=0) & Q(village_fund__gte=0) & Q(commission__lte=100 - F("village_fund")),
                name="share_rule_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="share_rule_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return _("%(commission)s %% shop, %(fund)s %% village fund, from %(day)s") % {
            "commission": self.commission,
            "fund": self.village_fund,
            "day": self.valid_from,
        }


class ConsignmentShare(models.Model):
    """One party's share of a line, of the postage or of a levy, as it was when the order was placed. Never changed.

    ``amount`` is in the order's currency; all of a consignment's add up to its total. ``own_amount`` is the same in
    the currency in which the party is owed it (a workshop or agency: what it is paid out in), converted once.
    """

    class Part(models.TextChoices):
        GOODS = "goods", _("Goods")
        SHIPPING = "shipping", _("Shipping")
        LEVY = "levy", _("Taxes and duties")

    class Party(models.TextChoices):
        WORKSHOP = "workshop", _("Workshop")
        COMMISSION = "commission", pgettext_lazy("share", "Shop")
        AGENCY = "agency", _("Agency")
        VILLAGE_FUND = "village_fund", _("Village fund")
        CARRIER = "carrier", _("Carrier")
        TAX = "tax", _("Tax")
        DUTY = "duty", _("Duty")
        FEE = "fee", _("Fee")

    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", on_delete=models.PROTECT, related_name="shares"
    )
    line = models.ForeignKey("order.Line", null=True, on_delete=models.PROTECT, related_name="shares")
    levy = models.ForeignKey(
        "marketplace_fulfilment.ConsignmentLevy", null=True, on_delete=models.PROTECT, related_name="party_shares"
    )
    part = models.CharField(max_length=8, choices=Part.choices)
    party = models.CharField(max_length=12, choices=Party.choices)
    # Whose account it is: a workshop's or agency's code, a village's slug, a carrier's name, a tax authority's economy.
    holder = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    own_amount = models.DecimalField(max_digits=16, decimal_places=2)
    own_currency = models.CharField(max_length=3)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    rule = models.ForeignKey(ShareRule, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["consignment", "id"]
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0) & Q(own_amount__gte=0), name="share_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} {self.holder}: {self.amount} {self.currency}"
