"""What many pieces cost to send to a market's destination, each alone, and which of them do not go there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.export import ExportKnowledge, read_export
from marketplace.fulfilment.levies import levies_of
from marketplace.fulfilment.models import Incoterm
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Wish
from marketplace.fulfilment.one_piece import OnePiece
from marketplace.fulfilment.packing import unit_of
from marketplace.fulfilment.prepaid import with_levies
from marketplace.fulfilment.quotes import terms_of
from marketplace.fulfilment.refusals import stops, who_wrote
from marketplace.fulfilment.shipping import ask_carriers, wanted_terms
from marketplace.money import Money
from storefront.listing.models import ProductCard


@dataclass(frozen=True)
class How:
    """``goes``: it can be sent there. ``postage`` in the market's currency, None where no destination is chosen."""

    goes: bool
    weight_g: int
    postage: Money | None = None


@dataclass(frozen=True)
class Sending:
    """For one batch of pieces; nothing but weights without a market."""

    market: MarketChoice | None = None
    rates: QuoteRates | None = None
    known: ExportKnowledge | None = None
    offers: Mapping[int, ShippingOffer | NotShippable] = field(default_factory=dict)
    wishes: Mapping[int, Wish] = field(default_factory=dict)

    def of(self, product: Product, price: Money) -> How:
        """As the product page says it (fulfilment.one_piece.price_at_door), without a statement of its own."""
        weight = unit_of(product).weight_g
        if self.market is None:
            return How(True, weight)
        if stops(product, self.market.destination, self.rates.on, self.known):
            return How(False, weight)
        try:
            offer = self._offer(product, price)
            if isinstance(offer, NotShippable):
                return How(False, weight)
            return How(True, weight, self.rates.convert(offer.amount, self.market.currency))
        except RateMissing:
            return How(False, weight)

    def _offer(self, product: Product, price: Money) -> ShippingOffer | NotShippable:
        line, rates, market = OnePiece(product, price.amount), self.rates, self.market
        offer, _levies = with_levies(
            self.offers[product.pk],
            lambda: ask_carriers(
                [replace(self.wishes[product.pk], incoterm=Incoterm.DDP.value)], channel=terms_of(market, rates).get("channel")
            )[0],
            lambda offer: levies_of(
                [line], offer, rates.convert(offer.amount, market.currency), market, rates, known=self.known
            ),
        )
        return offer


def sending_to(market: MarketChoice | None, products: Iterable[Product], cards: Iterable[ProductCard]) -> Sending:
    """Reads what is needed for all of them; five statements at most, none without a market."""
    if market is None:
        return Sending()
    products, rates = list(products), QuoteRates(timezone.localdate())
    by_piece = {card.pk: card for card in cards}
    terms = terms_of(market, rates)
    writers = who_wrote(products, market.destination) or None
    wishes = {}
    for product in products:
        # When it would be begun is a question of its own, and postage does not depend on it.
        product.month_capacity = None
        card = by_piece[product.parent_id or product.pk]
        wishes[product.pk] = Wish(
            origin=card.economy,
            destination=market.destination,
            units=(unit_of(product),),
            currency=card.currency,
            on=rates.on,
            workshop_id=card.workshop_id,
            incoterm=wanted_terms(terms.get("incoterm", ""), card.economy, market.destination, rates.on),
        )
    return Sending(
        market=market,
        rates=rates,
        known=read_export(products, market.destination, on=rates.on, writers=writers),
        offers=dict(zip(wishes, ask_carriers(list(wishes.values()), channel=terms.get("channel")), strict=True)),
        wishes=wishes,
    )
