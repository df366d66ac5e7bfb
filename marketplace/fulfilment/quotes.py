"""A basket split into what each workshop will send, with goods, shipping and total."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalogue.text import language_name
from marketplace.economies.names import economy_name
from marketplace.economies.requirements import requirements_for, unmet, writers_of
from marketplace.fulfilment.shipping import NotShippable, ShippingQuote, quote_shipping, weight_of
from marketplace.money import Money
from marketplace.workshops.models import Workshop


@dataclass(frozen=True)
class ConsignmentQuote:
    """One workshop's part of a basket. ``shipping`` is a NotShippable where nothing can be sent."""

    workshop: Workshop
    lines: list
    goods: Money
    shipping: ShippingQuote | NotShippable

    @property
    def total(self) -> Money:
        """Goods and shipping; raises AttributeError for a consignment that cannot be sent."""
        return self.goods + self.shipping.amount


@dataclass(frozen=True)
class BasketQuote:
    """All consignments of a basket; their totals add up to ``total``."""

    consignments: list[ConsignmentQuote] = field(default_factory=list)
    currency: str = ""
    # Sentences about pieces that lack words in a language which the destination requires.
    without_words: list[str] = field(default_factory=list)

    @property
    def refusals(self) -> list[str]:
        """Reasons why some consignment cannot be sent."""
        reasons = [row.shipping.reason for row in self.consignments if isinstance(row.shipping, NotShippable)]
        return reasons + self.without_words

    @property
    def line_totals(self) -> list[Money]:
        """What each line costs, after offers."""
        return [_line_total(line, self.currency) for row in self.consignments for line in row.lines]

    @property
    def goods(self) -> Money:
        return sum((row.goods for row in self.consignments), Money(Decimal("0.00"), self.currency))

    @property
    def shipping(self) -> Money:
        amounts = (row.shipping.amount for row in self.consignments)
        return sum(amounts, Money(Decimal("0.00"), self.currency))

    @property
    def total(self) -> Money:
        return self.goods + self.shipping


def quote_basket(*, lines: Iterable, destination: str, currency: str, on: date) -> BasketQuote:
    """Group basket lines by workshop and price each group's parcel to ``destination`` (two-letter code)."""
    groups: dict[int, list] = {}
    lines = list(lines)
    for line in lines:
        groups.setdefault(line.stockrecord.partner_id, []).append(line)
    workshops = {
        row.partner_id: row
        for row in Workshop.objects.filter(partner__in=groups)
        .select_related("village")
        .prefetch_related("texts__locale")
    }
    found = [
        ConsignmentQuote(
            workshop=workshops[partner_id],
            lines=group,
            goods=sum((_line_total(line, currency) for line in group), Money(Decimal("0.00"), currency)),
            shipping=quote_shipping(
                origin=workshops[partner_id].village.economy_id,
                destination=destination,
                weight_g=weight_of(group),
                currency=currency,
                on=on,
            ),
        )
        for partner_id, group in groups.items()
    ]
    return BasketQuote(found, currency, without_words([line.product for line in lines], destination))


def without_words(products: Iterable, destination: str) -> list[str]:
    """A sentence for each piece and each language that ``destination`` requires and the piece is not described in."""
    requirements = requirements_for(destination)
    if not requirements:
        return []
    pieces = {piece.pk: piece for product in products for piece in [product.parent if product.is_child else product]}
    written = writers_of(pieces.values())
    return [
        _(
            "“%(title)s” cannot be sent to %(destination)s yet, because its description is not in %(language)s. "
            "Please take it out of the basket or choose another place."
        )
        % {
            "title": piece.get_title(),
            "destination": economy_name(destination),
            "language": language_name(missing.language),
        }
        for pk, piece in pieces.items()
        for missing in unmet(requirements, written[pk])
    ]


def _line_total(line, currency: str) -> Money:
    return Money(line.line_price_incl_tax_incl_discounts, currency)
