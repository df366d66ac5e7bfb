"""Counts how often pages are looked at, from the small request that every page's script makes.

No cookie and nothing about the reader: a page, a month and a number. Robots without scripts are not counted.
"""

import logging
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.models import Page

from storefront.listing.models import ProductCard
from storefront.product_chooser import LARGEST_ID
from storefront.serving import find_page, serve_page
from storefront.translations.models import ViewCount

logger = logging.getLogger(__name__)
Kind = ViewCount.Kind


def count_view(request: HttpRequest) -> None:
    """Count the page that made ``request``, going by its Referer: one statement for a page counted before this month."""
    viewed = viewed_by(request)
    if viewed is None:
        return
    kind, pk = viewed
    same = {"kind": kind, "object_id": pk, "month": timezone.now().date().replace(day=1)}
    try:
        known = ViewCount.objects.filter(**same).update(number=F("number") + 1)
        if not known and (kind == Kind.PAGE or ProductCard.objects.filter(pk=pk, visible=True).exists()):
            row, made = ViewCount.objects.get_or_create(**same, defaults={"number": 1})
            if not made:
                ViewCount.objects.filter(pk=row.pk).update(number=F("number") + 1)
    except DatabaseError:
        # A reader's basket matters more than our count.
        logger.exception("View was not counted")


def viewed_by(request: HttpRequest) -> tuple[str, int] | None:
    """(kind, id) of the page of ours that the request came from; None for any other address."""
    try:
        address = urlsplit(request.headers.get("Referer", "")[:2000])
    except ValueError:
        return None
    if address.netloc != request.get_host():
        return None
    path = unquote(address.path)
    language, _slash, rest = path.lstrip("/").partition("/")
    if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES or "\x00" in path:
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return None
    if found.view_name == "catalogue:detail":
        pk = found.kwargs["pk"]
        return (Kind.PRODUCT, pk) if pk <= LARGEST_ID else None
    if found.func is not serve_page:
        return None
    page = find_page(rest, language)
    return (Kind.PAGE, page.pk) if isinstance(page, Page) else None
