"""Keeps product cards true. The only writer of ProductCard; called by receivers, the demo loader and a command."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Prefetch
from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.models import Product, ProductImage, ProductText
from catalogue.text import by_language
from storefront.listing import version
from storefront.listing.models import ProductCard
from storefront.pictures import CARD, describe
from storefront.search import index

Partner = get_model("partner", "Partner")
State = ProductCard.State
BATCH, MANY = 500, 50
OF_PLACES = ("partner__workshop__texts__locale", "partner__workshop__village__texts__locale")


def products_for_cards():
    """Standalone and parent products with all that a card is made of."""
    return _pieces().select_related("partner__workshop__village", "craft").prefetch_related(*_parts(), *OF_PLACES)


def _pieces():
    return Product.objects.exclude(structure=Product.CHILD)


def _parts() -> list:
    """What belongs to each piece by itself."""
    return [
        Prefetch("texts", queryset=ProductText.objects.select_related("locale")),
        "stockrecords",
        "children__stockrecords",
        "materials",
        Prefetch("images", queryset=ProductImage.objects.select_related("picture").order_by("display_order", "id")),
        "images__picture__renditions",
    ]


def _many_products(ids: list[int]) -> list[Product]:
    """The same for so many at once: each partner, with its places, is read once, and stands for all of its pieces."""
    places = [name.removeprefix("partner__") for name in OF_PLACES]
    partners = Partner.objects.select_related("workshop__village").prefetch_related(*places)
    rows = _pieces().filter(pk__in=ids).order_by("pk")
    return list(rows.prefetch_related(*_parts(), Prefetch("partner", queryset=partners)))


_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


@contextmanager
def once_at_the_end() -> Iterator[None]:
    """Within the block refreshes are gathered and done once, at its end: for services that write a piece in many rows."""
    if _waiting.get() is not None:
        yield
        return
    ids: set[int] = set()
    token = _waiting.set(ids)
    try:
        yield
    finally:
        _waiting.reset(token)
    refresh(ids)


def refresh(product_ids: Iterable[int], *, words: bool = True) -> None:
    """Make the cards of these products (never variants) say what is true now; a card without a ground is deleted.

    The search index follows. ``words=False`` where none of a piece's words changed: only new pieces are indexed then.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.update(product_ids)
        return
    # In the order of their ids, as everybody does: a sale and a workshop's new name wait for each other, not for ever.
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        if len(batch) >= MANY:
            products = _many_products(batch)
        else:
            products = list(products_for_cards().filter(pk__in=batch).order_by("pk"))
        cards = [card for product in products if (card := build_card(product))]
        write(cards)
        gone = set(batch) - {card.pk for card in cards}
        ProductCard.objects.filter(pk__in=gone).delete()
        _index(products, cards, gone, words)
    if ids:
        version.raise_after_commit("pieces")


def _index(products: list[Product], cards: list[ProductCard], gone: set[int], words: bool) -> None:
    if not words:
        new = index.missing_pieces(card.pk for card in cards if card.visible)
        cards = [card for card in cards if card.pk in new]
    if cards:
        index.pieces(cards, {product.pk: descriptions(product) for product in products})
    index.forget_pieces(gone)


def descriptions(product: Product) -> dict[str, str]:
    """Language → description of a product loaded by products_for_cards."""
    return {row.language: row.description for row in product.texts.all()}


def write(cards: list[ProductCard]) -> None:
    """Insert or replace."""
    fields = [field.name for field in ProductCard._meta.concrete_fields if not field.primary_key]
    ProductCard.objects.bulk_create(cards, update_conflicts=True, unique_fields=["product"], update_fields=fields)


def build_card(product: Product) -> ProductCard | None:
    """The card for a product loaded by products_for_cards; None while it has no maker or no price."""
    workshop = getattr(product.partner, "workshop", None)
    offers = _offers(product)
    if workshop is None or not offers:
        return None
    prices = [record.price for record in offers if record.price is not None]
    if not prices:
        return None
    texts = {code: {"title": row.title, "summary": row.summary} for code, row in by_language(product.texts.all()).items()}
    texts.setdefault(product.source_language, {"title": product.title, "summary": ""})
    image = next((row.picture for row in product.images.all() if row.picture), None)
    return ProductCard(
        product_id=product.pk,
        visible=product.is_public,
        code=product.upc or "",
        slug=product.slug,
        economy=workshop.village.economy_id,
        village_id=workshop.village_id,
        workshop_id=workshop.pk,
        craft_id=product.craft_id,
        materials=" ".join(str(pk) for pk in sorted(row.pk for row in product.materials.all())),
        price=min(prices),
        from_price=len(set(prices)) > 1,
        currency=offers[0].price_currency,
        state=_state(product, offers),
        lead_days=product.lead_days if product.made_to_order else None,
        listed_at=product.date_created or timezone.now(),
        source_language=product.source_language,
        texts=texts,
        picture=describe(image, CARD) if image else {},
        search_text=_search_text(product, workshop, texts),
    )


def _offers(product: Product) -> list:
    if product.is_parent:
        return [record for child in product.children.all() if child.is_public for record in child.stockrecords.all()]
    return list(product.stockrecords.all())


def _state(product: Product, offers: list) -> str:
    if product.made_to_order:
        return State.MADE_TO_ORDER
    if not any(record.net_stock_level > 0 for record in offers):
        return State.SOLD_OUT
    return State.ONE_OF_A_KIND if product.supply == Product.Supply.ONE_OF_A_KIND else State.IN_STOCK


def _search_text(product: Product, workshop, texts: dict) -> str:
    words = [product.upc or "", product.maker_code, product.title]
    words += [part for text in texts.values() for part in (text["title"], text["summary"])]
    words += [row.name for row in workshop.texts.all()] + [row.name for row in workshop.village.texts.all()]
    return "\n".join(dict.fromkeys(word.casefold() for word in words if word))

