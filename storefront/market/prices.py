"""What a piece costs in the currency that its reader pays in."""

from functools import lru_cache

from marketplace.economies.markets import MarketChoice
from marketplace.economies.rates import Rate, converted
from marketplace.money import Money, PricePoint
from storefront.market.choice import current
from storefront.market.offers import get_offers, offer_to


def selling_price(price: Money, market: MarketChoice | None = None, rate: Rate | None = None) -> Money:
    """A price of the price list as a market (default: the running request's) sells it: converted, then at a price point.

    ``rate``: one that was pinned instead of today's. A currency without a fresh rate is not on offer: such a price
    stays in the price list's currency.
    """
    market = market or current()
    rate = rate or rate_to(market.currency)
    if rate is None or rate.base != price.currency:
        return price
    return _sold(price, rate, points_of(market))


def rate_to(currency: str) -> Rate | None:
    """Today's rate from the price list's currency; None where there is none to trust."""
    found = get_offers().rates.get(currency)
    return found if isinstance(found, Rate) else None


def points_of(market: MarketChoice) -> PricePoint | None:
    """Where prices of a market may stand; None where no market is chosen."""
    offer = offer_to(market.destination) if market.destination else None
    return offer.price_points.get(market.currency) if offer else None


@lru_cache(maxsize=20_000)
def _sold(price: Money, rate: Rate, points: PricePoint | None) -> Money:
    return converted(price, rate, points).got
