"""The packaged rule rows as engine rows and as a book, without a database."""

from functools import lru_cache
from pathlib import Path

from marketplace.trade.landed.book import RuleBook
from marketplace.trade.landed.rows import Row
from marketplace.trade.tables import CUSTOMS_RATES, DUTY_RATES, TABLES, TAX_RULES, TRADE_GROUPS, Table

DATA = Path(__file__).parent / "data"
# Sample duty rates that nobody has confirmed; every amount that rests on one is an estimate.
ASSUMED = "duty_rates_assumed.csv"


def seed_rows(table: Table, *, assumed: bool = True) -> list[Row]:
    """The packaged rows of a table."""
    files = [f"{table.name}.csv"]
    if assumed and table is DUTY_RATES:
        files.append(ASSUMED)
    return [row for name in files for _line, row in table.read((DATA / name).read_bytes())]


@lru_cache(maxsize=1)
def seed_book() -> RuleBook:
    """The book of the packaged rows."""
    return make_book({table.name: seed_rows(table) for table in TABLES.values()})


def make_book(rows: dict[str, list[Row]]) -> RuleBook:
    """A book of rows by the name of their table."""
    return RuleBook(
        rules=rows.get(TAX_RULES.name, ()),
        tariffs=rows.get(DUTY_RATES.name, ()),
        official=rows.get(CUSTOMS_RATES.name, ()),
        groups=rows.get(TRADE_GROUPS.name, ()),
    )
