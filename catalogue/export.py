"""What customs and carriers must know of a piece: what is known and what is missing. Pure: reads no database."""

from dataclasses import dataclass, field
from decimal import Decimal

# What is asked of every piece, in the order in which a maker is asked.
ASKED = ("materials", "hs_code", "origin", "net_weight_g", "customs_description", "species", "sku", "maker_code")
HS6 = 6  # digits that are the same in every economy (WCO Harmonized System)


@dataclass(frozen=True)
class ExportFacts:
    """A piece as customs sees it. Grams; alcohol in percent of the volume; codes of economies have two letters.

    ``ships_from`` is where the parcel starts. ``attributes`` are the words that rules refer to: what it contains, the
    slugs of its materials, and what follows from its HS code. ``words`` are its titles in every language.
    ``species_needed`` says that it is made of plants or animals whose names are asked for.
    """

    product_id: int = 0
    partner_id: int | None = None
    ships_from: str = ""
    origin: str = ""
    hs_code: str = ""
    hs_confirmed: bool = False
    tariff_codes: tuple[tuple[str, str], ...] = ()
    # Kind, destination (empty: everywhere) and last day (ISO; empty: open) of papers that a person has checked.
    certificates: tuple[tuple[str, str, str], ...] = ()
    net_weight_g: int | None = None
    customs_description: str = ""
    materials: frozenset[str] = frozenset()
    species: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    alcohol_percent: Decimal | None = None
    sku: str = ""
    maker_code: str = ""
    gtin: str = ""
    words: tuple[str, ...] = ()
    writers: dict[str, str] = field(default_factory=dict, hash=False)
    species_needed: bool = False

    def tariff_code(self, *places: str) -> str:
        """The code for a destination (and its bloc): that of its own tariff where there is one, else the HS code."""
        own = dict(self.tariff_codes)
        return next((own[place] for place in places if place in own), self.hs_code)


def missing(facts: ExportFacts) -> tuple[str, ...]:
    """Names out of ASKED that are not known, in that order. An HS code of less than six digits is none."""
    gaps = {name for name in ASKED if not getattr(facts, name)}
    if len(facts.hs_code) < HS6:
        gaps.add("hs_code")
    if not facts.species_needed:
        gaps.discard("species")
    return tuple(name for name in ASKED if name in gaps)


def split_species(text: str) -> tuple[str, ...]:
    """Scientific names out of a line with commas or semicolons between them, each once, in their order."""
    names = (" ".join(part.split()) for part in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(name for name in names if name))
