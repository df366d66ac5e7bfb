"""Real consumers of our cards, against the live shop. Those that this machine cannot run are skipped, loudly."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import open_page, shop  # noqa: F401 (fixtures)
from tests.consumers.wordpress import WordPress
from tests.factories import (
    make_agency,
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_workshop,
)
from tools.consumers import missing_packages, missing_wordpress

TITLE = "The indigo that sleeps"
CODE = "sunrise-7"


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory) -> Iterator[WordPress]:
    if reason := missing_wordpress():
        pytest.skip(reason)
    with WordPress(tmp_path_factory.mktemp("wordpress")) as site:
        yield site


@pytest.fixture(scope="session")
def npm_packages() -> None:
    if reason := missing_packages():
        pytest.skip(reason)


def make_shown_story():
    make_agency(CODE)
    workshop = make_workshop()
    make_place_page(workshop.village)
    piece = make_piece(workshop, title="Indigo scarf", pictures=1)
    return make_story(
        title=TITLE,
        slug="the-indigo-that-sleeps",
        intro="For ninety days the leaves lie under straw and nobody may hurry them.",
        village=workshop.village,
        craft=make_craft("indigo"),
        hero=make_picture(size=(1200, 800)),
        body=[{"type": "product", "value": {"product": piece.pk}}],
    )["en"]


@pytest.fixture
def story(shop, recorded):  # noqa: F811 (the fixture)
    """A story with a picture and one piece, in English; and the agency whose code is CODE."""
    return recorded(make_shown_story)


@pytest.fixture
def address(shop, story) -> str:  # noqa: F811 (the fixture)
    """What an editor copies from the story's page."""
    return shop + story.public_url
