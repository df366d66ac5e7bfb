"""The staff's form for shipping rates."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail.admin.forms.models import WagtailAdminModelForm

from marketplace.economies.models import Economy
from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment

# What a consignment stands on: these stay as they were once a rate has been used.
FROZEN = ("origin", "destination", "up_to_g", "amount", "currency", "effective_from")


def origins() -> list[tuple[str, str]]:
    """Economies as choices, by name in the active language."""
    codes = Economy.objects.values_list("code", flat=True)
    return sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])


def destinations() -> list[tuple[str, str]]:
    """ "Elsewhere" and every place that parcels go to, as choices."""
    codes = get_model("address", "Country").objects.values_list("pk", flat=True)
    return [
        ("", _("Elsewhere")),
        *sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1]),
    ]


class ShippingRateForm(WagtailAdminModelForm):
    """A rate that an order has used keeps its terms; it is ended with a date and followed by a new one."""

    origin = forms.ChoiceField(label=_("From economy"), choices=origins)
    destination = forms.ChoiceField(label=_("To"), choices=destinations, required=False)
    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3, initial=settings.MARKETPLACE_CURRENCY
    )

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict:
        data = super().clean()
        start, end = data.get("effective_from"), data.get("effective_to")
        if start and end and end < start:
            self.add_error("effective_to", _("The last day is before the first."))
        if data.get("days_min", 0) > data.get("days_max", 0):
            self.add_error("days_max", _("This is less than the least number of days."))
        changed = [name for name in FROZEN if name in self.changed_data]
        if (
            changed
            and self.instance.pk
            and Consignment.objects.filter(shipping_rate=self.instance.pk).exists()
        ):
            used = _(
                "An order has used this rate. Give it a last day, and add a new rate with the new terms."
            )
            for name in changed:
                self.add_error(name, used)
        return data
