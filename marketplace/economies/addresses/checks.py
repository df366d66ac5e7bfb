"""What is missing or cannot be in an address, part by part, in the reader's language."""

import csv
import re
from functools import lru_cache

from django.utils.translation import gettext as _

from marketplace.economies.addresses.parts import WRITTEN, AddressParts
from marketplace.economies.addresses.postcodes import tidy_postcode
from marketplace.economies.addresses.rules import DATA, AddressRules, address_rules
from marketplace.economies.scripts import has_latin_letter, is_latin, unprintable

COURIER = "courier"
LATIN = ("latin_given", "latin_family", *(f"latin_{part}" for part in WRITTEN))


def problems_of(parts: AddressParts, *, channel: str, customs: bool = True) -> dict[str, str]:
    """Part → what is wrong with it. Empty for an address that ``channel`` ("post" or "courier") can reach.

    ``customs``: the parcel crosses a border, so everything must be there in Latin letters.
    """
    rules = address_rules(parts.economy)
    found = _unprintable(parts) | _missing(parts, rules)
    if parts.state and "state" not in found and rules.areas_closed and not rules.area(parts.state):
        found["state"] = _("Please choose one from the list.")
    if "postcode" in rules.fields and "postcode" not in found and tidy_postcode(parts.postcode, rules) is None:
        found["postcode"] = _("A postcode there looks like this: %(example)s.") % {
            "example": rules.postcode_examples[0]
        }
    if channel == COURIER:
        found |= {
            part: _("A courier cannot deliver to a post office box. Please give a street and number.")
            for part in ("line1", "line2", "latin_line1", "latin_line2")
            if part not in found and names_a_po_box(getattr(parts, part))
        }
    return _latin_problems(parts, customs) | found


def _unprintable(parts: AddressParts) -> dict[str, str]:
    sentence = _("Please leave out pictures and control characters: no label can carry them.")
    return {part: sentence for part in ("name", *WRITTEN, "postcode", *LATIN) if unprintable(getattr(parts, part))}


def _missing(parts: AddressParts, rules: AddressRules) -> dict[str, str]:
    return {part: _missing_sentence(part) for part in sorted(rules.required) if not getattr(parts, part)}


def _missing_sentence(part: str) -> str:
    return _("Parcels there need a postcode.") if part == "postcode" else _("Parcels there need this.")


def _latin_problems(parts: AddressParts, customs: bool) -> dict[str, str]:
    found = {
        part: _("Please use Latin letters here.") for part in LATIN if not is_latin(getattr(parts, part))
    }
    if not customs:
        return found
    sentence = _("Customs need this in Latin letters too. We never convert it ourselves.")
    readable = [part for part in wants_latin(parts) if not unprintable(getattr(parts, _written(part)))]
    return dict.fromkeys(readable, sentence) | found


def _written(latin: str) -> str:
    """The part that a ``latin_`` part stands beside."""
    return "name" if latin in ("latin_given", "latin_family") else latin.removeprefix("latin_")


def wants_latin(parts: AddressParts) -> list[str]:
    """The ``latin_`` parts that are still to be asked for, because the part itself is in another script."""
    rules = address_rules(parts.economy)
    wanted = []
    if parts.name and not has_latin_letter(parts.name) and not (parts.latin_given or parts.latin_family):
        wanted.append("latin_given")
    for part in WRITTEN:
        known = part == "state" and rules.area(parts.state)
        if part in rules.fields and not known and not parts.latin(part) and getattr(parts, part):
            wanted.append(f"latin_{part}")
    return wanted


def names_a_po_box(line: str) -> bool:
    """Whether an address line is a post office box, in the words of data/po_boxes.csv."""
    return bool(line) and bool(_po_boxes().search(line))


@lru_cache(maxsize=1)
def _po_boxes() -> re.Pattern:
    with (DATA / "po_boxes.csv").open(encoding="utf-8", newline="") as file:
        return re.compile("|".join(f"(?:{row['pattern']})" for row in csv.DictReader(file)), re.IGNORECASE)
