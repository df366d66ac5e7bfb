"""Finds and serves pages of the tree in few statements, in the reader's language or in the best that there is."""

from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from catalogue.provenance import with_provenance, with_source_language
from catalogue.text import chain, choose
from storefront.embeds.discovery import discovery
from storefront.links import Spot
from storefront.listing.directory import Directory, get_directory
from storefront.listing.place_pages import OWN_WORDS, below
from storefront.market.choice import start
from storefront.public import public_page
from storefront.restrictions import restricted

# A translation may come or go, so a redirect to or from it is kept for an hour at most.
REDIRECT_CACHE = "public, max-age=3600"


class Twin(NamedTuple):
    """A page or one of its translations, live or not. ``restricted``: it is not for everyone."""

    language: str
    url_path: str
    pk: int
    key: str
    live: bool
    restricted: bool
    app: str
    model: str


def find_page(path: str, language: str) -> Page | str | None:
    """The live page that readers of ``language`` meet at ``path`` (below the language), with ``spots`` (see links.py).

    It may be in another language: then ``reader_language`` differs from its own. A text is the path where it is met
    instead. None for no page, and for one that is not for everyone. Two statements, until something is published or moved.
    """
    path, directory = path.strip("/"), get_directory(language)
    return directory.keep(("page", path), lambda: _find(path, directory))


def _find(path: str, directory: Directory) -> Page | str | None:
    here = {code: f"{root}{path}/" if path else root for code, root in directory.roots.items()}
    found = twins_of(Page.objects.filter(url_path__in=here.values()))
    order = chain(directory.language, settings.LANGUAGE_CODE)
    # What stands at this path in the reader's own tree comes first, then in the others.
    at_path = [row for row in found if row.url_path == here.get(row.language)]
    at_path.sort(key=lambda row: order.index(row.language) if row.language in order else len(order))
    for row in at_path:
        family = [twin for twin in found if twin.key == row.key and twin.live]
        best = best_of(family, directory.language)
        if best is None:
            continue
        if best.restricted:
            return None
        if best.url_path == here.get(best.language) or row.language == directory.language:
            return _load(best, family, directory)
        return directory.address_of(best.url_path, best.language) or None
    return None


def twins_of(pages: QuerySet) -> list[Twin]:
    """These pages and all their translations, sources first. One statement."""
    rows = Page.objects.filter(OWN_WORDS, translation_key__in=pages.values("translation_key")).order_by("pk")
    return [
        Twin(*row)
        for row in rows.values_list(
            "locale__language_code",
            "url_path",
            "pk",
            "translation_key",
            "live",
            restricted(),
            "content_type__app_label",
            "content_type__model",
        )
    ]


def best_of(family: list[Twin], language: str) -> Twin | None:
    """The twin for readers of ``language``: theirs, the operator's chain, the source (the first row); None of none."""
    by_language: dict[str, Twin] = {}
    for row in family:
        by_language.setdefault(row.language, row)
    return choose(by_language, language, family[0].language) if family else None


def _load(best: Twin, family: list[Twin], directory: Directory) -> Page | None:
    model = apps.get_model(best.app, best.model)
    pages = with_source_language(with_provenance(model.objects.filter(pk=best.pk)))
    page = pages.select_related("locale", *getattr(model, "served_with", ())).first()
    if page is not None:
        page.reader_language = directory.language
        page.spots = spots_of(family, directory.roots)
    return page


def spots_of(family: list[Twin], roots: dict[str, str]) -> dict[str, Spot]:
    """Where readers of each of the storefront's languages meet the page; without those for whom it is restricted."""
    spots = {}
    for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        best = best_of(family, code)
        url = (
            below(roots, best.url_path, best.language, shown_under=code)
            if best and not best.restricted
            else ""
        )
        if url:
            spots[code] = Spot(url, best.language)
    return spots


def moved_to(path: str, language: str) -> str:
    """Where readers of ``language`` meet a page that another tree had at ``path`` before its slug changed; else empty.

    What their own tree had there is Wagtail's own affair (its redirects).
    """
    directory = get_directory(language)
    old = [Redirect.normalise_path(f"/{code}/{path}") for code in directory.roots if code != language]
    pages = Page.objects.filter(redirect__old_path__in=old)
    best = best_of([twin for twin in twins_of(pages) if twin.live], language)
    return directory.address_of(best.url_path, best.language) if best and not best.restricted else ""


def pieces_of(path: str, directory: Directory) -> str:
    """The pieces of an open workshop that has no page yet, asked for where its page would stand; else empty."""
    section = directory.sections.get("workshops", "")
    wanted = f"{start()}{directory.language}/{path.strip('/')}/"
    found = [place for place in directory.workshops.values() if section and wanted == f"{section}{place.slug}/"]
    return found[0].link if found else ""


@public_page
def serve_page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Serves a page of the tree under the active language; anything that is not a plain live page goes Wagtail's way."""
    if "\x00" in path:
        raise Http404
    page = find_page(path, get_language())
    if page is None:
        if address := moved_to(path, get_language()):
            return _redirect(request, address)
        # For now: it may get a page any day.
        address = pieces_of(path, get_directory(get_language()))
        return HttpResponseRedirect(address) if address else wagtail_serve(request, path)
    if isinstance(page, str):
        return _redirect(request, page)
    request.spots = page.spots
    if getattr(page, "embed_kind", ""):
        request.oembed = discovery(page.spots[page.reader_language].url, page.embed_kind, request.GET)
    for check in hooks.get_hooks("before_serve_page"):
        answer = check(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return page.serve(request)


def _redirect(request: HttpRequest, address: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    address = f"{address}?{query}" if query else address
    return HttpResponsePermanentRedirect(address, headers={"Cache-Control": REDIRECT_CACHE})
