"""Where the shop sells on a day, in which currencies, and what takes a currency or a destination off offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from marketplace.economies import versions
from marketplace.economies.models import Economy, Market, MarketChannel
from marketplace.economies.names import economy_name
from marketplace.economies.periods import valid_on
from marketplace.economies.rates import DayRates, NoRate, Rate, day_rates
from marketplace.money import PricePoint, price_point, stripe_rows


@dataclass(frozen=True)
class MarketChoice:
    """What a buyer chose: where it goes (two-letter code) and the currency to pay in (ISO 4217)."""

    destination: str
    currency: str


@dataclass(frozen=True)
class MarketOffer:
    """A destination that is open on a day.

    ``currencies`` have a rate that day: the proposed one first, the market's others, then those of the other markets.
    ``withheld`` says of what has none why not. ``terms`` is "DAP" or "DDP", ``channel`` "post", "courier" or "any".
    ``languages`` are the storefront's, the market's own first.
    """

    destination: str
    currencies: tuple[str, ...]
    default_currency: str
    terms: str
    channel: str
    languages: tuple[str, ...]
    bloc: str = ""
    withheld: Mapping[str, NoRate] = field(default_factory=dict)
    price_points: Mapping[str, PricePoint] = field(default_factory=dict)
    review_on: date | None = None


class NotOffered(StrEnum):
    CLOSED = "closed"  # no open market of that destination
    CURRENCY = "currency"  # the market never took this currency
    NO_RATE = "no rate"  # it does, but not today


@dataclass(frozen=True)
class NotOnOffer:
    """Why a choice cannot be had that day. ``rate`` says what is wrong with a currency's rate."""

    choice: MarketChoice
    why: NotOffered
    rate: NoRate | None = None

    @property
    def text(self) -> str:
        """A sentence for the buyer, in the active language."""
        values = {"destination": economy_name(self.choice.destination), "currency": self.choice.currency}
        if self.why == NotOffered.CLOSED:
            return _("Nothing is sent to %(destination)s at the moment.") % values
        if self.why == NotOffered.CURRENCY:
            return _("Parcels to %(destination)s cannot be paid in %(currency)s.") % values
        return _("At the moment nothing can be paid in %(currency)s: there is no recent exchange rate.") % values


def markets_on_offer(on: date) -> list[MarketOffer]:
    """The open destinations, by code. Kept in memory until rows change; at most one statement when kept."""
    return list(_snapshot(on).values())


def offer_for(choice: MarketChoice, *, on: date) -> MarketOffer | NotOnOffer:
    """The market of a choice, if the choice can be had on a day."""
    offer = _snapshot(on).get(choice.destination)
    if offer is None:
        return NotOnOffer(choice, NotOffered.CLOSED)
    if choice.currency in offer.currencies:
        return offer
    if choice.currency in offer.withheld:
        return NotOnOffer(choice, NotOffered.NO_RATE, offer.withheld[choice.currency])
    return NotOnOffer(choice, NotOffered.CURRENCY)


def currencies_on_offer(on: date) -> dict[str, Rate | NoRate]:
    """Every currency of an open market and its rate from MARKETPLACE_CURRENCY, or why it has none that day."""
    shop, book = settings.MARKETPLACE_CURRENCY, day_rates(on)
    found = {code for offer in _snapshot(on).values() for code in (*offer.currencies, *offer.withheld)}
    return {code: book.between(shop, code) for code in sorted(found | {shop})}


def _snapshot(on: date) -> Mapping[str, MarketOffer]:
    markets, rates = versions.current(versions.MARKETS), versions.current(versions.RATES)
    choices = settings.MARKETPLACE_CURRENCY, settings.MARKETPLACE_RATE_MAX_AGE_DAYS
    shown = *settings.MARKETPLACE_STOREFRONT_LANGUAGES, settings.MARKETPLACE_PRICE_POINT_MOST
    return _load(on, markets, rates, choices, shown)


@lru_cache(maxsize=32)
def _load(on: date, *_keys) -> dict[str, MarketOffer]:
    """Keyed by everything that the answer depends on."""
    closed = set(Economy.objects.filter(enabled=False).values_list("code", flat=True))
    channels = MarketChannel.objects.filter(valid_on(on)).order_by("valid_from", "pk")
    rows = Market.objects.filter(enabled=True).exclude(destination__in=closed)
    rows = rows.prefetch_related("currencies", Prefetch("channels", channels, to_attr="now"))
    book, most = day_rates(on), Decimal(settings.MARKETPLACE_PRICE_POINT_MOST)
    known = sorted({one.currency for row in rows for one in row.currencies.all()} & set(stripe_rows()))
    points = {code: price_point(code, most=most) for code in known}
    return {row.destination: _offer(row, book, points) for row in rows}


def _offer(row: Market, book: DayRates, usual: Mapping[str, PricePoint]) -> MarketOffer:
    """``usual``: the price points of every currency that an open market names, where this one has none of its own."""
    shop, most = settings.MARKETPLACE_CURRENCY, Decimal(settings.MARKETPLACE_PRICE_POINT_MOST)
    listed = {one.currency: one for one in row.currencies.all() if one.currency in usual}
    others = [code for code in usual if row.other_currencies and code not in listed]
    rates = {code: book.between(shop, code) for code in (*listed, *others)}
    fresh = [code for code, rate in rates.items() if isinstance(rate, Rate)]
    # The currency of the price list needs no rate, so a market never stands without one.
    own = [code for code in fresh if code in listed] or [shop]
    usable = tuple(dict.fromkeys([*own, *fresh]))
    points = {code: usual[code] for code in others} | {code: one.rule(most) for code, one in listed.items()}
    return MarketOffer(
        destination=row.destination,
        currencies=usable,
        default_currency=usable[0],
        terms=row.terms,
        channel=row.now[-1].channel if row.now else MarketChannel.Channel.ANY.value,
        languages=_languages(row.languages),
        bloc=row.bloc,
        withheld={code: rate for code, rate in rates.items() if isinstance(rate, NoRate)},
        price_points=points,
        review_on=row.review_on,
    )


def _languages(own: list[str]) -> tuple[str, ...]:
    """The storefront's languages, those of the market first; zh-hans readers are not sent to zh-hant."""
    spoken = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    return tuple(dict.fromkeys([*(code for code in own if code in spoken), *spoken]))
