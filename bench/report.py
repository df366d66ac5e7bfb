"""The figures as tables that go into docs/performance.md as they are."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from bench.checkout import LATENCY, Checkouts
from bench.measuring import CLIENTS, Plan, Series, latency, throughput
from bench.servers import WORKERS

PACKAGES = ("Django", "wagtail", "django-oscar", "gunicorn", "psycopg")
# Least share of the floor's answers a second, and how much slower a large shop may be.
LIVE, CACHED, GROWTH = 0.25, 0.5, 1.2
JUDGED = ("listing", "story", "product")
# What agencies' visitors load, kept as a whole.
EMBEDS, KEPT = ("card", "oembed"), 0.6


def machine(postgres: str) -> str:
    """Two lines about what all of it ran on."""
    cpu = _field("/proc/cpuinfo", "model name") or platform.processor()
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) / 1_048_576
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB; load average before the first measurement: {load:.1f}.\n"
        f"Python {platform.python_version()}, {packages}, PostgreSQL {postgres}; {WORKERS} sync workers."
    )


def pages(rows: dict[str, dict[str, Series]], sql: dict[str, tuple[int, int]]) -> str:
    """One line a page: its cost, and its speed beside the two bare views, without and with the page cache."""
    lines = [
        f"| page | kB | SQL new/running | p50, p95 ms | req/s at {CLIENTS} | rows view ms | req/s | **share** "
        "| cached ms | req/s | constant view ms | req/s | **share** |",
        "|---|" + "---|" * 12,
    ]
    for name, row in rows.items():
        live, cached, floor, constant = row["live"], row["cached"], row["rows"], row["constant"]
        new, running = sql[name]
        lines.append(
            f"| {name} | {live.size / 1000:.1f} | {new} / {running} | {live.p50:.1f}, {live.p95:.1f} | {live.per_second:.0f} "
            f"| {floor.p50:.1f} | {floor.per_second:.0f} | **{throughput(live, floor)}** "
            f"| {cached.p50:.2f} | {cached.per_second:.0f} | {constant.p50:.2f} | {constant.per_second:.0f} "
            f"| **{throughput(cached, constant)}** |"
        )
    return "\n".join(lines)


def growth(rows: dict[str, dict[str, Series]], small: int, large: int) -> str:
    lines = [
        f"| page | p50 ms, {small:,} | p50 ms, {large:,} | **times as long** | req/s, {small:,} | req/s, {large:,} "
        "| **times fewer** |",
        "|---|" + "---|" * 6,
    ]
    for name, row in rows.items():
        few, many = row["small"], row["large"]
        lines.append(
            f"| {name} | {few.p50:.1f} | {many.p50:.1f} | **{latency(many, few)}** "
            f"| {few.per_second:.0f} | {many.per_second:.0f} | **{throughput(few, many)}** |"
        )
    return "\n".join(lines)


def checkout(alone: Checkouts, together: Checkouts, broken: str) -> str:
    """A row for one buyer and for several; a problem of any buyer is said, and so is what the invariants say (``broken``)."""
    rows = [
        f"| {buyers} | {found.per_second:.1f} | {found.p50:.0f}, {found.p95:.0f} | {len(found.times) + len(found.problems)} "
        f"| {len(found.problems)} | {found.wrong} |"
        for buyers, found in ((1, alone), (CLIENTS, together))
    ]
    problems = sorted({*alone.problems, *together.problems})
    return "\n".join(
        [
            f"Checkout of a guest (8 exchanges, 7 of them with us, and the webhook), Stripe at {1000 * LATENCY:.0f} ms a call:\n",
            "| buyers | paid orders/s | p50, p95 ms | tried | errors | **wrong outcomes** |",
            "|---|---|---|---|---|---|",
            *rows,
            f"\nInvariants afterwards: {broken or 'all hold'}",
            *problems,
        ]
    )


def verdicts(
    rows: dict[str, dict[str, Series]], grown: dict[str, dict[str, Series]]
) -> list[tuple[bool, str]]:
    """(kept, sentence) for each target."""
    found = []
    for name in JUDGED:
        row = rows[name]
        for what, ours, other, least in (
            ("without", "live", "rows", LIVE),
            ("with", "cached", "constant", CACHED),
        ):
            share = throughput(row[ours], row[other])
            found.append(
                (share.middle >= least, f"{name} {what} page cache: {share} of the floor, at least {least}")
            )
    for name in EMBEDS:
        share = throughput(rows[name]["cached"], rows[name]["constant"])
        found.append((share.middle >= KEPT, f"{name}, kept: {share} of the floor, at least {KEPT}"))
    for name, row in grown.items():
        slower = throughput(row["small"], row["large"])
        if name in JUDGED:
            found.append(
                (
                    slower.middle <= GROWTH,
                    f"{name} in the large shop: {slower} times slower, at most {GROWTH}",
                )
            )
    return found


def notes(rows: dict[str, dict[str, Series]], plan: Plan) -> str:
    """How it was done, and where to be careful."""
    sizes = [row["rows"].size / row["live"].size for row in rows.values()]
    busy = max(series.busy for row in rows.values() for series in row.values())
    seconds = f"{plan.alone:g} s with one reader and {plan.together:g} s with {CLIENTS}"
    return (
        f"{plan.rounds} rounds in turns (A B C D, D C B A), each {seconds}; median (least..most) of the rounds' ratios. "
        f"The rows view answers with {min(sizes):.2f} to {max(sizes):.2f} of our bytes. "
        f"The generator used at most {busy:.0%} of a core."
    )


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
