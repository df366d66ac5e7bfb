"""What must always be true of orders, money and messages, as questions to the database that a stranger can repeat.

    @invariant("I1", _("No piece is held more often than it is in stock."))
    def stock_within_limits() -> str:
        return "SELECT partner_sku FROM partner_stockrecord WHERE …"

A rule answers one SELECT whose only column names a row that breaks it (an order's number, a code). It is put in a
language that PostgreSQL and SQLite share, reads each table once, and must stay fast with 100,000 orders. A rule with
``asks_gateway`` answers the names themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction

# These modules hold the kit's own.
from marketplace.payments.invariants import agencies, books, gateway, messages, orders, refunds  # noqa: F401
from marketplace.payments.invariants.contract import Invariant, invariant, invariants

__all__ = ["Invariant", "Result", "check", "invariant", "invariants"]
FIRST = 5


@dataclass(frozen=True)
class Result:
    """How often an invariant is broken, the first few rows that do, and the seconds that it took to look."""

    invariant: Invariant
    count: int
    first: tuple[str, ...]
    seconds: float


def check(*, ask_gateway: bool = False, names: Sequence[str] = ()) -> list[Result]:
    """Look at all (or ``names``), by group. All see one moment of the database, so that work going on breaks nothing.

    With ``ask_gateway`` the payment service is asked too; raises GatewayDown, and Unknown for a name that is none.
    """
    wanted = [invariants[name] for name in names] or sorted(invariants, key=lambda one: one.group)
    wanted = [one for one in wanted if ask_gateway or not one.asks_gateway]
    here = [one for one in wanted if not one.asks_gateway]
    with transaction.atomic():
        _hold_still()
        results = {one.name: _look(one) for one in here}
    results |= {one.name: _look(one) for one in wanted if one.asks_gateway}
    return [results[one.name] for one in wanted]


def _hold_still() -> None:
    """One snapshot for all questions; inside of somebody's transaction, where it is too late for that, as it is."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _look(one: Invariant) -> Result:
    started = monotonic()
    asked = one.function()
    count, first = _ask(asked) if isinstance(asked, str) else _count(asked)
    return Result(one, count, tuple(map(str, first)), monotonic() - started)


def _ask(sql: str) -> tuple[int, list]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT broken.*, count(*) OVER () FROM ({sql}) AS broken LIMIT {FIRST}")
        rows = cursor.fetchall()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def _count(names: Iterable[str]) -> tuple[int, list]:
    names = list(names)
    return len(names), names[:FIRST]
