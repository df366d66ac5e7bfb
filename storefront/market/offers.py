"""Where parcels can go and what can be paid with today, kept in memory until a market, rate or day changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone

from marketplace.economies.markets import MarketOffer, currencies_on_offer, markets_on_offer
from marketplace.economies.rates import NoRate, Rate
from storefront.listing import version


@dataclass(frozen=True)
class Offers:
    """``markets``: destination → its offer. ``rates``: currency → its rate from the shop's currency, or why there is none."""

    on: date
    markets: Mapping[str, MarketOffer]
    rates: Mapping[str, Rate | NoRate]


def get_offers() -> Offers:
    """What is on offer today, in the shop's time zone."""
    return _read(timezone.localdate(), version.current().places)


def offer_to(destination: str) -> MarketOffer | None:
    """The market of a two-letter code; None where nothing is sold to."""
    return get_offers().markets.get(destination)


def channel_to(destination: str) -> str:
    """Which rules an address there must keep to: "courier" where parcels go by courier alone, else "post"."""
    offer = offer_to(destination)
    return "courier" if offer and offer.channel == "courier" else "post"


@lru_cache(maxsize=4)
def _read(on: date, _version: int) -> Offers:
    markets = {offer.destination: offer for offer in markets_on_offer(on)}
    return Offers(on, markets, currencies_on_offer(on))


def forget() -> None:
    """Read again at the next call (tests)."""
    _read.cache_clear()
