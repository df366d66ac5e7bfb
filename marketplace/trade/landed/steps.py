"""The steps in which levies are collected where they are coarser than the currency's own (data/levy_steps.csv)."""

import csv
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

STEPS = Path(__file__).resolve().parent.parent / "data" / "levy_steps.csv"


def levy_step(currency: str) -> Decimal:
    """1 for TWD, whose taxes are collected in whole dollars; 0 where the currency's own step counts."""
    return _steps().get(currency, Decimal(0))


@lru_cache(maxsize=1)
def _steps() -> dict[str, Decimal]:
    with STEPS.open(encoding="utf-8", newline="") as file:
        return {row["currency"]: Decimal(row["step"]) for row in csv.DictReader(file)}
