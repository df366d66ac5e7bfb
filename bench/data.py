"""The bench's databases: one PostgreSQL of its own, one database for each size of the shop."""

from __future__ import annotations

import shutil
import time

import psycopg

from bench.servers import VAR, manage
from tests.postgres import Postgres

# As on a small server: it writes to the disk, and holds the tables in memory.
TUNING = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    # Its own defaults: the tests' server takes joins as they are written.
    "from_collapse_limit": "8",
    "join_collapse_limit": "8",
}
MODEL = "model_shop"


class Data:
    """``with Data() as data: data.shop(20_000)`` answers the address of a database with so many generated pieces."""

    def __init__(self) -> None:
        self._server = Postgres(**TUNING)
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Data:
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.stop()

    def prepare(self) -> None:
        """Tables, demo content, pictures (drawn in the first run, kept in var/bench)."""
        shutil.rmtree(VAR / "media" / "images", ignore_errors=True)
        self._server.execute(f"CREATE DATABASE {MODEL}")
        model = self._server.url(MODEL)
        self._timed("tables", model, "migrate", "--verbosity", 0)
        self._timed("demo content", model, "load_demo")
        self._timed("static files", model, "collectstatic", "--no-input", "--clear", "--verbosity", 0)

    def empty(self, name: str) -> str:
        """A new database with nothing in it."""
        self._server.execute(f"CREATE DATABASE {name}")
        return self._server.url(name)

    def shop(self, products: int) -> str:
        """A copy of the prepared database with ``products`` generated pieces, its statistics fresh."""
        name = f"shop_{products}"
        self._server.execute(f"CREATE DATABASE {name} TEMPLATE {MODEL}")
        url = self._server.url(name)
        code = f"from storefront.demo.load.bulk import load_many; load_many({products})"
        self._timed(f"{products:,} pieces", url, "shell", "--verbosity", 0, "--command", code)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return url

    def _timed(self, what: str, url: str, *arguments: object) -> None:
        started = time.monotonic()
        manage(url, *arguments)
        self.seconds[what] = time.monotonic() - started
        print(f"  {what}: {self.seconds[what]:.0f} s", flush=True)
