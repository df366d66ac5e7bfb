"""What the parts of an address are called in each economy."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.economies.addresses.rules import AddressRules

NAMES = {
    "state": {
        "area": pgettext_lazy("address", "Area"),
        "county": pgettext_lazy("address", "County"),
        "county_or_city": pgettext_lazy("address", "County or city"),
        "department": pgettext_lazy("address", "Department"),
        "district": pgettext_lazy("address", "District"),
        "do_si": pgettext_lazy("address", "Province or metropolitan city"),
        "emirate": pgettext_lazy("address", "Emirate"),
        "island": pgettext_lazy("address", "Island"),
        "oblast": pgettext_lazy("address", "Region"),
        "parish": pgettext_lazy("address", "Parish"),
        "prefecture": pgettext_lazy("address", "Prefecture"),
        "province": pgettext_lazy("address", "Province"),
        "province_or_territory": pgettext_lazy("address", "Province or territory"),
        "region": pgettext_lazy("address", "Region"),
        "state": pgettext_lazy("address", "State"),
        "state_or_territory": pgettext_lazy("address", "State or territory"),
        "": _("State, province or prefecture"),
    },
    "city": {
        "district": pgettext_lazy("address", "District"),
        "city_or_municipality": pgettext_lazy("address", "City or municipality"),
        "city_or_ward": pgettext_lazy("address", "City, ward or town"),
        "commune": pgettext_lazy("address", "Commune"),
        "post_town": pgettext_lazy("address", "Town"),
        "suburb": pgettext_lazy("address", "Suburb or town"),
        "": _("City"),
    },
    "district": {
        "barangay": pgettext_lazy("address", "Barangay"),
        "district": pgettext_lazy("address", "District"),
        "neighborhood": pgettext_lazy("address", "Neighbourhood"),
        "subdistrict": pgettext_lazy("address", "Sub-district"),
        "suburb": pgettext_lazy("address", "Suburb"),
        "townland": pgettext_lazy("address", "Townland"),
        "village_township": pgettext_lazy("address", "Village or township"),
        "": pgettext_lazy("address", "District"),
    },
    "postcode": {
        "zip": _("ZIP code"),
        "pin": _("PIN code"),
        "eircode": _("Eircode"),
        "": _("Postcode"),
    },
    "line1": {"": _("Street and number"), "street_or_box": _("Street or post office box")},
    "line2": {"": _("Building, flat")},
    "name": {"": _("Full name")},
}


def part_name(part: str, rules: AddressRules) -> Promise | str:
    """What ``part`` (one of rules.fields) is called there, in the active language."""
    names = NAMES[part]
    return names.get(rules.kinds.get(part, ""), names[""])
