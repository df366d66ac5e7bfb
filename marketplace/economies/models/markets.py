"""Where the shop sells, in which currencies, by which way, and under which of the operator's tax registrations."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from marketplace.economies.models.rates import CURRENCY
from marketplace.economies.names import economy_name
from marketplace.economies.numbers import well_formed
from marketplace.economies.periods import overlapping
from marketplace.money import MoneyError, price_point, stripe_rows

PLACE = RegexValidator(r"^[A-Z]{2}$", _("Please give a two-letter code, such as JP."))


class Market(ClusterableModel):
    """One destination that parcels are sold to: an economy of APEC or any other place."""

    class Terms(models.TextChoices):
        DAP = "DAP", _("DAP: the buyer pays duty and tax on delivery")
        DDP = "DDP", _("DDP: duty and tax are paid with the order")

    destination = models.CharField(
        _("destination"), max_length=2, unique=True, validators=[PLACE],
        help_text=_("The economy or territory, by its two-letter code (ISO 3166-1)."),
    )  # fmt: skip
    bloc = models.CharField(
        _("bloc"), max_length=8, blank=True,
        help_text=_("The customs union whose rules count there, such as EU. Empty for none."),
    )  # fmt: skip
    enabled = models.BooleanField(
        _("open"), default=True, help_text=_("Closed: nothing is sent there, and readers are told so.")
    )
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("Codes, the most usual first, such as en fr.")
    )
    other_currencies = models.BooleanField(
        _("other currencies, too"), default=True,
        help_text=_(
            "Buyers may pay in every currency of the shop's markets that has a recent exchange rate. Off: only in those above."
        ),
    )  # fmt: skip
    terms = models.CharField(
        _("duty and tax"), max_length=3, choices=Terms.choices, default=Terms.DAP,
        help_text=_("DDP needs a carrier or agent that pays at the border for you. Without one, choose DAP."),
    )  # fmt: skip
    declarant = models.CharField(
        _("who declares the parcel"), max_length=120, blank=True,
        help_text=_("The firm or person that answers to customs, such as your carrier. Empty if not decided."),
    )  # fmt: skip
    review_on = models.DateField(
        _("look at again on"), null=True, blank=True, help_text=_("The day to check these decisions again.")
    )
    source = models.CharField(
        _("source"), max_length=300, blank=True, help_text=_("Who decided this, and on what grounds.")
    )

    class Meta:
        ordering = ["destination"]
        verbose_name = _("market")
        verbose_name_plural = _("markets")

    def __str__(self) -> str:
        return economy_name(self.destination)


class MarketCurrency(Orderable):
    """A currency that buyers of a market may pay in; the first one is proposed."""

    market = ParentalKey(Market, on_delete=models.CASCADE, related_name="currencies")
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    price_point_step = models.DecimalField(
        _("prices in steps of"), max_digits=14, decimal_places=4, null=True, blank=True,
        help_text=_("For example 10: prices are 480, 490, 500. Empty in both fields: what is usual for the currency."),
    )  # fmt: skip
    price_point_ending = models.CharField(
        _("prices end with"), max_length=40, blank=True,
        help_text=_("For example .95, x90, or several: x0 or x9. An x stands for any digits."),
    )  # fmt: skip

    class Meta(Orderable.Meta):
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "currency"],
                name="market_currency_once",
                violation_error_message=_("This currency is listed twice."),
            )
        ]
        verbose_name = _("currency of a market")
        verbose_name_plural = _("currencies of a market")

    def __str__(self) -> str:
        step = "" if self.price_point_step is None else f"{self.price_point_step.normalize():f}"
        return " ".join(filter(None, [self.currency, step, self.price_point_ending]))

    def clean(self) -> None:
        """Only currencies that can be charged, and price points that fit them."""
        if self.currency and self.currency not in stripe_rows():
            raise ValidationError({"currency": _("The payment service does not take this currency.")})
        try:
            self.rule()
        except MoneyError as problem:
            raise ValidationError({"price_point_step": str(problem)}) from problem

    def rule(self, most=None):
        """The price points of this row; ``most`` as in marketplace.money. Raises MoneyError."""
        ending = self.price_point_ending
        if self.price_point_step is None and not ending:
            return price_point(self.currency, most=most)
        return price_point(self.currency, self.price_point_step, ending, most)


class MarketChannel(models.Model):
    """Which way parcels go to a market in a period; without a row any way will do."""

    class Channel(models.TextChoices):
        ANY = "any", _("post or courier")
        POST = "post", _("post")
        COURIER = "courier", _("courier")

    market = ParentalKey(Market, on_delete=models.CASCADE, related_name="channels")
    channel = models.CharField(_("way"), max_length=8, choices=Channel.choices)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Empty: for ever."))
    source = models.CharField(_("source"), max_length=300, help_text=_("Why this way: a rule or a decision of yours."))

    class Meta:
        ordering = ["valid_from"]
        verbose_name = _("way of parcels")
        verbose_name_plural = _("ways of parcels")

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.valid_from} – {self.valid_to or '…'}"

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day is before the first.")})


class RegistrationScheme(models.Model):
    """A tax scheme that an operator can register with, such as IOSS for the EU."""

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    covers = models.CharField(
        _("covers"), max_length=8, help_text=_("The economy's two-letter code or the bloc's, such as EU.")
    )
    check_name = models.CharField(
        _("check of numbers"), max_length=40, blank=True, editable=False,
        help_text=_("The module of python-stdnum that knows whether a number is well formed."),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["code"]
        verbose_name = _("registration scheme")
        verbose_name_plural = _("registration schemes")

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"


class Registration(models.Model):
    """The operator's own number under a scheme. Tax is collected with the order only where one is valid that day."""

    scheme = models.ForeignKey(
        RegistrationScheme, verbose_name=_("scheme"), on_delete=models.PROTECT, related_name="registrations"
    )
    number = models.CharField(
        _("number"), max_length=40,
        help_text=_("As the tax office wrote it. It goes to customs with every parcel, so a wrong one is paid for twice."),
    )  # fmt: skip
    valid_from = models.DateField(_("from"), help_text=_("The first day on which you collect the tax."))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Empty: for ever."))
    source = models.CharField(
        _("source"), max_length=300, help_text=_("The letter or notice of the tax office, with its date.")
    )

    class Meta:
        ordering = ["scheme", "-valid_from"]
        verbose_name = _("tax registration")
        verbose_name_plural = _("tax registrations")

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.number}"

    @property
    def destination_or_bloc(self) -> str:
        return self.scheme.covers

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def clean(self) -> None:
        """A well-formed number, and one registration of a scheme at a time."""
        self.number = re.sub(r"\s+", "", self.number or "").upper()
        if self.scheme_id and self.number and not well_formed(self.scheme.check_name, self.number):
            raise ValidationError({"number": _("This is no number of this scheme: please check every character.")})
        if self.scheme_id and self.valid_from and overlapping(self, scheme=self.scheme):
            raise ValidationError({"valid_from": _("Another number of this scheme is valid in these days.")})
