"""The markets that a fresh shop starts with. What an operator changed or deleted since stays as it is."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from oscar.core.loading import get_model

from marketplace.economies import versions
from marketplace.economies.models import (
    CurrencyPeg,
    Market,
    MarketChannel,
    MarketCurrency,
    RegistrationScheme,
)

DATA = Path(__file__).parent.parent / "data"


@transaction.atomic
def seed_markets() -> int:
    """Insert the markets, pegs and registration schemes that are missing. Answers the number of new markets."""
    added = _markets()
    schemes, pegs = _schemes(), _pegs()
    if added or schemes:
        versions.touch(versions.MARKETS)
    if pegs:
        versions.touch(versions.RATES)
    return len(added)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _markets() -> list[Market]:
    known = set(Market.objects.values_list("destination", flat=True))
    rows = {row["destination"]: row for row in _rows("markets.csv") if row["destination"] not in known}
    markets = Market.objects.bulk_create(_market(row) for row in rows.values())
    MarketCurrency.objects.bulk_create(
        MarketCurrency(market=market, currency=code, sort_order=place)
        for market in markets
        for place, code in enumerate(rows[market.destination]["currencies"].split())
    )
    by_code = {market.destination: market for market in markets}
    MarketChannel.objects.bulk_create(
        MarketChannel(
            market=by_code[row["destination"]], channel=row["channel"], source=row["source"], **_period(row)
        )
        for row in _rows("market_channels.csv")
        if row["destination"] in by_code
    )
    closed = [market.destination for market in markets if not market.enabled]
    get_model("address", "Country").objects.filter(pk__in=closed).update(is_shipping_country=False)
    return markets


def _market(row: dict[str, str]) -> Market:
    same = {name: row[name] for name in ("destination", "bloc", "terms", "source")}
    return Market(
        **same,
        enabled=row["enabled"] == "yes",
        languages=row["languages"].split(),
        review_on=date.fromisoformat(row["review_on"]),
    )


def _schemes() -> list[RegistrationScheme]:
    known = set(RegistrationScheme.objects.values_list("code", flat=True))
    return RegistrationScheme.objects.bulk_create(
        RegistrationScheme(**row) for row in _rows("registration_schemes.csv") if row["code"] not in known
    )


def _pegs() -> list[CurrencyPeg]:
    """Only into an empty table: an operator may have ended a peg."""
    if CurrencyPeg.objects.exists():
        return []
    return CurrencyPeg.objects.bulk_create(
        CurrencyPeg(
            currency=row["currency"], anchor=row["anchor"], value=Decimal(row["value"]), source=row["source"],
            **_period(row),
        )
        for row in _rows("currency_pegs.csv")
    )  # fmt: skip


def _period(row: dict[str, str]) -> dict[str, date | None]:
    first, last = row["valid_from"], row["valid_to"]
    return {"valid_from": date.fromisoformat(first), "valid_to": date.fromisoformat(last) if last else None}
