import pytest

from tests.feeds.world import World, make_world


@pytest.fixture
def world(db, recorded) -> World:
    return recorded(make_world)
