"""What the address form is made of: fields under the names of each economy, areas to choose or to be reminded of."""

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.economies.addresses import AddressRules, Area
from marketplace.economies.addresses.words import part_name

AUTOCOMPLETE = {
    "name": "name",
    "line1": "address-line1",
    "line2": "address-line2",
    "district": "address-level3",
    "city": "address-level2",
    "state": "address-level1",
    "postcode": "postal-code",
    "given": "given-name",
    "family": "family-name",
}
LENGTHS = {"name": 120, "line1": 200, "line2": 200, "postcode": 20}
LATIN_LABELS = {
    "latin_given": _("Given name in Latin letters"),
    "latin_family": _("Family name in Latin letters"),
    "latin_line1": _("Street and number in Latin letters"),
    "latin_line2": _("Building, flat in Latin letters"),
    "latin_district": _("District in Latin letters"),
    "latin_city": _("City in Latin letters"),
    "latin_state": _("State or province in Latin letters"),
}


class Kept(forms.Field):
    """A value that the chosen economy does not ask for: it stays in the page, unread, until another is chosen."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput())


class Telephone(forms.TextInput):
    input_type = "tel"


class Suggesting(forms.TextInput):
    """A text with suggestions; anything else may be written too."""

    def __init__(self, suggestions: list[str], attrs: dict) -> None:
        super().__init__(attrs)
        self.suggestions = suggestions

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        list_id = f"{name}_list"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class AreaSelect(forms.Select):
    """The areas of an economy. A name typed before is found among them; one that is not stays, to be told of."""

    def __init__(self, rules: AddressRules, attrs: dict) -> None:
        self.rules = rules
        attrs = attrs | latin_names(rules)
        super().__init__(attrs, [("", "—"), *((area.code, area_name(area, rules)) for area in rules.areas)])

    def format_value(self, value) -> list[str]:
        area = self.rules.area(str(value or ""))
        return [area.code] if area else [str(value or "")]

    def optgroups(self, name, value, attrs=None) -> list:
        known = {code for code, _name in self.choices}
        self.choices = [*self.choices, *((text, text) for text in value if text not in known)]
        return super().optgroups(name, value, attrs)


def latin_names(rules: AddressRules) -> dict[str, str]:
    """A lang attribute for areas that are named in Latin letters to readers of another language."""
    own = (get_language() or "").split("-")[0]
    named = any(area.latin for area in rules.areas) and own != rules.language.split("-")[0]
    return {"lang": "en"} if named and own != "en" else {}


def area_name(area: Area, rules: AddressRules) -> str:
    """The area for a reader of the active language: in the local script if that is hers, else in Latin letters."""
    own = (get_language() or "").split("-")[0] == rules.language.split("-")[0]
    return area.local if own or not area.latin else area.latin


def part_field(part: str, rules: AddressRules) -> forms.CharField:
    """The field for ``part`` (one of rules.fields) as that economy calls and needs it."""
    attrs = {"autocomplete": AUTOCOMPLETE[part]}
    if part == "postcode":
        attrs |= _keyboard(rules)
    found = forms.CharField(
        label=part_name(part, rules),
        max_length=LENGTHS.get(part, 100),
        required=part in rules.required,
        widget=_widget(part, rules, attrs),
    )
    if part == "postcode":
        found.error_messages["required"] = _("Parcels there need a postcode.")
        if rules.postcode_pattern and rules.postcode_examples:
            found.help_text = _("Such as %(example)s.") % {"example": rules.postcode_examples[0]}
    if part == "name" and rules.family_first:
        found.help_text = _("Family name first in the local script, given name first in Latin letters.")
    return found


def _widget(part: str, rules: AddressRules, attrs: dict) -> forms.Widget:
    if part == "state" and rules.areas_closed:
        return AreaSelect(rules, attrs)
    if part == "state" and rules.areas:
        return Suggesting([area_name(area, rules) for area in rules.areas], attrs)
    return forms.TextInput(attrs)


def _keyboard(rules: AddressRules) -> dict[str, str]:
    """Digits alone need the number pad (a hyphen is put in by us); letters are capitals."""
    signs = set("".join(rules.postcode_examples)) - set(" -")
    if not signs or not all(sign.isdigit() for sign in signs):
        return {"autocapitalize": "characters"}
    return {"inputmode": "numeric"}


def latin_field(name: str, rules: AddressRules) -> forms.CharField:
    """The field for the Latin side of a part (``name``: "latin_given", "latin_line1" …)."""
    part = name.removeprefix("latin_")
    tag = f"{rules.language}-Latn" if rules.language and not rules.has_latin_script else "und-Latn"
    attrs = {"autocomplete": f"section-latin {AUTOCOMPLETE[part]}", "lang": tag, "spellcheck": "false"}
    length = LENGTHS.get(part, 120 if part in ("given", "family") else 100)
    found = forms.CharField(
        label=LATIN_LABELS[name], max_length=length, required=False, widget=forms.TextInput(attrs)
    )
    # Needed or not by what is written above: neither "required" nor "optional".
    found.asked = name != "latin_family"
    return found
