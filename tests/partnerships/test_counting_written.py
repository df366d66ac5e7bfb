"""Counts on their way into the database: by the thread, at the end of a process, by several at once, in SQLite too."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import ConnectionHandler, connection
from django.utils import timezone

from marketplace.partnerships import counting
from marketplace.partnerships.counting import Visitor
from marketplace.partnerships.models import CardCount
from tests.factories import make_agency
from tests.races.server import database_url

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
ROOT = Path(__file__).resolve().parents[2]
# A process that counts once and ends as a worker does that was told to.
PROCESS = """
import django, sys
django.setup()
from marketplace.partnerships import counting
for number in range(3):
    counting.view(
        code="chang-thong", subject="story-7", language="en", visitor=counting.Visitor(f"203.0.113.{number}", sys.argv[1])
    )
"""


def counts() -> list[tuple]:
    return list(CardCount.objects.order_by("subject").values_list("subject", "views", "clicks"))


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_by_itself(settings):
    make_agency("chang-thong")
    settings.MARKETPLACE_COUNTING = {"SECONDS": 0.05}
    counting.view(code="chang-thong", subject="story-7", language="en", visitor=Visitor("203.0.113.7", FIREFOX))
    deadline = time.monotonic() + 10
    while not counts() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert counts() == [("story-7", 1, 0)]
    assert counting._book.thread.daemon and not counting._book.notes


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_lose_nothing():
    """Each thread is a connection of its own, as processes are; the rows come in different orders."""
    make_agency("chang-thong")
    day, barrier = timezone.localdate(), threading.Barrier(4)

    def write(number: int) -> None:
        barrier.wait(30)
        try:
            for _round in range(10):
                cards = [counting._Card(day, "chang-thong", f"story-{(at * (number + 1)) % 7}", "en") for at in range(7)]
                counting._write(counting.Counter({(card, what): 1 for card in cards for what in ("views", "clicks")}))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert counts() == [(f"story-{number}", 40, 40) for number in range(7)]


def test_sqlite_adds_as_postgresql_does(db, monkeypatch, tmp_path):
    lite = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "x.sqlite3"}})["default"]
    with lite.constraint_checks_disabled(), lite.schema_editor() as editor:
        editor.create_model(CardCount)
    monkeypatch.setattr(counting, "connection", lite)
    lite.disable_constraint_checking()
    day = timezone.localdate()
    for _twice in range(2):
        counting._add([(1, day, "story-7", "en", 3, 1), (1, day, "story-8", "en", 1, 0)])
    with lite.cursor() as cursor:
        cursor.execute(f"SELECT subject, views, clicks FROM {CardCount._meta.db_table} ORDER BY subject")
        assert cursor.fetchall() == [("story-7", 6, 2), ("story-8", 2, 0)]
    lite.close()


@pytest.mark.drill_only
@pytest.mark.django_db(transaction=True)
def test_a_process_writes_at_its_end():
    make_agency("chang-thong")
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "storefront.settings"}
    subprocess.run([sys.executable, "-c", PROCESS, FIREFOX], cwd=ROOT, env=env, check=True, timeout=120)
    assert counts() == [("story-7", 3, 0)]
