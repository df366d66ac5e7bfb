"""Goods as a Merchant feed: RSS 2.0 with Google's names (https://support.google.com/merchants/answer/7052112)."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from storefront.feeds.merchant.reading import Item
from storefront.feeds.xml import clean
from storefront.linked_data.nodes import amount

G = "http://base.google.com/ns/1.0"
# What the format takes, in signs.
LONGEST = {"title": 150, "g:description": 5000, "g:brand": 70, "g:product_type": 750, "g:material": 200}


def opening(title: str, link: str, description: str, language: str) -> str:
    words = "".join(_element(name, text) for name, text in (("title", title), ("link", link), ("description", description)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rss version="2.0" xmlns:g="{G}"><channel>{words}<language>{language}</language>\n'
    )


def closing(items: int, left_out: Mapping[str, int]) -> str:
    """``left_out``: what is missing → how many. The counts stand where whoever looks into the file finds them."""
    rows = "".join(f"; {number} left out for want of a {missing}" for missing, number in left_out.items())
    return f"<!-- {items} items{rows} -->\n</channel></rss>\n"


def written(item: Item, destination: str) -> str:
    """``destination``: the economy of the market, for the postage."""
    return f"<item>{''.join(_element(name, text) for name, text in _fields(item) if text)}{_shipping(item, destination)}</item>\n"


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    yield "g:id", str(item.id)
    yield "title", item.title
    yield "g:description", item.description
    yield "link", item.link
    yield "g:image_link", item.picture
    yield "g:availability", "in_stock" if item.available else "out_of_stock"
    yield "g:price", f"{amount(item.price)} {item.price.currency}"
    yield "g:condition", "used" if item.old else "new"
    yield "g:brand", item.brand
    # Hand-made goods have no number of a manufacturer.
    yield ("g:gtin", item.gtin) if item.gtin else ("g:identifier_exists", "no")
    yield "g:item_group_id", str(item.group) if item.group else ""
    yield "g:size", item.size
    yield "g:color", item.colour
    yield "g:material", "/".join(item.materials)
    yield "g:product_type", item.craft
    if item.days is not None:
        yield "g:max_handling_time", str(item.days)
    yield "g:ships_from_country", item.origin
    yield "g:shipping_weight", f"{item.weight_g} g"


def _shipping(item: Item, destination: str) -> str:
    if item.postage is None:
        return ""
    price = f"{amount(item.postage)} {item.postage.currency}"
    return f"<g:shipping>{_element('g:country', destination)}{_element('g:price', price)}</g:shipping>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(clean(text)[: LONGEST.get(name)])}</{name}>"
