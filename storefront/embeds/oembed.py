"""The oEmbed provider: ``/oembed/?url=…`` → title, picture and html for the card (docs/embedding.md)."""

from django.apps import apps
from django.conf import settings
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from storefront.embeds import addresses
from storefront.embeds.addresses import BadUrl, Options, Place, absolute
from storefront.embeds.answers import MEDIA_TYPES, RETRY_AFTER, encode, with_etag
from storefront.embeds.kept import Unavailable
from storefront.embeds.remembered import places, recall
from storefront.embeds.sizes import Size, fit
from storefront.embeds.subjects import Restricted, Subject
from storefront.listing.directory import get_directory
from storefront.listing.place_pages import OWN_WORDS

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


class Refused(Exception):
    """The request gets the status in the first argument."""


@csrf_exempt
def oembed(request: HttpRequest, format: str = "") -> HttpResponse:
    """200, 400, 401, 404, 501 or 503 to GET and HEAD; 405 to the rest. Reads no session, sets no cookie."""
    if request.method not in ("GET", "HEAD"):
        return _public(HttpResponseNotAllowed(["GET", "HEAD"]))
    asked = request.GET.get("format") or format or "json"
    shown = format or (asked if asked in MEDIA_TYPES else "json")
    try:
        if asked not in MEDIA_TYPES:
            raise Refused(501)
        values, language = _answer(request)
    except Refused as refusal:
        return _refuse(refusal.args[0], shown)
    except Unavailable:
        return _refuse(503, shown)
    response = HttpResponse(encode(shown, "oembed", values), content_type=MEDIA_TYPES[shown])
    response["Cache-Control"] = CACHE_CONTROL
    response["Content-Language"] = language
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


def _answer(request: HttpRequest) -> tuple[dict[str, str | int], str]:
    """The values and their language. Raises Refused."""
    maxima = _whole(request, "maxwidth"), _whole(request, "maxheight")
    try:
        place = addresses.parse(request.GET.get("url", ""), request.get_host() if settings.DEBUG else "")
    except BadUrl:
        raise Refused(400) from None
    # Asked even for what is certainly not ours: while the database is away nothing is said to be missing.
    key, _age = places.get(place, lambda: _locate(place) if place else None)
    if key is None:
        raise Refused(404)
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in settings.MARKETPLACE_STOREFRONT_LANGUAGES else place.language
    subject, _age = recall(key[0], language, key[1])
    if isinstance(subject, Restricted):
        raise Refused(401)
    if not isinstance(subject, Subject):
        raise Refused(404)
    return describe(subject, fit(subject, *maxima), addresses.read_options(request.GET), maxima), subject.lang


def _whole(request: HttpRequest, name: str) -> int | None:
    """The parameter as a whole number, None when it is not given. Raises Refused."""
    value = request.GET.get(name, "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refused(400)
    return int(value) if value else None


def _locate(place: Place) -> tuple[str, int] | None:
    """(kind, id) of what lives, or lived until it was renamed, at ``place``."""
    if place.product_pk is not None:
        return "product", place.product_pk
    roots = get_directory(place.language).roots
    pages = Page.objects.filter(OWN_WORDS, live=True)
    # A page that is not translated is met under its path in another language's tree (storefront/serving.py).
    there = [f"{root}{place.path.strip('/')}/" for root in roots.values()]
    own = Case(When(locale__language_code=place.language, then=Value(0)), default=Value(1))
    here = pages.filter(url_path__in=there).order_by(own, "pk")
    # Agencies' old posts keep asking with the address from before a rename.
    old_path = Redirect.normalise_path(f"/{place.language}/{place.path}")
    return _kind_of(here) or _kind_of(pages.filter(redirect__old_path=old_path))


def _kind_of(pages: QuerySet) -> tuple[str, int] | None:
    """(kind, id) of the first page, None when there is none or its kind is not embedded. One statement."""
    row = pages.values_list("pk", "content_type__app_label", "content_type__model").first()
    kind = getattr(apps.get_model(*row[1:]), "embed_kind", "") if row else ""
    return (kind, row[0]) if kind else None


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
        values |= {"html": html(subject, size, options), "width": size.width, "height": size.height}
    return values


def thumbnail(picture: dict, maxwidth: int | None, maxheight: int | None) -> dict[str, str | int]:
    """The largest rendition within the maxima, all three values or none."""
    found: dict[str, str | int] = {}
    for source in filter(None, picture.get("srcset", "").split(", ")):
        url, _blank, width = source.rstrip("w").partition(" ")
        width, height = int(width), round(int(width) * picture["height"] / picture["width"])
        if width <= (maxwidth or width) and height <= (maxheight or height):
            found = {
                "thumbnail_url": absolute_file(url),
                "thumbnail_width": width,
                "thumbnail_height": height,
            }
    return found


def absolute_file(url: str) -> str:
    """A picture's full address; storages on another host give it already."""
    return url if addresses.origin_of(url) else absolute(url)


def html(subject: Subject, size: Size, options: Options) -> str:
    """A quotation and an empty frame: the shape that WordPress, Wagtail, Drupal and plain pages all show."""
    return format_html(
        '<blockquote><a href="{}">{}</a></blockquote>'
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy"'
        ' referrerpolicy="strict-origin-when-cross-origin" allow="fullscreen"></iframe>',
        absolute(subject.url, options),
        subject.title,
        absolute(subject.card_path) + options.query,
        subject.title,
        size.width,
        size.height,
    )
