"""The shop's listing and the simple search."""

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront import page_contexts, preload
from storefront.listing.cards import draw
from storefront.listing.cube import get_cube
from storefront.listing.directory import get_directory
from storefront.listing.facets import describe_chips, describe_facets
from storefront.listing.filters import SORTS, Choice, ids_of, matching, read_choice, with_words
from storefront.listing.models import ProductCard
from storefront.paging import describe_paging
from storefront.public import public_page

PER_PAGE = 24
SEARCH_PLACES = 6


class CountedPaginator(Paginator):
    """A paginator that is told the number of rows instead of counting them."""

    def __init__(self, rows, per_page: int, number: int) -> None:
        super().__init__(rows, per_page)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number


@public_page
def listing(request: HttpRequest) -> HttpResponse:
    """All pieces, with facets, sorting and paging in the address. 404 for a page number that is none."""
    directory = get_directory(get_language())
    choice = read_choice(request.GET, directory)
    ids = ids_of(choice, directory)
    total, counts = get_cube().count(ids)
    try:
        shown = CountedPaginator(matching(choice, ids), PER_PAGE, total).page(request.GET.get("page", 1))
    except InvalidPage:
        raise Http404(_("There is no such page.")) from None
    context = {
        "heading": _("Shop"),
        "total": total,
        "cards": draw(shown.object_list),
        "paging": describe_paging(shown, request),
        "sort": describe_sort(choice, request.path),
        "facets": describe_facets(choice, counts, directory, request.path),
        "chips": describe_chips(choice, directory, request.path),
        "clear_url": request.path,
        "form_hidden": [("sort", choice.sort)] if choice.sort != "new" else [],
        "q": "",
    }
    return render(request, "storefront/catalogue/listing.html", context)


def describe_sort(choice: Choice, base: str) -> dict:
    """{"options": [{"label", "url", "current"}]}"""
    labels = {"new": _("Newest"), "price": _("Price, low to high"), "-price": _("Price, high to low")}
    return {
        "options": [
            {
                "label": labels[key],
                "value": key,
                "url": choice.url(base, sort=key),
                "current": key == choice.sort,
            }
            for key in SORTS
        ]
    }


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Pieces, stories and places that hold every word of ``q``."""
    directory = get_directory(get_language())
    choice = read_choice(request.GET, directory)
    context = {"q": choice.q, "cards": [], "story_cards": [], "place_cards": [], "total": 0}
    if choice.q:
        context |= _found(choice.q, directory)
    return render(request, "storefront/catalogue/search.html", context)


def _found(q: str, directory) -> dict:
    from storefront.models import StoryPage

    cards = draw(
        with_words(ProductCard.objects.filter(visible=True), q).order_by("-listed_at", "-pk")[:PER_PAGE]
    )
    stories = (
        StoryPage.objects.filter(live=True, locale__language_code=directory.language)
        .select_related("locale")
        .defer("body")
    )
    for word in q.split()[:8]:
        stories = stories.filter(title__icontains=word) | stories.filter(intro__icontains=word)
    words = q.casefold().split()
    every = [*directory.villages.values(), *directory.crafts.values(), *directory.workshops.values()]
    places = [
        row
        for row in every
        if row.url and all(word in f"{row.name} {row.summary}".casefold() for word in words)
    ]
    stories, places = list(stories.order_by("-first_published_at")[:6]), places[:SEARCH_PLACES]
    with preload.holding() as store:
        preload.load_images(store, {row.hero_id for row in [*stories, *places] if row.hero_id})
        found = {
            "cards": cards,
            "story_cards": [page_contexts.story_card(row, directory) for row in stories],
            "place_cards": [page_contexts.place_card(row, directory) for row in places],
        }
    return found | {"total": len(cards) + len(stories) + len(places)}
