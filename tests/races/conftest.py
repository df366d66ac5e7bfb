"""Races: real processes, real PostgreSQL, real HTTP. A few rounds in every run, fifty in `make drill`."""

from collections.abc import Iterator

import pytest

from tests.races.server import Server

FEW, MANY = 3, 50


@pytest.fixture(scope="session")
def rounds(request) -> int:
    """How often each race is run."""
    return MANY if "drill" in request.config.option.markexpr else FEW


@pytest.fixture(scope="module")
def shop(django_db_setup, _stripe) -> Iterator[str]:
    """Address of the shop as it is."""
    with Server(_stripe.url) as server:
        yield server.url


@pytest.fixture(scope="module")
def careless_shop(django_db_setup, _stripe) -> Iterator[str]:
    """Address of a shop that looks at the stock without locking it: the positive control."""
    switches = {"MARKETPLACE_TEST_SKIP_STOCK_LOCK": "1", "MARKETPLACE_TEST_PAUSE_AFTER_CHECK": "1"}
    with Server(_stripe.url, workers=2, **switches) as server:
        yield server.url
