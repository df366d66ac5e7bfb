"""The shop's listing."""

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront.listing.cards import draw
from storefront.listing.cube import get_cube
from storefront.listing.directory import get_directory
from storefront.listing.facets import describe_chips, describe_facets
from storefront.listing.filters import SORTS, Choice, ids_of, matching, read_choice
from storefront.paging import describe_paging
from storefront.public import public_page

PER_PAGE = 24


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
