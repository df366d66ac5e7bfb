"""Levies, reliefs and notices of destinations. The columns of their CSV are in trade/tables.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.trade import tables
from marketplace.trade.landed.words import label_text
from marketplace.trade.models.columns import amount, currency
from marketplace.trade.models.dated import DatedRow, dated_constraints

CODES = _("Codes with semicolons between them, such as US;MX, or a group such as CPTPP. Empty: every place.")


class TaxRule(DatedRow):
    """A levy, a relief or a notice. Of the rows that compete for one part of the price the most special one decides:

    the longest HS prefix, then the priority, then origin, place of dispatch, province, channel.
    """

    class Levy(models.TextChoices):
        DUTY = "duty", _("Customs duty")
        VAT = "vat", _("VAT, GST or another tax on the sale")
        SALES_TAX = "sales_tax", _("Sales tax of a state")
        FEE = "fee", _("Fee")
        DATA = "data", _("Data that customs want")
        NOTICE = "notice", _("Notice to the buyer")
        CHANNEL = "channel", _("Usual way of parcels")

    class Basis(models.TextChoices):
        GOODS = "goods", _("Goods (intrinsic value)")
        FOB = "fob", _("FOB: goods without freight")
        PRICE = "price", _("Price of the goods")
        CIF = "cif", _("CIF: goods, freight and insurance")
        PRICE_SHIPPING = "price_shipping", _("Price and shipping")

    class Scope(models.TextChoices):
        CONSIGNMENT = "consignment", _("The whole consignment")
        ITEM = "item", _("Each single piece")
        ORDER = "order", _("The whole order")

    class RateKind(models.TextChoices):
        NIL = "nil", _("Nothing: a relief")
        PERCENT = "percent", _("Percent of the value")
        HS_LINE = "hs_line", _("By tariff line (see duty rates)")
        PER_PIECE = "per_piece", _("Amount per piece")
        PER_LINE = "per_line", _("Amount per line of the declaration")
        PER_PARCEL = "per_parcel", _("Amount per parcel")
        PER_DISTINCT = "per_distinct_item", _("Amount per distinct tariff item")
        PERCENT_OR_WEIGHT = "percent_or_weight", _("Percent, at least an amount per kilogram")
        EXCESS = "excess", _("Percent of what exceeds an allowance, at least an amount per kilogram of excess weight")
        UNKNOWN = "unknown", _("Not known: the shop says so")

    class Place(models.TextChoices):
        CHECKOUT = "checkout", _("With the order")
        BORDER = "border", _("At the border")
        NOTHING = "nothing", _("Nobody collects it")
        SKIP = "skip", _("The row does not apply")

    class ItemKey(models.TextChoices):
        HS6 = "hs6", _("HS code of six digits")
        HS6_ORIGIN = "hs6_origin", _("HS code and origin")
        HS6_ALL = "hs6_description_origin", _("HS code, description and origin")

    class Notice(models.TextChoices):
        ADDS_UP = "adds_up", _("Customs add up parcels of one day")
        PERSON_TIMES = "person_times", _("A person may do so only so many times")
        PERSON_VALUE = "person_value", _("A person may do so only up to a yearly value")
        FURTHER_DUTIES = "further_duties", _("Further duties are possible")
        FURTHER_FEES = "further_fees", _("Further fees of unknown amount")
        SELLER_MUST = "seller_must", _("Every seller must be registered there")
        DUTY_DISPUTED = "duty_disputed", _("Sources disagree on duty")
        FORMAL = "formal_clearance", _("Formal clearance")
        OVER_LIMIT = "over_limit", _("More than such parcels may be worth")

    class Channel(models.TextChoices):
        POST = "post", _("Post")
        COURIER = "courier", _("Courier")

    code = models.CharField(_("rule"), max_length=40, help_text=_("Orders keep this name, such as AU-GST-LVG."))
    destination = models.CharField(
        _("destination"), max_length=8, db_index=True,
        help_text=_("Two letters, such as JP, or a bloc such as EU; * is everywhere."),
    )  # fmt: skip
    sub_region = models.CharField(
        _("province or state"), max_length=10, blank=True, help_text=_("Its short code, such as ON. Empty: all.")
    )
    levy = models.CharField(_("what it is about"), max_length=10, choices=Levy.choices)
    part = models.CharField(
        _("part"), max_length=24, blank=True,
        help_text=_("Empty: competes with other rows about the same. A name of its own: is added to them."),
    )  # fmt: skip
    variant = models.CharField(
        _("variant"), max_length=40, blank=True,
        help_text=_("Tells rows of one rule apart that are in force at the same time, such as “books”."),
    )  # fmt: skip
    label = models.CharField(_("name for buyers"), max_length=60, blank=True, help_text=_("Such as GST."))
    channel = models.CharField(
        _("channel"), max_length=8, blank=True, choices=Channel.choices, help_text=_("Empty: any.")
    )
    ship_from = models.CharField(_("sent from"), max_length=200, blank=True, help_text=CODES)
    origins = models.CharField(_("made in"), max_length=200, blank=True, help_text=CODES)
    hs_prefixes = models.CharField(
        _("HS codes"), max_length=300, blank=True,
        help_text=_("Beginnings of codes with semicolons between them, such as 61;62. Empty: all goods."),
    )  # fmt: skip
    threshold_basis = models.CharField(
        _("limit looks at"), max_length=16, blank=True, choices=Basis.choices, help_text=_("Empty: the goods.")
    )
    threshold_scope = models.CharField(
        _("limit counts for"), max_length=16, blank=True, choices=Scope.choices,
        help_text=_("Empty: the whole consignment."),
    )  # fmt: skip
    threshold_currency = currency(_("currency of the limit"))
    threshold_factor = amount(_("share of the value"), _("0.6 where customs count 60 percent of the price. Empty: all of it."))
    over = amount(_("more than"), _("The row counts above this value."))
    over_includes = models.BooleanField(_("from this value on"), default=False, help_text=_("Exactly this value counts, too."))
    up_to = amount(_("up to"), _("The row counts up to and including this value."))
    up_to_excludes = models.BooleanField(
        _("only below this value"), default=False, help_text=_("Exactly this value does not count any more.")
    )
    rate_kind = models.CharField(_("kind of rate"), max_length=20, choices=RateKind.choices, default=RateKind.NIL)
    rate = amount(_("rate"), _("7.5 is 7.5 %, or an amount in the currency beside it."))
    rate_currency = currency(_("currency of the rate"))
    rate_per_kg = amount(_("at least, per kilogram"))
    allowance = amount(_("allowance"), _("A value that is free, or the yearly limit that a notice names."))
    allowance_kg = amount(_("allowance in kilograms"))
    item_key = models.CharField(
        _("a tariff item is"), max_length=24, blank=True, choices=ItemKey.choices, help_text=_("Empty: the HS code.")
    )
    value_basis = models.CharField(
        _("rate applies to"), max_length=16, blank=True, choices=Basis.choices, help_text=_("Empty: the goods.")
    )
    value_factor = amount(_("share of the base"), _("0.7 where only 70 % are taxed. Empty: all of it."))
    adds_duty = models.BooleanField(_("duty is part of the base"), default=False)
    waived_up_to = amount(_("not collected up to"), _("In the currency of the limit, such as 50 where tax up to 50 is waived."))
    waived_by = models.CharField(
        _("not for goods of"), max_length=100, blank=True, help_text=_("Agreements, such as USMCA, with proof of origin.")
    )
    no_claims = models.BooleanField(
        _("takes no claims of origin"), default=False, help_text=_("Simplified procedures often take none.")
    )
    scheme = models.CharField(
        _("scheme"), max_length=16, blank=True, help_text=_("The operator's registration that matters, such as IOSS.")
    )
    if_registered = models.CharField(
        _("if registered, collected"), max_length=8, blank=True, choices=Place.choices
    )
    if_not = models.CharField(
        _("otherwise collected"), max_length=8, blank=True, choices=Place.choices, default=Place.BORDER
    )
    collector = models.CharField(
        _("collected by"), max_length=16, blank=True, help_text=_("marketplace, carrier, post, customs or consignee.")
    )
    ddp_only = models.BooleanField(
        _("only DDP"), default=False, help_text=_("Refuses DAP, with which the buyer would pay twice.")
    )
    priority = models.SmallIntegerField(_("priority"), default=0, help_text=_("The higher one wins."))
    cited = models.BooleanField(_("named on quotes"), default=True)
    notice = models.CharField(_("notice"), max_length=16, blank=True, choices=Notice.choices)

    table = tables.TAX_RULES

    class Meta:
        ordering = ["destination", "code", "sub_region", "levy", "part", "variant", "effective_from"]
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        constraints = dated_constraints(
            "tax_rule", "code", "destination", "sub_region", "levy", "part", "variant"
        )

    def __str__(self) -> str:
        words = [self.code, self.sub_region, label_text(self.label) or self.get_levy_display(), self.variant]
        return " · ".join(map(str, filter(None, words)))

    def key_filter(self) -> dict:
        return {"code": self.code, "destination": self.destination, "sub_region": self.sub_region, "variant": self.variant}
