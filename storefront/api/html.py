"""A story's text as HTML that can stand on any page: a few elements, whole addresses, nothing that runs or looks.

What editors wrote goes through Wagtail's whitelist with rules of our own; all other words are escaped.
"""

from collections.abc import Callable, Iterable, Mapping

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule, check_url

from storefront.linked_data.nodes import absolute, largest
from storefront.pictures import LARGE, describe

PLAIN = ("[document]", "b", "br", "em", "h2", "h3", "i", "li", "ol", "p", "strong", "sub", "sup", "ul")


def _link(href: str) -> str | None:
    """A whole address that a reader may follow; None for one that runs."""
    href = href.strip()
    if href.startswith("//"):
        return None
    return check_url(absolute(href))


class SafeHtml(Whitelister):
    element_rules = dict.fromkeys(PLAIN, allow_without_attributes) | {"a": attribute_rule({"href": _link})}

    def clean_string_node(self, doc: BeautifulSoup, node: NavigableString) -> None:
        # Comments, CDATA, declarations: what is written out as it stands.
        if isinstance(node, PreformattedString):
            node.extract()

    def clean_tag_node(self, doc: BeautifulSoup, tag: Tag) -> None:
        if tag.name in ("script", "style", "template", "noscript"):
            tag.decompose()
        else:
            super().clean_tag_node(doc, tag)


def safe(html: str) -> SafeString:
    return mark_safe(SafeHtml().clean(html))


def html_of(body: Iterable, cards: Mapping[str, list[dict]]) -> str:
    """Of a page's blocks, within preload.preloaded. ``cards``: the page's shelves as page_contexts.shelf_cards has them."""
    return "\n".join(filter(None, (_block(block, cards) for block in body)))


def _block(block, cards: Mapping[str, list[dict]]) -> str:
    if block.block_type in ("product", "shelf"):
        return _pieces(block, cards)
    draw = DRAWN.get(block.block_type)
    return draw(block.value) if draw else ""


def _text(value: Mapping) -> str:
    return _heading(value["heading"]) + safe(expand_db_html(value["text"].source))


def _heading(words: str | None) -> SafeString:
    return format_html("<h2>{}</h2>", words) if words else SafeString("")


def _figure(image, alt: str, words: Iterable[str | None]) -> SafeString:
    shown = describe(image, LARGE, alt=alt)
    if not shown:
        return SafeString("")
    said = " · ".join(filter(None, words))
    caption = format_html("<figcaption>{}</figcaption>", said) if said else ""
    picture = '<img src="{}" width="{}" height="{}" alt="{}">'
    drawn = format_html(picture, largest(shown), shown["width"], shown["height"], alt)
    return format_html("<figure>{}{}</figure>", drawn, caption)


def _picture(value: Mapping) -> str:
    return _figure(value["image"], value["alt"], [value["caption"], value["credit"]])


def _gallery(value: Mapping) -> str:
    drawn = "".join(_figure(item["image"], item["alt"], [item["credit"]]) for item in value["pictures"])
    return drawn + (format_html("<p>{}</p>", value["caption"]) if value["caption"] else "")


def _quote(value: Mapping) -> str:
    speaker = ", ".join(filter(None, [value["speaker"], value["role"]]))
    return format_html("<blockquote><p>{}</p></blockquote><p>{}</p>", value["quote"], speaker)


def _steps(value: Mapping) -> str:
    rows = (
        (step["title"], step["text"], _figure(step["picture"], step["alt"] or "", [step["credit"]]))
        for step in value["steps"]
    )
    items = format_html_join("", "<li><h3>{}</h3><p>{}</p>{}</li>", rows)
    return format_html("{}<ol>{}</ol>", _heading(value["title"]), items)


def _map_point(value: Mapping) -> str:
    return format_html("<p>{} ({}, {})</p>", value["label"], value["latitude"], value["longitude"])


DRAWN: dict[str, Callable[[Mapping], str]] = {
    "text": _text,
    "picture": _picture,
    "gallery": _gallery,
    "quote": _quote,
    "steps": _steps,
    "map_point": _map_point,
}


def _pieces(block, cards: Mapping[str, list[dict]]) -> str:
    """Links to the pieces that the block shows; their prices are in the answer's ``pieces``."""
    context = block.block.get_context(block.value, parent_context={"shelf_cards": cards})
    shown = context["cards"] if "cards" in context else [card for card in [context["card"]] if card]
    rows = ((absolute(card["url"]), card["title"]) for card in shown)
    items = format_html_join("", '<li><a href="{}">{}</a></li>', rows)
    return format_html("{}<ul>{}</ul>", _heading(context.get("title")), items) if items else ""
