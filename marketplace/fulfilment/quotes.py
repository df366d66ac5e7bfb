"""A basket split into what each workshop will send, with goods, shipping and total."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

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

    @property
    def refusals(self) -> list[str]:
        """Reasons why some consignment cannot be sent."""
        return [row.shipping.reason for row in self.consignments if isinstance(row.shipping, NotShippable)]

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
    return BasketQuote(found, currency)


def _line_total(line, currency: str) -> Money:
    return Money(line.line_price_incl_tax_incl_discounts, currency)
