"""Two pages for everybody, the same for everybody: what agencies get, and what developers need."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace import formats
from storefront.agency import snippets
from storefront.agency.examples import Shown, examples
from storefront.agency.providers import drupal_provider, registry_entry, wagtail_provider
from storefront.agency.terms import describe_terms
from storefront.embeds.addresses import absolute, origin_of
from storefront.embeds.kinds import kinds
from storefront.embeds.options import Options
from storefront.embeds.sizes import USUAL_WIDTH

EXAMPLE_CODE = "your-code"
CACHE_CONTROL = "public, max-age=300"
# CSS pixels: three of them stand side by side.
NARROW = 380
CARD = "<language>/<kind>/<slug>-<number>/?currency=KRW&theme=dark&accent=0b6e4f&via=<code>"
SLUG = "the-slug"
# For pages without the loader: the frame gets the height that its card tells.
MESSAGE = """addEventListener("message", (event) => {
  if (event.data?.type !== "ovop:height") return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow !== event.source) continue;
    const height = Number(event.data.height);
    if (height > 0) frame.style.height = `${Math.min(height, 2000)}px`;
  }
});
"""


@require_safe
def for_agencies(request: HttpRequest) -> HttpResponse:
    """What it is, the terms in plain words, how it looks, how one is paid, how to take part."""
    context = {
        "terms": describe_terms(),
        "examples": [_example(shown) for shown in examples(get_language())],
        "apply_url": reverse("agency-apply"),
        "desk_url": reverse("agency:home"),
        "paid_url": reverse("desk:how-paid"),
    }
    return _public(render(request, "storefront/agency/for_agencies.html", context))


@require_safe
def for_developers(request: HttpRequest) -> HttpResponse:
    """Addresses, options, headers, snippets, feeds and the API, with live examples."""
    found = list(examples(get_language()))
    shown = found[0] if found else None
    options = Options(theme="light", via=EXAMPLE_CODE, accent="0b6e4f")
    context = {
        "examples": [_example(one, USUAL_WIDTH) for one in found[:1]],
        "snippets": _snippets(shown, options) if shown else {},
        "loader": snippets.loader(),
        "pinned_loader": snippets.pinned_loader(),
        "csp": f"frame-src {origin()}; script-src {origin()}",
        "origin": origin(),
        "oembed_url": absolute("/oembed/"),
        "wagtail": wagtail_provider(),
        "drupal": drupal_provider(),
        "registry": registry_entry(shown),
        "card_address": absolute("/embed/v1/") + CARD,
        "kinds": [kind.name for kind in kinds],
        "message": MESSAGE,
        "frame_note": snippets.frame_note(),
        "room_note": snippets.room_note(),
        "feeds": feeds(),
        "api": api(),
        "free_per_minute": formats.number(settings.MARKETPLACE_API["PER_MINUTE"]),
        "api_call": f'curl -H "Authorization: Bearer <key>" "{absolute(reverse("api:stories"))}?lang={get_language()}&limit=10"',
        "card_languages": settings.MARKETPLACE_STOREFRONT_LANGUAGES,
    }
    return _public(render(request, "storefront/agency/for_developers.html", context))


def feeds() -> list[tuple[str, dict]]:
    """Name → its address in the reader's language; of one village or currency as a pattern."""
    whole = (
        (_("Stories (Atom)"), "stories-atom"),
        (_("Stories (RSS)"), "stories-rss"),
        (_("Villages as GeoJSON"), "villages-geojson"),
        (_("Visit days of all villages (iCalendar)"), "visits-ics"),
    )
    parts = (
        (_("Stories of one village (Atom)"), "village-atom", {"slug": SLUG}),
        (_("Stories of one craft (Atom)"), "craft-atom", {"slug": SLUG}),
        (_("Visit days of one village (iCalendar)"), "village-ics", {"slug": SLUG}),
        (_("All pieces, for merchant centres"), "merchant", {"currency": settings.MARKETPLACE_CURRENCY.lower()}),
    )
    found = [(name, {"href": url, "text": absolute(url), "live": True}) for name, route in whole for url in [_feed(route)]]
    for name, route, given in parts:
        url = _feed(route, **given)
        shown = absolute(url).replace(SLUG, "<slug>")
        found.append((name, {"href": url, "text": shown, "live": SLUG not in url}))
    return found


def api() -> list[tuple[str, str]]:
    """Name → address."""
    names = (
        (_("What there is"), "index"),
        (_("Stories"), "stories"),
        (_("Villages"), "villages"),
        (_("Pieces"), "pieces"),
        (_("Description for programs (OpenAPI)"), "openapi"),
    )
    return [(name, absolute(reverse(f"api:{route}"))) for name, route in names]


def _feed(route: str, **kwargs) -> str:
    return reverse(f"feeds:{route}", kwargs=kwargs)


def origin() -> str:
    """Scheme and host of the shop, as a policy names it."""
    return origin_of(settings.SITE_URL)


def _snippets(shown: Shown, options: Options) -> dict[str, str]:
    return {
        "address": snippets.address(shown.told, options),
        "frame": snippets.frame(shown.told, options, USUAL_WIDTH, shown.height(USUAL_WIDTH)),
        "element": snippets.element(shown.told, options, USUAL_WIDTH),
        "compat": snippets.compat(shown.told, options, USUAL_WIDTH),
        "oembed": snippets.oembed_address(shown.told, options),
    }


def _example(shown: Shown, width: int = NARROW) -> dict:
    """A live card, as an agency's page has it but for the code."""
    row = shown.subject
    return {
        "src": row.card_path,
        "title": _("Example: %(title)s") % {"title": row.title},
        "width": width,
        "height": shown.height(width),
    }


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = CACHE_CONTROL
    return response
