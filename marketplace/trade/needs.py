"""What can clear a restriction: names that rows of rules use, whether a piece has it, and what its maker does next."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from catalogue.export import ExportFacts
from marketplace.trade.descriptions import is_good_description
from marketplace.trade.models.evidence import Certificate


@dataclass(frozen=True)
class Need:
    """``name`` as in a row, ``detail`` what stands after its colon. ``code`` is a Finding's, ``field`` the desk's."""

    name: str
    detail: str
    code: str
    field: str


# Name → code of the finding, field of the desk's form. "hs" takes a number of digits, "certificate" a kind.
KNOWN = {
    "hs": ("hs_code", "hs_code"),
    "origin": ("origin", "origin"),
    "materials": ("material", "materials"),
    "species": ("species", "species"),
    "net_weight": ("net_weight", "net_weight_g"),
    "customs_description": ("description", "customs_description"),
    "sku": ("product_id", "sku"),
    "maker_code": ("product_id", "maker_code"),
    "gtin": ("product_id", "gtin"),
    "alcohol_percent": ("restriction", "alcohol_percent"),
    "responsible_person": ("responsible_person", ""),
    "certificate": ("certificate", "certificate"),
}


@lru_cache(maxsize=1_024)
def check_needs(text: str) -> tuple[Need, ...]:
    """The needs of a row. Raises ValueError with a sentence for a person."""
    found = []
    for part in text.split():
        name, colon, detail = part.partition(":")
        known = {"hs": ("4", "6", "8", "10"), "certificate": Certificate.Kind.values}.get(name, ("",))
        if name not in KNOWN or detail not in known or bool(colon) != bool(detail):
            raise ValueError(_("“%(part)s” is nothing that clears a rule.") % {"part": part[:60]})
        code, field = KNOWN[name]
        if name == "hs" and int(detail) > 6:
            field = "tariff_code"
        found.append(Need(name, detail, code, field))
    return tuple(found)


def is_met(need: Need, facts: ExportFacts, destination: str, bloc: str, on: date, has_person: bool) -> bool:
    """Whether the piece has what is needed. ``has_person``: somebody is responsible for it at the destination."""
    if need.name == "hs":
        return len(facts.tariff_code(destination, bloc)) >= int(need.detail)
    if need.name == "certificate":
        return any(
            kind == need.detail and place in ("", destination, bloc) and (not last or on.isoformat() <= last)
            for kind, place, last in facts.certificates
        )
    if need.name == "responsible_person":
        return has_person
    if need.name == "customs_description":
        return is_good_description(facts.customs_description)
    values = {"net_weight": facts.net_weight_g, "alcohol_percent": facts.alcohol_percent is not None}
    return bool(values[need.name] if need.name in values else getattr(facts, need.name))


def next_step(need: Need, facts: ExportFacts) -> str:
    """A sentence for the maker."""
    if need.name == "certificate":
        kind = Certificate.Kind(need.detail).label
        return _("Please record this paper with its number, or ask us about it: %(paper)s.") % {"paper": kind}
    if need.name == "hs" and int(need.detail) > 6 and facts.hs_code:
        return _("Please add the %(digits)s-digit code of this tariff, or ask us.") % {"digits": need.detail}
    return {
        "hs": _("Please find its HS code. When in doubt, ask us: a wrong code is worse than none."),
        "origin": _("Please say in which economy it was made."),
        "materials": _("Please tick the materials on the page of the piece."),
        "species": _("Please name the species in Latin, such as “Bambusa vulgaris”."),
        "net_weight": _("Please weigh it without its packing."),
        "customs_description": _("Please describe it for customs, such as “Bowl of lacquered wood, for food”."),
        "sku": _("Please give the piece a price, so that it has a number in the shop."),
        "maker_code": _("Please write down your own number of the piece."),
        "gtin": _("Please write down the bar code of the piece."),
        "alcohol_percent": _("Please say how much alcohol it has."),
        "responsible_person": _("We are looking for a responsible person there. Nothing is left for you to do."),
    }[need.name]
