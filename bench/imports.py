"""A hundred thousand pieces from one file: rows per second, memory, the same file again, and a kill half-way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.servers import SITE
from tests.bulk import processes
from tests.bulk.processes import Ran

ROWS = 100_000
MOST_MB = 300
DONE = "SELECT coalesce(sum(position), 0) FROM marketplace_bulk_importrun WHERE state = 'writing'"
# What is there of the file: pieces, codes of theirs, rows of stock and of words.
COUNTED = """
SELECT count(*), count(DISTINCT p.maker_code), count(s.id), count(t.id) FROM catalogue_product p
LEFT JOIN partner_stockrecord s ON s.product_id = p.id LEFT JOIN catalogue_producttext t ON t.owner_id = p.id
WHERE p.maker_code LIKE 'IMP-%'
"""


@dataclass(frozen=True)
class Imported:
    """``first``: in one go; ``again``: the same file once more; ``rest``: what was left after a kill; ``counted`` then."""

    rows: int
    first: Ran
    again: Ran
    rest: Ran
    counted: tuple[int, ...]


def measure(whole: str, killed: str, rows: int = ROWS) -> Imported:
    """Two databases with demo content: one for a whole import, one for an import that is killed half-way."""
    with TemporaryDirectory() as folder:
        command = _command(whole, Path(folder), rows)
        first, again = (_run(whole, folder, command) for _time in range(2))
        process = processes.start(_environment(killed, folder), *command)
        processes.kill_when(process, lambda: _one(killed, DONE)[0] >= rows // 2)
        rest = _run(killed, folder, command)
        return Imported(rows, first, again, rest, _one(killed, COUNTED))


def report(found: Imported) -> str:
    lines = ["| | what it said | seconds | rows per second | peak memory |", "|---|---|---:|---:|---:|"]
    for name, ran in (("first", found.first), ("same file again", found.again), ("after the kill", found.rest)):
        rate = f"{found.rows / ran.seconds:,.0f}" if ran is not found.rest else ""
        lines.append(f"| {name} | {ran.said} | {ran.seconds:,.0f} | {rate} | {ran.peak} MB |")
    return "\n".join(lines)


def verdicts(found: Imported) -> list[tuple[bool, str]]:
    peak = max(found.first.peak, found.again.peak, found.rest.peak)
    same = found.again.said == f"new 0, changed 0, same {found.rows}, refused 0"
    return [
        (peak < MOST_MB, f"memory stays below {MOST_MB} MB: {peak} MB"),
        (same, "the same file again changes nothing"),
        (set(found.counted) == {found.rows}, f"killed half-way and gone on with, nothing is lost or doubled: {found.counted}"),
    ]


def _command(database: str, folder: Path, rows: int) -> tuple:
    (workshop,) = _one(database, "SELECT slug FROM marketplace_workshops_workshop ORDER BY id LIMIT 1")
    (craft,) = _one(database, "SELECT slug FROM catalogue_craft ORDER BY id LIMIT 1")
    (material,) = _one(database, "SELECT slug FROM catalogue_material ORDER BY id LIMIT 1")
    file = processes.write_file(folder / "pieces.csv", rows, craft=craft, materials=material)
    return file, "--workshop", workshop


def _run(database: str, folder: str, command: tuple) -> Ran:
    return processes.finish(processes.start(_environment(database, folder), *command))


def _environment(database: str, folder: str) -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": "storefront.settings", "PRIVATE_ROOT": f"{folder}/private"}
    return SITE | settings | {"DATABASE_URL": database}


def _one(database: str, statement: str) -> tuple:
    with psycopg.connect(database) as connection:
        return connection.execute(statement).fetchone()
