"""What every page needs to draw its frame. No statement of its own beyond the directory, no session."""

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _

from catalogue.text import language_name
from storefront.links import Spot, canonical, default, in_own_words, same_in_languages
from storefront.listing.cards import card_labels
from storefront.listing.directory import get_directory
from storefront.market.choice import current, start, without_market
from storefront.market.picker import describe_market

# Admin screens bring frames of their own.
PRIVATE = ("/admin/", "/dashboard/", "/django-admin/")


def site(request: HttpRequest) -> dict:
    """What templates/storefront/base.html and the components expect on every page."""
    if request.path.startswith(PRIVATE):
        return {"shop_name": settings.MARKETPLACE_SHOP_NAME}
    language = get_language() or settings.LANGUAGE_CODE
    spots = same_in_languages(request)
    own = canonical(spots, language)
    return {
        "LANG": language,
        "languages": [
            _language(code, spots.get(code), language, request.META.get("QUERY_STRING", ""))
            for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES
        ],
        "nav": _nav(request, language),
        "canonical_url": settings.SITE_URL + without_market(own) if own else "",
        "alternates": _alternates(spots),
        "shop_name": settings.MARKETPLACE_SHOP_NAME,
        "currency": current().currency,
        "market": describe_market(request, language),
        "labels": card_labels(),
        "oembed": getattr(request, "oembed", None),
        "home_url": f"{start()}{language}/",
        "paths": _paths(language, start()),
        "sample_site": get_directory(language).has_samples,
    }


@lru_cache(maxsize=64)
def _paths(language: str, _start: str) -> dict[str, str]:
    """Addresses that the frame of every page needs; looking one up costs more than drawing it."""
    names = {
        "basket": "basket",
        "summary": "basket-summary",
        "orders": "account:orders",
        "desk": "desk:home",
        "open": "desk:open",
        "officer": "officer:home",
        "agency": "agency:home",
        "for_agencies": "for-agencies",
        "for_developers": "for-developers",
        "search": "search",
        "suggest": "search-suggest",
    }
    with override(language):
        return {key: reverse(name) for key, name in names.items()}


def _language(code: str, spot: Spot | None, current: str, query: str) -> dict:
    """One entry of the language menu; filters, words searched for and the page number stay.

    ``note`` says where the thing is not in that language yet.
    """
    entry = {
        "code": code,
        "name": get_language_info(code)["name_local"],
        "url": spot.url if spot else f"{start()}{code}/",
        "current": code == current,
        "note": "",
    }
    if spot and query:
        entry["url"] = f"{spot.url}?{query}"
    if spot and spot.lang != code:
        names = {"language": language_name(code), "shown": language_name(spot.lang)}
        entry["note"] = _("Not in %(language)s yet: shown in %(shown)s") % names
    return entry


def _alternates(spots: Mapping[str, Spot]) -> list[dict]:
    """What hreflang says: the addresses with words in their own language, and one for everybody else."""
    found = [{"hreflang": code, "url": settings.SITE_URL + without_market(url)} for code, url in in_own_words(spots).items()]
    url = default(spots)
    return [*found, {"hreflang": "x-default", "url": settings.SITE_URL + without_market(url)}] if url else found


def _nav(request: HttpRequest, language: str) -> list[dict]:
    sections = get_directory(language).sections
    entries = [
        (_("Shop"), f"{start()}{language}/products/"),
        (_("Stories"), sections.get("stories", "")),
        (_("Villages"), sections.get("villages", "")),
        (_("Crafts"), sections.get("crafts", "")),
        (_("Workshops"), sections.get("workshops", "")),
    ]
    here = iri_to_uri(request.path)
    return [{"label": label, "url": url, "current": here.startswith(url)} for label, url in entries if url]
