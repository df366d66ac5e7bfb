"""Whether the process lives, and whether it can serve: two doors for whoever runs the shop."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from storefront import health
from tests.people import Visitor

ALL_WELL = {"database": "ok", "migrations": "ok", "cache": "ok", "storage": "ok"}


class Migration:
    def __init__(self, *replaces: tuple[str, str]) -> None:
        self.replaces = list(replaces)


OLD = [("shop", "0001"), ("shop", "0002")]
KNOWN = {("shop", "0001_squashed"): Migration(*OLD)} | dict.fromkeys(OLD, Migration()) | {("shop", "0003"): Migration()}


@pytest.fixture(autouse=True)
def known(monkeypatch) -> Iterator[None]:
    """Tests run without migrations, so the code has these."""
    monkeypatch.setattr(MigrationLoader, "load_disk", lambda self: setattr(self, "disk_migrations", KNOWN))
    health._migrations.cache_clear()
    yield
    health._migrations.cache_clear()


@pytest.fixture
def migrated(transactional_db) -> Iterator[None]:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in (*OLD, ("shop", "0003")):
        recorder.record_applied(app, name)
    yield
    recorder.flush()


def ready(client: Visitor) -> tuple[int, dict[str, str]]:
    response = client.get("/readyz")
    said = json.loads(response.content)
    assert said["status"] == ("ok" if response.status_code == 200 else "failed")
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, said["checks"]


@pytest.mark.parametrize("host", ["testserver", "10.0.0.7", "attacker.example"])
def test_the_process_lives_without_a_database_whatever_the_host(host, settings):
    """No database is allowed in this test: a query would raise."""
    settings.SECURE_SSL_REDIRECT = True
    response = Visitor().get("/healthz", headers={"Host": host, "Accept-Language": "ja"})
    assert (response.status_code, response.content) == (200, b"ok")
    assert response.headers["Cache-Control"] == "no-store"
    assert not {"Set-Cookie", "Vary", "Content-Language", "Location"} & set(response.headers)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_can_be_sent_there(path):
    response = Visitor().post(path, {"x": "1"})
    assert (response.status_code, response.content, response.headers["Allow"]) == (405, b"", "GET, HEAD")


def test_all_is_looked_at(migrated, client):
    assert ready(client) == (200, ALL_WELL)
    assert client.head("/readyz").status_code == 200


def test_a_missing_migration_is_seen_and_not_named_outside(migrated, client, caplog):
    MigrationRecorder(connection).record_unapplied("shop", "0003")
    assert ready(client) == (503, ALL_WELL | {"migrations": "failed"})
    assert "1 migrations are missing, such as shop.0003" in caplog.text


def test_a_squashed_migration_may_have_been_applied_in_either_way(migrated, client):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("shop", "0002")
    assert ready(client) == (503, ALL_WELL | {"migrations": "failed"})
    recorder.record_unapplied("shop", "0001")
    recorder.record_applied("shop", "0001_squashed")
    assert ready(client) == (200, ALL_WELL)


def test_without_a_database_it_is_not_ready_and_says_nothing_secret(db, client, monkeypatch, caplog):
    wrong = connections.settings["default"] | {"HOST": "127.0.0.1", "PORT": "9", "PASSWORD": "opensesame"}
    monkeypatch.setitem(connections.settings, "default", wrong)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content)["checks"] == ALL_WELL | {"database": "failed", "migrations": "failed"}
    for secret in ("opensesame", "127.0.0.1", "refused", str(wrong["NAME"])):
        assert secret not in response.content.decode()
    assert "opensesame" not in caplog.text


def test_a_full_disk_is_seen(migrated, client, settings, tmp_path):
    file = tmp_path / "no-folder"
    file.write_text("")
    settings.MEDIA_ROOT = file
    assert ready(client) == (503, ALL_WELL | {"storage": "failed"})


def test_nothing_is_left_in_the_storage(migrated, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert ready(client) == (200, ALL_WELL)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_forgets_is_seen(migrated, client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert ready(client) == (503, ALL_WELL | {"cache": "failed"})


@pytest.fixture
def silent_server():
    """Takes connections and never says a word, as a database that was stopped with a signal."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_it_answers_within_two_seconds_although_the_database_hangs(
    db, client, monkeypatch, silent_server, caplog
):
    before = threading.active_count()
    hanging = connections.settings["default"] | {"HOST": "127.0.0.1", "PORT": str(silent_server)}
    monkeypatch.setitem(connections.settings, "default", hanging)
    for _turn in range(2):
        started = time.monotonic()
        status, checks = ready(client)
        assert time.monotonic() - started < 2
        assert (status, checks) == (503, ALL_WELL | {"database": "failed", "migrations": "failed"})
    assert threading.active_count() <= before + 1, "one thread hangs, however often one asks"
    assert "database does not answer" in caplog.text
