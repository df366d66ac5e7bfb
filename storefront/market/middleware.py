"""Takes the market off the address before anything else looks at it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import get_script_prefix, set_script_prefix

from marketplace.economies.markets import MarketChoice
from storefront.market.choice import nowhere, prefix, shopping_in, split_path
from storefront.market.offers import offer_to


class MarketMiddleware:
    """Sets ``request.market`` and the script prefix. Only the storefront's pages have a market; others are 404 under one.

    A market that is closed, or a currency without a fresh rate, leads to what is on offer, and the page says so.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.market = nowhere()
        market, rest = split_path(request.path_info)
        if market is None:
            return self.get_response(request)
        if rest.lstrip("/").partition("/")[0] not in ("", *settings.MARKETPLACE_STOREFRONT_LANGUAGES):
            return HttpResponseNotFound()
        offer = offer_to(market.destination)
        # What somebody sends is answered by its view: a quote may still hold, and a refusal has its reason.
        if request.method in ("GET", "HEAD") and (offer is None or market.currency not in offer.currencies):
            return self._elsewhere(request, market, rest, offer)
        return self._serve(request, market, rest)

    def _serve(self, request: HttpRequest, market: MarketChoice, rest: str) -> HttpResponse:
        before = get_script_prefix()
        request.market, request.path_info = market, rest
        request.META["SCRIPT_NAME"] = before.rstrip("/") + prefix(market)
        request.META["PATH_INFO"] = rest
        set_script_prefix(f"{request.META['SCRIPT_NAME']}/")
        try:
            with shopping_in(market):
                return self.get_response(request)
        finally:
            set_script_prefix(before)

    def _elsewhere(self, request: HttpRequest, market: MarketChoice, rest: str, offer) -> HttpResponse:
        query = request.GET.copy()
        query["was"] = f"{market.destination}-{market.currency}".lower()
        there = MarketChoice(market.destination, offer.default_currency) if offer else None
        response = redirect(f"{prefix(there)}{rest}?{query.urlencode()}")
        response["Cache-Control"] = "public, max-age=60"
        return response
