"""What every page needs to draw its frame. No statement of its own beyond the directory, no session."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from storefront.links import same_in_languages
from storefront.listing.cards import card_labels
from storefront.listing.directory import get_directory

# Admin screens bring frames of their own.
PRIVATE = ("/admin/", "/dashboard/", "/django-admin/")


def site(request: HttpRequest) -> dict:
    """What templates/storefront/base.html and the components expect on every page."""
    if request.path.startswith(PRIVATE):
        return {"shop_name": settings.MARKETPLACE_SHOP_NAME}
    language = get_language() or settings.LANGUAGE_CODE
    addresses = same_in_languages(request)
    own = addresses.get(language, "")
    return {
        "LANG": language,
        "languages": [
            _language(code, addresses, language, request.META.get("QUERY_STRING", ""))
            for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES
        ],
        "nav": _nav(request, language),
        "canonical_url": settings.SITE_URL + own if own else "",
        "alternates": _alternates(addresses),
        "shop_name": settings.MARKETPLACE_SHOP_NAME,
        "currency": settings.MARKETPLACE_CURRENCY,
        "labels": card_labels(),
        "oembed": getattr(request, "oembed", None),
        "home_url": f"/{language}/",
        "sample_site": get_directory(language).has_samples,
    }


def _language(code: str, addresses: dict[str, str], current: str, query: str) -> dict:
    """One entry of the language menu; filters, words searched for and the page number stay."""
    url = addresses.get(code) or f"/{code}/"
    if query and code in addresses:
        url = f"{url}?{query}"
    return {
        "code": code,
        "name": get_language_info(code)["name_local"],
        "url": url,
        "current": code == current,
    }


def _alternates(addresses: dict[str, str]) -> list[dict]:
    found = [{"hreflang": code, "url": settings.SITE_URL + url} for code, url in addresses.items()]
    default = addresses.get(settings.LANGUAGE_CODE)
    return [*found, {"hreflang": "x-default", "url": settings.SITE_URL + default}] if default else found


def _nav(request: HttpRequest, language: str) -> list[dict]:
    sections = get_directory(language).sections
    entries = [
        (_("Shop"), f"/{language}/products/"),
        (_("Stories"), sections.get("stories", "")),
        (_("Villages"), sections.get("villages", "")),
        (_("Crafts"), sections.get("crafts", "")),
        (_("Workshops"), sections.get("workshops", "")),
    ]
    return [
        {"label": label, "url": url, "current": request.path.startswith(url)} for label, url in entries if url
    ]
