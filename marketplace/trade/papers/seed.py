"""The packaged rows of the papers: limits of the forms, and samples of origin statements that no paper uses yet."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from marketplace.trade.models import OriginStatementText, PaperRule

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_paper_rows() -> int:
    """Insert the rows that are missing; what an operator changed stays. Answers the number of new ones."""
    return _load("paper_rules.csv", PaperRule, ("kind", "destination", "scheme", "effective_from")) + _load(
        "origin_statements.csv", OriginStatementText, ("agreement", "language", "version")
    )


def _load(name: str, model, key: tuple[str, ...]) -> int:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = [{column: _value(column, text) for column, text in row.items()} for row in csv.DictReader(file)]
    made = [
        model.objects.get_or_create(**{column: row[column] for column in key}, defaults=row)[1] for row in rows
    ]
    return sum(made)


def _value(column: str, text: str):
    if column in ("effective_from", "effective_to", "source_date"):
        return date.fromisoformat(text) if text else None
    if column == "number":
        return Decimal(text) if text else None
    return text
