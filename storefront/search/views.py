"""The search page and the suggestions while a reader types. Both are public: the same bytes for everyone."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from storefront import preload
from storefront.listing.cards import draw
from storefront.listing.cube import PRICE_STEPS, Cell, Cube
from storefront.listing.directory import Directory, get_directory
from storefront.listing.facets import describe_chips, describe_facets
from storefront.listing.filters import Choice, ids_of, matching_sql, read_choice
from storefront.listing.models import ProductCard
from storefront.paging import describe_paging
from storefront.public import public_page
from storefront.search import helpful
from storefront.search.analysis import exact
from storefront.search.hits import MOST, TITLE_TIERS, Hit, find
from storefront.search.shown import other_cards, suggestion
from storefront.search.synonyms import get_synonyms
from storefront.search.units import clean, units_of

PER_PAGE = 24
OTHERS = 6  # stories, and places, on the first page
SUGGESTIONS = 8
Ids = dict[str, frozenset[str]]


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Pieces with facets, stories and places for the words ``q``. 404 for a page number that is none."""
    directory = get_directory(get_language())
    words = clean(request.GET.get("q", ""))
    if not words:
        return render(
            request, "storefront/catalogue/search.html", {"q": "", "total": 0} | helpful.popular(directory)
        )
    choice = read_choice(request.GET, directory, q=words)
    hits, begun = search_for(words, directory.language)
    context = {"q": words, "begun": begun, "more": len(hits) > MOST, "most": formats.number(MOST)}
    hits = hits[:MOST]
    if not hits:
        context |= {"total": 0} | helpful.nothing(words, directory)
        return render(request, "storefront/catalogue/search.html", context)
    with preload.holding() as store:
        context |= _pieces(request, choice, hits, context["more"], directory) | _others(
            hits, directory, store
        )
    if context["paging"]["page"] > 1 or choice.values:
        context |= {"story_cards": [], "place_cards": []}
    return render(request, "storefront/catalogue/search.html", context)


@public_page
def suggest(request: HttpRequest) -> JsonResponse:
    """{"results": [{"title", "lang", "kind", "url"}]}: things whose words begin as ``q`` does, at most eight."""
    words, directory = clean(request.GET.get("q", "")), get_directory(get_language())
    units = units_of(words, get_synonyms(), typing=True)
    hits = find(units, exact(words), directory.language, most=SUGGESTIONS)[:SUGGESTIONS]
    return JsonResponse({"results": [suggestion(hit, directory) for hit in hits]})


def search_for(words: str, language: str) -> tuple[list[Hit], bool]:
    """What the words find; and, where they find nothing, what holds some of them or begins like them (then True)."""
    title, synonyms = exact(words), get_synonyms()
    hits = find(units_of(words, synonyms), title, language)
    if hits:
        return hits, False
    return find(units_of(words, synonyms, typing=True, loosely=True), title, language, some=True), True


def _pieces(request: HttpRequest, choice: Choice, hits: list[Hit], more: bool, directory: Directory) -> dict:
    """The page of pieces with what is around it; stories and places have no facets."""
    pieces = [hit for hit in hits if hit.kind == "product"]
    ids = ids_of(choice, directory)
    keys = [_key(hit) for hit in pieces]
    cells = {key: _cell(key, number) for key, number in Counter(keys).items()}
    total, counts = Cube(list(cells.values())).count(ids)
    if more and ids:
        # Beyond the first thousand may be more that match the filters.
        units = units_of(choice.q, get_synonyms())
        chosen = find(units, exact(choice.q), directory.language, where=matching_sql(ids))[:MOST]
        total = len(chosen)
    else:
        right = {key for key, cell in cells.items() if all(cell.has(*one) for one in ids.items())}
        chosen = [hit for hit, key in zip(pieces, keys, strict=True) if key in right]
    try:
        shown = Paginator(chosen, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage:
        raise Http404(_("There is no such page.")) from None
    wanted = [hit.object_id for hit in shown.object_list]
    cards = ProductCard.objects.in_bulk(wanted) if wanted else {}
    return {
        "total": len(hits) if not choice.values else total,
        "pieces_total": total,
        "cards": draw(cards[pk] for pk in wanted if pk in cards),
        "paging": describe_paging(shown, request),
        "facets": describe_facets(choice, counts, directory, request.path),
        "chips": describe_chips(choice, directory, request.path),
        "clear_url": Choice(q=choice.q).url(request.path),
        "form_hidden": [("q", choice.q)],
    }


def _others(hits: Sequence[Hit], directory: Directory, store: preload.Preloaded) -> dict:
    stories = [hit for hit in hits if hit.kind == "story"]
    places = [hit for hit in hits if hit.kind not in ("story", "product")]
    # A reader who names a place wants to go there first, and to no other.
    named = [hit for hit in places if hit.tier in TITLE_TIERS]
    return {
        "places_first": bool(named),
        **other_cards(stories[:OTHERS], (named or places)[:OTHERS], directory, store),
    }


def _key(hit: Hit) -> tuple:
    return hit.economy, hit.village_id, hit.workshop_id, hit.craft_id, hit.materials, hit.price, hit.state


def _cell(key: tuple, number: int) -> Cell:
    """Pieces that are alike in every facet (and of one price) count as one cell, as in the listing."""
    economy, village, workshop, craft, materials, price, state = key
    return Cell(
        economy=economy,
        village=str(village),
        workshop=str(workshop),
        craft=str(craft or ""),
        material=frozenset(materials.split()),
        price=str(bisect_right(PRICE_STEPS, Decimal(str(price)))),
        available="" if state == ProductCard.State.SOLD_OUT else "1",
        number=number,
    )
