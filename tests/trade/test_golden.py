"""The worked landed-cost cases: every column equal, to the minor unit, with nothing but the packaged rows."""

import csv
import io
from pathlib import Path

import pytest

from marketplace.trade.cases import COMPUTED, compute, read_cases, write_results
from marketplace.trade.seeds import seed_book
from tests.trade.shipments import rates

CASES = Path(__file__).parent / "data" / "golden_landed_cost.csv"


def is_place(code: str) -> bool:
    return len(code) == 2 and code.isupper() and code != "XX"


@pytest.fixture(scope="module")
def computed() -> dict[str, dict[str, str]]:
    cases = read_cases(CASES.read_bytes(), is_place=is_place)
    text = write_results(compute(cases, seed_book(), rates()))
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


with CASES.open(encoding="utf-8", newline="") as file:
    WANTED = list(csv.DictReader(file))


def test_there_are_24_golden_cases():
    assert len(WANTED) == 24


@pytest.mark.parametrize("wanted", WANTED, ids=lambda row: row["id"])
def test_golden_case_is_equal_in_every_column(wanted, computed):
    assert computed[wanted["id"]] == {name: wanted[name] for name in COMPUTED}
