"""How an address is asked for, checked and written, economy by economy. Import from here."""

from marketplace.economies.addresses.checks import problems_of, wants_latin
from marketplace.economies.addresses.lines import format_address, label_lines, label_parts
from marketplace.economies.addresses.parts import AddressParts
from marketplace.economies.addresses.postcodes import tidy_postcode
from marketplace.economies.addresses.rules import AddressRules, Area, address_rules

__all__ = [
    "AddressParts",
    "AddressRules",
    "Area",
    "address_rules",
    "format_address",
    "label_lines",
    "label_parts",
    "problems_of",
    "tidy_postcode",
    "wants_latin",
]
