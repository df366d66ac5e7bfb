"""The oEmbed provider: ``/oembed/?url=…`` → title, picture and html for the card (docs/embedding.md)."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt

from storefront.embeds import addresses
from storefront.embeds.addresses import absolute
from storefront.embeds.answers import MEDIA_TYPES, RETRY_AFTER, encode, with_etag
from storefront.embeds.asked import Asked, Refused, asked_by
from storefront.embeds.kept import Unavailable
from storefront.embeds.locating import locate
from storefront.embeds.options import Options
from storefront.embeds.quick import Shown
from storefront.embeds.remembered import places, recall
from storefront.embeds.sizes import Size, fit
from storefront.embeds.styles import frame_style
from storefront.embeds.subjects import Restricted, Subject

log = logging.getLogger(__name__)
CACHE_AGE = 86_400  # seconds that a consumer may keep the answer
CACHE_CONTROL = "public, max-age=3600, stale-if-error=604800"

# One body per status, whatever was asked for: an answer must not tell a draft from a page that never was.
REFUSALS = {
    400: "The parameter url is missing or no absolute URL, or maxwidth or maxheight is no whole number.",
    401: "This page is not public.",
    404: "There is nothing to embed at this URL.",
    501: "The format is not known. Use json or xml.",
    503: "The shop cannot answer now. Please ask again.",
}


@csrf_exempt
def oembed(request: HttpRequest, format: str = "") -> HttpResponse:
    """200, 400, 401, 404, 501 or 503 to GET and HEAD; 405 to the rest. Reads no session, sets no cookie."""
    if request.method not in ("GET", "HEAD"):
        return _public(HttpResponseNotAllowed(["GET", "HEAD"]))
    shown = format or "json"
    try:
        asked = asked_by(request)
        shown = asked.format
        values, language = _answer(asked)
    except Refused as refusal:
        return _refuse(refusal.args[0], refusal.args[1] if len(refusal.args) > 1 else shown)
    except Unavailable:
        return _refuse(503, shown)
    except Exception:
        log.exception("oEmbed could not answer.")
        return _refuse(503, shown)
    response = HttpResponse(encode(shown, "oembed", values), content_type=MEDIA_TYPES[shown])
    response["Cache-Control"] = CACHE_CONTROL
    response["Content-Language"] = language
    response.embed_shown = Shown()
    return _public(with_etag(request, response))


def _public(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _refuse(status: int, format: str) -> HttpResponse:
    body = encode(format, "error", {"status": status, "message": REFUSALS[status]})
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPES[format])
    response["Cache-Control"] = "no-store" if status == 503 else "public, max-age=60"
    response["Content-Language"] = "en"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return _public(response)


def _answer(asked: Asked) -> tuple[dict[str, str | int], str]:
    """The values and their language. Raises Refused, Unavailable."""
    place = asked.place
    # Asked even for what is certainly not ours: while the database is away nothing is said to be missing.
    key, _age = places.get(place, lambda: locate(place) if place else None)
    if key is None:
        raise Refused(404)
    subject, _age = recall(key[0], asked.language, key[1], asked.options.currency)
    if isinstance(subject, Restricted):
        raise Refused(401)
    if not isinstance(subject, Subject):
        raise Refused(404)
    return describe(subject, fit(subject, *asked.maxima), asked.options, asked.maxima), subject.lang


def describe(
    subject: Subject, size: Size | None, options: Options, maxima: tuple[int | None, int | None]
) -> dict:
    """The oEmbed values: type ``rich``, or ``link`` where the asked size holds no card (``size`` is None)."""
    values: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich" if size else "link",
        "title": subject.title,
        "author_name": subject.author or settings.MARKETPLACE_SHOP_NAME,
        "author_url": absolute(subject.author_url or f"/{subject.language}/"),
        "provider_name": settings.MARKETPLACE_SHOP_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": CACHE_AGE,
    }
    values |= thumbnail(subject.picture, *maxima)
    if size:
        values |= {"html": html(subject, size, options, maxima[1]), "width": size.width, "height": size.height}
    return values


def thumbnail(picture: dict, maxwidth: int | None, maxheight: int | None) -> dict[str, str | int]:
    """The largest rendition within the maxima, all three values or none."""
    found: dict[str, str | int] = {}
    for source in filter(None, picture.get("srcset", "").split(", ")):
        url, _blank, width = source.rstrip("w").partition(" ")
        width, height = int(width), round(int(width) * picture["height"] / picture["width"])
        if (maxwidth is None or width <= maxwidth) and (maxheight is None or height <= maxheight):
            found = {
                "thumbnail_url": absolute_file(url),
                "thumbnail_width": width,
                "thumbnail_height": height,
            }
    return found


def absolute_file(url: str) -> str:
    """A picture's full address; storages on another host give it already."""
    return url if addresses.origin_of(url) else absolute(url)


def html(subject: Subject, size: Size, options: Options, maxheight: int | None = None) -> str:
    """A quotation and an empty frame: the shape that WordPress, Wagtail, Drupal and plain pages all show.

    By its style the frame is as high as a narrow card on a phone; consumers that take the style away have its attributes.
    """
    return format_html(
        '<blockquote><a href="{}">{}</a></blockquote>'
        '<iframe src="{}" title="{}" width="{}" height="{}" style="{}" frameborder="0" loading="lazy"'
        ' referrerpolicy="strict-origin-when-cross-origin" allow="fullscreen"></iframe>',
        absolute(subject.url, options),
        subject.title,
        absolute(subject.card_path) + options.query,
        subject.title,
        size.width,
        size.height,
        frame_style(subject, size, maxheight),
    )
