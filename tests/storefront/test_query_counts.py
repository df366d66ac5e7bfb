"""What public pages cost in SQL, exactly, and that they are the same for everybody."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from storefront.listing import cube, directory, version
from storefront.listing.cards import card_path
from storefront.listing.models import ProductCard
from storefront.listing.refresh import once_at_the_end
from storefront.public import page_cache
from tests.factories import (
    make_craft,
    make_material,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_workshop,
)
from tests.people import Visitor

# Statements with nothing remembered. Three of them a running worker asks seldom: for the version (once a
# second), and for the names and addresses of all places (when one changes).
COLD = {
    "home": 8,
    "story": 10,
    "listing": 5,
    "listing with facets": 5,
    "search": 7,
    "piece": 9,
    "piece with variants": 10,
    "village": 9,
    "craft": 8,
    "workshop": 8,
    "stories": 8,
    "villages": 6,
    "crafts": 6,
    "workshops": 6,
}
MOST = 10
MOST_WITH_FACETS = 12
BOTH = {"en": "Red bowl", "ja": "赤い椀"}


class Shop:
    """A village with its pages; ``grow`` brings more of everything that a page shows in rows."""

    piece: Product
    choice: Product
    story: str

    def __init__(self) -> None:
        self.village, self.craft = make_village("sun-hill"), make_craft("lacquer")
        self.material = make_material("bamboo")
        self.workshop = make_workshop("sun-hill-lacquer", village=self.village)
        self.body: list[dict] = []
        for subject in (self.village, self.craft, self.workshop):
            make_place_page(subject, hero=make_picture(), title=BOTH)

    @once_at_the_end()
    def grow(self, rows: int, pages: int, title: dict[str, str]) -> None:
        """Add ``rows`` pieces, two with as many pictures or variants; ``pages`` stories and places of a kind."""
        pieces = [self._piece(pictures=1) for _number in range(rows)]
        self.piece = self._piece(pictures=rows)
        self.choice = self._piece(variants={f"Size {size}": ("12.00", size % 3) for size in range(rows)})
        self.body += [{"type": "product", "value": {"product": piece.pk}} for piece in pieces]
        self.body += [{"type": "picture", "value": _picture()} for _number in range(rows)]
        items = [_item(_picture()) for _number in range(rows)]
        self.body.append({"type": "gallery", "value": {"pictures": items}})
        for mode in ("village", "workshop"):
            self.body.append({"type": "shelf", "value": {"mode": mode, "title": "All", "products": []}})
        for _number in range(pages):
            for place in (make_village(), make_workshop(village=self.village), make_craft()):
                make_place_page(place, hero=make_picture(), title=title)
            subjects = {"village": self.village, "craft": self.craft, "workshop": self.workshop}
            story = make_story(title=title, body=self.body, hero=make_picture(), **subjects)
        self.story = story["en"].slug

    def _piece(self, **fields) -> Product:
        values = {"title": BOTH, "craft": self.craft, "materials": [self.material], "price": "30.00"}
        return make_piece(self.workshop, **values, **fields)

    def addresses(self, language: str) -> dict[str, str]:
        shop = f"/{language}/products/"
        facets = "economy=VN&village=sun-hill&workshop=sun-hill-lacquer&craft=lacquer&material=bamboo&price=1"
        return {
            "home": f"/{language}/",
            "story": f"/{language}/stories/{self.story}/",
            "listing": shop,
            "listing with facets": f"{shop}?{facets}&available=1&sort=price",
            "search": f"/{language}/search/?q={quote(BOTH[language])}",
            "piece": card_path(ProductCard.objects.get(pk=self.piece.pk), language),
            "piece with variants": card_path(ProductCard.objects.get(pk=self.choice.pk), language),
            "village": f"/{language}/villages/sun-hill/",
            "craft": f"/{language}/crafts/lacquer/",
            "workshop": f"/{language}/workshops/sun-hill-lacquer/",
            **{kind: f"/{language}/{kind}/" for kind in ("stories", "villages", "crafts", "workshops")},
        }


def _picture() -> dict:
    return {"image": make_picture().pk, "alt": "A bowl", "caption": "", "credit": "Us"}


def _item(value: dict) -> dict:
    return {"type": "item", "value": value, "id": str(uuid4())}


def make_shop() -> Shop:
    made = Shop()
    made.grow(rows=3, pages=1, title=BOTH)
    return made


@pytest.fixture
def shop(db, recorded, steady) -> Shop:
    # On a busy machine a page takes longer than a worker waits before it looks at the version again.
    return recorded(make_shop)


def forget() -> None:
    """As in a worker that has just started."""
    for kept in (version, directory, cube):
        kept.forget()
    page_cache.clear()
    cache.clear()
    ContentType.objects.clear_cache()


def statements(client: Visitor, shop: Shop, language: str = "en") -> Iterator[tuple[str, list[str]]]:
    """(page, its statements in a worker that remembers nothing), after an earlier reader had pictures made."""
    for name, address in shop.addresses(language).items():
        assert client.get(address).status_code == 200, address
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        yield name, [query["sql"] for query in captured]


def counts(client: Visitor, shop: Shop, language: str) -> dict[str, int]:
    return {name: len(rows) for name, rows in statements(client, shop, language)}


def test_the_limits_hold():
    assert COLD["listing with facets"] <= MOST_WITH_FACETS
    assert max(number for name, number in COLD.items() if name != "listing with facets") <= MOST


def test_counts_are_exact_and_do_not_grow_with_the_rows(client, shop):
    assert counts(client, shop, "ja") == COLD
    shop.grow(rows=8, pages=3, title=BOTH)
    assert counts(client, shop, "ja") == COLD
    assert counts(client, shop, "en") == COLD


def test_a_worker_that_remembers_asks_nothing(client, shop, steady):
    for address in shop.addresses("en").values():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert not [query["sql"] for query in captured], address


def test_everybody_gets_the_same_bytes_and_nobody_is_looked_up(client, shop, cast):
    buyer = cast.buyer.client
    _leave_traces(buyer, shop)
    strangers = {name: client.get(address) for name, address in shop.addresses("en").items()}
    for name, rows in statements(buyer, shop):
        personal = ("django_session", "auth_user", "basket_")
        assert not [sql for sql in rows if any(table in sql for table in personal)], name
    for name, address in shop.addresses("en").items():
        forget()
        answers = strangers[name], buyer.get(address)
        assert answers[0].content == answers[1].content, name
        assert answers[0]["ETag"] == answers[1]["ETag"], name
        for answer in answers:
            assert not answer.cookies, name
            assert "public" in answer["Cache-Control"], name
            assert "Cookie" not in answer.get("Vary", ""), name


def _leave_traces(visitor: Visitor, shop: Shop) -> None:
    """A basket, and a message that waits to be shown."""
    answer = visitor.post_from_page("/en/basket/add/", {"product_id": shop.piece.pk})
    assert answer.status_code == 302
