"""The address form: the fields that the chosen economy needs, in its order and under its names."""

from collections.abc import Collection
from dataclasses import fields, replace

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from oscar.core.loading import get_model

from marketplace.economies.addresses import (
    AddressParts,
    AddressRules,
    address_rules,
    format_address,
    problems_of,
    tidy_postcode,
    wants_latin,
)
from marketplace.economies.names import NAMES, economy_name
from marketplace.economies.phones import to_e164
from marketplace.economies.scripts import has_hidden_signs
from marketplace.fulfilment.customs_ids import (
    missing_customs_id,
    needed_customs_id,
    open_customs_id,
    seal_customs_id,
)
from marketplace.payments.placing import Buyer
from storefront.checkout.address_fields import LATIN_LABELS, Kept, Telephone, latin_field, part_field
from storefront.market.offers import get_offers

Country = get_model("address", "Country")
# Parts of an address → fields of the form (names that browsers and older pages know).
PARTS = {part.name: part.name for part in fields(AddressParts)} | {"name": "full_name"}
WRITTEN = ("name", "line1", "line2", "district", "city", "state", "postcode")
LATIN = tuple(LATIN_LABELS)
# Where a buyer has not chosen yet.
ANYWHERE = ("name", "line1", "line2", "city", "state", "postcode")
SEALED = "customs_id_sealed"


def economies() -> list:
    """(code, name) of every place that can be sold to today: APEC's economies, then the others, each by name."""
    open_places = Country.objects.filter(is_shipping_country=True, pk__in=get_offers().markets)
    codes = open_places.values_list("pk", flat=True)
    named = sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])
    apec = [row for row in named if row[0] in NAMES]
    return [
        ("", "—"),
        (_("APEC economies"), apec),
        (_("Elsewhere"), [row for row in named if row[0] not in NAMES]),
    ]


