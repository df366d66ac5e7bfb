"""Drills: the shop is killed, starved, cut off and misled about the time; afterwards everything must be true."""

import warnings
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command

from tests.drills import is_drill
from tests.ledger import assert_books_balance
from tests.races.server import Server


@pytest.fixture(scope="session")
def full(request) -> bool:
    """Whether this is a drill, or one of the few rounds of every run."""
    return is_drill(request.config)


@pytest.fixture(scope="module")
def shop(django_db_setup, _stripe) -> Iterator[Server]:
    """The shop as it runs in production: processes with threads."""
    with Server(_stripe.url, workers=2, threads=4) as server:
        yield server


@pytest.fixture
def all_is_true(fake_stripe, capsys) -> Callable[[], None]:
    """Call it at the end of a drill: it fails with the names of the invariants that do not hold."""

    def look() -> None:
        call_command("check_invariants", "--ask-gateway")
        assert "invariants hold" in capsys.readouterr().out
        assert_books_balance()

    return look


def say_loudly(what: str) -> None:
    """What this machine cannot practise is said in pytest's summary, not skipped in silence."""
    warnings.warn(what, stacklevel=2)
