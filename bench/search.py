"""Search in a large shop beside a bare full-text query in a bare view, and the making of the index. See docs/search.md."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg

from bench.measuring import Plan, Series, Target, in_turns, latency
from bench.pages import statements
from bench.servers import NAME, ROOT, Failed, Servers, manage

MOST_TIMES, MOST_STATEMENTS = 3.0, 4
FLAT = 1.25  # so many times the memory that a fifth of the index needs may the whole index need
# What many pieces hold, and what few do: words that PostgreSQL's own parser finds, too.
WORDS = {"common word": "bamboo", "rare word": "4711", "two common words": "bamboo basket"}
# Two words with all that means the same have no target yet; they are printed to be seen.
AIMED = ("common word", "rare word")
# The plainest thing that PostgreSQL offers: a table of texts, its own parser, its own rank.
BARE = """
DROP TABLE IF EXISTS bare;
CREATE TABLE bare AS
  SELECT t.id, t.owner_id, t.title, t.summary, l.language_code AS language,
         to_tsvector('simple', t.title || ' ' || t.summary || ' ' || t.description) AS words
  FROM catalogue_producttext t JOIN wagtailcore_locale l ON l.id = t.locale_id
  JOIN storefront_productcard c ON c.product_id = t.owner_id AND c.visible;
CREATE INDEX bare_words ON bare USING gin (words);
VACUUM ANALYZE bare;
"""


@dataclass(frozen=True)
class Asked:
    """One search: SQL statements in a worker that runs, our page and the bare view."""

    name: str
    word: str
    statements: int
    ours: Series
    bare: Series


@dataclass(frozen=True)
class Built:
    """A rebuild of the index for so many pieces. ``peak`` in MB."""

    pieces: int
    seconds: float
    peak: int


def measure(servers: Servers, database: str, plan: Plan) -> list[Asked]:
    """Our page without page cache, and the bare view with as many bytes, in turns."""
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in BARE.strip().rstrip(";").split(";\n"):
            connection.execute(statement)
    paths = {name: f"/en/search/?{urlencode({'q': word})}" for name, word in WORDS.items()}
    sql = statements(database, paths)
    site, floor = servers.site(database, cache_mb=0), servers.floor(database)
    found = []
    for name, word in WORDS.items():
        ours, asked = Target(site, paths[name], NAME), urlencode({"q": word})
        size = ours.sample(1, 0.2).size - Target(floor, f"/words/?frame=0&{asked}").sample(1, 0.2).size
        bare = Target(floor, f"/words/?frame={max(0, size)}&{asked}")
        rows = in_turns({"ours": ours, "bare": bare}, plan)
        found.append(Asked(name, word, sql[name][1], rows["ours"], rows["bare"]))
        print(f"  {name}", flush=True)
    return found


def build(database: str) -> Built:
    """The index made anew in an emptied table, in a process of its own, so that its peak is its own."""
    code = (
        "import json, resource, time\n"
        "from django.db import connection\n"
        "from storefront.search import index\n"
        "connection.cursor().execute('TRUNCATE storefront_searchentry')\n"
        "started = time.monotonic(); number = index.rebuild()\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "print(json.dumps([number, time.monotonic() - started, peak]))"
    )
    answer = manage(database, "shell", "--verbosity", 0, "--command", code)
    return Built(*json.loads(answer.splitlines()[-1]))


def quality(empty: str) -> str:
    """How well search answers the questions of tests/search/cases.csv, in SQLite and in the ``empty`` PostgreSQL database."""
    return "\n".join(_rank(*url) for url in ((), (empty,)))


def _rank(*url: str) -> str:
    command = [sys.executable, "-m", "tests.search.asking", "--rank", *url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    return done.stdout.splitlines()[-1]


def report(asked: list[Asked], built: tuple[Built, Built]) -> str:
    lines = [
        "| search | words | SQL | ours p50 ms | bare view ms | **times as long** |",
        "|---|---|---|---|---|---|",
    ]
    for row in asked:
        lines.append(
            f"| {row.name} | {row.word} | {row.statements} | {row.ours.p50:.1f} | {row.bare.p50:.1f} "
            f"| **{latency(row.ours, row.bare)}** |"
        )
    for row in built:
        rate = row.pieces / row.seconds
        words = f"Index of {row.pieces:,} pieces made in {row.seconds:.0f} s ({rate:,.0f} a second)"
        lines.append(f"\n{words}, peak memory {row.peak} MB.")
    return "\n".join(lines)


def verdicts(asked: list[Asked], built: tuple[Built, Built]) -> list[tuple[bool, str]]:
    """(kept, sentence) for each target."""
    found = []
    for row in (row for row in asked if row.name in AIMED):
        times, number = latency(row.ours, row.bare).middle, row.statements
        slower = f"{row.name}: {times:.2f} times a bare full-text query, at most {MOST_TIMES:g}"
        found.append((times <= MOST_TIMES, slower))
        found.append(
            (number <= MOST_STATEMENTS, f"{row.name}: {number} statements, at most {MOST_STATEMENTS}")
        )
    few, many = built
    flat = f"memory for the index: {few.peak} MB for a fifth, {many.peak} MB for all, at most {FLAT:g} times"
    found.append((many.peak <= few.peak * FLAT, flat))
    return found
