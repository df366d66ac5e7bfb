"""What an agency copies into its own page. Pure but for the settings.

Every snippet is plain text here: HTML that is right as HTML (each value escaped once). A page that shows one escapes it
again, as it escapes any text, so that a title with markup in it breaks neither the agency's page nor the desk.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from storefront.embeds.kinds.maps import economy_of_number
from storefront.embeds.loading import floating, pinned
from storefront.embeds.options import Options
from storefront.embeds.sizes import MARGINS
from storefront.embeds.styles import ABREAST, LARGE, height_by_page
from storefront.market.choice import without_market

ELEMENT = "ovop-story"
COMPAT = "ovop-story-compat"
# Kinds that share a page with another kind: the page's address says which card is meant (storefront/embeds/kinds).
BESIDE = ("visits", "map")


@dataclass(frozen=True)
class Told:
    """The subject of a card as a snippet names it. ``url`` and ``card_path`` are paths on the shop.

    ``heights``: (of a narrow card, of one from 560 pixels on, from 800 on), so that a page keeps room and does not jump.
    """

    kind: str
    pk: int
    url: str
    card_path: str
    title: str
    lang: str
    heights: tuple[int, int, int]


def address(told: Told, options: Options) -> str:
    """The page's address with everything that was chosen: what is pasted into WordPress and others that know oEmbed."""
    pairs = [("card", told.kind)] if told.kind in BESIDE else []
    pairs += [("economy", economy_of_number(told.pk))] if told.kind == "map" and told.pk else []
    pairs += _pairs(options)
    # The currency says in which market its prices are; the page is the same in all of them.
    return _with(_absolute(without_market(told.url)), pairs)


def shop_link(told: Told, options: Options) -> str:
    """Where a reader goes: the page, with the agency's code and nothing else."""
    return _with(_absolute(told.url), [("via", options.via)] if options.via else [])


def _text(markup: SafeString) -> str:
    """Markup as plain text, which templates escape like any other: ``str()`` would leave it marked as safe."""
    return "".join(iter(markup))


def frame(told: Told, options: Options, width: int, height: int) -> str:
    """A frame of fixed height, without any script: at most ``width`` wide, and higher on a phone, by its style alone.

    Where a policy takes the style away, ``width`` and ``height`` remain.
    """
    style = f"width:100%;max-width:{width}px"
    if width >= ABREAST:
        narrow, middle, large = told.heights
        # With the loader frames grow, so only a plain one counts with the page's margins.
        steps = (middle, max(height, large)) if width >= LARGE else (max(height, middle),)
        style += f";height:{height_by_page(narrow, *steps, margins=MARGINS)}"
    return _text(
        format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" style="{}" frameborder="0" loading="lazy"'
            ' referrerpolicy="strict-origin-when-cross-origin" allow="fullscreen"></iframe>',
            _absolute(told.card_path) + options.query,
            told.title,
            width,
            height,
            style,
        )
    )


def element(told: Told, options: Options, width: int) -> str:
    """The element and its loader: the frame is always as high as the card. ``width``: of its place on the page."""
    attributes = [("src", element_address(told)), *_attributes(told, options, width), ("style", room_style(told, width))]
    return _text(
        format_html(
            '<{name}{attributes}>\n  <a href="{href}">{title}</a>\n</{name}>\n{loader}',
            name=SafeString(ELEMENT),
            attributes=_written(attributes),
            href=shop_link(told, options),
            title=told.title,
            loader=_loader(),
        )
    )


def compat(told: Told, options: Options, width: int) -> str:
    """The same for builders that strip elements which they do not know."""
    attributes = [("src", element_address(told)), *_attributes(told, options, width)]
    return _text(
        format_html(
            '<div class="{}"{} style="{}">\n  <a href="{}">{}</a>\n</div>\n{}',
            COMPAT,
            _written([(f"data-{name}", value) for name, value in attributes]),
            room_style(told, width),
            shop_link(told, options),
            told.title,
            _loader(),
        )
    )


def room_style(told: Told, width: int) -> str:
    """Keeps room for the card before the loader is there, which can reserve nothing until then (docs/embedding.md)."""
    narrow, abreast, large = told.heights
    if width < ABREAST:
        return f"display:block;min-height:{narrow}px"
    low = max(abreast, large) if width >= LARGE else abreast
    return f"display:block;min-height:{height_by_page(narrow, low, margins=0)}"


def room_note() -> str:
    """What the style of an element is for, and who leaves it out."""
    return _(
        "The style keeps room for the card, so that your page does not jump. Leave it out where a Content Security Policy"
        " forbids inline styles."
    )


def frame_note() -> str:
    """The same of a plain frame."""
    return _(
        "The style makes the frame as wide as its place, and higher on a phone. Leave it out where a Content Security"
        " Policy forbids inline styles."
    )


def element_address(told: Told) -> str:
    return address(told, Options())


def loader() -> str:
    """The newest of v1, whatever is mended in it later."""
    return _text(_loader())


def pinned_loader() -> str:
    """These bytes and no others, for whoever has to vouch for every script."""
    markup = '<script async src="{}" integrity="{}" crossorigin="anonymous"></script>'
    return _text(format_html(markup, *pinned()))


def _loader() -> SafeString:
    return format_html('<script async src="{}"></script>', floating())


def _attributes(told: Told, options: Options, width: int) -> list[tuple[str, str]]:
    narrow, abreast, large = told.heights
    room = f"0:{narrow} {ABREAST}:{abreast}" + (f" {LARGE}:{large}" if width >= LARGE else "")
    return [("lang", told.lang), *_pairs(options), ("height", room)]


def _pairs(options: Options) -> list[tuple[str, str]]:
    given = [
        ("currency", options.currency),
        ("theme", options.theme),
        ("accent", options.accent),
        ("via", options.via),
    ]
    return [(name, value) for name, value in given if value]


def _written(attributes: list[tuple[str, str]]) -> SafeString:
    return format_html_join("", ' {}="{}"', attributes)


def _with(url: str, pairs: list[tuple[str, str]]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}" if pairs else url


def _absolute(path: str) -> str:
    return iri_to_uri(settings.SITE_URL + path)


def oembed_address(told: Told, options: Options) -> str:
    """What a program asks for the card of a page."""
    return f"{_absolute('/oembed/')}?{urlencode({'url': address(told, options)})}"
