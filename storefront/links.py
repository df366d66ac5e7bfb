"""The same thing in another language."""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from catalogue.text import fallbacks
from storefront.market.choice import start


class Spot(NamedTuple):
    """Where readers of a language meet a thing: the path, as a link holds it, and the language of its words there."""

    url: str
    lang: str


def same_in_languages(request: HttpRequest) -> Mapping[str, Spot]:
    """Language code → where what ``request`` shows is, for all of the storefront's languages; empty outside of them.

    A view that shows words of its own sets ``request.spots``; every other address differs only in its language prefix.
    """
    if (spots := getattr(request, "spots", None)) is not None:
        return spots
    wanted = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    first, _slash, rest = request.path_info.lstrip("/").partition("/")
    return {code: Spot(iri_to_uri(f"{start()}{code}/{rest}"), code) for code in wanted} if first in wanted else {}


def in_own_words(spots: Mapping[str, Spot]) -> dict[str, str]:
    """Language → path, without the languages in which a fallback stands in: what hreflang may name."""
    return {code: spot.url for code, spot in spots.items() if spot.lang == code}


def canonical(spots: Mapping[str, Spot], language: str) -> str:
    """The path that counts for search engines, of what readers of ``language`` are shown; empty where there is none.

    A fallback counts at its own language's address; one that the storefront has no address for, at the default's.
    """
    if language not in spots:
        return ""
    own = spots.get(spots[language].lang) or spots.get(settings.LANGUAGE_CODE)
    return (own or spots[language]).url


def default(spots: Mapping[str, Spot]) -> str:
    """The path for readers of no language in particular (x-default); empty where nothing is in its own words."""
    own = in_own_words(spots)
    order = (settings.LANGUAGE_CODE, *fallbacks(settings.LANGUAGE_CODE), *own)
    return next((own[code] for code in order if code in own), "")
