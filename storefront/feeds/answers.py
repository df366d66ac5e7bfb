"""What all feeds have in common: anybody may read them, from any page, and nobody reads one twice without a change."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from storefront.public import public_page

CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600"


def feed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose answers are feeds: kept in memory, with ETag, 304 (also by date), and readable by scripts of any page.

    Feeds have no market (feeds.addresses): under one they lead to their own address.
    """
    kept = public_page(view)

    @csrf_exempt
    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.market.destination:
            return open_to_all(HttpResponsePermanentRedirect(request.path_info))
        response = kept(request, *args, **kwargs)
        if response.status_code == 200 and "Last-Modified" in response and "If-None-Match" not in request.headers:
            date = parse_http_date_safe(response["Last-Modified"])
            response = get_conditional_response(request, last_modified=date, response=response)
        return open_to_all(response)

    return wrapper


def open_to_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
