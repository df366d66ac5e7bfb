"""Paging as templates draw it; the other parameters of the address are kept."""

from django.core.paginator import Page
from django.http import HttpRequest


def describe_paging(shown: Page, request: HttpRequest) -> dict:
    """{"page", "pages", "prev_url", "next_url", "numbers": [{"n", "url", "current"} or None for a gap]}."""
    last = shown.paginator.num_pages
    numbers = sorted({1, last, *range(max(1, shown.number - 2), min(last, shown.number + 2) + 1)})
    drawn: list[dict | None] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number - before > 1:
            drawn.append(None)
        drawn.append({"n": number, "url": page_url(request, number), "current": number == shown.number})
    return {
        "page": shown.number,
        "pages": last,
        "prev_url": page_url(request, shown.number - 1) if shown.has_previous() else "",
        "next_url": page_url(request, shown.number + 1) if shown.has_next() else "",
        "numbers": drawn,
    }


def page_url(request: HttpRequest, number: int) -> str:
    """The same address with another page; page 1 has no parameter."""
    query = request.GET.copy()
    query.pop("page", None)
    if number > 1:
        query["page"] = str(number)
    return request.path + (f"?{query.urlencode()}" if query else "")
