"""Duty by HS code, customs rates of exchange, and groups of economies that share rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.trade import tables
from marketplace.trade.models.columns import amount, currency
from marketplace.trade.models.dated import DatedRow, dated_constraints


class DutyRate(DatedRow):
    """Duty on goods whose HS code starts with a prefix; the longest prefix decides, an agreement's rate if it is proven."""

    class Unit(models.TextChoices):
        KG = "kg", _("kilogram (net)")
        PIECE = "piece", _("piece")

    class Combine(models.TextChoices):
        SUM = "sum", _("both are added")
        MAX = "max", _("the higher one counts")

    destination = models.CharField(
        _("destination"), max_length=8, db_index=True, help_text=_("Two letters, such as JP or EU.")
    )
    hs_prefix = models.CharField(
        _("HS code"), max_length=10, blank=True, help_text=_("The beginning, 2 to 10 digits. Empty: all goods.")
    )
    agreement = models.CharField(
        _("agreement"), max_length=40, blank=True, help_text=_("Such as CPTPP. Empty: the general rate (MFN).")
    )
    ad_valorem = amount(_("percent"), _("7.5 is 7.5 %."))
    specific = amount(_("amount per unit"))
    specific_currency = currency(_("currency of the amount"))
    unit = models.CharField(_("unit"), max_length=5, blank=True, choices=Unit.choices)
    combine = models.CharField(_("percent and amount"), max_length=3, choices=Combine.choices, default=Combine.SUM)

    table = tables.DUTY_RATES

    class Meta:
        ordering = ["destination", "hs_prefix", "agreement", "effective_from"]
        verbose_name = _("duty rate")
        verbose_name_plural = _("duty rates")
        constraints = dated_constraints("duty_rate", "destination", "hs_prefix", "agreement")

    def __str__(self) -> str:
        return " ".join(filter(None, [self.destination, self.hs_prefix, self.agreement]))

    def key_filter(self) -> dict:
        return {"destination": self.destination, "hs_prefix": self.hs_prefix, "agreement": self.agreement}


class CustomsRate(DatedRow):
    """1 ``base`` = ``rate`` ``quote`` as a customs authority publishes it; before the reference rate."""

    destination = models.CharField(_("destination"), max_length=8, help_text=_("Two letters, such as JP or EU."))
    base = models.CharField(_("one unit of"), max_length=3)
    quote = models.CharField(_("is worth in"), max_length=3)
    rate = models.DecimalField(
        _("rate"), max_digits=20, decimal_places=10, help_text=_("Such as 1.0843. Always more than zero.")
    )
    authority = models.CharField(_("authority"), max_length=120, blank=True)

    table = tables.CUSTOMS_RATES

    class Meta:
        ordering = ["destination", "base", "quote", "effective_from"]
        verbose_name = _("customs rate")
        verbose_name_plural = _("customs rates")
        constraints = [
            *dated_constraints("customs_rate", "destination", "base", "quote"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="customs_rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.destination} {self.base}/{self.quote}"

    def key_filter(self) -> dict:
        return {"destination": self.destination, "base": self.base, "quote": self.quote}


class TradeGroup(DatedRow):
    """A customs union (bloc) whose rules count for its members, or a trade agreement."""

    class Kind(models.TextChoices):
        BLOC = "bloc", _("Customs union")
        AGREEMENT = "agreement", _("Trade agreement")

    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    members = models.CharField(_("members"), max_length=300, help_text=_("Two-letter codes with semicolons between them."))
    waiver = amount(_("proof not needed up to"), _("Value of a consignment without proof of origin. Empty: always needed."))
    waiver_currency = currency(_("currency of this value"))
    proof = models.CharField(_("proof and who gives it"), max_length=300, blank=True)

    table = tables.TRADE_GROUPS

    class Meta:
        ordering = ["code", "effective_from"]
        verbose_name = _("trade group")
        verbose_name_plural = _("trade groups")
        constraints = dated_constraints("trade_group", "code")

    def __str__(self) -> str:
        return self.name or self.code

    def key_filter(self) -> dict:
        return {"code": self.code}
