"""The address form. Economies by their names in the reader's language; APEC's come first."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from phonenumber_field.formfields import PhoneNumberField

from marketplace.economies.names import NAMES, economy_name
from marketplace.payments.placing import Buyer

Country = get_model("address", "Country")
NO_CONTROL = RegexValidator(r"^[^\x00-\x1f\x7f]*$", _("Please leave out control characters."))


def economies() -> list:
    """(code, name) of every place we may send to: APEC's economies, then the others, each by name."""
    codes = Country.objects.filter(is_shipping_country=True).values_list("pk", flat=True)
    named = sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])
    apec = [row for row in named if row[0] in NAMES]
    return [
        ("", "—"),
        (_("APEC economies"), apec),
        (_("Elsewhere"), [row for row in named if row[0] not in NAMES]),
    ]


def _text(label, *, length: int, autocomplete: str, required: bool = True, **kwargs) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, max_length=length, required=required, widget=widget, validators=[NO_CONTROL], **kwargs
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For the confirmation and news of your parcels. Nothing else."),
    )
    economy = forms.ChoiceField(
        label=_("Economy or territory"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    full_name = _text(_("Full name"), length=120, autocomplete="name")
    postcode = _text(_("Postcode"), length=20, autocomplete="postal-code", required=False)
    state = _text(
        _("State, province or prefecture"), length=100, autocomplete="address-level1", required=False
    )
    city = _text(_("City"), length=100, autocomplete="address-level2")
    line1 = _text(_("Street and number"), length=200, autocomplete="address-line1")
    line2 = _text(_("Building, flat"), length=200, autocomplete="address-line2", required=False)
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("With + and the code, for the carrier only, such as +81 90 1234 5678."),
    )
    notes = forms.CharField(
        label=_("Note to the makers"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["economy"].choices = economies()
        # A number without + is read as one of the place that the parcel goes to.
        chosen = self.data.get("economy", "")
        self.fields["phone"].region = chosen if chosen in NAMES else None
        self.fields["phone"].error_messages["invalid"] = _(
            "Please give a phone number that can be called, or leave it empty."
        )
        self.label_suffix = ""

    def clean(self) -> dict:
        """A Japanese or US parcel without postcode comes back; elsewhere it may be missing."""
        data = super().clean()
        if data.get("economy") in {"JP", "US", "CA", "AU", "GB", "DE", "FR", "KR"} and not data.get(
            "postcode"
        ):
            self.add_error("postcode", _("Parcels there need a postcode."))
        return data


def to_session(form: AddressForm) -> dict[str, str]:
    """The cleaned form as plain text, for the session."""
    return {name: str(value or "") for name, value in form.cleaned_data.items()}


def to_buyer(address: dict[str, str], user) -> Buyer:
    """A Buyer from what to_session made."""
    known = user if user.is_authenticated else None
    return Buyer(**{name: address.get(name, "") for name in AddressForm.base_fields}, user=known)


def address_lines(address: dict[str, str]) -> list[str]:
    """The address as people of the active language write it: from large to small in Japanese, else from small to large."""
    place = economy_name(address["economy"])
    city = " ".join(part for part in (address["city"], address["state"], address["postcode"]) if part)
    if get_language() == "ja":
        postcode = f"〒{address['postcode']}" if address["postcode"] else ""
        lines = [
            place,
            postcode,
            f"{address['state']} {address['city']}".strip(),
            address["line1"],
            address["line2"],
            address["full_name"],
        ]
    else:
        lines = [address["full_name"], address["line1"], address["line2"], city, place]
    return [line for line in lines if line]
