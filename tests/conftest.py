"""What every test may ask for: a real PostgreSQL with reference data, a fake Stripe, the people of the house."""

import gc
import os
from collections.abc import Callable, Iterator

import dj_database_url
import pytest
import stripe
from django.db import connections

from tests.browser.chromium import browser  # noqa: F401 (fixture)
from tests.consumers.skipped import pytest_terminal_summary  # noqa: F401 (hook)
from tests.drills import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 (hooks)
from tests.fake_stripe import FakeStripe
from tests.postgres import Postgres


def pytest_collection_finish() -> None:
    """All that is loaded stays until the end: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of the database server: TEST_DATABASE_URL (its user must be a superuser), else one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with Postgres() as server:
        yield server.url("marketplace")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres_url: str, request: pytest.FixtureRequest) -> None:
    """Started here, so that tests without a database do not wait for one."""
    connections["default"].settings_dict.update(dj_database_url.parse(postgres_url))
    # Workers that share a server (TEST_DATABASE_URL) take a database each.
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """After the empty tables (pytest-django's own fixture of this name): the rows that every shop needs."""
    from tests import snapshot
    from tests.factories.reference import make_reference

    with django_db_blocker.unblock():
        make_reference()
        snapshot.take()


@pytest.fixture(scope="session")
def _stripe() -> Iterator[FakeStripe]:
    # Between its own repeats the SDK would sleep for half a second.
    stripe.HTTPClient.INITIAL_DELAY = 0.01
    with FakeStripe() as fake:
        yield fake


@pytest.fixture(autouse=True)
def fake_stripe(_stripe: FakeStripe, settings) -> Iterator[FakeStripe]:
    """A fake Stripe without memory of earlier tests. Its webhooks wait for ``pump`` until a test names an address."""
    from marketplace.payments.gateway import forget_gateway

    settings.STRIPE_API_BASE = _stripe.url
    forget_gateway()
    _stripe.reset()
    yield _stripe
    _stripe.control(webhook_url=None)
    _stripe.reset()
    forget_gateway()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[Callable[[], None]]:
    """What a process keeps in memory belongs to one test only; call it to forget within a test."""
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import translation

    from marketplace.economies import versions
    from marketplace.partnerships import counting, memory
    from storefront.embeds import remembered
    from storefront.listing import cube, directory, version
    from storefront.market import offers
    from storefront.public import page_cache
    from storefront.search import synonyms

    def forget() -> None:
        version.forget()
        versions.forget()
        offers.forget()
        directory.forget()
        cube.forget()
        synonyms.forget()
        page_cache.clear()
        remembered.forget()
        memory.forget()
        counting.forget()
        cache.clear()
        # A request leaves its language behind, and reverse() would go on in it.
        translation.activate(settings.LANGUAGE_CODE)

    forget()
    yield forget
    forget()


@pytest.fixture
def steady(monkeypatch) -> None:
    """Nobody looks for newer rows while statements are counted: on a busy machine that second passes in between."""
    from marketplace.economies import versions
    from storefront.listing import version

    for kept in (version, versions):
        monkeypatch.setattr(kept, "LOOK_EVERY", 3600.0)


@pytest.fixture
def commit():
    """Call it to run what waits for the commit of the test's transaction; requests of ``client`` do so themselves."""
    from tests.people import run_commit_hooks

    return run_commit_hooks


@pytest.fixture
def smsoutbox():
    """What was sent by SMS in this test; beside pytest-django's ``mailoutbox``."""
    from marketplace.notices.backends.memory import MemorySms

    MemorySms.outbox.clear()
    return MemorySms.outbox


@pytest.fixture
def client():
    """A stranger's browser (see tests/people.py)."""
    from tests.people import Visitor

    return Visitor()


@pytest.fixture
def reference_data(db):
    """The rows that every test finds, asked for or not (tests/factories/reference.py)."""
    from tests.factories.reference import find_reference

    return find_reference()


@pytest.fixture
def translations(db) -> None:
    """wagtail-localize asks which migrations ran; a test database is built without any."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).ensure_schema()


@pytest.fixture(scope="session")
def _recorder():
    from tests.recorded import Recorder

    return Recorder()


@pytest.fixture
def recorded(_recorder, fresh):
    """``recorded(make, *given)``: what ``make`` writes and answers, made once and written again for each test."""

    def recorded_(make: Callable, *given):
        answer = _recorder(make, *given)
        fresh()
        return answer

    return recorded_


@pytest.fixture
def cast(db, recorded):
    """The people of the house, logged in (tests/people.py): every door is tried by all of them."""
    from tests.factories.cast import make_cast

    return recorded(make_cast)
