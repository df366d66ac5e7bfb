import re
from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.citations import cite
from marketplace.money import Money, format_money
from storefront.lang import in_language, lang_attribute
from storefront.listing.directory import get_directory

register = template.Library()
FIRST_TAG, HEADING = re.compile(r"<[a-z0-9]+"), re.compile(r"<h[1-6]")


@register.filter
def money(value: Money | None) -> str:
    """An amount in the active language; empty for None."""
    return format_money(value, get_language()) if value is not None else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Date and time by the clock that is active, with the name of its zone."""
    return formats.moment(value) if value else ""


@register.filter
def day(value: date | None) -> str:
    """A date in words in the active language; empty for None."""
    return formats.day(value) if value else ""


@register.filter
def og_locale(language: str) -> str:
    """A language code as Open Graph wants it, with a territory: "ja_JP", "zh_TW"."""
    return formats.locale_with_territory(language)


@register.simple_tag
def text_lang(lang: str) -> SafeString | str:
    """A lang attribute for text that is in another language than the page."""
    return lang_attribute(lang)


@register.filter
def named(thing: Mapping | None) -> SafeString | str:
    """The name of a place (page_contexts.place_link) as HTML, with a lang of its own where it needs one."""
    return in_language(thing["name"], thing.get("lang", "")) if thing else ""


@register.simple_tag(takes_context=True)
def reader_lang(context: dict) -> SafeString | str:
    """A lang attribute for the interface within words of a page that stands in for a translation."""
    page_lang = context.get("page_lang")
    return format_html(' lang="{}"', get_language()) if page_lang and page_lang != get_language() else ""


@register.simple_tag
def source(text: str) -> SafeString | str:
    """Who says so, small: the name as staff wrote it, in English, and that nobody has checked it where that is so."""
    cited = cite(text)
    parts = [format_html('<span lang="en">{}</span>', cited.named)] if cited.named else []
    parts += [] if cited.verified else [_("not verified yet")]
    return format_html('<small class="soft">{}</small>', format_html_join(" · ", "{}", zip(parts))) if parts else ""


@register.simple_tag(takes_context=True)
def part_lang(context: dict, part: str) -> SafeString | str:
    """A lang attribute for a field or block of the page: the page's language, or the source's while it waits."""
    waits = part in context.get("untranslated", ())
    return lang_attribute(context["source_lang"] if waits else context.get("page_lang", ""))


@register.simple_tag(takes_context=True)
def body_block(context: dict, block) -> SafeString:
    """A block of a page's body; one that nobody has translated says so and carries its own lang."""
    drawn = block.render(context=context.flatten())
    said = context.get("waiting", {}).get(block.id)
    if not said:
        return drawn
    if block.id in context["untranslated"]:
        # The pieces on a shelf are in the reader's language; only its title waits.
        place = HEADING if block.block_type == "shelf" else FIRST_TAG
        drawn = place.sub(rf"\g<0>{lang_attribute(context['source_lang'])}", drawn, count=1)
    return format_html('<p class="waits"><span class="text-label">{}</span></p>{}', said, mark_safe(drawn))


@register.tag
def kept(parser: Parser, token: Token) -> "Kept":
    """{% kept name %} … {% endkept %}: drawn once per language and version of public content, then the same for every page.

    For parts of the frame that depend on nothing of the page. ``name`` is the part's own.
    """
    _tag, name = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(name, nodes)


class Kept(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> SafeString:
        # While somebody edits templates they are to be seen.
        if settings.DEBUG or "LANG" not in context:
            return self.nodelist.render(context)
        directory = get_directory(context["LANG"])
        return directory.keep(("drawn", self.name), lambda: self.nodelist.render(context))
