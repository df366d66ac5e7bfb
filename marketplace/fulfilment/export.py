"""What a quote knows of its pieces as customs sees them: read once for the whole basket, in two statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from catalogue.export import ExportFacts
from marketplace.trade.origin_claims import OriginClaim, origin_claims
from marketplace.trade.readiness_facts import facts_of
from marketplace.trade.restriction_rules import Rules


@dataclass(frozen=True)
class ExportKnowledge:
    """``facts`` and ``claims`` by product; a variant's claims are its piece's. ``places``: the destination and its bloc."""

    places: tuple[str, ...] = ()
    facts: Mapping[int, ExportFacts] = field(default_factory=dict)
    claims: Mapping[int, list[OriginClaim]] = field(default_factory=dict)

    def of(self, product) -> ExportFacts:
        """What is known of a product; of one that was not read, its own fields."""
        known = self.facts.get(product.pk)
        return known or ExportFacts(hs_code=product.hs_code, origin=product.origin, net_weight_g=product.net_weight_g)

    def claim(self, product) -> OriginClaim | None:
        """The proof of origin that lasts longest."""
        return next(iter(self.claims.get(product.parent_id or product.pk, ())), None)


def read_export(
    products: Iterable, destination: str, *, on: date, writers: Mapping[int, dict[str, str]] | None = None
) -> ExportKnowledge:
    """Everything a quote to a destination needs of these products on a day. Two statements."""
    products = list(products)
    bloc = Rules.load().bloc(destination)
    return ExportKnowledge(
        places=tuple(place for place in (destination, bloc) if place),
        facts=facts_of(products, writers=writers),
        claims=origin_claims({product.parent_id or product.pk for product in products}, on=on),
    )
