"""How often an agency's cards are seen and followed: counts per day, and nothing about anybody.

A view or click is noted in memory, without SQL; a thread adds what is noted to the database every few seconds. Robots,
visitors who said ``dnt`` (for views) and repeats (repeats.py) are not counted. No page ever fails because of counting.
"""

import atexit
import logging
import os
import re
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from crawleruseragents import is_crawler
from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from marketplace.partnerships import codes
from marketplace.partnerships.models import Agency, CardCount
from marketplace.partnerships.repeats import LONGEST_AGENT, Repeats, Visitor, first_anywhere

__all__ = ["Totals", "Visitor", "click", "flush", "forget", "is_robot", "totals", "view"]

logger = logging.getLogger(__name__)
SUBJECT = re.compile(r"[a-z]{1,20}-[0-9]{1,10}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}", re.ASCII)
# Every browser's name begins so, since 1995; what calls itself otherwise is a program.
BROWSERS = ("Mozilla/", "Opera/")
# So many notes wake the thread early; twice as many, and further ones are dropped.
MANY = 10_000
LONGEST_LANGUAGE = 12
# How long the end of a process waits for a thread that is writing just then, in seconds.
PATIENCE = 5


class _Card(NamedTuple):
    day: date
    code: str
    subject: str
    language: str


class _Note(NamedTuple):
    card: _Card
    what: str  # "views" or "clicks"
    mark: bytes


