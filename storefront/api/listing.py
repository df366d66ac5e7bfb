"""A list of the API: a part of it, and the addresses of the parts before and after."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest

from storefront.api.asking import Asked
from storefront.linked_data.nodes import absolute


def part(request: HttpRequest, asked: Asked, total: int, items: Iterable[Mapping]) -> dict:
    """``meta`` and ``items`` as in Wagtail's own API, and ``links``."""
    meta = {"total_count": total, "limit": asked.limit, "offset": asked.offset, "lang": asked.lang}
    if "currency" in request.GET:
        meta["currency"] = asked.currency
    after = asked.offset + asked.limit
    links = {
        "self": _address(request, asked.offset),
        "next": _address(request, after) if after < total else None,
        "previous": _address(request, _before(asked, total)) if asked.offset else None,
    }
    return {"meta": meta, "links": links, "items": [asked.only(item) for item in items]}


def _before(asked: Asked, total: int) -> int:
    """Where the part before begins; from beyond the end that is the last part with something in it."""
    before = max(0, asked.offset - asked.limit)
    last = max(0, total - 1) // asked.limit * asked.limit
    return before if before < total else last


def one(asked: Asked, found: dict) -> dict:
    return {"meta": {"lang": asked.lang}, "item": asked.only(found)}


def _address(request: HttpRequest, offset: int) -> str:
    query = request.GET.copy()
    query.pop("offset", None)
    if offset:
        query["offset"] = str(offset)
    return absolute(request.path) + (f"?{query.urlencode()}" if query else "")
