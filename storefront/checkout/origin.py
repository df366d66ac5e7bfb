"""Guards a form that stands on a public page, where no token can be: every reader gets the same bytes."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from storefront.errors import csrf_failure


def same_origin_only(view: Callable) -> Callable:
    """Refuses (403) a POST that another site's page sent.

    Browsers tell where a POST comes from in Sec-Fetch-Site, Origin or Referer, and pages cannot forge these
    (OWASP CSRF prevention, "verifying origin with standard headers"). A POST without any of them is refused.
    """

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST" and not from_here(request):
            return csrf_failure(request)
        return view(request, *args, **kwargs)

    return wrapper


def from_here(request: HttpRequest) -> bool:
    """Whether the request's own headers say that our page sent it."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if not origin:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:
        # No address at all, such as "http://[".
        return False
