"""Every public piece as goods to list elsewhere, some hundred at a time: memory does not grow with the shop."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.db.models import F, Q

from catalogue.models import Product, ProductText
from catalogue.text import chain, choose
from marketplace.economies.markets import MarketChoice
from marketplace.money import Money
from storefront.feeds.merchant.sending import Sending, sending_to
from storefront.linked_data.nodes import absolute, largest
from storefront.listing.cards import language_of, product_path
from storefront.listing.directory import Directory, get_directory
from storefront.listing.models import ProductCard
from storefront.listing.slugs import slug_of
from storefront.market.choice import prefix
from storefront.market.prices import selling_price

BATCH = 400
State = ProductCard.State
# The columns of a piece that a feed, packing and customs read.
FIELDS = (
    *("structure", "parent_id", "supply", "title", "source_language", "gtin", "contains", "origin", "hs_code", "upc"),
    *("net_weight_g", "length_mm", "width_mm", "height_mm", "lead_days", "variant_size", "variant_colour"),
    *("customs_description", "species", "alcohol_percent"),
)
STOCK = ("price", "price_currency", "num_in_stock", "num_allocated")


@dataclass(frozen=True)
class Item:
    """One thing that can be bought: a piece, or a variant (``group`` is its piece then). ``price`` in the market's currency.

    ``postage`` None: it is not known. ``weight_g``: with packing. ``days``: to make it. ``brand``: its maker.
    """

    id: int
    group: int | None
    title: str
    description: str
    link: str
    picture: str
    price: Money
    available: bool
    old: bool
    brand: str
    gtin: str
    craft: str
    materials: tuple[str, ...]
    size: str
    colour: str
    days: int | None
    origin: str
    weight_g: int
    postage: Money | None


@dataclass(frozen=True)
class LeftOut:
    """Something public that cannot be listed: a piece's or variant's id, its code, and what is missing.

    A price above zero; or a picture, without which Google refuses an item.
    """

    id: int
    code: str
    missing: Literal["price", "picture"] = "price"


def goods(language: str, market: MarketChoice | None) -> Iterator[list[Item | LeftOut]]:
    """All goods in batches, by their ids. ``market`` None: the shop's own prices, and nothing about sending."""
    last = 0
    while True:
        cards = ProductCard.objects.filter(visible=True, pk__gt=last).defer("search_text").order_by("pk")
        batch = list(cards[:BATCH])
        if not batch:
            break
        last = batch[-1].pk
        yield _read(batch, language, market)
    yield _without_card()


def _without_card() -> list[LeftOut]:
    """Public pieces that have no card: nobody gave them a price, so they have no page either."""
    rows = Product.objects.filter(is_public=True, card=None).exclude(structure=Product.CHILD).order_by("pk")
    return [LeftOut(pk, code or "") for pk, code in rows.values_list("pk", "upc")]


def _read(cards: list[ProductCard], language: str, market: MarketChoice | None) -> list[Item | LeftOut]:
    """At most six statements, however many cards."""
    ids = [card.pk for card in cards]
    pieces = Product.objects.only(*FIELDS).in_bulk(ids)
    parents = [pk for pk in ids if pk in pieces and pieces[pk].is_parent]
    variants = _variants(parents, pieces)
    words = _words([*ids, *(row.pk for rows in variants.values() for row in rows)], language)
    sending = sending_to(market, [*pieces.values(), *(row for rows in variants.values() for row in rows)], cards)
    directory, found = get_directory(language), []
    for card in cards:
        piece = pieces.get(card.pk)
        if piece is None:
            continue
        made = _Maker(card, piece, words, directory, market, sending)
        if piece.is_parent:
            found += [made.variant(row) for row in variants.get(piece.pk, ())]
        else:
            found.append(made.piece())
    return found


def _variants(parents: list[int], pieces: dict[int, Product]) -> dict[int, list[Product]]:
    """Piece → its public variants in their order, each with its first stock row as ``stock`` (see STOCK) or None."""
    found: dict[int, dict[int, Product]] = {}
    if not parents:
        return {}
    for row in Product.objects.filter(parent__in=parents, is_public=True).only(*FIELDS).order_by("pk"):
        row.parent, row.stock = pieces[row.parent_id], None
        found.setdefault(row.parent_id, {})[row.pk] = row
    known = {pk: row for group in found.values() for pk, row in group.items()}
    if known:
        stock = Product.stockrecords.rel.related_model.objects.filter(product__in=known).order_by("pk")
        for pk, *values in stock.values_list("product_id", *STOCK):
            known[pk].stock = known[pk].stock or values
    return {pk: list(group.values()) for pk, group in found.items()}


