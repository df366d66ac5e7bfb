"""Reads the pictures and cards that a page's blocks will ask for in one go, before they ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.utils.translation import get_language
from wagtail.fields import StreamField

from storefront.listing.directory import get_directory
from storefront.listing.models import ProductCard
from storefront.pictures import Loaded


@dataclass
class Preloaded:
    """Pictures by id, visible cards by product id; and the ids that the next reading brings along."""

    images: dict[int, Loaded] = field(default_factory=dict)
    cards: dict[int, ProductCard] = field(default_factory=dict)
    waiting_images: set[int] = field(default_factory=set)
    waiting_products: set[int] = field(default_factory=set)


_current: ContextVar[Preloaded | None] = ContextVar("preloaded", default=None)

PICTURE_KEYS = {"image", "picture"}


def current() -> Preloaded | None:
    return _current.get()


@contextmanager
def preloaded(page) -> Iterator[Preloaded]:
    """Within the block, pictures and cards of the page's StreamFields are read together with the first that is needed."""
    with holding() as store:
        store.waiting_images, store.waiting_products = wanted(page)
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
    """Add the pictures and all that wait; ids that are gone stay away."""
    missing = (ids | store.waiting_images) - store.images.keys()
    store.waiting_images = set()
    if missing:
        store.images.update(get_directory(get_language()).load_pictures(missing))


def load_cards(store: Preloaded, ids: set[int]) -> None:
    """Add the visible cards of these products and of all that wait."""
    missing = (ids | store.waiting_products) - store.cards.keys()
    store.waiting_products = set()
    if missing:
        store.cards.update(ProductCard.objects.filter(visible=True).in_bulk(missing))


def wanted(page) -> tuple[set[int], set[int]]:
    """Ids of images and of products that the page refers to."""
    images = {getattr(page, name) for name in ("hero_id", "portrait_id") if getattr(page, name, None)}
    products: set[int] = set()
    for stream in (row for row in page._meta.concrete_fields if isinstance(row, StreamField)):
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
