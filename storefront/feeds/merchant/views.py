"""Merchant feeds: one for each language and currency, or market, streamed."""

import logging
from collections.abc import Iterator
from hashlib import blake2b

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from marketplace.economies.markets import MarketChoice
from storefront.embeds.pricing import pricing_for
from storefront.etags import is_known
from storefront.feeds.answers import open_to_all
from storefront.feeds.merchant.keeping import made
from storefront.feeds.merchant.reading import Item, LeftOut, goods
from storefront.feeds.merchant.writing import closing, opening, written
from storefront.linked_data.nodes import absolute
from storefront.listing import version
from storefront.market.choice import prefix
from storefront.market.offers import offer_to

logger = logging.getLogger(__name__)
# Raised when the same content is written otherwise.
FORMAT = 1
CACHE_CONTROL = "public, max-age=900"
CONTENT_TYPE = "application/xml; charset=utf-8"
NAMED = 20


@csrf_exempt
@require_safe
def merchant(request: HttpRequest, currency: str, destination: str = "") -> HttpResponse:
    """All public goods, at the prices of ``destination``'s market, or of the market that the currency is most at home in.

    404 for a currency or market that is not on offer today. The answer is streamed; its ETag is that of its bytes (see keeping).
    """
    language = get_language()
    market = _market(destination.upper(), currency.upper(), language)
    at = _fingerprint(language, market)
    headers = {"ETag": f'"{at}"', "Cache-Control": CACHE_CONTROL, "Content-Type": CONTENT_TYPE}
    if "*" not in request.headers.get("If-None-Match", "") and is_known(request, headers["ETag"]):
        return open_to_all(HttpResponseNotModified(headers=headers))
    headers["ETag"], parts = made(at, _feed(language, market))
    if is_known(request, headers["ETag"]):
        parts.close()
        return open_to_all(HttpResponseNotModified(headers=headers))
    if request.method == "HEAD":
        parts.close()
        return open_to_all(HttpResponse(headers=headers))
    return open_to_all(StreamingHttpResponse(parts, headers=headers))


def _market(destination: str, currency: str, language: str) -> MarketChoice | None:
    """None: the shop's own prices. Raises Http404."""
    if destination:
        offer = offer_to(destination)
        if offer is None or currency not in offer.currencies:
            raise Http404
        return MarketChoice(destination, currency)
    found = pricing_for(currency, language)
    if found.missed:
        raise Http404
    return found.market


def _fingerprint(language: str, market: MarketChoice | None) -> str:
    now = (FORMAT, language, market, version.current(), timezone.localdate(), settings.SITE_URL)
    return blake2b(repr(now).encode(), digest_size=12).hexdigest()


def _feed(language: str, market: MarketChoice | None) -> Iterator[str]:
    """The language is set anew for each batch: between them the thread may have served somebody else."""
    currency = market.currency if market else settings.MARKETPLACE_CURRENCY
    with translation.override(language):
        title = f"{settings.MARKETPLACE_SHOP_NAME} · {currency}"
        start = opening(title, absolute(f"{prefix(market)}/{language}/"), _("All pieces of the shop."), language)
    yield start
    items, left_out, batches = 0, [], goods(language, market)
    while True:
        with translation.override(language):
            batch = next(batches, None)
        if batch is None:
            break
        left_out += [row for row in batch if isinstance(row, LeftOut)]
        found = [row for row in batch if isinstance(row, Item)]
        items += len(found)
        yield "".join(written(item, market.destination if market else "") for item in found)
    counts = {}
    for missing in ("price", "picture"):
        rows = [row for row in left_out if row.missing == missing]
        counts[missing] = len(rows)
        if rows:
            named = ", ".join(row.code or str(row.id) for row in rows[:NAMED])
            says = "Merchant feed %s %s: %s left out for want of a %s: %s"
            logger.warning(says, language, currency, len(rows), missing, named)
    yield closing(items, counts)