class AddressForm(forms.Form):
    """``initial`` may be what to_session made: a sealed customs id in it is kept while the field stays empty.

    ``channel`` is "post" or "courier"; ``origins`` the economies that the parcels come from (empty: not known).
    """

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For the confirmation and news of your parcels. Nothing else."),
    )
    economy = forms.ChoiceField(
        label=_("Economy or territory"),
        widget=forms.Select(attrs={"autocomplete": "country"}),
        help_text=_("The fields below change with it."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        widget=Telephone(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("With + and the code, for the carrier only, such as +81 90 1234 5678."),
    )
    customs_id = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    gift = forms.BooleanField(
        label=_("This is a gift: leave the prices off the packing slip."),
        required=False,
        help_text=_("Customs papers always show the real values."),
    )
    notes = forms.CharField(
        label=_("Note to the makers"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data=None, *args, initial=None, channel: str = "post", origins: Collection[str] = (), **kwargs
    ) -> None:
        super().__init__(data, *args, initial=initial, **kwargs)
        self.label_suffix = ""
        self.channel, self.origins = channel, set(origins)
        choices = economies()
        self.fields["economy"].choices = choices
        offered = {code for _group, rows in choices[1:] for code, _name in rows}
        self.chosen = code if (code := self._typed("economy")) in offered else ""
        self.rules = address_rules(self.chosen) if self.chosen else _anywhere()
        self.crosses_border = self.origins != {self.chosen}
        self._ask_for_address()
        self._ask_for_phone()
        self._ask_for_customs_id()
        self.order_fields(["email", "economy", *self.address_names, *LATIN, "phone", "customs_id", "gift", "notes"])

    def _typed(self, name: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def _ask_for_address(self) -> None:
        self.address_names = ["full_name", *(PARTS[part] for part in self.rules.fields if part != "name")]
        for part in WRITTEN:
            self.fields[PARTS[part]] = part_field(part, self.rules) if part in self.rules.fields else Kept()
        for name in LATIN:
            self.fields[name] = latin_field(name, self.rules) if name in self._latin_names() else Kept()

    def _latin_names(self) -> list[str]:
        """Latin fields to show: all that the economy's script calls for, or those that what was typed calls for."""
        if not self.crosses_border:
            return []
        typed = AddressParts(**{part: self._typed(PARTS[part]).strip() for part in ("economy", *WRITTEN)})
        wanted = wants_latin(typed) if self.chosen else []
        if not self.rules.has_latin_script:
            wanted += [f"latin_{part}" for part in self.rules.fields if part not in ("name", "state", "postcode")]
            wanted.append("latin_given")
        return [*wanted, "latin_family"] if "latin_given" in wanted else wanted

    def _ask_for_phone(self) -> None:
        if self.channel == "courier":
            self.fields["phone"].required = True
            self.fields["phone"].error_messages["required"] = _("A courier needs a phone number to deliver.")

    def _ask_for_customs_id(self) -> None:
        today = timezone.localdate()
        self.kinds = needed_customs_id(self.chosen, self.channel, today, origins=self.origins)
        self.kept = str(self.initial.get(SEALED) or "")
        if not self.kinds:
            self.fields["customs_id"] = Kept()
            return
        field = self.fields["customs_id"]
        field.label, field.help_text, field.asked = self.kinds[0].label, self.kinds[0].help, True
        if missing_customs_id(self.chosen, self.channel, today, self.kept, origins=self.origins):
            self.kept = ""
        else:
            known = {"masked": open_customs_id(self.kept).masked}
            field.help_text = _("We have %(masked)s. Leave this empty to keep it.") % known

    def clean_phone(self) -> str:
        """E.164; without + a number of the place that the parcel goes to."""
        text = self.cleaned_data["phone"]
        number = to_e164(text, self.chosen) if text else ""
        if not isinstance(number, str):
            raise forms.ValidationError(number.reason)
        return number

    def clean_notes(self) -> str:
        """Pictures are welcome, signs that nobody sees are not."""
        if has_hidden_signs(self.cleaned_data["notes"]):
            raise forms.ValidationError(_("Please leave out control characters."))
        return self.cleaned_data["notes"]

    @sensitive_variables()
    def clean_customs_id(self) -> str:
        """Sealed at once; empty where none is asked for."""
        text = self.cleaned_data["customs_id"]
        if not self.kinds:
            return ""
        if not text:
            if not self.kept:
                raise forms.ValidationError(
                    missing_customs_id(self.chosen, self.channel, timezone.localdate(), "", origins=self.origins)
                )
            return self.kept
        sealed = seal_customs_id(text, self.kinds)
        if not isinstance(sealed, str):
            raise forms.ValidationError(sealed.reason)
        return sealed

    def clean(self) -> dict:
        """What the economy's rules say of the parts, beside the parts; the parts in the economy's own writing."""
        data = super().clean()
        for name, field in self.fields.items():
            if isinstance(field, Kept) and name in data:
                data[name] = ""
        if not self.chosen:
            return data
        parts = AddressParts(**{part: data.get(name, "") for part, name in PARTS.items()})
        for part, sentence in problems_of(parts, channel=self.channel, customs=self.crosses_border).items():
            if PARTS[part] not in self.errors:
                self.add_error(PARTS[part], sentence)
        if data.get("postcode"):
            data["postcode"] = tidy_postcode(data["postcode"], self.rules)
        if area := self.rules.area(data.get("state", "")):
            data["state"] = area.code
        return data

    # What the page draws, in groups.

    def contact_fields(self) -> list:
        return [self["email"], self["economy"]]

    def address_fields(self) -> list:
        return [self[name] for name in self.address_names]

    def latin_fields(self) -> list:
        return [self[name] for name in LATIN if not self[name].is_hidden]

    def further_fields(self) -> list:
        return [self[name] for name in ("phone", "customs_id", "gift", "notes") if not self[name].is_hidden]

    def kept_fields(self) -> list:
        """What was typed for another economy."""
        return [field for field in self.hidden_fields() if field.value()]


def _anywhere() -> AddressRules:
    return replace(address_rules("ZZ"), fields=ANYWHERE, required=frozenset({"name", "line1"}), kinds={})


def to_session(form: AddressForm) -> dict[str, str]:
    """The cleaned form as plain text, for the session; a customs id only sealed."""
    cleaned = {name: str(value or "") for name, value in form.cleaned_data.items()}
    return cleaned | {SEALED: cleaned.pop("customs_id"), "gift": "1" if form.cleaned_data["gift"] else ""}


def asked_again(typed: dict[str, str], remembered: dict[str, str]) -> dict[str, str]:
    """``initial`` for the fields of another economy: everything typed so far, and the sealed number as it was."""
    return remembered | {"gift": ""} | typed | {SEALED: remembered.get(SEALED, "")}


def without_customs_id(address: dict[str, str]) -> dict[str, str]:
    """The address for a session that goes on after the order is placed: the sealed number has done its work."""
    return address | {SEALED: ""}


def to_buyer(address: dict[str, str], user) -> Buyer:
    """A Buyer from what to_session made."""
    known = user if user.is_authenticated else None
    named = ("email", "phone", "notes", *PARTS.values())
    return Buyer(
        **{name: address.get(name, "") for name in named},
        gift=bool(address.get("gift")),
        customs_id=address.get(SEALED, ""),
        user=known,
    )


def address_lines(address: dict[str, str]) -> list[str]:
    """The address as its economy writes it, in the script in which the buyer wrote it."""
    parts = AddressParts(**{part: address.get(name, "") for part, name in PARTS.items()})
    return format_address(parts, script="latin" if parts.is_latin else "local")
