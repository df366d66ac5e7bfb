"""Small forms that mend one gap of a piece each, where the gap is told."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.economies.names import economy_name
from marketplace.trade.hs import MATERIALS
from marketplace.trade.models.evidence import Certificate
from storefront.desk.fields import PointNumber, WholeNumber, Words
from storefront.desk.forms import HEAVIEST_G
from storefront.desk.words_form import no_markup

PLAIN = {"autocomplete": "off"}


class FactsForm(forms.Form):
    """Fields out of what customs asks of a piece: only those named in ``only`` are shown and read."""

    customs_description = Words(
        label=gettext_lazy("Description for customs, in English"),
        max_length=120,
        validators=[no_markup],
        help_text=gettext_lazy("What it is, of what, for what: “Bowl of lacquered wood, for food”."),
        widget=forms.TextInput(attrs=PLAIN | {"lang": "en"}),
    )
    species = Words(
        label=gettext_lazy("Species"),
        max_length=300,
        validators=[no_markup],
        help_text=gettext_lazy("Scientific names with commas between them, such as “Bambusa vulgaris”."),
        widget=forms.TextInput(attrs=PLAIN | {"lang": "la", "autocapitalize": "off"}),
    )
    origin = forms.ChoiceField(label=gettext_lazy("Made in"))
    net_weight_g = WholeNumber(label=gettext_lazy("Weight in grams, without packing"), least=1, most=HEAVIEST_G)
    maker_code = Words(
        label=gettext_lazy("Your own number of the piece"),
        max_length=40,
        required=False,
        validators=[no_markup],
        help_text=gettext_lazy("Empty: the code of the shop is used."),
    )
    gtin = Words(label=gettext_lazy("Bar code (GTIN), if it has one"), max_length=14, required=False)
    contains = forms.MultipleChoiceField(
        label=gettext_lazy("It contains"),
        choices=Product.Contains.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    alcohol_percent = PointNumber(
        label=gettext_lazy("Alcohol in percent of the volume"),
        least=Decimal("0.1"),
        most=Decimal("99.9"),
        places=1,
        required=False,
    )

    def __init__(self, *args, only: list[str], **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for name in set(self.fields) - set(only):
            del self.fields[name]
        if "origin" in self.fields:
            self.fields["origin"].choices = [("", "—"), *_places()]


class TariffForm(forms.Form):
    """A destination's own, longer code."""

    destination = forms.CharField(widget=forms.HiddenInput, max_length=2)
    tariff_code = Words(
        label=gettext_lazy("Code of the tariff, all digits"),
        max_length=16,
        widget=forms.TextInput(attrs=PLAIN | {"inputmode": "numeric"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class CertificateForm(forms.ModelForm):
    """A paper's number, body and days; ``kind`` and ``destination`` come with the gap."""

    number = Words(label=gettext_lazy("Number"), max_length=80, validators=[no_markup])
    body = Words(label=gettext_lazy("Issued by"), max_length=160, validators=[no_markup])

    class Meta:
        model = Certificate
        fields = ["kind", "destination", "number", "body", "issued_on", "valid_to"]
        widgets = {
            "kind": forms.HiddenInput,
            "destination": forms.HiddenInput,
            "issued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.today = today

    def clean_issued_on(self) -> date:
        if self.cleaned_data["issued_on"] > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return self.cleaned_data["issued_on"]


class HsSearchForm(forms.Form):
    """Material first, then the maker's words."""

    material = forms.MultipleChoiceField(
        label=gettext_lazy("What is it made of, mainly?"),
        choices=MATERIALS.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please say first what it is made of: that decides the code.")},
    )
    words = Words(
        label=gettext_lazy("What is it? In your own words and language"),
        max_length=120,
        error_messages={"required": gettext_lazy("Please say in your own words what it is.")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def _places() -> list[tuple[str, str]]:
    codes = get_model("address", "Country").objects.values_list("pk", flat=True)
    return sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])
