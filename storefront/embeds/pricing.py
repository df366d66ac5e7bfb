"""In which market a card's prices are: the one that sells in the currency that the agency asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix

from marketplace.economies.markets import MarketChoice, MarketOffer
from storefront.market.choice import prefix, shopping_in, without_market
from storefront.market.offers import get_offers
from storefront.market.prices import rate_to


class Pricing(NamedTuple):
    """``market`` None: the shop's own prices. ``missed``: another currency was asked for and cannot be had now."""

    market: MarketChoice | None = None
    missed: bool = False


OWN = Pricing()


def pricing_for(currency: str, language: str) -> Pricing:
    """The market to show prices of for ``currency`` (empty: the shop's own) to readers of ``language``."""
    if currency in ("", settings.MARKETPLACE_CURRENCY):
        return OWN
    markets = [offer for offer in get_offers().markets.values() if currency in offer.currencies]
    if not markets or rate_to(currency) is None:
        return Pricing(missed=True)
    best = min(markets, key=lambda offer: _rank(offer, currency, language))
    return Pricing(MarketChoice(best.destination, currency))


def _rank(offer: MarketOffer, currency: str, language: str) -> tuple:
    """First those whose own currency it is, then those whose readers speak the language, then by code."""
    return (
        offer.default_currency != currency,
        offer.currencies.index(currency),
        offer.languages.index(language) if language in offer.languages else len(offer.languages),
        offer.destination,
    )


@contextmanager
def addresses_in(market: MarketChoice | None) -> Iterator[None]:
    """Within the block prices and addresses are those of ``market``, as in a request under its address.

    The running request may be one of another market: what is made here is kept for everybody.
    """
    before = get_script_prefix()
    set_script_prefix(f"{without_market(before).rstrip('/')}{prefix(market)}/")
    try:
        with shopping_in(market):
            yield
    finally:
        set_script_prefix(before)
