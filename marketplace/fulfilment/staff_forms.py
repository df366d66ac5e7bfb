"""The staff's forms for shipping rates, zones and parcels."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail.admin.forms.models import WagtailAdminModelForm

from marketplace.economies.models import Economy
from marketplace.economies.names import economy_name
from marketplace.fulfilment import services
from marketplace.fulfilment.carriers.contract import BadNumber, get_carriers
from marketplace.fulfilment.models import Consignment, Incoterm, Parcel, ShippingRate, Zone
from marketplace.fulfilment.parcels import (
    TAKEN,
    BadParcel,
    Weighed,
    check_measures,
    is_taken,
    net_weight_of,
    read_tracking,
)

# What a consignment stands on: these stay as they were once a rate has been used.
FROZEN = (
    "carrier",
    "service",
    "incoterm",
    "workshop",
    "origin",
    "destination",
    "zone",
    "up_to_g",
    "longest_side_mm",
    "sides_sum_mm",
    "length_girth_mm",
    "volumetric_divisor",
    "amount",
    "duty_fee",
    "currency",
    "effective_from",
)


def origins() -> list[tuple[str, str]]:
    """Economies as choices, by name in the active language."""
    codes = Economy.objects.values_list("code", flat=True)
    return sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])


def places() -> list[tuple[str, str]]:
    """Every place that parcels go to, as choices."""
    codes = get_model("address", "Country").objects.values_list("pk", flat=True)
    return sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])


def destinations() -> list[tuple[str, str]]:
    """ "Elsewhere" and every place that parcels go to, as choices."""
    return [("", _("Elsewhere, or a zone")), *places()]


def carriers() -> list[tuple[str, str]]:
    """Names of MARKETPLACE_CARRIERS as choices."""
    return [(key, carrier.name) for key, carrier in get_carriers().items()]


def is_used(rate: ShippingRate) -> bool:
    """Whether an order was priced by it."""
    return (
        Consignment.objects.filter(shipping_rate=rate.pk).exists() or Parcel.objects.filter(rate=rate.pk).exists()
    )


class ShippingRateForm(WagtailAdminModelForm):
    """A rate that an order has used keeps its terms; it is ended with a date and followed by a new one."""

    carrier = forms.ChoiceField(label=_("Carrier"), choices=carriers)
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
        if data.get("duty_fee") and data.get("incoterm") != Incoterm.DDP:
            self.add_error("duty_fee", _("A fee for paying duty belongs to DDP only."))
        self._check_zone(data)
        changed = [name for name in FROZEN if name in self.changed_data]
        if changed and self.instance.pk and is_used(self.instance):
            used = _(
                "An order has used this rate. Give it a last day, and add a new rate with the new terms."
            )
            for name in changed:
                self.add_error(name, used)
        return data

    def _check_zone(self, data: dict) -> None:
        zone = data.get("zone")
        if zone is None:
            return
        if data.get("destination"):
            self.add_error("zone", _("Choose a destination or a zone, not both."))
        if zone.carrier != data.get("carrier"):
            self.add_error("zone", _("This zone is another carrier's."))
        if zone.origin not in ("", data.get("origin")):
            self.add_error("zone", _("This zone is for parcels from another economy."))


class ZoneForm(WagtailAdminModelForm):
    """A place is in one zone of a carrier and an origin at most, so that a price has one row to come from."""

    carrier = forms.ChoiceField(label=_("Carrier"), choices=carriers)
    origin = forms.ChoiceField(
        label=_("From economy"), choices=lambda: [("", _("Anywhere")), *origins()], required=False
    )
    destinations = forms.MultipleChoiceField(
        label=_("Destinations"), choices=places, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["destinations"] = list(self.instance.destinations.values_list("pk", flat=True))

    def clean_destinations(self):
        return get_model("address", "Country").objects.filter(pk__in=self.cleaned_data["destinations"])

    def clean(self) -> dict:
        data = super().clean()
        others = Zone.objects.exclude(pk=self.instance.pk).filter(
            carrier=data.get("carrier"), origin=data.get("origin") or ""
        )
        twice = others.filter(destinations__in=data.get("destinations", [])).values_list(
            "destinations", "name"
        )
        wanted = {place.pk for place in data.get("destinations", [])}
        for code, name in sorted(row for row in twice if row[0] in wanted):
            text = _("%(place)s is in the zone “%(zone)s” already.")
            self.add_error("destinations", text % {"place": economy_name(code), "zone": name})
        rates = ShippingRate.objects.filter(zone=self.instance.pk) if self.instance.pk else ShippingRate.objects.none()
        moved = {"carrier", "origin"} & set(self.changed_data)
        if moved and rates.exists():
            for name in sorted(moved):
                self.add_error(name, _("Rates stand on this zone. Please make a new one."))
        return data


class ParcelForm(WagtailAdminModelForm):
    """What staff correct for a maker: weight, sides and number of a parcel."""

    carrier = forms.ChoiceField(
        label=_("Carrier"), choices=lambda: [("", _("Somebody else")), *carriers()], required=False
    )

    def clean(self) -> dict:
        data = super().clean()
        self._check_weight(data)
        try:
            number = read_tracking(data.get("carrier") or self.instance.consignment.carrier, data.get("tracking", ""))
        except BadNumber as problem:
            self.add_error("tracking", str(problem))
        else:
            if number and is_taken(number, self.instance, on=self.instance.tracked_on or timezone.localdate()):
                self.add_error("tracking", str(TAKEN))
        return data

    def _check_weight(self, data: dict) -> None:
        sides = tuple(data.get(f"{side}_mm") or 0 for side in ("length", "width", "height"))
        gross, (net, _complete) = data.get("gross_weight_g"), net_weight_of(self.instance)
        if gross is None:
            return
        try:
            check_measures(self.instance.number, Weighed(gross, sides if any(sides) else ()))
        except BadParcel as problem:
            self.add_error("length_mm" if problem.field == "size" else "gross_weight_g", str(problem))
        if gross < net:
            self.add_error("gross_weight_g", _("This is less than the pieces alone weigh (%(net)s g).") % {"net": net})

    def save(self, commit: bool = True) -> Parcel:
        net, complete = net_weight_of(self.instance)
        gross = self.cleaned_data["gross_weight_g"]
        self.instance.packing_weight_g = gross - net if gross and complete else None
        return services.correct_number(
            parcel=self.instance, carrier=self.cleaned_data["carrier"], tracking=self.cleaned_data["tracking"]
        )
