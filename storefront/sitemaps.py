"""For search engines: /sitemap.xml names one file per kind and range of ids, each streamed; /robots.txt names it.

A file stays far below the protocol's 50,000 addresses and 50 MB: https://www.sitemaps.org/protocol.html
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from catalogue.models import ProductText, TranslationRecord
from storefront import models as pages
from storefront.links import Spot, canonical, default, in_own_words
from storefront.listing.cards import card_spots
from storefront.listing.directory import get_directory
from storefront.listing.models import ProductCard
from storefront.listing.place_pages import OWN_WORDS
from storefront.restrictions import restricted
from storefront.serving import spots_of, twins_of

PAGES: dict[str, tuple[type[Page], ...]] = {
    "home": (pages.HomePage,),
    "sections": (
        pages.StoryIndexPage,
        pages.VillageIndexPage,
        pages.CraftIndexPage,
        pages.WorkshopIndexPage,
    ),
    "stories": (pages.StoryPage,),
    "villages": (pages.VillagePage,),
    "crafts": (pages.CraftPage,),
    "workshops": (pages.WorkshopPage,),
}
PIECES, SHOP = "pieces", "shop"
# Ids to a file. A piece has an address in each language, and each of them names all the others.
PIECES_PER_FILE = 2_000
PAGES_PER_FILE = 5_000
BATCH = 500
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPEN = f'<urlset xmlns="{SCHEMA}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
# What is personal, or the same pieces in another order.
NOT_FOR_ROBOTS = ("basket/", "checkout/", "orders/", "account/", "desk/", "agency/", "search/")

# Where a thing is in each language, and language → when its words there were last published.
Things = Iterable[tuple[Mapping[str, Spot], Mapping[str, datetime]]]


@require_safe
@cache_control(public=True, max_age=3600)
def index(request: HttpRequest) -> HttpResponse:
    """Names every file that holds something."""
    names = [(SHOP, 0), *((kind, number) for kind in (*PAGES, PIECES) for number in _numbers(kind))]
    rows = (
        f"<sitemap><loc>{settings.SITE_URL}{reverse('sitemap-file', args=[kind, number])}</loc></sitemap>\n"
        for kind, number in names
    )
    body = f'{HEAD}<sitemapindex xmlns="{SCHEMA}">\n{"".join(rows)}</sitemapindex>\n'
    return HttpResponse(body, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=3600)
def file(request: HttpRequest, kind: str, number: int) -> StreamingHttpResponse:
    """The addresses of one kind, with the same thing in the other languages; 404 for a file that would hold nothing."""
    if not _holds(kind, number):
        raise Http404
    things = _shop() if kind == SHOP else _pieces(number) if kind == PIECES else _pages(kind, number)
    return StreamingHttpResponse(_written(things), content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may leave alone, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: /*/{path}" for path in NOT_FOR_ROBOTS)]
    lines += [f"Disallow: {path}" for path in ("/admin/", "/dashboard/", "/django-admin/")]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _written(things: Things) -> Iterator[str]:
    yield HEAD + OPEN
    for spots, dates in things:
        yield _entries(spots, dates)
    yield "</urlset>\n"


def _entries(spots: Mapping[str, Spot], dates: Mapping[str, datetime]) -> str:
    """One entry for each language that the thing is really in, all with the same alternates."""
    own = in_own_words(spots)
    alternates = [*own.items(), ("x-default", default(spots))] if own else []
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(settings.SITE_URL + url)}/>'
        for code, url in alternates
    )
    # What is in none of the storefront's languages has one address, too.
    urls = own.items() or [("", url) for url in [canonical(spots, settings.LANGUAGE_CODE)] if url]
    return "".join(
        f"<url><loc>{settings.SITE_URL}{url}</loc>{_lastmod(dates.get(code))}{links}</url>\n" for code, url in urls
    )


def _lastmod(changed: datetime | None) -> str:
    """What is not known is not said. A piece's day is that of its price, its stock, its facts or its translation."""
    return f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""


