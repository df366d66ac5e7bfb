"""Reads the pictures and cards that a page's blocks will ask for in one go, before they ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from wagtail.fields import StreamField
from wagtail.images import get_image_model

from storefront.listing.models import ProductCard
from storefront.pictures import load_renditions


@dataclass
class Preloaded:
    """Wagtail images by id, visible cards by product id."""

    images: dict = field(default_factory=dict)
    cards: dict[int, ProductCard] = field(default_factory=dict)


_current: ContextVar[Preloaded | None] = ContextVar("preloaded", default=None)

PICTURE_KEYS = {"image", "picture"}


def current() -> Preloaded | None:
    return _current.get()


@contextmanager
def preloaded(page) -> Iterator[Preloaded]:
    """Within the block, pictures and cards of the page's StreamFields are at hand."""
    with holding() as store:
        image_ids, product_ids = wanted(page)
        load_images(store, image_ids)
        load_cards(store, product_ids)
        yield store


@contextmanager
def holding() -> Iterator[Preloaded]:
    """Within the block, an empty store that load_images and load_cards fill."""
    store = Preloaded()
    token = _current.set(store)
    try:
        yield store
    finally:
        _current.reset(token)


def load_images(store: Preloaded, ids: set[int]) -> None:
    """Add the images and their renditions; ids that are gone stay away."""
    missing = ids - store.images.keys()
    if missing:
        found = get_image_model().objects.in_bulk(missing)
        load_renditions(found.values())
        store.images.update(found)


def load_cards(store: Preloaded, ids: set[int]) -> None:
    """Add the visible cards of these products."""
    missing = ids - store.cards.keys()
    if missing:
        store.cards.update(ProductCard.objects.filter(visible=True).in_bulk(missing))


def wanted(page) -> tuple[set[int], set[int]]:
    """Ids of images and of products that the page refers to."""
    images = {getattr(page, name) for name in ("hero_id", "portrait_id") if getattr(page, name, None)}
    products: set[int] = set()
    for stream in (f for f in page._meta.get_fields() if isinstance(f, StreamField)):
        _walk(list(getattr(page, stream.name).raw_data), images, products)
    return images, products


def _walk(value, images: set[int], products: set[int], key: str = "") -> None:
    if isinstance(value, list):
        for item in value:
            _walk(item, images, products, key)
    elif hasattr(value, "items"):
        # A block of a list or stream is {"type", "value", "id"}; a list of pieces holds them under "products".
        inner_key = key if value.get("type") == "item" else str(value.get("type", key))
        for name, item in value.items():
            if name != "id":
                _walk(item, images, products, inner_key if name == "value" else name)
    elif isinstance(value, int) and key in PICTURE_KEYS:
        images.add(value)
    elif isinstance(value, int) and key in ("product", "products"):
        products.add(value)
