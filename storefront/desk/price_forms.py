"""The fields with which a maker sets a price: the price itself, or what she wants to receive."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.money import Money, quantum
from marketplace.workshops.models import Workshop
from storefront.desk.fields import PointNumber
from storefront.desk.what_i_receive import Calculator, CannotWorkOut, WorkedOut

HIGHEST_PRICE = Decimal(99_999)
MOST_TO_RECEIVE = Decimal(999_999_999)


def price_field(**kwargs) -> PointNumber:
    """A price in the shop's currency with the digits that the currency has."""
    step = quantum(settings.MARKETPLACE_CURRENCY)
    places = max(0, -step.as_tuple().exponent)
    label = _("Price in %(currency)s") % {"currency": settings.MARKETPLACE_CURRENCY}
    return PointNumber(label=label, least=step, most=HIGHEST_PRICE, places=places, **kwargs)


def receive_field(currency: str) -> PointNumber:
    """What the maker wants to receive, in the currency in which she is paid."""
    step = quantum(currency)
    places = max(0, -step.as_tuple().exponent)
    label = _("What I want to receive, in %(currency)s") % {"currency": currency}
    return PointNumber(
        label=label,
        least=step,
        most=MOST_TO_RECEIVE,
        places=places,
        required=False,
        help_text=_("Instead of a price: type it here and let the price be worked out."),
    )


class PricedMixin:
    """A form with a price, or with what the maker wants to receive, from which the price is worked out."""

    def add_price(self, workshop: Workshop, **kwargs) -> None:
        self.fields["price"] = price_field(**kwargs)
        self.fields["receive"] = receive_field(workshop.village.economy.currency)
        # What was typed there when the price was last worked out.
        self.fields["worked_for"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def wants_a_price(self) -> bool:
        """Whether she typed what she wants to receive and has not seen the price for it yet."""
        typed = self._typed("receive")
        return bool(typed) and typed != self._typed("worked_for")

    def work_out(self, calculator: Calculator) -> WorkedOut | None:
        """Fill in the price for what she wants to receive, else look at the price that stands there. The form is bound.

        Of all mistakes only those of these two fields are kept: the rest is not finished yet. None where one is wrong.
        """
        self.is_valid()
        receive, price = self.cleaned_data.get("receive"), self.cleaned_data.get("price")
        asked = "receive" if self._typed("receive") else "price"
        # A photo that cannot be used is gone otherwise, and nobody says so.
        kept = (asked, "photos") if self.files else (asked,)
        for name in [name for name in self.errors if name not in kept]:
            del self.errors[name]
        if asked in self.errors:
            return None
        try:
            worked = (
                calculator.from_receive(receive)
                if receive is not None
                else calculator.from_price(Money(price, calculator.list_currency))
            )
        except CannotWorkOut as problem:
            self.add_error("receive", str(problem))
            return None
        if worked.price.amount > HIGHEST_PRICE:
            self.add_error("receive", _("That is more than a piece can cost here."))
            return None
        self.data = self.data.copy()
        self.data[self.add_prefix("price")] = f"{worked.price.amount}"
        self.data[self.add_prefix("worked_for")] = self._typed("receive")
        return worked

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip() if name in self.fields else ""
