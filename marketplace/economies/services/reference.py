"""Loads the economies and the places that parcels can go to."""

import csv
from pathlib import Path

from babel import Locale
from django.db import transaction
from oscar.core.loading import get_model

from marketplace.economies.models import Economy
from marketplace.economies.names import is_place

ECONOMIES = Path(__file__).parent.parent / "data" / "economies.csv"
WITHOUT_POST = {"AQ", "BV", "HM"}
# Off until the operator decides otherwise (sanctions and carriers change often).
OFF_BY_DEFAULT = {"RU"}


@transaction.atomic
def load_economies() -> int:
    """Insert or correct the 21 economies; what an operator switched off stays off. Answers their number."""
    with ECONOMIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        values = {"name": row["name"], "currency": row["currency"], "languages": row["languages"].split()}
        start = {**values, "enabled": row["code"] not in OFF_BY_DEFAULT}
        Economy.objects.update_or_create(code=row["code"], defaults=values, create_defaults=start)
    return len(rows)


@transaction.atomic
def load_destinations() -> int:
    """Insert every territory that is missing as a place to send to. Answers the number of new ones."""
    country_model = get_model("address", "Country")
    known = set(country_model.objects.values_list("pk", flat=True))
    territories = Locale("en").territories
    codes = [code for code in territories if is_place(code) and code not in WITHOUT_POST | known]
    names = dict(Economy.objects.values_list("code", "name"))
    country_model.objects.bulk_create(
        country_model(
            iso_3166_1_a2=code,
            printable_name=names.get(code, territories[code])[:128],
            name=names.get(code, territories[code])[:128],
            is_shipping_country=code not in OFF_BY_DEFAULT,
        )
        for code in sorted(codes)
    )
    return len(codes)
