"""What the desks of makers, agencies and officers have in common: who is signed out signs in first, and the tabs above."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class Tab(NamedTuple):
    """``label`` is translated already. ``home``: the desk's first page, under whose address all others lie."""

    label: str
    url: str
    home: bool = False


def sign_in_first(request: HttpRequest, home: str) -> HttpResponse:
    """To the page for signing in, and from there back to this page, or to that of the form that was sent.

    ``home``: the name of the desk's first page, for a form of which no page of ours is known.
    """
    return redirect_to_login(request.get_full_path() if request.method == "GET" else _page_of_form(request, reverse(home)))


def describe_tabs(request: HttpRequest, tabs: Iterable[Tab]) -> list[dict]:
    here = request.path
    return [
        {"label": tab.label, "url": tab.url, "current": here == tab.url if tab.home else here.startswith(tab.url)}
        for tab in tabs
    ]


def _page_of_form(request: HttpRequest, home: str) -> str:
    """Where she pressed the button: its address need not be one that can be opened. ``home``, where no page of ours is named."""
    here, came_from = {request.get_host()}, request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, here, require_https=request.is_secure()):
        return home
    parts = urlsplit(came_from)
    back = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return back if url_has_allowed_host_and_scheme(back, here) else home
