"""The desk's forms for parcels: what the scales say, and who takes them under which number."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import formats
from marketplace.fulfilment.carriers.contract import BadNumber, get_carriers
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.parcels import BadParcel, Weighed, check_parcels, pieces_of, read_tracking
from marketplace.fulfilment.weights import BadMeasure, read_centimetres, read_weight
from storefront.desk.describe import lines_sent
from storefront.desk.fields import WholeNumber, Words

SIDES = {
    "length": gettext_lazy("Length (cm)"),
    "width": gettext_lazy("Width (cm)"),
    "height": gettext_lazy("Height (cm)"),
}
OTHER = "other"
LONGEST = 80
NUMBER_TOO_LONG = gettext_lazy("A number has at most %(limit_value)s signs. Please look at it again.")
NAME_TOO_LONG = gettext_lazy("A name has at most %(limit_value)s signs.")


def field_name(name: str, number: int) -> str:
    """ "weight" for the first parcel, "weight_2" for the second."""
    return name if number == 1 else f"{name}_{number}"


def _tracking(label: str, help_text: str = "") -> Words:
    signs = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
    return Words(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs=signs),
        error_messages={"max_length": NUMBER_TOO_LONG},
    )


class Measure(Words):
    """A weight or length in the maker's own way of writing; its value is grams or millimetres."""

    def __init__(self, read: Callable[[str], int], **kwargs) -> None:
        kwargs["error_messages"] = kwargs.get("error_messages", {}) | {"max_length": NUMBER_TOO_LONG}
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)
        self._read = read

    def clean(self, value) -> int | None:
        text = super().clean(value)
        try:
            return self._read(text) if text else None
        except BadMeasure as problem:
            raise forms.ValidationError(str(problem)) from problem


class PackForm(forms.Form):
    """Weights of the boxes, one more than planned. After is_valid(): ``parcels``. Of a second box on, the maker says what
    lies in it; the first holds the rest.
    """

    def __init__(self, consignment: Consignment, data=None) -> None:
        # The form for sending may stand on the same page, with numbers of its own.
        super().__init__(data, auto_id="pack-%s", label_suffix="")
        self.parcels: list[Weighed] = []
        self._lines = lines_sent(consignment)
        self._pieces = pieces_of(consignment)
        self._known = {row.number: row for row in consignment.parcels.all()}
        self._planned = max(len(self._known), 1)
        several = self._planned > 1 or sum(line.quantity for line in self._lines) > 1
        self._rows = range(1, min(self._planned + several, settings.MARKETPLACE_PACKING["MOST_PARCELS"]) + 1)
        for number in self._rows:
            self._add_row(number, self._known.get(number))

    def _add_row(self, number: int, known: Parcel | None) -> None:
        example = {"grams": formats.weight(850), "kilograms": formats.weight(1250)}
        self.fields[field_name("weight", number)] = Measure(
            read_weight,
            label=_("Weight with packing"),
            help_text=_("Put the packed parcel on the scales: %(grams)s or %(kilograms)s.") % example,
            required=number == 1,
            initial=formats.weight(known.gross_weight_g) if known else "",
            error_messages={"required": _("Please weigh the packed parcel.")},
        )
        for side, label in SIDES.items():
            millimetres = getattr(known, f"{side}_mm", None)
            self.fields[field_name(side, number)] = Measure(
                read_centimetres,
                label=label,
                required=False,
                initial=formats.number(Decimal(millimetres) / 10) if millimetres else "",
            )
        tracking = _tracking(_("Tracking number"), _("If its label is stuck on already; else when it leaves."))
        tracking.initial = known.tracking if known else ""
        self.fields[field_name("tracking", number)] = tracking
        for line in self._lines if number > 1 else ():
            self.fields[f"inside_{number}_{line.pk}"] = WholeNumber(
                least=0,
                most=line.quantity,
                required=False,
                # In quotation marks: a label has no lang of its own for a title in another language.
                label=f"“{line.product.own_title if line.product else line.title}”",
                initial=known.contents.get(str(line.pk), "") if known else "",
            )

    @property
    def rows(self) -> list[dict]:
        """What the template draws: fields per box; ``extra``: the box that was not planned."""
        return [
            {
                "number": number,
                "weight": self[field_name("weight", number)],
                "sides": [self[field_name(side, number)] for side in SIDES],
                "tracking": self[field_name("tracking", number)],
                "inside": [self[f"inside_{number}_{line.pk}"] for line in self._lines if number > 1],
                "extra": number > self._planned and not self._is_used(number),
            }
            for number in self._rows
        ]

    def clean(self) -> dict:
        data = super().clean()
        if self.errors:
            return data
        used = [number for number in self._rows if number == 1 or self._is_used(number)]
        parcels = [self._read(number, used) for number in used]
        if all(parcel.gross_weight_g for parcel in parcels):
            self._check(parcels, used)
        self.parcels = [] if self.errors else parcels
        return data

    def _check(self, parcels: Sequence[Weighed], used: Sequence[int]) -> None:
        try:
            check_parcels(parcels, self._pieces)
        except BadParcel as problem:
            field = "length" if problem.field == "size" else "weight"
            self.add_error(field_name(field, used[problem.number - 1]), str(problem))

    def _is_used(self, number: int) -> bool:
        names = [name for name in self.fields if name.endswith(f"_{number}") or name.startswith(f"inside_{number}_")]
        return number > 1 and any(self.data.get(name, "").strip(" 0") for name in names)

    def _read(self, number: int, used: Sequence[int]) -> Weighed:
        data = self.cleaned_data
        weight = data.get(field_name("weight", number))
        if weight is None:
            self.add_error(field_name("weight", number), _("Please weigh the packed parcel."))
        tracking = data.get(field_name("tracking", number), "")
        carrier = self._known[number].carrier if number in self._known else ""
        try:
            read_tracking(carrier, tracking)
        except BadNumber as problem:
            self.add_error(field_name("tracking", number), str(problem))
        sides = tuple(data.get(field_name(side, number)) or 0 for side in SIDES)
        inside = self._inside(number, used) if len(used) > 1 else {}
        return Weighed(weight or 0, sides if any(sides) else (), inside, tracking)

    def _inside(self, number: int, used: Sequence[int]) -> dict[int, int]:
        data = self.cleaned_data
        others = {
            line.pk: sum(data.get(f"inside_{other}_{line.pk}") or 0 for other in used if other > 1)
            for line in self._lines
        }
        if number == 1:
            return {line.pk: line.quantity - others[line.pk] for line in self._lines}
        return {line.pk: data.get(f"inside_{number}_{line.pk}") or 0 for line in self._lines}