class Words(NamedTuple):
    title: str
    summary: str
    description: str


def _words(ids: list[int], language: str) -> dict[int, dict[str, Words]]:
    """Product → language → words: those that readers of ``language`` may be shown. Rows alone, since there are so many.

    What still repeats the source is no translation (catalogue.text.by_language).
    """
    shown = Q(locale__language_code__in=chain(language, language)) | Q(locale__language_code=F("owner__source_language"))
    rows = ProductText.objects.filter(shown, owner__in=ids).order_by("pk")
    found: dict[int, dict[str, Words]] = {}
    sources: dict[int, str] = {}
    for pk, source, code, *words in rows.values_list(
        "owner_id", "owner__source_language", "locale__language_code", *Words._fields
    ):
        sources[pk] = source
        found.setdefault(pk, {})[code] = Words(*words)
    for pk, texts in found.items():
        own = texts.get(sources[pk])
        found[pk] = {code: row for code, row in texts.items() if code == sources[pk] or row != own}
    return found


class _Maker:
    """Makes the items of one card."""

    def __init__(
        self,
        card: ProductCard,
        piece: Product,
        words: dict[int, dict[str, Words]],
        directory: Directory,
        market: MarketChoice | None,
        sending: Sending,
    ) -> None:
        self.card, self.own, self.words, self.directory, self.market = card, piece, words, directory, market
        self.sending, self.language = sending, directory.language
        text = card.texts.get(language_of(card, self.language)) or {"title": card.slug, "summary": ""}
        self.title, self.summary = text["title"], text["summary"]

    def piece(self) -> Item | LeftOut:
        price = Money(self.card.price, self.card.currency)
        return self._item(self.own, price, self.title, self.card.state != State.SOLD_OUT)

    def variant(self, row: Product) -> Item | LeftOut:
        amount, currency, in_stock, allocated = row.stock or (None, "", 0, 0)
        text = choose(self.words.get(row.pk, {}), self.language, row.source_language)
        label = text.title if text else row.title
        available = self.own.made_to_order or (in_stock or 0) - (allocated or 0) > 0
        price = Money(amount, currency) if amount is not None and currency else None
        return self._item(row, price, f"{self.title} · {label}", available)

    def _item(self, row: Product, price: Money | None, title: str, available: bool) -> Item | LeftOut:
        sold = selling_price(price, self.market) if price else None
        if sold is None or sold.amount <= 0:
            return LeftOut(row.pk, row.upc or "")
        picture = largest(self.card.picture)
        if not picture:
            return LeftOut(row.pk, row.upc or "", "picture")
        card, workshop = self.card, self.directory.workshops.get(self.card.workshop_id)
        craft = self.directory.crafts.get(card.craft_id)
        materials = (self.directory.materials.get(int(pk)) for pk in card.materials.split())
        how = self.sending.of(row, sold)
        return Item(
            id=row.pk,
            group=self.own.pk if row is not self.own else None,
            title=title,
            description=self._described(),
            link=absolute(prefix(self.market) + product_path(self.language, slug_of(self.title, card.slug), card.pk)),
            picture=picture,
            price=sold,
            available=available and how.goes,
            old=Product.Contains.ANTIQUE in self.own.contains,
            brand=workshop.name if workshop else "",
            gtin=row.gtin,
            craft=craft.name if craft else "",
            materials=tuple(place.name for place in materials if place),
            size=row.variant_size,
            colour=row.variant_colour,
            days=(self.own.lead_days or 0) if self.own.made_to_order else None,
            origin=card.economy,
            weight_g=how.weight_g,
            postage=how.postage,
        )

    def _described(self) -> str:
        rows = self.words.get(self.own.pk, {})
        for code in chain(self.language, self.own.source_language):
            if code in rows and rows[code].description:
                return rows[code].description
        return self.summary or self.title
