"""The fields with which a maker sets a price: the price itself, or what she wants to receive."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.economies.quote_rates import QuoteRates
from marketplace.money import Money, format_money, quantum
from marketplace.workshops.models import Workshop
from storefront.desk.fields import PointNumber
from storefront.desk.what_i_receive import Calculator, CannotWorkOut, WorkedOut

HIGHEST_PRICE = Decimal(99_999)
MOST_TO_RECEIVE = Decimal(999_999_999)
# What a piece of the kind that is sold here may bring its maker, by the decimals of her currency and how small it is.
EXAMPLES = {"VND": Decimal(850_000), "IDR": Decimal(850_000), "KRW": Decimal(45_000), "CLP": Decimal(45_000)}


def tell_worked_out(request: HttpRequest, *rows: "PricedMixin") -> None:
    """After saving: the prices that were worked out by it, which nobody has seen before."""
    for row in rows:
        if row.found is not None and row.found.own is not None:
            words = {"price": _shown(row.found.price), "amount": _shown(row.found.own)}
            messages.success(request, _("The price in the shop: %(price)s. You receive %(amount)s of it.") % words)


def _shown(money: Money) -> str:
    return format_money(money, get_language())


def places_of(currency: str) -> int:
    return max(0, -quantum(currency).as_tuple().exponent)


def money_field(currency: str, *, most: Decimal, **kwargs) -> PointNumber:
    """An amount of ``currency`` with the digits that it has."""
    places = places_of(currency)
    example = EXAMPLES.get(currency, Decimal("12.5") if places else Decimal(4_500))
    return PointNumber(
        least=quantum(currency), most=most, places=places, currency=currency, example=example, **kwargs
    )


def price_field(**kwargs) -> PointNumber:
    """A price in the shop's currency."""
    currency = settings.MARKETPLACE_CURRENCY
    label = _("Price in %(currency)s") % {"currency": currency}
    return money_field(currency, label=label, most=HIGHEST_PRICE, **kwargs)


def receive_field(currency: str) -> PointNumber:
    """What the maker wants to receive, in the currency in which she is paid."""
    return money_field(
        currency,
        label=_("What I want to receive, in %(currency)s") % {"currency": currency},
        most=MOST_TO_RECEIVE,
        required=False,
        help_text=_("Instead of a price: type it here and let the price be worked out."),
    )


def calculator_for(workshop: Workshop) -> Calculator:
    """By today's terms and rates, which are asked for when the first price is worked out."""
    return SimpleLazyObject(lambda: Calculator(workshop, QuoteRates(timezone.localdate())))


class PricedMixin:
    """A form with a price, or with what the maker wants to receive, from which the price is worked out.

    What she wants to receive comes first wherever she typed it anew: ``worked_for`` says what stood there when the price
    was last worked out.
    """

    found: WorkedOut | None = None
    worked: dict | None = None  # what the template draws

    def add_price(self, workshop: Workshop, calculator: Calculator | None = None, **kwargs) -> None:
        """``calculator``: one for all forms of a page; without it the form makes its own when it needs it."""
        self.calculator = calculator or calculator_for(workshop)
        self.fields["price"] = price_field(**kwargs)
        self.fields["receive"] = receive_field(workshop.village.economy.currency)
        self.fields["worked_for"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def known_price(self) -> WorkedOut | None:
        """Of a form that is just opened: the price it has, and what she receives of it, which then stands in its field."""
        price = self.initial.get("price")
        if price is None:
            return None
        worked = self.calculator.from_price(Money(price, self.calculator.list_currency))
        if worked.own is not None:
            self.initial |= {"receive": worked.own.amount, "worked_for": self.fields["receive"].shown(worked.own.amount)}
        return worked

    @property
    def wants_a_price(self) -> bool:
        """Whether she typed what she wants to receive and has not seen the price for it yet."""
        typed = self._typed("receive")
        return bool(typed) and (typed != self._typed("worked_for") or not self._typed("price"))

    def clean(self) -> dict:
        data = super().clean()
        if self.wants_a_price:
            # Whatever stands in the other field is of another time.
            self.errors.pop("price", None)
            self.found = self._from_receive(data.get("receive"))
            data["price"] = self.found.price.amount if self.found else None
        return data

    def work_out(self) -> WorkedOut | None:
        """Fill in the price for what she wants to receive, else look at the price that stands there. The form is bound.

        Of all mistakes only those of these two fields are kept: the rest is not finished yet. None where one is wrong.
        """
        self.is_valid()
        asked = "receive" if self.wants_a_price else "price"
        # A photo that cannot be used is gone otherwise, and nobody says so.
        kept = (asked, "photos") if self.files else (asked,)
        for name in [name for name in self.errors if name not in kept]:
            del self.errors[name]
        if asked in self.errors:
            return None
        if self.found is None:
            self.found = self.calculator.from_price(Money(self.cleaned_data["price"], self.calculator.list_currency))
        self._fill_in(self.found, asked)
        return self.found

    def _from_receive(self, amount: Decimal | None) -> WorkedOut | None:
        """None where it cannot be worked out; the field says why."""
        if amount is None:
            return None
        try:
            worked = self.calculator.from_receive(amount)
        except CannotWorkOut as problem:
            self.add_error("receive", str(problem))
            return None
        if worked.price.amount > HIGHEST_PRICE:
            self.add_error("receive", _("That is more than a piece can cost here."))
            return None
        return worked

    def _fill_in(self, worked: WorkedOut, asked: str) -> None:
        """Both fields say the same from now on."""
        self.data = self.data.copy()
        if asked == "receive":
            self.data[self.add_prefix("price")] = self.fields["price"].shown(worked.price.amount)
        elif worked.own is not None:
            self.data[self.add_prefix("receive")] = self.fields["receive"].shown(worked.own.amount)
        self.data[self.add_prefix("worked_for")] = self._typed("receive")

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip() if name in self.fields else ""
