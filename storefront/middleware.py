"""Language from the path alone, and who may frame what."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class StorefrontLocaleMiddleware:
    """Activates the language of the path's first part; a language that the shop does not speak stays 404.

    Paths without a language (admin, webhooks, embeds' JSON) follow Accept-Language, and say so in Vary.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = request.path_info.lstrip("/").partition("/")[0]
        by_path = first in settings.MARKETPLACE_STOREFRONT_LANGUAGES
        language = first if by_path else preferred_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not by_path and not request.path_info.startswith(
            ("/static/", "/media/", "/webhooks/", "/embed/", "/oembed")
        ):
            patch_vary_headers(response, ("Accept-Language",))
        return response


def preferred_language(request: HttpRequest) -> str:
    """The first of the storefront's languages that the reader's browser asks for; else the default."""
    wanted = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    for code, _weight in translation.trans_real.parse_accept_lang_header(
        request.headers.get("Accept-Language", "")
    ):
        for known in wanted:
            if code == known or code.split("-")[0] == known:
                return known
    return settings.LANGUAGE_CODE


class FramingMiddleware:
    """Nothing of ours may be framed by others, except answers that say so (the embed card sets ``framing_allowed``).

    Wagtail's and Oscar's staff screens frame their own previews, hence 'self'.

    Page builders such as Wix sandbox the cards, and a tab that is opened from there stays sandboxed. Browsers show an
    error in such a tab for every page with a Cross-Origin-Opener-Policy, so the pages of shoppers go without.
    """

    STAFF = ("/admin/", "/dashboard/", "/django-admin/")

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(response, "framing_allowed", False):
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'self'")
        if not request.path_info.startswith(self.STAFF):
            response.headers.setdefault("Cross-Origin-Opener-Policy", "unsafe-none")
        return response
