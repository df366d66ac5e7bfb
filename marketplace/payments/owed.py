"""Keeps the Owed rows in step with the books."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from marketplace.payments.models import Account, Owed, Posting

TABLE, POSTINGS = Owed._meta.db_table, Posting._meta.db_table
# The accounts of those whom the shop pays (models.holder).
KEPT = (Account.WORKSHOP_PAYABLE, Account.AGENCY_PAYABLE)
COLUMNS = "subject, account, holder, currency, consignment_id, amount"


def keep(postings: Iterable[Posting]) -> None:
    """Add what ``postings`` say to what each holder is owed. One statement; two at the same moment both count."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in postings:
        if row.account in KEPT:
            sums[row.account, row.holder, row.currency, row.consignment_id] -= row.amount
    if not sums:
        return
    # Always in the same order: two entries that touch the same rows wait for each other, and not in a ring.
    rows = sorted(
        (_subject(account, holder, currency, pk), str(account), holder, currency, pk, amount)
        for (account, holder, currency, pk), amount in sums.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {', '.join(['(%s, %s, %s, %s, %s, %s)'] * len(rows))}"
            f" ON CONFLICT (subject) DO UPDATE SET amount = round({TABLE}.amount + excluded.amount, 2)",
            [value for row in rows for value in row],
        )


def _subject(account: str, holder: str, currency: str, consignment: int | None) -> str:
    """A workshop's rows have no account in front: there were no others when they were named."""
    before = "" if account == Account.WORKSHOP_PAYABLE else f"{account}:"
    return f"{before}{holder}:{currency}:{consignment or ''}"


def rebuild() -> int:
    """Write all rows anew from the books. Answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(REBUILD)
        return cursor.rowcount


SUBJECT = (
    "CASE account WHEN 'workshop_payable' THEN '' ELSE account || ':' END"
    " || holder || ':' || currency || ':' || coalesce(cast(consignment_id AS text), '')"
)
REBUILD = (
    f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {SUBJECT}, account, holder, currency, consignment_id, round(-sum(amount), 2)"
    f" FROM {POSTINGS} WHERE account IN ('workshop_payable', 'agency_payable')"
    " GROUP BY account, holder, currency, consignment_id"
)
