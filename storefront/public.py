"""Public pages: the same bytes for everyone in one language. They read no session and set no cookie."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from wagtail.admin.panels import FieldPanel

from catalogue.text import shown_in
from storefront import page_contexts, page_origin
from storefront.etags import is_known
from storefront.linked_data.script import as_script
from storefront.listing import version
from storefront.listing.directory import get_directory
from storefront.preload import preloaded

CACHE_CONTROL = "public, max-age=0, s-maxage=60, must-revalidate"


class Kept(NamedTuple):
    version: tuple
    body: bytes
    headers: tuple[tuple[str, str], ...]


class PageCache:
    """Whole pages in this process, oldest out first, bounded by bytes. Each entry holds the version it was made of."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()  # a server may have threads; two that count at once would miscount for ever

    def get(self, key: tuple, now: tuple) -> Kept | None:
        kept = self._pages.get(key)
        return kept if kept and kept.version == now else None

    def put(self, key: tuple, kept: Kept) -> None:
        with self._lock:
            self._drop(key)
            self._pages[key] = kept
            self._bytes += len(kept.body)
            while self._bytes > settings.MARKETPLACE_PAGE_CACHE_MB * 1_048_576 and self._pages:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: tuple) -> None:
        kept = self._pages.pop(key, None)
        if kept:
            self._bytes -= len(kept.body)


page_cache = PageCache()


def public_page(view: Callable) -> Callable:
    """Answers GET from the page cache, marks the answer public, and answers 304 to a reader who has it already."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        # A day that begins brings other rates, and visit days that are over.
        now = (*version.current(), timezone.localdate())
        key = (request.get_host(), request.get_full_path())
        enabled = settings.MARKETPLACE_PAGE_CACHE_MB > 0
        kept = page_cache.get(key, now) if enabled else None
        if kept is None:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if response.status_code != 200 or response.streaming or getattr(request, "is_preview", False):
                return response
            if "private" in response.get("Cache-Control", ""):
                return response
            if hasattr(request, "oembed"):
                response["Link"] = request.oembed["header"]
            response["Cache-Control"] = response.get("Cache-Control", CACHE_CONTROL)
            response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
            kept = Kept(now, response.content, tuple(response.items()))
            if enabled and len(key[1]) < 500:
                page_cache.put(key, kept)
        return _answer(request, kept)

    # Where an agency's link may lead (storefront/via.py).
    wrapper.is_public = True
    return wrapper


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    headers = dict(kept.headers)
    if is_known(request, headers["ETag"]):
        return HttpResponseNotModified(
            headers={"ETag": headers["ETag"], "Cache-Control": headers["Cache-Control"]}
        )
    return HttpResponse(kept.body, headers=headers)


class PublicPageMixin:
    """Serves with what the body needs read beforehand, so the number of statements does not grow with the blocks."""

    title_panels = [FieldPanel("title", classname="title")]
    embed_kind = ""
    # (page, context) → what machines are told of it (storefront.linked_data); None: nothing.
    get_linked_data = None

    @property
    def public_url(self) -> str:
        """Address (path) of the page in its language; empty when it lies outside the site."""
        return get_directory(self.locale.language_code).path_of(self.url_path)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        context.update(self.get_page_context(request))
        context["page_lang"] = page_origin.own_language(self)
        context["text_label"] = shown_in(context["page_lang"], page_origin.language_of(self))
        context["origin_label"] = page_origin.origin_label(self)
        context.update(page_origin.waiting_parts(self))
        context["social"] = page_contexts.social_of(self)
        if self.get_linked_data:
            context["linked_data"] = as_script(self.get_linked_data(context))
        return context

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with preloaded(self):
            response = super().serve(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return response

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        with preloaded(self):
            response = super().serve_preview(request, mode_name)
            if hasattr(response, "render"):
                response.render()
        return response
