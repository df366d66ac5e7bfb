"""The world of the route matrix, made once for all tests of this folder that only look."""

import pytest

from tests.routes.world import World, make_world


@pytest.fixture
def world(cast, recorded, translations) -> World:
    return recorded(make_world, cast)
