"""The market that a reader chose, for the pages that are hers: basket and checkout."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.economies.markets import MarketChoice
from storefront.market.choice import prefix
from storefront.market.offers import offer_to

SESSION_MARKET = "market"


def remember(request: HttpRequest, market: MarketChoice | None) -> None:
    """Keep ``market`` with the reader's session; None forgets it."""
    if market and market.destination:
        request.session[SESSION_MARKET] = prefix(market)
    else:
        request.session.pop(SESSION_MARKET, None)


def in_chosen_market(view: Callable) -> Callable:
    """A reader who chose a market meets this page in it, wherever she comes from; the address's own market wins."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        chosen = request.session.get(SESSION_MARKET, "")
        if request.market.destination:
            if chosen != prefix(request.market):
                remember(request, request.market)
        elif "was" in request.GET:
            # The market that she had chosen is closed: not back into it.
            remember(request, None)
        elif chosen and request.method == "GET":
            return redirect(chosen + request.get_full_path())
        return view(request, *args, **kwargs)

    return wrapper


def market_for(destination: str, currency: str) -> MarketChoice | None:
    """The market for a destination that keeps the reader's currency where it is on offer there; None where we do not sell."""
    offer = offer_to(destination)
    if offer is None:
        return None
    return MarketChoice(destination, currency if currency in offer.currencies else offer.default_currency)
