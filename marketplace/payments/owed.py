"""Keeps the Owed rows in step with the books."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from marketplace.payments.models import Account, Owed, Posting

TABLE, POSTINGS = Owed._meta.db_table, Posting._meta.db_table
COLUMNS = "subject, holder, currency, consignment_id, amount"
SUBJECT = "holder || ':' || currency || ':' || coalesce(cast(consignment_id AS text), '')"


def keep(postings: Iterable[Posting]) -> None:
    """Add what ``postings`` say to what each workshop is owed. One statement; two at the same moment both count."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in postings:
        if row.account == Account.WORKSHOP_PAYABLE:
            sums[row.holder, row.currency, row.consignment_id] -= row.amount
    if not sums:
        return
    # Always in the same order: two entries that touch the same rows wait for each other, and not in a ring.
    rows = sorted(
        (f"{holder}:{currency}:{pk or ''}", holder, currency, pk, amount)
        for (holder, currency, pk), amount in sums.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {', '.join(['(%s, %s, %s, %s, %s)'] * len(rows))}"
            f" ON CONFLICT (subject) DO UPDATE SET amount = round({TABLE}.amount + excluded.amount, 2)",
            [value for row in rows for value in row],
        )


def rebuild() -> int:
    """Write all rows anew from the books, for a database from before there were any. Answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(REBUILD)
        return cursor.rowcount


REBUILD = (
    f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {SUBJECT}, holder, currency, consignment_id, round(-sum(amount), 2)"
    f" FROM {POSTINGS} WHERE account = 'workshop_payable' GROUP BY holder, currency, consignment_id"
)
