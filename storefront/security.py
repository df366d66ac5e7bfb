"""Who asks too often, and from where: wrong passwords and codes are limited per account, session and address.

Nobody can lock somebody else out: an account's limit counts tries from one address. What a thief with many addresses is
left with is the session that he stole, and that ends after a few wrong answers (storefront/desk/again.py).
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.notices import limits
from marketplace.notices.limits import TooMany


def address_of(request: HttpRequest) -> str:
    """The visitor's address: as MARKETPLACE_PROXIES of our own proxies saw it. What she claims herself counts for nothing."""
    hops = settings.MARKETPLACE_PROXIES
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return seen[-hops][:64] if hops and len(seen) >= hops else request.META.get("REMOTE_ADDR", "")


def take_try(request: HttpRequest, account: object) -> None:
    """Count one try of a password or code of ``account`` (an id, or what was typed) before it is made, so that a hundred at
    the same moment are a hundred. Raises TooMany: then it must not be made.
    """
    for what, most in _counted(request, account):
        limits.count(*what, most=most, seconds=60 * settings.MARKETPLACE_TRIES_MINUTES)


def forgive(request: HttpRequest, account: object) -> None:
    """It was right: what was counted of this account from here is forgotten. What came from the address stays counted."""
    for what, _most in _counted(request, account):
        if what[0] != "tries from":
            limits.forget(*what)


def _counted(request: HttpRequest, account: object) -> list[tuple[tuple[str, ...], int]]:
    here = address_of(request)
    counted = [
        (("tries from", here), settings.MARKETPLACE_TRIES_PER_ADDRESS),
        (("tries of", str(account).casefold(), here), settings.MARKETPLACE_TRIES_PER_ACCOUNT),
    ]
    if request.user.is_authenticated and request.session.session_key:
        counted.append((("tries in", request.session.session_key), settings.MARKETPLACE_TRIES_PER_SESSION))
    return counted


def too_many(request: HttpRequest, problem: TooMany, *, signed_out: bool = False) -> HttpResponse:
    """429, with the seconds to wait; the page says it in minutes."""
    context = {"minutes": -(-problem.seconds // 60), "signed_out": signed_out}
    response = render(request, "storefront/account/too_many.html", context, status=429)
    response["Retry-After"] = str(problem.seconds)
    return response