class _Book:
    """What this process noted and has not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.writing = threading.Lock()
        self.notes: list[_Note] = []
        # Counted, but the database could not be reached.
        self.waiting: Counter[tuple[_Card, str]] = Counter()
        self.repeats = Repeats()
        self.noted, self.many = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None


_book = _Book()


def view(*, code: str, subject: str, language: str, visitor: Visitor | None) -> None:
    """A card was shown. ``subject``: such as "story-7". Costs no SQL and never raises."""
    if visitor is not None and not visitor.dnt:
        _note("views", code, subject, language, visitor)


def click(*, code: str, subject: str, language: str, visitor: Visitor) -> None:
    """A visitor came to the shop from a card or link. Costs no SQL and never raises."""
    _note("clicks", code, subject, language, visitor)


def _note(what: str, code: str, subject: str, language: str, visitor: Visitor) -> None:
    try:
        if not (codes.is_code(code) and SUBJECT.fullmatch(subject) and LANGUAGE.fullmatch(language)):
            return
        if len(language) > LONGEST_LANGUAGE or codes.is_known_as_nobodys(code):
            return
        if is_robot(visitor.agent[:LONGEST_AGENT]) or len(_book.notes) >= 2 * MANY:
            return
        card = _Card(timezone.localdate(), code, subject, language)
        # In another language it is the same card for its reader.
        mark = _book.repeats.mark(visitor, f"{what} {code} {subject}", card.day)
        if mark is not None:
            _keep(_Note(card, what, mark))
    except Exception:
        logger.exception("One of the %s of a card could not be counted.", what)


def _keep(note: _Note) -> None:
    with _book.lock:
        _book.notes.append(note)
        if settings.MARKETPLACE_COUNTING["SECONDS"] and (_book.thread is None or not _book.thread.is_alive()):
            _book.thread = threading.Thread(target=_work, args=(_book,), name="counting", daemon=True)
            _book.thread.start()
    _book.noted.set()
    if len(_book.notes) >= MANY:
        _book.many.set()


def _work(book: _Book) -> None:
    """Of the thread: asleep while nothing is noted, then it writes after the seconds that the setting names."""
    while True:
        book.noted.wait()
        book.noted.clear()
        book.many.wait(settings.MARKETPLACE_COUNTING["SECONDS"])
        book.many.clear()
        _try_to_flush()
        if book.waiting:
            book.noted.set()


def _try_to_flush() -> None:
    try:
        flush()
    except Exception:
        logger.warning("What was counted of cards could not be written; it waits.", exc_info=True)
    finally:
        connections.close_all()


@lru_cache(maxsize=2000)
def is_robot(agent: str) -> bool:
    """Whether a User-Agent names a known robot, or no browser at all."""
    return not agent.startswith(BROWSERS) or is_crawler(agent)


def flush() -> int:
    """Add what was noted to the database; answers how many views and clicks that were.

    Raises what the database says; then it waits for the next time.
    """
    book = _book
    if not book.writing.acquire(timeout=PATIENCE):
        return 0
    try:
        with book.lock:
            notes, book.notes = book.notes, []
            counts, book.waiting = book.waiting, Counter()
        together = not isinstance(caches[DEFAULT_CACHE_ALIAS], LocMemCache | DummyCache)
        counts.update((note.card, note.what) for note in notes if not together or first_anywhere(note.mark))
        try:
            return _write(counts) if counts else 0
        except Exception:
            # Bounded like the notes: an outage of days may not fill the memory.
            book.waiting = Counter(dict(counts.most_common(MANY)))
            raise
    finally:
        book.writing.release()


def forget() -> None:
    """Drop what was noted and who was seen: for a process that was forked, and for tests."""
    global _book
    _book = _Book()


@atexit.register
def _at_the_end() -> None:
    if _book.thread is not None:
        _try_to_flush()


# Notes of the parent are the parent's to write, and its thread does not live on in the child.
os.register_at_fork(after_in_child=forget)


@transaction.atomic
def _write(counts: Counter[tuple[_Card, str]]) -> int:
    codes = {card.code for card, _what in counts}
    ids = dict(Agency.objects.filter(code__in=codes, stage=Agency.Stage.OPEN).values_list("code", "pk"))
    rows: dict[_Card, Counter[str]] = {}
    for (card, what), number in counts.items():
        if card.code in ids:
            rows.setdefault(card, Counter())[what] += number
    # In one order in all processes, so that they never wait for each other in a circle.
    given = [
        (ids[card.code], card.day, card.subject, card.language, found["views"], found["clicks"])
        for card, found in sorted(rows.items())
    ]
    for begin in range(0, len(given), 100):
        _add(given[begin : begin + 100])
    return sum(sum(found.values()) for found in rows.values())


def _add(rows: list[tuple]) -> None:
    """One statement that adds to what is there, in PostgreSQL and SQLite; the ORM's bulk_create can only replace."""
    table = connection.ops.quote_name(CardCount._meta.db_table)
    values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    sql = (
        f"INSERT INTO {table} (agency_id, day, subject, language, views, clicks) VALUES {values} "
        "ON CONFLICT (agency_id, day, subject, language) DO UPDATE "
        f"SET views = {table}.views + excluded.views, clicks = {table}.clicks + excluded.clicks"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])


@dataclass(frozen=True)
class Totals:
    """Of some days. ``by_day`` holds every day, also those with nothing; ``by_card`` the most seen first."""

    views: int
    clicks: int
    by_day: list[tuple[date, int, int]]  # day, views, clicks
    by_card: list[tuple[str, str, int, int]]  # subject, language, views, clicks


def totals(agency: Agency, first_day: date, last_day: date) -> Totals:
    """What was counted for an agency from ``first_day`` to ``last_day``, both included."""
    rows = CardCount.objects.filter(agency=agency, day__range=(first_day, last_day))
    sums = {"seen": Sum("views"), "followed": Sum("clicks")}
    days = {day: (seen, followed) for day, seen, followed in rows.values_list("day").annotate(**sums).order_by("day")}
    cards = rows.values_list("subject", "language").annotate(**sums)
    every = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1)]
    return Totals(
        views=sum(seen for seen, _followed in days.values()),
        clicks=sum(followed for _seen, followed in days.values()),
        by_day=[(day, *days.get(day, (0, 0))) for day in every],
        by_card=list(cards.order_by("-seen", "-followed", "subject", "language")),
    )