class Photo(forms.FileField):
    """One photo, from the camera or the album; what it is, storefront.uploads finds out."""

    def __init__(self, **kwargs) -> None:
        super().__init__(widget=forms.FileInput(attrs={"accept": "image/*"}), **kwargs)


class PhotoForm(forms.Form):
    """A photo of the packed parcel."""

    photo = Photo(
        label=gettext_lazy("Photo of the packed parcel"),
        error_messages={"required": gettext_lazy("Please choose a photo.")},
    )

    def __init__(self, data=None, files=None) -> None:
        super().__init__(data, files, auto_id="photo-%s", label_suffix="")


class ArrivedForm(forms.Form):
    """Whether she knows it: it cannot be undone, and her payout follows from it."""

    known = forms.BooleanField(
        label=gettext_lazy("I know that it has arrived, from the carrier or the buyer"),
        error_messages={"required": gettext_lazy("Please tick this first, if you know it.")},
    )

    def __init__(self, data=None) -> None:
        super().__init__(data, auto_id="arrived-%s", label_suffix="")


class SendForm(forms.Form):
    """Who takes the boxes, the number of each, and a photo. After is_valid(): ``sending``, arguments of services.send."""

    carrier = forms.ChoiceField(
        label=gettext_lazy("Carrier"), error_messages={"required": gettext_lazy("Please say who takes the parcel.")}
    )
    carrier_name = Words(
        label=gettext_lazy("Its name"),
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": NAME_TOO_LONG},
        help_text=gettext_lazy("Such as the name of your post; the buyer reads it."),
    )

    def __init__(self, consignment: Consignment, data=None, files=None) -> None:
        super().__init__(data, files, label_suffix="")
        parcels = list(consignment.parcels.all())
        carriers = get_carriers()
        self.fields["carrier"].choices = [
            *((key, carrier.name) for key, carrier in carriers.items()),
            (OTHER, _("Somebody else")),
        ]
        self.fields["carrier"].initial = parcels[0].carrier if parcels else next(iter(carriers), OTHER)
        self._numbers = range(1, max(len(parcels), 1) + 1)
        for number in self._numbers:
            label = _("Tracking number")
            if len(self._numbers) > 1:
                label = _("Tracking number of parcel %(number)s") % {"number": number}
            field = _tracking(label)
            field.initial = parcels[number - 1].tracking if parcels else ""
            self.fields[field_name("tracking", number)] = field
        self.fields["photo"] = Photo(
            label=_("Photo of the packed parcel"),
            required=False,
            help_text=_("It helps you if somebody says that it arrived broken."),
        )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("carrier") == OTHER and not data.get("carrier_name"):
            self.add_error("carrier_name", _("Please say who takes the parcel."))
        if self.errors:
            return data
        for number in self._numbers:
            name = field_name("tracking", number)
            try:
                read_tracking(self._carrier, data[name])
            except BadNumber as problem:
                self.add_error(name, str(problem))
        return data

    @property
    def sending(self) -> dict:
        data = self.cleaned_data
        return {
            "carrier": self._carrier,
            "carrier_name": data["carrier_name"],
            "tracking": [data[field_name("tracking", number)] for number in self._numbers],
        }

    @property
    def _carrier(self) -> str:
        data = self.cleaned_data
        return data["carrier_name"] if data["carrier"] == OTHER else data["carrier"]
