import pytest

from storefront.api import limits
from tests.feeds.world import World, make_world


@pytest.fixture
def world(db, recorded) -> World:
    return recorded(make_world)


class Clock:
    """Seconds; a test moves them. It stands in the middle of a minute."""

    now = 1_800_000_030.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    """No test begins in one minute and ends in the next."""
    found = Clock()
    monkeypatch.setattr(limits, "clock", found)
    return found
