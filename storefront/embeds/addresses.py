"""Addresses of embeds: what a given URL points at, and where cards live. Pure but for the settings."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.http import QueryDict
from django.utils.encoding import iri_to_uri

from storefront.market.choice import without_market

KINDS = ("story", "village", "craft", "product")
THEMES = ("light", "dark")
VIA = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
PRODUCT_PATH = re.compile(r"products/[^/]+-([0-9]{1,9})/?", re.ASCII)
PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """The given text is no absolute URL."""


@dataclass(frozen=True)
class Place:
    """A page of this shop: its language and its path below the language."""

    language: str
    path: str

    @property
    def product_pk(self) -> int | None:
        match = PRODUCT_PATH.fullmatch(self.path)
        return int(match[1]) if match else None


@dataclass(frozen=True)
class Options:
    """What an agency may add to a card: a look and its own code. Anything else is dropped, never shown."""

    theme: str = ""
    via: str = ""

    @property
    def query(self) -> str:
        given = [("theme", self.theme), ("via", self.via)]
        pairs = [(name, value) for name, value in given if value]
        return f"?{urlencode(pairs)}" if pairs else ""


def read_options(query: QueryDict) -> Options:
    """The options in a query string; what is not valid counts as not given."""
    theme, via = query.get("theme", ""), query.get("via", "")
    return Options(theme if theme in THEMES else "", via if VIA.fullmatch(via) else "")


def parse(url: str, also_host: str = "") -> Place | None:
    """The page of this shop that ``url`` names; None when it names anything else. Nothing is fetched.

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
        return None
    # A page is the same story in every market.
    path = without_market(unquote(parts.path))
    language, _slash, rest = path.lstrip("/").partition("/")
    if not rest or path.startswith("//") or not path.isprintable() or ".." in path.split("/"):
        return None
    return Place(language, rest) if language in settings.MARKETPLACE_STOREFRONT_LANGUAGES else None


def _where(parts: SplitResult) -> tuple[str | None, int | None]:
    """Host and port, without the port that the scheme implies."""
    return parts.hostname, None if parts.port == PORTS.get(parts.scheme) else parts.port


def absolute(path: str, options: Options | None = None) -> str:
    """A full address on this shop, ready for a link; with the agency's code where one is given."""
    via = f"?via={options.via}" if options and options.via else ""
    return iri_to_uri(settings.SITE_URL + path) + via


def card_path(language: str, kind: str, slug: str, pk: int) -> str:
    """Address (path) of a card. The number decides; the slug is for people."""
    return f"/embed/v1/{language}/{kind}/{quote(slug)}-{pk}/"


def origin_of(url: str) -> str:
    """Scheme and host of an absolute URL, such as https://cdn.example; empty for a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
