"""Races: real processes, real PostgreSQL, real HTTP. A few rounds in every run, fifty in `make drill`."""

from collections.abc import Iterator

import pytest

from tests.drills import is_drill
from tests.races.server import Server

FEW, MANY = 3, 50


@pytest.fixture(scope="session")
def rounds(request) -> int:
    """How often each race is run."""
    return MANY if is_drill(request.config) else FEW


@pytest.fixture(scope="session")
def full(rounds) -> bool:
    """Whether races are run in their full size, too."""
    return rounds == MANY


@pytest.fixture(scope="module")
def shop(django_db_setup, _stripe) -> Iterator[str]:
    """Address of the shop as it is."""
    with Server(_stripe.url) as server:
        yield server.url


@pytest.fixture(scope="module")
def careless_shop(django_db_setup, _stripe) -> Iterator[str]:
    """Address of a shop that looks at the stock and at offers without locking them: the positive control."""
    switches = {
        "MARKETPLACE_TEST_SKIP_STOCK_LOCK": "1",
        "MARKETPLACE_TEST_SKIP_OFFER_LOCK": "1",
        "MARKETPLACE_TEST_PAUSE_AFTER_CHECK": "0.7",
    }
    with Server(_stripe.url, workers=2, **switches) as server:
        yield server.url
