"""A village with its story, its pieces and its pages in English and Japanese, and readers that are not ours."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import extruct
from bs4 import BeautifulSoup
from pyld import jsonld
from wagtail.images import get_image_model

from catalogue.models import Craft, Product
from marketplace.workshops.models import Village, Workshop
from storefront.listing.cards import card_path
from storefront.listing.models import ProductCard
from storefront.models import StoryPage
from storefront.pictures import SPECS
from tests.factories import (
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_workshop,
)

SITE = "http://testserver"
TOLD = {"en": "The bowl that waits", "ja": "待つ椀"}
PUBLISHED = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
CHANGED = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
# Stands in for the document at https://schema.org: nothing is fetched.
CONTEXT = {"@context": {"@vocab": "https://schema.org/", "id": "@id", "type": "@type"}}


@dataclass
class World:
    village: Village
    craft: Craft
    workshop: Workshop
    piece: Product
    made_to_order: Product
    story: dict[str, StoryPage]

    def paths(self, language: str = "en") -> dict[str, str]:
        return {
            "story": f"/{language}/stories/the-bowl-that-waits/",
            "village": f"/{language}/villages/{self.village.slug}/",
            "craft": f"/{language}/crafts/{self.craft.slug}/",
            "workshop": f"/{language}/workshops/{self.workshop.slug}/",
            "piece": self.path_of(self.piece, language),
        }

    def path_of(self, piece: Product, language: str = "en") -> str:
        return card_path(ProductCard.objects.get(pk=piece.pk), language)


def make_world() -> World:
    names = {"en": "Sao Mai", "ja": "サオマイ"}
    village = make_village("sao-mai", name=names, summary={"en": "Behind a dyke.", "ja": "堤防の村。"})
    village.texts.update(region="Delta")
    craft = make_craft("lacquer", name={"en": "Lacquer", "ja": "漆"})
    workshop = make_workshop("sao-mai-lacquer", village=village, name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"})
    both = {"craft": craft, "pictures": 1}
    piece = make_piece(
        workshop, title={"en": "Red bowl", "ja": "赤い椀"}, summary="Red inside.", price="48.00", code="SM-1", **both
    )
    made_to_order = make_piece(
        workshop, title={"en": "Tray", "ja": "盆"}, price="90.50", supply=Product.Supply.MADE_TO_ORDER, **both
    )
    hero = {"hero": make_picture(size=(1600, 900)), "hero_alt": "A bowl on a dyke", "intro": "It waits for damp air."}
    for subject in (village, craft, workshop):
        make_place_page(subject, **hero)
    body = [
        {"type": "text", "value": {"heading": "Damp", "text": "<p>Lacquer <b>hardens</b> in damp air.</p>"}},
        {"type": "product", "value": {"product": piece.pk}},
        {"type": "shelf", "value": {"mode": "workshop", "title": "More", "products": []}},
    ]
    story = make_story(
        title=TOLD, slug="the-bowl-that-waits", village=village, craft=craft, workshop=workshop, body=body, **hero
    )
    for picture in get_image_model().objects.all():
        # Drawn once, not in each test.
        picture.get_renditions(*SPECS)
    StoryPage.objects.update(first_published_at=PUBLISHED, last_published_at=CHANGED)
    return World(village, craft, workshop, piece, made_to_order, story)


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser")


def things(response) -> list[dict]:
    """The page's graph as extruct finds it."""
    assert response.status_code == 200, response
    found = extruct.extract(response.content.decode(), base_url=SITE, syntaxes=["json-ld"])["json-ld"]
    assert len(found) == 1
    assert found[0]["@context"] == "https://schema.org"
    return found[0]["@graph"]


def thing(response, kind: str) -> dict:
    [found] = [row for row in things(response) if row["@type"] == kind]
    return found


def expanded(response) -> list[dict]:
    """The graph in full names, by the rules of JSON-LD; an error there fails the test."""

    def load(url: str, _options: dict) -> dict:
        assert url.rstrip("/") == "https://schema.org"
        return {"contextUrl": None, "documentUrl": url, "document": CONTEXT, "contentType": "application/ld+json"}

    document = {"@context": "https://schema.org", "@graph": things(response)}
    return jsonld.expand(json.loads(json.dumps(document)), {"documentLoader": load})