def _numbers(kind: str) -> list[int]:
    """Of the files of a kind. One statement for each of its models."""
    if kind == PIECES:
        return _windows(ProductCard.objects.filter(visible=True), PIECES_PER_FILE)
    found = {number for model in PAGES[kind] for number in _windows(_public(model), PAGES_PER_FILE)}
    return sorted(found)


def _holds(kind: str, number: int) -> bool:
    if kind == PIECES:
        return _window(ProductCard.objects.filter(visible=True), number, PIECES_PER_FILE).exists()
    models = PAGES.get(kind, ())
    return kind == SHOP or any(_window(_public(model), number, PAGES_PER_FILE).exists() for model in models)


def _windows(rows: QuerySet, size: int) -> list[int]:
    number = ExpressionWrapper(F("pk") / size, output_field=IntegerField())
    return sorted(rows.order_by().values_list(number, flat=True).distinct())


def _window(rows: QuerySet, number: int, size: int) -> QuerySet:
    return rows.filter(pk__gte=number * size, pk__lt=(number + 1) * size).order_by("pk")


def _public(model: type[Model]) -> QuerySet:
    """Of each page that is for everyone the first one that was written."""
    rows = model.objects.filter(OWN_WORDS, live=True).exclude(restricted())
    return rows.exclude(
        Exists(rows.filter(translation_key=OuterRef("translation_key"), pk__lt=OuterRef("pk")))
    )


def _shop() -> Things:
    codes = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    for page in ("products", "for-agencies", "for-developers"):
        yield {code: Spot(f"/{code}/{page}/", code) for code in codes}, {}


def _pieces(number: int) -> Things:
    cards = _window(ProductCard.objects.filter(visible=True), number, PIECES_PER_FILE)
    translated = _translated(cards.values("pk"))
    own = F("product__date_updated")
    # A piece with variants has no stock of its own, and SQLite's greatest of something unknown is unknown.
    stock = [Coalesce(Max(f"product__{path}stockrecords__date_updated"), own) for path in ("", "children__")]
    changed = Greatest(own, *stock)
    for card in cards.only("slug", "texts", "source_language").annotate(changed=changed).iterator(chunk_size=BATCH):
        spots, days = card_spots(card), translated.get(card.pk, {})
        yield spots, {code: max(card.changed, days.get(spot.lang, card.changed)) for code, spot in spots.items()}


def _translated(pieces: QuerySet) -> dict[int, dict[str, datetime]]:
    """Piece → language → when its words were last translated into it. One statement."""
    record = TranslationRecord.objects.filter(translation_key=OuterRef("translation_key"), locale=OuterRef("locale"))
    rows = ProductText.objects.filter(owner__in=pieces).annotate(at=Subquery(record.values("changed_at")[:1]))
    found: dict[int, dict[str, datetime]] = {}
    for piece, code, at in rows.exclude(at=None).values_list("owner_id", "locale__language_code", "at").iterator():
        found.setdefault(piece, {})[code] = at
    return found


def _pages(kind: str, number: int) -> Things:
    roots = get_directory(settings.LANGUAGE_CODE).roots
    for model in PAGES[kind]:
        rows = _window(_public(model), number, PAGES_PER_FILE)
        families: dict[object, list] = {}
        for twin in twins_of(Page.objects.filter(pk__in=rows.values("pk"))):
            if twin.live:
                families.setdefault(twin.key, []).append(twin)
        dates: dict[object, dict[str, datetime]] = {}
        live = Page.objects.filter(OWN_WORDS, live=True, translation_key__in=rows.values("translation_key"))
        known = live.order_by("pk").values_list("translation_key", "locale__language_code", "last_published_at")
        for key, language, changed in known.iterator(chunk_size=BATCH):
            dates.setdefault(key, {}).setdefault(language, changed)
        for key, family in families.items():
            yield spots_of(family, roots), dates.get(key, {})
