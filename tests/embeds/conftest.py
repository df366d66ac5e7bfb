"""A story with a piece, its village and its maker."""

from dataclasses import dataclass

import pytest

from catalogue.models import Product
from marketplace.workshops.models import Workshop
from storefront.models import StoryPage, VillagePage
from tests.factories import make_craft, make_piece, make_place_page, make_story, make_workshop

SITE = "http://testserver"


@dataclass(frozen=True)
class World:
    workshop: Workshop
    piece: Product
    story: StoryPage
    village: VillagePage

    @property
    def card(self) -> str:
        return f"/embed/v1/en/story/{self.story.slug}-{self.story.pk}/"

    @property
    def url(self) -> str:
        return SITE + self.story.public_url


def make_world() -> World:
    workshop = make_workshop()
    piece = make_piece(workshop, title={"en": "Red bowl", "ja": "赤い椀"}, craft=make_craft("lacquer"))
    village = make_place_page(workshop.village)["en"]
    story = make_story(
        title="The bowl that waits",
        village=workshop.village,
        body=[{"type": "product", "value": {"product": piece.pk}}],
    )["en"]
    return World(workshop, piece, story, village)


@pytest.fixture
def world(db, recorded) -> World:
    return recorded(make_world)


@pytest.fixture
def clock(monkeypatch):
    """``clock.moves(seconds)``: time passes for what is kept in memory, and for nothing else."""
    return Clock(monkeypatch)


class Clock:
    def __init__(self, monkeypatch) -> None:
        import time as real

        from storefront.embeds import kept, moment, quick
        from storefront.listing import version

        self.passed = 0.0
        stands_at = real.monotonic()

        class Time:
            monotonic = staticmethod(lambda: stands_at + self.passed)

        for module in (version, moment, kept, quick):
            monkeypatch.setattr(module, "time", Time)

    def moves(self, seconds: float) -> None:
        self.passed += seconds
