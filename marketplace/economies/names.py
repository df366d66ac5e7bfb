"""The names that APEC uses for its members, marked for translation (they live in economies.csv)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from marketplace.formats import locale_of

NAMES = {
    "AU": _("Australia"),
    "BN": _("Brunei Darussalam"),
    "CA": _("Canada"),
    "CL": _("Chile"),
    "CN": _("China"),
    "HK": _("Hong Kong, China"),
    "ID": _("Indonesia"),
    "JP": _("Japan"),
    "KR": _("Korea"),
    "MY": _("Malaysia"),
    "MX": _("Mexico"),
    "NZ": _("New Zealand"),
    "PG": _("Papua New Guinea"),
    "PE": _("Peru"),
    "PH": _("The Philippines"),
    "RU": _("Russia"),
    "SG": _("Singapore"),
    "TW": _("Chinese Taipei"),
    "TH": _("Thailand"),
    "US": _("The United States"),
    "VN": _("Viet Nam"),
}

# Codes in Unicode CLDR that are no places: groups, test codes, places that share a code with another.
NOT_PLACES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


def is_place(code: str) -> bool:
    """Whether the two letters are those of an economy or territory."""
    return len(code) == 2 and code not in NOT_PLACES and code in locale_of("en").territories


def economy_name(code: str) -> str:
    """The name of any economy or territory in the active language: APEC's where APEC has one, else Unicode CLDR's."""
    if code in NAMES:
        return gettext(NAMES[code])
    return locale_of().territories.get(code, code)
