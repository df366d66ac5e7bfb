"""Addresses of embeds: what a given URL points at, and where cards live. Pure but for the settings."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.conf import settings
from django.http import QueryDict
from django.utils.encoding import iri_to_uri

from storefront.embeds.options import CURRENCY, NONE, Options, read_options
from storefront.market.choice import split_path

PRODUCT_PATH = re.compile(r"products/[^/]+-([0-9]{1,9})/?", re.ASCII)
KIND = re.compile(r"[a-z]{2,12}", re.ASCII)
ECONOMY = re.compile(r"[A-Za-z]{2}", re.ASCII)
PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """The given text is no absolute URL."""


@dataclass(frozen=True)
class Place:
    """A page of this shop: its language and its path below the language.

    ``card`` and ``economy`` are what the address asks for in its query: ``?card=map&economy=VN``.
    """

    language: str
    path: str
    card: str = ""
    economy: str = ""

    @property
    def product_pk(self) -> int | None:
        match = PRODUCT_PATH.fullmatch(self.path)
        return int(match[1]) if match else None


@dataclass(frozen=True)
class Pasted:
    """An address as somebody pasted it: the page (None: none of ours), and the options that stand in it."""

    place: Place | None
    query: QueryDict | None = None
    currency: str = ""

    @property
    def options(self) -> Options:
        return read_options(self.query) if self.query else NONE


def parse(url: str, also_host: str = "") -> Pasted:
    """What ``url`` names. Nothing is fetched.

    ``also_host`` is a second host (with port) that counts as ours. Raises BadUrl for what is no absolute URL.
    """
    try:
        parts = urlsplit(url.strip())
        where = _where(parts)
    except ValueError:
        raise BadUrl from None
    if not parts.scheme:
        raise BadUrl
    ours = {_where(urlsplit(settings.SITE_URL)), _where(urlsplit(f"//{also_host}")) if also_host else None}
    if parts.scheme not in PORTS or parts.username is not None or where not in ours:
        return Pasted(None)
    # A page is the same story in every market; whoever pastes an address with one wants its currency.
    market, path = split_path(unquote(parts.path))
    language, _slash, rest = path.lstrip("/").partition("/")
    if not rest or path.startswith("//") or not path.isprintable() or ".." in path.split("/"):
        return Pasted(None)
    if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        return Pasted(None)
    query = _query(parts.query)
    card, economy = query.get("card", ""), query.get("economy", "")
    place = Place(
        language,
        rest,
        card if KIND.fullmatch(card) else "",
        economy.upper() if ECONOMY.fullmatch(economy) else "",
    )
    return Pasted(place, query, market.currency if market and CURRENCY.fullmatch(market.currency) else "")


def _query(text: str) -> QueryDict:
    """Without what is too much to read: an address with a thousand parameters has none."""
    return QueryDict(text if text.count("&") < 40 and len(text) < 2000 else "")


def _where(parts: SplitResult) -> tuple[str | None, int | None]:
    """Host and port, without the port that the scheme implies."""
    return parts.hostname, None if parts.port == PORTS.get(parts.scheme) else parts.port


def absolute(path: str, options: Options | None = None, card: str = "") -> str:
    """A full address on this shop, ready for a link; with the agency's code where one is given.

    ``card``: the subject of the card on which the link to something else stands, such as "story-7".
    """
    url = iri_to_uri(settings.SITE_URL + path)
    if not options or not options.via:
        return url
    placement = f"&placement={card}" if card else ""
    return f"{url}{'&' if '?' in path else '?'}via={options.via}{placement}"


def card_path(language: str, kind: str, slug: str, pk: int) -> str:
    """Address (path) of a card. The number decides; the slug is for people."""
    return f"/embed/v1/{language}/{kind}/{quote(slug)}-{pk}/"


def origin_of(url: str) -> str:
    """Scheme and host of an absolute URL, such as https://cdn.example; empty for a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
