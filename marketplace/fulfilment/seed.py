"""Sample shipping rates for the demo; an operator replaces them in the admin."""

import csv
from pathlib import Path

from marketplace.fulfilment.models import ShippingRate

RATES = Path(__file__).parent / "data" / "shipping_rates.csv"


def load_sample_rates() -> int:
    """Insert the sample rates where the table is empty. Answers the number of rows inserted."""
    if ShippingRate.objects.exists():
        return 0
    with RATES.open(encoding="utf-8", newline="") as file:
        rows = [
            # An empty cell is the field's own default.
            ShippingRate(**{name: value for name, value in row.items() if value})
            for row in csv.DictReader(file)
        ]
    return len(ShippingRate.objects.bulk_create(rows))
