"""The framed card: one read-only document that agencies show on their own pages (docs/embedding.md)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from storefront.embeds import policy
from storefront.embeds.addresses import Options, absolute, card_path, read_options
from storefront.embeds.answers import RETRY_AFTER, with_etag
from storefront.embeds.kept import Unavailable
from storefront.embeds.remembered import recall
from storefront.embeds.subjects import Gone, Subject, call_to_act

# While the database is away a kept card stays; its prices only this long. Seconds.
PRICES_LAST = 6 * 3600


@csrf_exempt
@require_safe
def card(request: HttpRequest, language: str, kind: str, slug: str, pk: str) -> HttpResponse:
    """The same bytes for everyone: 200, 301 to the present slug, 404, 410, or 503 while the database is away.

    The project's page cache is not used: it asks the database first, and would keep a copy per agency code.
    """
    options = read_options(request.GET)
    try:
        found, age = recall(kind, language, int(pk))
    except Unavailable:
        return _notice(request, language, options, 503)
    if isinstance(found, Gone):
        return _notice(request, language, options, 410, found)
    if not isinstance(found, Subject):
        return _notice(request, language, options, 404)
    if found.slug != slug:
        here = card_path(language, kind, found.slug, found.pk) + options.query
        return policy.frameable(HttpResponsePermanentRedirect(here), language)
    return _show(request, found, options, prices=age < PRICES_LAST)


@csrf_exempt
@require_safe
def absent(request: HttpRequest) -> HttpResponse:
    """Any other address below ``/embed/v1/``: a card of no kind, so 404, or 503 like all others."""
    return card(request, settings.LANGUAGE_CODE, kind="", slug="", pk="0")


def _show(request: HttpRequest, subject: Subject, options: Options, *, prices: bool) -> HttpResponse:
    pieces = [{**piece, "href": absolute(piece["url"], options)} for piece in subject.pieces]
    context = {
        "subject": subject,
        "href": absolute(subject.url, options),
        "canonical": absolute(subject.url),
        "pieces": pieces,
        "prices": prices,
    }
    with translation.override(subject.language):
        context["call"] = call_to_act(subject.kind)
        body = _render("card", subject.language, options, context)
    return with_etag_framed(request, HttpResponse(body), subject.language)


def with_etag_framed(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """The card with its headers; a 304 carries them, too, and may be framed like the card it stands for."""
    answer = with_etag(request, policy.frameable(response, language))
    answer.framing_allowed = True
    return answer


def _notice(
    request: HttpRequest, language: str, options: Options, status: int, gone: Gone | None = None
) -> HttpResponse:
    """A small card instead of the one asked for. It says no more than its status does."""
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
        response = HttpResponse(_render("notice", language, options, context), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
        response["Cache-Control"] = "no-store"
    return policy.frameable(response, language)


def _render(name: str, language: str, options: Options, context: dict) -> str:
    return render_to_string(
        f"storefront/embeds/{name}.html",
        context
        | {
            "language": language,
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "theme": options.theme,
            "shop_name": settings.MARKETPLACE_SHOP_NAME,
            "home": absolute(f"/{language}/", options),
            "script": policy.script(),
        },
    )
