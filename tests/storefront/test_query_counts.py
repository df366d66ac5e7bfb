"""What public pages cost in SQL, exactly, and that they are the same for everybody."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Craft, Material, Product
from marketplace.workshops.models import Village, Workshop
from storefront.listing import cube, directory, version
from storefront.listing.cards import product_path
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

# Statements with nothing remembered. Of them, every page needs three that a running worker asks seldom: the version
# (once a second), and names and addresses of all places (when one changes).
COLD = {
    "home": 8,
    "story": 9,
    "listing": 5,
    "listing with facets": 5,
    "search": 6,
    "piece": 9,
    "piece with variants": 10,
    "village": 8,
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
    """A village with pieces, stories and workshops; ``grow`` brings more of everything that a page shows in rows."""

    village: Village
    craft: Craft
    material: Material
    workshop: Workshop
    piece: Product
    choice: Product

    def __init__(self) -> None:
        self.village, self.craft, self.material = make_village("sao-mai"), make_craft("lacquer"), make_material("bamboo")
        self.workshop = make_workshop("sao-mai-lacquer", village=self.village)
        self.body: list[dict] = []
        self.story_slugs: list[str] = []
        for subject in (self.village, self.craft, self.workshop):
            make_place_page(subject, hero=make_picture(), title=BOTH)

    def grow(self, number: int) -> None:
        """Add ``number`` pieces (with as many pictures and variants on two new ones), and some stories and places."""
        pieces = [self._piece(pictures=1) for _number in range(number)]
        self.piece = self._piece(pictures=number)
        self.choice = self._piece(variants={f"Size {size}": ("12.00", size % 3) for size in range(number)})
        self.body += [{"type": "product", "value": {"product": piece.pk}} for piece in pieces]
        self.body += [{"type": "picture", "value": _picture()} for _number in range(number)]
        self.body.append({"type": "gallery", "value": {"pictures": [_item(_picture()) for _number in range(number)]}})
        self.body.append({"type": "shelf", "value": {"mode": "village", "title": "All", "products": []}})
        for _number in range(min(number, 8)):
            village = make_village()
            make_place_page(village, hero=make_picture(), title=BOTH)
            make_place_page(make_workshop(village=self.village), hero=make_picture(), title=BOTH)
            make_place_page(make_craft(), hero=make_picture(), title=BOTH)
            story = self._story(BOTH)
        self.story_slugs.append(story["en"].slug)

    def _piece(self, **fields) -> Product:
        materials = [self.material]
        return make_piece(self.workshop, title=BOTH, craft=self.craft, materials=materials, price="30.00", **fields)

    def _story(self, title: dict[str, str]) -> dict:
        subjects = {"village": self.village, "craft": self.craft, "workshop": self.workshop}
        return make_story(title=title, body=self.body, hero=make_picture(), **subjects)

    def addresses(self, language: str) -> dict[str, str]:
        shop = f"/{language}/products/"
        facets = "economy=VN&village=sao-mai&workshop=sao-mai-lacquer&craft=lacquer&material=bamboo&price=1&available=1"
        return {
            "home": f"/{language}/",
            "story": f"/{language}/stories/{self.story_slugs[-1]}/",
            "listing": shop,
            "listing with facets": f"{shop}?{facets}&sort=price",
            "search": f"/{language}/search/?q=bowl",
            "piece": product_path(language, self.piece.slug, self.piece.pk),
            "piece with variants": product_path(language, self.choice.slug, self.choice.pk),
            "village": f"/{language}/villages/sao-mai/",
            "craft": f"/{language}/crafts/lacquer/",
            "workshop": f"/{language}/workshops/sao-mai-lacquer/",
            **{kind: f"/{language}/{kind}/" for kind in ("stories", "villages", "crafts", "workshops")},
        }


def _picture() -> dict:
    return {"image": make_picture().pk, "alt": "A bowl", "caption": "", "credit": "Us"}


def _item(value: dict) -> dict:
    return {"type": "item", "value": value, "id": str(uuid4())}


@pytest.fixture
def shop(db) -> Shop:
    made = Shop()
    made.grow(3)
    return made


def forget() -> None:
    """As in a worker that has just started."""
    for kept in (version, directory, cube):
        kept.forget()
    page_cache.clear()
    cache.clear()
    ContentType.objects.clear_cache()


def statements(client: Visitor, shop: Shop, language: str = "en") -> Iterator[tuple[str, list[str]]]:
    """(page, its statements in a worker that remembers nothing). The pictures' sizes were made by an earlier reader."""
    for name, address in shop.addresses(language).items():
        assert client.get(address).status_code == 200, address
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        yield name, [query["sql"] for query in captured]


def counts(client: Visitor, shop: Shop, language: str = "en") -> dict[str, int]:
    return {name: len(rows) for name, rows in statements(client, shop, language)}


def test_the_limits_hold():
    assert COLD["listing with facets"] <= MOST_WITH_FACETS
    assert max(number for name, number in COLD.items() if name != "listing with facets") <= MOST


def test_counts_are_exact_and_do_not_grow_with_the_rows(client, shop):
    assert counts(client, shop) == COLD
    shop.grow(24)
    assert "24" in client.get(shop.addresses("en")["listing"]).text
    assert counts(client, shop) == COLD


def test_japanese_costs_no_more(client, shop):
    assert counts(client, shop, "ja") == COLD


def test_a_worker_that_remembers_asks_nothing(client, shop):
    for address in shop.addresses("en").values():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert not [query["sql"] for query in captured], address


def test_nobody_is_looked_up(shop, cast):
    _leave_traces(cast.buyer.client, shop)
    for name, rows in statements(cast.buyer.client, shop):
        personal = [sql for sql in rows if "django_session" in sql or "auth_user" in sql or "basket" in sql]
        assert not personal, name


def test_everybody_gets_the_same_bytes_and_no_cookie(client, shop, cast):
    _leave_traces(cast.buyer.client, shop)
    for name, address in shop.addresses("en").items():
        answers = []
        for visitor in (client, cast.buyer.client):
            forget()
            answers.append(visitor.get(address))
        stranger, buyer = answers
        assert stranger.content == buyer.content, name
        assert stranger["ETag"] == buyer["ETag"], name
        for answer in answers:
            assert not answer.cookies, name
            assert "public" in answer["Cache-Control"], name
            assert "Cookie" not in answer.get("Vary", ""), name


def _leave_traces(visitor: Visitor, shop: Shop) -> None:
    """A basket, and a message that waits to be shown."""
    answer = visitor.post_from_page("/en/basket/add/", {"product_id": shop.piece.pk})
    assert answer.status_code == 302
