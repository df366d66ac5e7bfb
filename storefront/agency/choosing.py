"""What a card may show: found by words in any language, or leafed through by kind."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from catalogue.text import chain, choose, fallbacks
from marketplace.economies.names import economy_name
from storefront.embeds.kinds.maps import ALL, number_of_economy
from storefront.listing.directory import get_directory
from storefront.listing.place_pages import OWN_WORDS
from storefront.restrictions import restricted
from storefront.search.models import SearchEntry
from storefront.search.units import clean
from storefront.search.views import search_for

MOST = 240
# Kind of card → kind of thing in the search index. Visit days are found by their village.
SEARCHED = {
    "story": "story",
    "village": "village",
    "visits": "village",
    "craft": "craft",
    "workshop": "workshop",
    "product": "product",
}
# What comes first where everything is leafed through.
FIRST = ("story", "village", "product")
PAGES = {"village": "VillagePage", "craft": "CraftPage", "workshop": "WorkshopPage"}


@dataclass(frozen=True)
class Found:
    """A thing in the index: ``kind`` and ``pk`` of its card (a page's id, or a piece's), its title and that one's language."""

    kind: str
    pk: int
    title: str
    lang: str


@dataclass(frozen=True)
class _Entry:
    kind: str
    object_id: int
    title: str
    language: str


def find(*, kind: str, words: str, language: str) -> list[Found]:
    """Things that a card of ``kind`` (empty: any) can tell of, best or newest first; at most MOST."""
    words = clean(words)
    if kind == "map":
        return _maps(words, language)
    wanted = SEARCHED.get(kind, "")
    if words:
        hits, _some = search_for(words, language)
        rows = [_Entry(hit.kind, hit.object_id, hit.title, hit.language) for hit in hits]
        rows = [row for row in rows if wanted in ("", row.kind)][:MOST]
    else:
        rows = _browse(wanted, language)
    return _with_pages(rows, kind, language)


def _maps(words: str, language: str) -> list[Found]:
    """One of all villages, and one of each economy that has some. No statement beyond the directory's."""
    places = [place for place in get_directory(language).villages.values() if place.url and place.economy]
    found = [Found("map", number_of_economy(code), economy_name(code), language) for code in {row.economy for row in places}]
    found.sort(key=lambda row: row.title.casefold())
    if len(found) > 1:
        found.insert(0, Found("map", ALL, _("All villages"), language))
    return [row for row in found if words.casefold() in row.title.casefold()]


def _browse(wanted: str, language: str) -> list[_Entry]:
    """Each thing once, in the reader's language or the best that there is; by kind, her language first. One statement."""
    codes = [language, *fallbacks(language)]
    cases = [When(language=code, then=Value(place)) for place, code in enumerate(dict.fromkeys(codes))]
    ranked = SearchEntry.objects.annotate(at=Case(*cases, default=Value(len(codes)), output_field=IntegerField()))
    better = ranked.filter(thing=OuterRef("thing")).filter(
        Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), language__lt=OuterRef("language"))
    )
    rows = ranked.filter(~Exists(better))
    if wanted:
        rows = rows.filter(kind=wanted)
    kinds = [When(kind=name, then=Value(place)) for place, name in enumerate(FIRST)]
    foreign = Case(When(language=language, then=Value(0)), default=Value(1), output_field=IntegerField())
    order = ("title", "thing") if wanted in PAGES else ("rank", "-listed_at", "thing")
    rows = rows.order_by(Case(*kinds, default=Value(len(FIRST)), output_field=IntegerField()), foreign, *order)
    return [_Entry(*row) for row in rows.values_list("kind", "object_id", "title", "language")[:MOST]]


def _with_pages(rows: Iterable[_Entry], kind: str, language: str) -> list[Found]:
    """Cards of places are cards of their pages; a place without a page has none. A statement for each kind of place."""
    rows = list(rows)
    pages = {
        name: _pages_of(name, {row.object_id for row in rows if row.kind == name}, language)
        for name in PAGES
        if any(row.kind == name for row in rows)
    }
    found = []
    for row in rows:
        pk = pages[row.kind].get(row.object_id) if row.kind in PAGES else row.object_id
        if pk is not None:
            shown = kind if kind and row.kind == SEARCHED[kind] else row.kind
            found.append(Found(shown, pk, row.title, row.language))
    return found


def _pages_of(kind: str, ids: set[int], language: str) -> dict[int, int]:
    """Id of a place → id of the page to make a card of: in the reader's language, else the first there is."""
    model = apps.get_model("storefront", PAGES[kind])
    rows = public_pages(model.objects.filter(**{f"{kind}__in": ids}))
    families: dict[int, dict[str, int]] = {}
    for owner, code, pk in rows.order_by("pk").values_list(f"{kind}_id", "locale__language_code", "pk"):
        families.setdefault(owner, {}).setdefault(code, pk)
    return {owner: choose(pages, language, chain(language, language)[-1]) for owner, pages in families.items()}


def public_pages(rows: QuerySet) -> QuerySet:
    """Those that everybody may read, in their own words."""
    return rows.filter(OWN_WORDS, live=True).exclude(restricted())
