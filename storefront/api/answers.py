"""What every answer of the API has in common: who may ask, how often, in which words it refuses, what may be kept."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from marketplace.partnerships import api_keys
from marketplace.partnerships.models import ApiKey
from storefront.api import limits
from storefront.api.encoding import to_json
from storefront.api.problems import Problem
from storefront.public import public_page

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"
METHODS = "GET, HEAD, OPTIONS"
RETRY_AFTER = 15  # seconds, while the database is away
# What a script on another page may read and send (https://fetch.spec.whatwg.org/#http-cors-protocol).
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., dict]


def resource(view: View) -> Callable[..., HttpResponse]:
    """A view that answers with what is to be JSON; ``Problem`` and Http404 become answers, too.

    The same for everybody in one language, whoever asks: a key only raises the limit. No session, no cookie.
    """
    kept = public_page(lambda request, *args, **kwargs: _json(view(request, *args, **kwargs)))

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            if request.method == "OPTIONS":
                return _open(HttpResponse(status=204, headers={"Allow": METHODS, **PREFLIGHT}))
            standing = None
            try:
                standing = _admit(request)
                if request.method not in ("GET", "HEAD"):
                    raise Problem(405, "method", _("This can only be read."), headers={"Allow": METHODS})
                answer = kept(request, *args, **kwargs)
            except Problem as problem:
                answer = problem.answer(translation.get_language())
            except Http404:
                answer = Problem(404, "not_found", _("There is nothing here.")).answer(translation.get_language())
            except (OperationalError, InterfaceError):
                sorry = _("The shop cannot answer at the moment. Please come again.")
                answer = Problem(503, "away", sorry, headers={"Retry-After": str(RETRY_AFTER)}).answer(settings.LANGUAGE_CODE)
        return _open(answer, standing)

    return wrapper


def _json(found: dict) -> HttpResponse:
    language = found.get("meta", {}).get("lang", settings.LANGUAGE_CODE)
    headers = {"Cache-Control": CACHE_CONTROL, "Content-Language": language}
    return HttpResponse(to_json(found), content_type="application/json", headers=headers)


def _open(answer: HttpResponse, standing: limits.Standing | None = None) -> HttpResponse:
    for name, value in (CORS | (standing.headers if standing else {})).items():
        answer[name] = value
    answer["X-Content-Type-Options"] = "nosniff"
    answer.headers.setdefault("Content-Language", settings.LANGUAGE_CODE)
    return answer


def _admit(request: HttpRequest) -> limits.Standing:
    """Counts the request. Raises Problem 401 for a key that is none, 429 for one request too many."""
    given = request.headers.get("Authorization")
    key = _key(given) if given is not None else None
    standing = limits.take(request, key)
    if standing.exceeded:
        sorry = _("Too many requests. Please wait %(seconds)s seconds.") % {"seconds": standing.seconds}
        raise Problem(429, "too_many", sorry, headers=standing.headers)
    if given is not None and key is None:
        sorry = _("This key is not known or was withdrawn.")
        raise Problem(401, "key", sorry, headers={"WWW-Authenticate": 'Bearer error="invalid_token"', **standing.headers})
    return standing


def _key(header: str) -> ApiKey | None:
    scheme, _blank, key = header.partition(" ")
    return api_keys.find(key.strip()) if scheme.lower() == "bearer" else None
