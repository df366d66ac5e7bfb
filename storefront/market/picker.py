"""Choosing where parcels go and what to pay with: the menu in the frame and the address it leads to."""

from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from marketplace.economies.markets import MarketChoice, NotOnOffer, offer_for
from marketplace.economies.names import economy_name
from marketplace.formats import currency_name
from storefront.listing.directory import get_directory
from storefront.market.choice import current, prefix, split_path
from storefront.market.offers import get_offers, offer_to
from storefront.market.remembered import market_for, remember


def describe_market(request: HttpRequest, language: str) -> dict:
    """What components/market_menu.html draws. ``was``: a market that the address named and that is not on offer."""
    market = current()
    return {
        "destination": market.destination,
        "currency": market.currency,
        "chosen_currency": _chosen_currency(market),
        "name": economy_name(market.destination) if market.destination else "",
        "here": address_here(request),
        "url": get_directory(language).keep(("market-url",), lambda: reverse("market")),
        "destinations": get_directory(language).keep(("market-destinations",), _destinations),
        "currencies": get_directory(language).keep(("market-currencies",), _currencies),
        "was": _was(request, market),
    }


def _chosen_currency(market: MarketChoice) -> str:
    """A currency that is not the one there, so that it stays when another destination is chosen; else empty."""
    offer = offer_to(market.destination)
    return market.currency if offer and market.currency != offer.default_currency else ""


def address_here(request: HttpRequest) -> str:
    """The address to come back to, without the market: path and filters."""
    query = _query(request).copy()
    query.pop("was", None)
    return request.path_info + (f"?{query.urlencode()}" if query else "")


def _query(request: HttpRequest) -> QueryDict:
    """Empty where there are too many to read: the page that says so has this menu, too."""
    try:
        return request.GET
    except TooManyFieldsSent:
        return QueryDict()


def _destinations() -> list[dict]:
    """[{"code", "name"}] in the order of the active language's names."""
    rows = [{"code": code, "name": economy_name(code)} for code in get_offers().markets]
    return sorted(rows, key=lambda row: row["name"].casefold())


def _currencies() -> list[dict]:
    """[{"code", "name"}] of what somebody can pay with today."""
    codes = {code for offer in get_offers().markets.values() for code in offer.currencies}
    return [{"code": code, "name": currency_name(code)} for code in sorted(codes)]


def _was(request: HttpRequest, market: MarketChoice) -> str:
    """A sentence for a reader whose address named what is not on offer."""
    asked, _rest = split_path(f"/{_query(request).get('was', '')}")
    if asked is None or asked == market:
        return ""
    if offer_to(asked.destination) is None:
        return _("We do not send to %(destination)s at present.") % {"destination": economy_name(asked.destination)}
    found = offer_for(asked, on=get_offers().on)
    why = found.text if isinstance(found, NotOnOffer) else ""
    shown = _("Prices are in %(currency)s.") % {"currency": currency_name(market.currency)}
    return f"{why} {shown}".strip()


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Leads to the same page in the chosen market and remembers it for basket and checkout.

    A destination's own currency stands in for one that it does not take, and the page says so (``was``); nonsense leads
    back unchanged.
    """
    there = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts=None) or not there.startswith("/"):
        there = reverse("home")
    _market, there = split_path(urlsplit(there)._replace(scheme="", netloc="").geturl())
    asked = MarketChoice(request.GET.get("to", "").upper()[:2], request.GET.get("currency", "").upper()[:3])
    market = market_for(asked.destination, asked.currency)
    remember(request, market)
    return redirect(prefix(market) + (there if market in (None, asked) else _with_was(there, asked)))


def _with_was(there: str, asked: MarketChoice) -> str:
    """The address, with what was asked for in it; unchanged where no currency was named."""
    was = prefix(asked)
    if split_path(was)[0] != asked:
        return there
    url = urlsplit(there)
    query = QueryDict(url.query, mutable=True)
    query["was"] = was.strip("/")
    return url._replace(query=query.urlencode()).geturl()
