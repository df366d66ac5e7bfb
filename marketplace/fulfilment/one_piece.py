"""The whole price of one piece before anybody has a basket: what the product page says for a destination."""

from dataclasses import dataclass, replace
from decimal import Decimal

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.export import ExportKnowledge
from marketplace.fulfilment.levies import PricedLevies, levies_of
from marketplace.fulfilment.models import Incoterm
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Wish
from marketplace.fulfilment.packing import units_of
from marketplace.fulfilment.prepaid import with_levies
from marketplace.fulfilment.quotes import terms_of
from marketplace.fulfilment.shipping import ask_carriers, wanted_terms
from marketplace.money import Money


@dataclass(frozen=True)
class OnePiece:
    """A piece as a basket line would have it. ``pk`` stands for the line's."""

    product: Product
    line_price_incl_tax_incl_discounts: Decimal
    quantity: int = 1

    @property
    def line_price_incl_tax(self) -> Decimal:
        return self.line_price_incl_tax_incl_discounts

    @property
    def pk(self) -> int:
        return self.product.pk


@dataclass(frozen=True)
class DoorPrice:
    """One piece sent alone. ``border`` is expected on arrival and not part of ``total``."""

    goods: Money
    shipping: ShippingOffer
    postage: Money
    levies: PricedLevies

    @property
    def total(self) -> Money:
        return sum((row.amount for row in self.levies.checkout), self.goods + self.postage)

    @property
    def border(self) -> Money:
        return sum((row.amount for row in self.levies.border), Money(Decimal("0.00"), self.goods.currency))


def price_at_door(
    *,
    product: Product,
    price: Money,
    origin: str,
    workshop_id: int,
    list_currency: str,
    market: MarketChoice,
    rates: QuoteRates,
    known: ExportKnowledge,
) -> DoorPrice | NotShippable:
    """What one piece costs when it is sent alone on the day of ``rates``. One statement; one more where it must be prepaid.

    ``price`` is in the market's currency; ``origin`` the workshop's economy; ``known`` as read_export answers. Raises
    RateMissing.
    """
    line = OnePiece(product, price.amount)
    terms = terms_of(market, rates)
    wish = Wish(
        origin=origin,
        destination=market.destination,
        units=units_of([line]),
        currency=list_currency,
        on=rates.on,
        workshop_id=workshop_id,
        incoterm=wanted_terms(terms.get("incoterm", ""), origin, market.destination, rates.on),
    )

    def ask(wish: Wish) -> ShippingOffer | NotShippable:
        return ask_carriers([wish], channel=terms.get("channel"))[0]

    offer, levies = with_levies(
        ask(wish),
        lambda: ask(replace(wish, incoterm=Incoterm.DDP.value)),
        lambda offer: levies_of(
            [line], offer, rates.convert(offer.amount, market.currency), market, rates, known=known
        ),
    )
    if isinstance(offer, NotShippable):
        return offer
    return DoorPrice(price, offer, rates.convert(offer.amount, market.currency), levies)
