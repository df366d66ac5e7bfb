"""Two doors for whoever runs the shop: /healthz says that the process lives, /readyz that it can serve.

They are answered before everything else, so neither a language, a market, the Host header, a redirect to TLS nor a
database that hangs stands in between. Nothing secret is said: names of what was looked at, and "ok" or "failed".
"""

import logging
import threading
import uuid
from collections.abc import Callable
from functools import cache
from time import monotonic

from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

log = logging.getLogger(__name__)
# Seconds until all that has not answered counts as failed; whoever asks wants to know within two.
PATIENCE = 1.5
OK, FAILED = "ok", "failed"
LIVE, READY = "/healthz", "/readyz"


class HealthMiddleware:
    """Must be the first of all."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in (LIVE, READY):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            response = HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        else:
            response = live() if request.path_info == LIVE else ready()
        response.headers["Cache-Control"] = "no-store"
        return response


def live() -> HttpResponse:
    return HttpResponse(OK, content_type="text/plain")


def ready() -> JsonResponse:
    """200 when all is well, else 503."""
    outcomes = look()
    well = set(outcomes.values()) == {OK}
    return JsonResponse({"status": OK if well else FAILED, "checks": outcomes}, status=200 if well else 503)


def look() -> dict[str, str]:
    """Name → "ok" or "failed", after PATIENCE at the latest."""
    until = monotonic() + PATIENCE
    for probe in PROBES:
        probe.start()
    return {name: outcome for probe in PROBES for name, outcome in probe.wait(until).items()}


class Probe:
    """One thing to look at, in a thread of its own: of one that hangs there is one thread, however often it is asked."""

    def __init__(self, names: tuple[str, ...], look: Callable[[], dict[str, str]]) -> None:
        self._names, self._look = names, look
        self._thread: threading.Thread | None = None
        self._outcomes: dict[str, str] = {}
        self._starting = threading.Lock()

    def start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=f"ready-{self._names[0]}", daemon=True)
                self._thread.start()

    def wait(self, until: float) -> dict[str, str]:
        """Whoever asks at the same moment shares the answer."""
        thread = self._thread
        thread.join(max(0.0, until - monotonic()))
        if thread.is_alive():
            log.warning("not ready: %s does not answer", self._names[0])
            return dict.fromkeys(self._names, FAILED)
        return self._outcomes

    def _run(self) -> None:
        try:
            self._outcomes = self._look()
        except Exception as problem:
            log.warning("not ready: %s: %s", self._names[0], problem)
            self._outcomes = dict.fromkeys(self._names, FAILED)


def _database() -> dict[str, str]:
    """A connection of its own: those of the requests may be the very ones that hang."""
    connection = connections["default"].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            # Not through MigrationRecorder, which would ask on the thread's own connection and leave it open.
            there = MigrationRecorder.Migration._meta.db_table in connection.introspection.table_names(cursor)
            if there:
                cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall()) if there else set()
    finally:
        connection.close()
    missing = [names for names in _migrations() if not any(set(way) <= applied for way in names)]
    if missing:
        log.warning("not ready: %s migrations are missing, such as %s", len(missing), ".".join(missing[0][0][0]))
    return {"database": OK, "migrations": FAILED if missing else OK}


@cache
def _migrations() -> list[tuple[tuple[tuple[str, str], ...], ...]]:
    """For each migration of this code, in which ways it may have been applied: itself, those that it stands for, or the
    one that stands for it."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = loader.disk_migrations
    stands_for_me = {old: key for key, one in known.items() for old in one.replaces}
    return [
        tuple(filter(None, ((key,), tuple(one.replaces), (stands_for_me[key],) if key in stands_for_me else ())))
        for key, one in known.items()
    ]


def _cache() -> dict[str, str]:
    """Also says "ok" for a cache in the process's own memory."""
    key, value = f"readyz-{uuid.uuid4().hex}", uuid.uuid4().hex
    cache_ = caches["default"]
    try:
        cache_.set(key, value, timeout=10)
        return {"cache": OK if cache_.get(key) == value else FAILED}
    finally:
        cache_.close()


def _storage() -> dict[str, str]:
    """A file is really written: a full disk can still be looked at."""
    name = default_storage.save(f"readyz-{uuid.uuid4().hex}.txt", ContentFile(b"ok"))
    default_storage.delete(name)
    return {"storage": OK}


PROBES = (
    Probe(("database", "migrations"), _database),
    Probe(("cache",), _cache),
    Probe(("storage",), _storage),
)
