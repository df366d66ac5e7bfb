"""The bundled rates: they let the demo run without a network, and say roughly what a first import must look like."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate
from marketplace.economies.models.rates import SAMPLE

RATES = Path(__file__).parent.parent / "data" / "sample_rates.csv"


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with RATES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sample_values() -> dict[tuple[str, str], tuple[date, Decimal]]:
    """(base, quote) → the day of the bundled rate and the rate."""
    return {(row["base"], row["quote"]): (date.fromisoformat(row["on"]), Decimal(row["value"])) for row in _rows()}


@transaction.atomic
def load_sample_rates(*, on: date) -> int:
    """Enter the bundled rates as if they were of ``on``, marked as sample, for currencies without a fresh real rate.

    For the demo: call it at each start. One statement when they are there already. Answers the number entered.
    """
    fresh = ExchangeRate.objects.filter(on__lte=on, on__gt=on - timedelta(days=settings.MARKETPLACE_RATE_MAX_AGE_DAYS))
    have = {
        quote
        for quote, origin, day in fresh.values_list("quote", "origin", "on").distinct()
        if origin != SAMPLE or day == on
    }
    missing = [row for row in _rows() if row["quote"] not in have]
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                base=row["base"], quote=row["quote"], value=Decimal(row["value"]), on=on, origin=SAMPLE,
                source=f"Unverified sample: {row['source']} shown as of {on.isoformat()}",
            )
            for row in missing
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if missing:
        versions.touch(versions.RATES)
    return len(missing)
