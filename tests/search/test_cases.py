"""What readers of six languages type, and what they find: the same on PostgreSQL and on SQLite."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.search.collection import answers, cases, make_collection, mean, reciprocal_rank

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.9


@pytest.fixture(scope="module")
def on_sqlite() -> dict[str, list[str]]:
    command = [sys.executable, "-m", "tests.search.asking"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_there_are_many_cases_in_every_language():
    number = Counter(case.language for case in cases())
    assert set(number) == {"en", "ja", "vi", "th", "es", "zh-hant"}
    assert min(number.values()) >= 25
    assert number.total() >= 150


def test_both_databases_answer_alike_and_well(db, on_sqlite):
    found = answers(make_collection())
    assert found == on_sqlite
    missed = [
        f"{case.id} {case.query}: {found[case.id][:5]}"
        for case in cases()
        if reciprocal_rank(case, found[case.id]) < 0.5
    ]
    assert mean(found) >= LEAST, "\n".join(missed)
