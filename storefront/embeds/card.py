"""The framed card: one read-only document that agencies show on their own pages (docs/embedding.md)."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from storefront.embeds import policy, quick
from storefront.embeds.addresses import absolute, card_path
from storefront.embeds.answers import RETRY_AFTER, with_etag
from storefront.embeds.asked import Asked, asked_by, checked, query_of
from storefront.embeds.kept import Unavailable
from storefront.embeds.kinds import kinds
from storefront.embeds.locating import locate, locate_gone
from storefront.embeds.options import Options, read_options
from storefront.embeds.remembered import places, recall
from storefront.embeds.sizes import few_pieces
from storefront.embeds.subjects import Found, Gone, Subject
from storefront.market.choice import market_of, without_market

log = logging.getLogger(__name__)


@csrf_exempt
@require_safe
def card(request: HttpRequest, **_address) -> HttpResponse:
    """The same bytes for everyone: 200, 301 to the present slug and the one number, 404, 410, or 503 while the database is away.

    Under ``/embed/v1/card?url=…`` the card of the page with that address. Never an error page, whatever fails: it would
    stand in the middle of somebody's site.
    """
    asked = asked_by(request) or _nothing(request)
    try:
        return _answer(request, asked)
    except Unavailable:
        return _notice(asked, 503)
    except Exception:
        log.exception("A card could not be made: %s", request.path_info)
        return _notice(asked, 503)


@csrf_exempt
@require_safe
def absent(request: HttpRequest, **_address) -> HttpResponse:
    """Any other address below ``/embed/v1/`` and its successors: a card of no kind, so 404, or 503 like all others."""
    return card(request)


def _nothing(request: HttpRequest) -> Asked:
    """In the language that stands in the path where cards have theirs."""
    named = [part for part in request.path_info.split("/")[3:4] if part in settings.MARKETPLACE_STOREFRONT_LANGUAGES]
    return Asked(*(named or [settings.LANGUAGE_CODE]), checked(read_options(query_of(request))))


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Raises Unavailable."""
    kind, pk = (asked.kind, asked.pk) if asked.kind else _placed(asked)
    found, age = recall(kind, asked.language, pk, asked.options.currency)
    if isinstance(found, Gone):
        return _notice(asked, 410, found)
    if not isinstance(found, Subject):
        return _notice(asked, 404)
    if asked.kind and (found.pk, found.slug) != (asked.pk, asked.slug):
        here = card_path(asked.language, kind, found.slug, found.pk) + asked.options.query
        return policy.frameable(HttpResponsePermanentRedirect(here), asked.language, asked.options.via)
    return _show(request, asked, found, prices=age < quick.PRICES_LAST)


def _placed(asked: Asked) -> tuple[str, int]:
    """(kind, number) of the card for a page's address; a kind that is none where there is no such page."""
    place = asked.place
    key, _age = places.get(("also gone", place), lambda: (locate(place) or locate_gone(place)) if place else None)
    return key or ("", 0)


def _show(request: HttpRequest, asked: Asked, subject: Subject, *, prices: bool) -> HttpResponse:
    options = asked.options
    few = few_pieces(subject)
    pieces = [
        {**piece, "href": absolute(piece["url"], options, subject.name), "rest": at >= few}
        for at, piece in enumerate(subject.pieces)
    ]
    context = {
        "subject": subject,
        "href": absolute(subject.url, options) + subject.anchor,
        "canonical": absolute(without_market(subject.url)),
        "pieces": pieces,
        "prices": prices,
        "extra": _with_links(subject, options),
        "home": absolute(f"{market_of(subject.url)}/{subject.language}/", options),
    }
    with translation.override(subject.language):
        context["call"] = subject.call or kinds[subject.kind].call
        body = _render(kinds[subject.kind].template, asked, subject.language, context)
    response = policy.frameable(HttpResponse(body), subject.language, options.via)
    response.embed_shown = quick.Shown(subject.name, prices and bool(pieces or subject.piece))
    answer = with_etag(request, response)
    answer.framing_allowed = True  # a 304 may be framed like the card it stands for
    return answer


def _with_links(subject: Subject, options: Options) -> dict:
    """What a kind shows of its own; its rows with a ``url`` get a link that carries the agency's code."""

    def linked(row):
        if isinstance(row, dict) and "url" in row:
            return {**row, "href": absolute(row["url"], options, subject.name)}
        return row

    return {
        name: [linked(row) for row in value] if isinstance(value, list) else value
        for name, value in subject.extra.items()
    }


def _notice(asked: Asked, status: int, gone: Found = None) -> HttpResponse:
    """A small card instead of the one asked for. It says no more than its status does."""
    language, options = asked.language, asked.options
    if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        context = {
            "heading": {
                404: _("There is nothing to show here"),
                410: _("No longer available"),
                503: _("This card cannot be shown at the moment"),
            }[status],
            "gone": gone,
            "href": absolute(gone.back_url if gone else f"/{language}/", options),
        }
        response = HttpResponse(_render("notice", asked, language, context), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
        response["Cache-Control"] = "no-store"
    return policy.frameable(response, language, options.via)


def _render(name: str, asked: Asked, language: str, context: dict) -> str:
    options = asked.options
    return render_to_string(
        f"storefront/embeds/{name}.html",
        {
            "language": language,
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "theme": options.theme,
            "accent": options.accent,
            "shop_name": settings.MARKETPLACE_SHOP_NAME,
            "home": absolute(f"/{language}/", options),
            "script": policy.script(),
        }
        | context,
    )
