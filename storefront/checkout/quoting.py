"""The quote that a review page shows, and the same one when the buyer presses "pay"."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates, thaw
from marketplace.economies.rates import Rate
from marketplace.fulfilment import pinned
from marketplace.fulfilment.models import PriceQuote
from marketplace.fulfilment.quotes import BasketQuote, quote_basket
from marketplace.payments import caps

# Where the address form keeps what was typed.
SESSION_ADDRESS = "checkout_address"


def price_at(request: HttpRequest, market: MarketChoice, rate: Rate) -> None:
    """Price the reader's basket in ``market`` at ``rate``, offers included."""
    strategy = request.basket.strategy
    if (strategy.market, strategy.rate) != (market, rate):
        _reprice(request, strategy.pinned(market, rate))


def _reprice(request: HttpRequest, strategy) -> None:
    request.basket.strategy = request.strategy = strategy
    read_again(request)


def read_again(request: HttpRequest) -> None:
    """The reader's basket as it is stored now, offers included: lines remember what they cost, these are read anew."""
    basket = request.basket
    basket._lines = None
    _apply_offers(request)


def _apply_offers(request: HttpRequest) -> None:
    """Those that this customer may still use, known by her address or her account: placing counts in the same way."""
    address = request.session.get(SESSION_ADDRESS) or {}
    email = address.get("email") or getattr(request.user, "email", "")
    caps.apply(basket=request.basket, email=email, user=request.user, request=request)


def price_as_held(request: HttpRequest, held: PriceQuote) -> None:
    """Price the reader's basket as ``held`` had it."""
    rates = thaw(held.on, held.rates)
    price_at(request, MarketChoice(held.destination, held.currency), rates.rate(settings.MARKETPLACE_CURRENCY, held.currency))


def quote_for(request: HttpRequest, market: MarketChoice, region: str) -> tuple[BasketQuote, PriceQuote | None]:
    """What the review shows: the quote that still holds for this basket, else one of now; and its row once it can be paid.

    A quote that held before and would be different now is said.
    """
    basket = request.basket
    if any(basket.offer_applications):
        _apply_offers(request)
    known = pinned.latest(basket=basket, lines=basket.all_lines(), market=market, region=region)
    if known:
        price_as_held(request, known)
        quote = pinned.requote(held=known, lines=basket.all_lines())
        if not quote.refusals and pinned.is_as_shown(held=known, quote=quote):
            return quote, known
        messages.info(request, _what_changed(known, quote))
        _reprice(request, basket.strategy.unpinned())
    rates = QuoteRates(timezone.localdate(), [rate] if (rate := basket.strategy.rate) else [])
    lines = basket.all_lines()
    quote = quote_basket(lines=lines, market=market, rates=rates, region=region)
    if quote.refusals:
        return quote, None
    return quote, pinned.hold(quote=quote, basket=basket, lines=lines, region=region)


def _what_changed(known: PriceQuote, quote: BasketQuote) -> str:
    if pinned.leaves_later(held=known, quote=quote):
        return _("A maker has other orders first now, so a day has changed. Please read it again.")
    return _("The price changed since you last looked. Please read it again.")
