"""Language from the path alone, and who may frame what."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

# Addresses without a language whose answers have none, or say theirs in another way.
SAME_FOR_ALL = (
    "/static/",
    "/media/",
    "/voices/",
    "/webhooks/",
    "/embed/",
    "/oembed",
    "/sitemap",
    "/robots.txt",
    "/favicon.ico",
    "/push-worker.js",
    "/api/",
)


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
        if not by_path and not request.path_info.startswith(SAME_FOR_ALL):
            patch_vary_headers(response, ("Accept-Language",))
        return response


def preferred_language(request: HttpRequest) -> str:
    """The first of the storefront's languages that the reader's browser asks for; else the default."""
    known = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    for code, _weight in translation.trans_real.parse_accept_lang_header(
        request.headers.get("Accept-Language", "")
    ):
        for candidate in from_narrow_to_wide(code):
            if candidate in known:
                return candidate
    return settings.LANGUAGE_CODE


def from_narrow_to_wide(code: str) -> Iterator[str]:
    """A language's code and those that its readers can read, too: "es-pe" → es; "zh-hk" → zh-hant, as Django knows."""
    yield code
    yield from LANG_INFO.get(code, {}).get("fallback", [])
    while "-" in code:
        code = code.rpartition("-")[0]
        yield code


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
