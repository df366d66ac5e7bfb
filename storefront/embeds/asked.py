"""What a request for a card or an oEmbed answer wants. Two that are equal get the same bytes."""

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from storefront.embeds import addresses
from storefront.embeds.addresses import BadUrl, Pasted, Place
from storefront.embeds.agencies import known_code
from storefront.embeds.options import NONE, Options, read_options
from storefront.middleware import from_narrow_to_wide

CARDS = "/embed/v1/"
# Of somebody who has a page's address and wants its card without asking oEmbed first.
BY_ADDRESS = "/embed/v1/card"
OEMBED = {"/oembed/": "", "/oembed.json": "json", "/oembed.xml": "xml"}
CARD = re.compile(r"/embed/v1/([a-z-]{2,12})/([a-z]{2,12})/([^/]+)-([0-9]{1,9})/", re.ASCII)
FORMATS = ("json", "xml")
# Beyond this a frame or picture of ours does not grow, so all greater maxima are the same.
LARGEST = 1000
DIGITS = 30  # of a whole number; what is longer is none that anybody means


class Refused(Exception):
    """The request gets the status in the first argument, in the format of the second."""


@dataclass(frozen=True)
class Asked:
    """``kind`` and ``pk`` for a card's own address, else ``place`` (None: no page of this shop)."""

    language: str
    options: Options = NONE
    kind: str = ""
    pk: int = 0
    slug: str = ""
    place: Place | None = None
    # Of oEmbed alone.
    format: str = ""
    maxima: tuple[int | None, int | None] = (None, None)


def asked_by(request: HttpRequest) -> Asked | None:
    """What a request for a card or for oEmbed wants; None for any other address. Raises Refused (oEmbed only).

    One statement at most, the first time after a change of agencies.
    """
    if "embed_asked" not in request.__dict__:
        request.embed_asked = _read(request)
    return request.embed_asked


def _read(request: HttpRequest) -> Asked | None:
    path = request.path_info
    if path in OEMBED:
        return _oembed(request, OEMBED[path])
    if not path.startswith(CARDS):
        return None
    if path.rstrip("/") == BY_ADDRESS:
        return _by_address(request)
    found = CARD.fullmatch(path)
    if not found:
        return None
    language, kind, slug, pk = found.groups()
    return Asked(language, checked(_options(request)), kind, int(pk), slug)


def checked(options: Options) -> Options:
    """Without a code that is no open agency's."""
    known = known_code(options.via)
    return options if known == options.via else replace(options, via=known)


def query_of(request: HttpRequest) -> QueryDict:
    """Its query, empty where there is too much of it to read."""
    try:
        return request.GET
    except TooManyFieldsSent:
        return QueryDict()


def _options(request: HttpRequest) -> Options:
    return read_options(query_of(request)) if request.META.get("QUERY_STRING") else NONE


def _by_address(request: HttpRequest) -> Asked:
    query = query_of(request)
    try:
        pasted = _pasted(request, query)
    except BadUrl:
        pasted = Pasted(None)
    return Asked(_language(query, pasted) or settings.LANGUAGE_CODE, _merged(query, pasted), place=pasted.place)


def _oembed(request: HttpRequest, format: str) -> Asked:
    query = query_of(request)
    asked = query.get("format") or format or "json"
    shown = format or (asked if asked in FORMATS else "json")
    if asked not in FORMATS:
        raise Refused(501, shown)
    try:
        maxima = _whole(query.get("maxwidth", "")), _whole(query.get("maxheight", ""))
        pasted = _pasted(request, query)
    except ValueError:
        raise Refused(400, shown) from None
    return Asked(_language(query, pasted), _merged(query, pasted), place=pasted.place, format=shown, maxima=maxima)


def _pasted(request: HttpRequest, query: QueryDict) -> Pasted:
    """Raises BadUrl."""
    return addresses.parse(query.get("url", ""), request.get_host() if settings.DEBUG else "")


def _merged(query: QueryDict, pasted: Pasted) -> Options:
    """What the request itself says comes before what stands in the pasted address."""
    options = read_options(query, pasted.query)
    if pasted.currency and not options.currency:
        options = replace(options, currency=read_options({"currency": pasted.currency}).currency)
    return checked(options)


def _language(query: QueryDict, pasted: Pasted) -> str:
    """What the request itself wants, else the pasted address' query, else that address; empty where none says anything."""
    named = [source.get("lang", "") for source in (query, pasted.query) if source]
    return next(filter(None, map(_spoken, named)), pasted.place.language if pasted.place else "")


def _spoken(wanted: str) -> str:
    """One of the storefront's languages, else empty; "ja-JP" and "zh-TW", as pages say it of themselves, are known, too."""
    known = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    return next((code for code in from_narrow_to_wide(wanted.lower()[:20]) if code in known), "")


def _whole(value: str) -> int | None:
    """The parameter as a whole number, None when it is not given. Raises ValueError."""
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= DIGITS):
        raise ValueError(value)
    return min(int(value), LARGEST)
