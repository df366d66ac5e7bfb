"""Landing from an agency's link: ``?via=CODE`` (and ``placement``) on a public page. docs/attribution.md says what holds.

The code of an open agency is kept with the session and the basket, and the click is counted; every other one is nothing.
Either way a 303 leads to the same address without the two.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import unquote_plus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.utils import timezone
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.http import escape_leading_slashes
from oscar.apps.basket.middleware import BasketMiddleware as OscarBasketMiddleware

from marketplace.partnerships import counting
from marketplace.partnerships.models import Agency
from marketplace.partnerships.services import agency_of_code
from marketplace.payments import attribution
from marketplace.payments.attribution import Visit
from storefront.embeds.addresses import BadUrl, parse
from storefront.embeds.kept import Unavailable
from storefront.embeds.kinds import kinds
from storefront.embeds.locating import locate
from storefront.embeds.remembered import recall
from storefront.embeds.subjects import Subject
from storefront.security import address_of

logger = logging.getLogger(__name__)
VIA, PLACEMENT = "via", "placement"
PLACE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
CARD = re.compile(r"([a-z]{1,20})-([0-9]{1,9})", re.ASCII)
# The name of what is kept in the session.
KEPT = "via"
# Clicks on links to pages that have no card, such as the home page, are counted under this name.
ANOTHER_PAGE = "page-0"


class SeeOther(HttpResponseRedirectBase):
    status_code = 303


class ViaMiddleware:
    """Behind the basket's middleware. An address without ``via`` costs a look at its text and nothing else."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """``view`` is what answers the address: its public pages only (storefront.public.public_page), and "/"."""
        if VIA not in request.META.get("QUERY_STRING", "") or request.method not in ("GET", "HEAD"):
            return None
        if request.path_info != "/" and not getattr(view, "is_public", False):
            return None
        if all(name != VIA for name, _piece in _pieces(request)):
            return None
        if request.method == "GET":
            try:
                _take(request)
            except DatabaseError:
                # The page itself may be in memory, and a reader matters more than who brought her.
                logger.warning("A visit by an agency's link could not be kept.", exc_info=True)
        response = SeeOther(clean_address(request))
        response["Cache-Control"] = "no-store"
        return response


def clean_address(request: HttpRequest) -> str:
    """Path and query of ``request`` without the two parameters, the others as they were; never of another host."""
    # As HttpRequest.get_full_path(): neither "//host" nor "/\host" is left for a browser to misread.
    path = escape_leading_slashes(escape_uri_path(request.path))
    query = "&".join(piece for name, piece in _pieces(request) if name not in (VIA, PLACEMENT))
    return f"{path}?{iri_to_uri(query)}" if query else path


def _pieces(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """(name, "name=value" as it stands in the address) of each parameter."""
    for piece in filter(None, request.META.get("QUERY_STRING", "").split("&")):
        yield unquote_plus(piece.partition("=")[0]), piece


def _given(request: HttpRequest, name: str) -> str:
    """The value of a parameter that is given once; else ""."""
    values = [piece.partition("=")[2] for found, piece in _pieces(request) if found == name]
    return unquote_plus(values[0]) if len(values) == 1 else ""


def _take(request: HttpRequest) -> None:
    """Keep the code if it is an open agency's. Robots keep nothing."""
    agent = request.headers.get("User-Agent", "")[:300]
    code = _given(request, VIA)
    if counting.is_robot(agent) or (agency := agency_of_code(code)) is None:
        return
    placement = _given(request, PLACEMENT)
    placement = placement if PLACE.fullmatch(placement) else ""
    subject = card_named(placement, request.LANGUAGE_CODE) or subject_of(request)
    visitor = counting.Visitor(address_of(request), agent)
    counting.click(
        code=agency.code, subject=subject or ANOTHER_PAGE, language=request.LANGUAGE_CODE, visitor=visitor
    )
    remember(request, Visit(agency, code, timezone.now(), subject, placement))


def card_named(placement: str, language: str) -> str:
    """The subject of the card on which the link stood, where ``placement`` is the name of one that there is; else ""."""
    found = CARD.fullmatch(placement)
    if not found or found[1] not in kinds:
        return ""
    try:
        subject, _age = recall(found[1], language, int(found[2]))
    except Unavailable:
        return ""
    return subject.name if isinstance(subject, Subject) else ""


def subject_of(request: HttpRequest) -> str:
    """The subject whose card belongs to the address, such as "story-7"; "" where there is none."""
    try:
        place = parse(f"{settings.SITE_URL}{request.get_full_path()}").place
    except BadUrl:
        return ""
    found = locate(place) if place else None
    return f"{found[0]}-{found[1]}" if found else ""


def remember(request: HttpRequest, visit: Visit) -> None:
    """Keep a visit with the session, and with the basket where there is one."""
    request.session[KEPT] = {
        "agency": visit.agency.pk,
        "code": visit.code,
        "subject": visit.subject,
        "placement": visit.placement,
        "at": visit.at.isoformat(),
    }
    if settings.OSCAR_BASKET_COOKIE_OPEN in request.COOKIES or request.user.is_authenticated:
        keep_with_basket(request)


def keep_with_basket(request: HttpRequest) -> None:
    """What the session remembers goes with the basket, which outlives it. Call it when a basket was added to, and before it
    becomes an order.
    """
    kept = request.session.get(KEPT)
    if not kept or not request.basket.id:
        return
    agency = Agency.objects.filter(pk=kept["agency"]).first()
    if agency:
        at = datetime.fromisoformat(kept["at"])
        visit = Visit(agency, kept["code"], at, kept["subject"], kept["placement"])
        attribution.keep_with_basket(basket=request.basket, visit=visit)


class BasketMiddleware(OscarBasketMiddleware):
    """Oscar's; a basket that becomes part of a buyer's own at log-in brings along who brought the buyer."""

    def merge_baskets(self, master, slave) -> None:
        attribution.hand_over(source=slave, target=master)
        super().merge_baskets(master, slave)
