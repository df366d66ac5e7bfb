"""Pages of the desk of a workshop with 5,000 pieces and 20,000 consignments beside those of one with 50 of each.

Both stand in the same shop, and every page is asked for in turns in one process: what the machine does meanwhile meets
both alike. No server and no network: the time is that of the view, with its statements. See docs/performance.md.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta

from bench.servers import NAME, ROOT, SITE, Failed

SMALL, LARGE = (50, 50), (5_000, 20_000)  # pieces, consignments
# So many consignments of each still wait for something; so many of both came in the last days, an hour apart.
WAITING = {SMALL: 49, LARGE: 2_000}
RECENT = 49
MOST_TIMES = 1.2
ROUNDS, QUICK, EACH = 9, 3, 4


def measure(database: str, *, quick: bool = False) -> dict[str, dict[str, float]]:
    """Page → milliseconds (median) "small" and "large", "times" with "least" and "most", SQL statements "sql". Raises Failed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.desk", *(["--quick"] if quick else [])],
        cwd=ROOT, env=os.environ | SITE | {"DATABASE_URL": database}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise Failed(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, dict[str, float]]) -> str:
    head = f"| page | SQL | ms, {SMALL[0]:,} pieces, {SMALL[1]:,} consignments | ms, {LARGE[0]:,} and {LARGE[1]:,} | **times** |"
    lines = [
        f"| {name} | {row['sql']} | {row['small']:.1f} | {row['large']:.1f} |"
        f" **{row['times']:.2f}** ({row['least']:.2f}..{row['most']:.2f}) |"
        for name, row in found.items()
    ]
    return "\n".join([head, "|---|---|---|---|---|", *lines])


def verdicts(found: dict[str, dict[str, float]]) -> list[tuple[bool, str]]:
    """(kept, sentence) for the target of each page."""
    return [
        (
            row["times"] <= MOST_TIMES,
            f"desk, {name}: {row['times']:.2f} times as long in the large workshop, at most {MOST_TIMES}",
        )
        for name, row in found.items()
    ]


def _workshop(name: str, code: str, serial: int, size: tuple[int, int]):
    from bench.desk_alike import spread
    from bench.desk_data import fill
    from tests.factories import make_member, make_user, make_village, make_workshop
    from tests.factories.orders import make_order
    from tests.factories.pieces import make_piece
    from tests.marketplace.payouts import make_payee

    workshop = make_workshop(name, village=make_village(economy="VN"), code_prefix=code)
    owner = make_member(workshop, email=f"{name}@example.com")
    make_payee(workshop, by=make_user(f"clerk-of-{name}@example.com"))
    piece = make_piece(workshop, title="Red bowl", code=f"{code}-1", stock=100)
    consignment = make_order([piece], paid=True).order.consignments.get()
    consignment.messages.create(side="buyer", language="en", text="Is it on its way?", key="12345678" * 4)
    pieces, consignments = size
    fill(
        piece=piece, consignment=consignment, pieces=pieces - 1, consignments=consignments - 1, waiting=WAITING[size],
        serial=serial, recent=RECENT,
    )  # fmt: skip
    spread(workshop, workshop.partner_id)
    return workshop, owner, piece, consignment


def _pages(workshop, piece, consignment, size: tuple[int, int]) -> dict[str, str]:
    from bench.desk_data import pages

    found = pages(workshop, piece, consignment)
    # A file holds all that happened in its month: both had the same number of lines in this one. The page shows fifty
    # lines at most: in the large workshop those of a month with more than two thousand.
    busy = 0 if size == SMALL else 100
    for name, days in (("statement file", 1), ("statement", 1 + busy)):
        found[name] = _in_month(found[name], days)
    of_code = f"{workshop.code_prefix}-1-"
    return found | {
        "consignments page 2": f"{found['consignments']}?page=2",
        "pieces page 2": f"{found['pieces']}?page=2",
        "pieces found": f"{found['pieces']}?q=red+bowl",
        "pieces found by code": f"{found['pieces']}?q={of_code}{50 if size == SMALL else 51}-{size[0] - 1}",
    }


def _in_month(path: str, days: int) -> str:
    """The same address for the month in which it was ``days`` days ago."""
    from django.utils import timezone

    now = timezone.localdate()
    then = now - timedelta(days=days)
    return path.replace(f"/{now.year}-{now.month}", f"/{then.year}-{then.month}")


def compare(*, quick: bool = False) -> dict[str, dict[str, float]]:
    """What ``measure`` answers, in this process and its database, which keeps the two workshops."""
    from django.db import connection, transaction
    from django.test import Client

    from bench.desk_alike import prepare

    with transaction.atomic():
        halls = {
            SMALL: _workshop("small-hall", "SMALL", 50, SMALL),
            LARGE: _workshop("large-hall", "LARGE", 51, LARGE),
        }
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    visits = {}
    for size, (workshop, owner, piece, consignment) in halls.items():
        client = Client(headers={"Host": NAME, "X-Forwarded-Proto": "https"})
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        visits[size] = client, _pages(workshop, piece, consignment, size)
    small = halls[SMALL][0]
    pairs: dict[str, list[tuple[float, float]]] = {}
    counts = {}
    for number in range(QUICK if quick else ROUNDS):
        for name in visits[SMALL][1]:
            prepare(name, small, small.partner_id)
            if number == 0:
                counts[name] = max(_statements(client, paths[name]) for client, paths in visits.values())
            order = list(visits) if number % 2 else list(visits)[::-1]
            for _time in range(EACH):
                taken = {size: _seconds(visits[size][0], visits[size][1][name]) for size in order}
                pairs.setdefault(name, []).append((taken[SMALL], taken[LARGE]))
    return {name: _summary(rows) | {"sql": counts[name]} for name, rows in pairs.items()}


def _summary(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Medians; ``least`` and ``most`` hold the middle half of the pairs."""
    times = sorted(large / small for small, large in pairs)
    quarter = len(times) // 4
    small, large = (1000 * statistics.median(values) for values in zip(*pairs, strict=True))
    return {
        "small": small, "large": large,
        "times": statistics.median(times), "least": times[quarter], "most": times[-1 - quarter],
    }  # fmt: skip


def _seconds(client, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return time.perf_counter() - started


def _statements(client, path: str) -> int:
    """Of a page that was asked for before. Raises SystemExit for one that is not there."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if client.get(path).status_code != 200:
        raise SystemExit(f"{path} is not there")
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(compare(quick="--quick" in sys.argv)))
