"""The log-ins that Wagtail, Django's admin and Oscar's dashboard bring: wrong passwords count there as at the shop's own.

All doors share one count, so that nobody gets as many tries again at the next one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from marketplace.notices.contacts import BadContact
from marketplace.notices.limits import TooMany
from storefront.security import forgive, take_try, too_many
from storefront.signing_in import read_contact

LOGINS = {"login", "wagtailadmin_login"}


def throttled(urls: Any) -> Any:
    """The same urls (a tuple as apps give it, or a module), whose log-in counts tries."""
    patterns = getattr(urls, "urlpatterns", None) or urls[0]
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name in LOGINS:
            pattern.callback = _counted(pattern.callback)
    return urls


def _counted(view: Callable) -> Callable:
    @wraps(view)
    def counted(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        account = _account(request)
        try:
            take_try(request, account)
        except TooMany as problem:
            return too_many(request, problem)
        response = view(request, *args, **kwargs)
        # Only who came in is led on.
        if response.status_code == 302:
            forgive(request, account)
        return response

    return counted


def _account(request: HttpRequest) -> str:
    """As the shop's own log-in names it."""
    typed = request.POST.get("username", "")[:254]
    try:
        return read_contact(request, typed).value
    except BadContact:
        return typed
