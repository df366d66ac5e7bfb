"""Writing and reading the books. Nothing else writes a posting."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.payments import owed
from marketplace.payments.models import Account, JournalEntry, Payment, Posting


class Unbalanced(Exception):
    """The lines of an entry do not add up to zero in every currency. Nothing was written."""


@dataclass(frozen=True)
class Line:
    """``money`` on an account: plus is debit, minus is credit. ``holder``: whose, where an account has many."""

    account: str
    money: Money
    holder: str = ""
    consignment: Consignment | None = None


@transaction.atomic
def post(
    *,
    key: str,
    kind: str,
    lines: Iterable[Line],
    payment: Payment | None = None,
    consignment: Consignment | None = None,
    details: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Write one entry. ``key`` says which event it is: with the same key again, the first entry is the answer.

    Lines of zero are left out. Raises Unbalanced, and then nothing was written.
    """
    lines = [line for line in lines if line.money.amount]
    _refuse_unbalanced(key, lines)
    entry, created = JournalEntry.objects.get_or_create(
        key=key,
        defaults={"kind": kind, "payment": payment, "consignment": consignment, "details": dict(details or {})},
    )
    if created:
        postings = [
            Posting(
                entry=entry,
                account=line.account,
                holder=line.holder,
                consignment=line.consignment,
                amount=line.money.amount,
                currency=line.money.currency,
            )
            for line in lines
        ]
        Posting.objects.bulk_create(postings)
        owed.keep(postings)
    return entry


def _refuse_unbalanced(key: str, lines: Iterable[Line]) -> None:
    sums: Counter = Counter()
    for line in lines:
        sums[line.money.currency] += line.money.amount
    wrong = {currency: amount for currency, amount in sums.items() if amount}
    if wrong:
        raise Unbalanced(f"{key}: {wrong}")


def bridge(given: Money, got: Money) -> list[Line]:
    """The two lines that let ``given`` (credited elsewhere) become ``got``; none where the currency is the same.

    A party that is owed ``got`` for ``given``: exchange −given, exchange +got, and the party −got.
    """
    if given.currency == got.currency:
        return []
    return [Line(Account.EXCHANGE, -given), Line(Account.EXCHANGE, got)]


def balance(
    account: str, *, currency: str, holder: str | None = None, consignment: Consignment | None = None
) -> Money:
    """The sum of an account's postings: plus is what the shop has, minus what it owes."""
    rows = Posting.objects.filter(account=account, currency=currency)
    if holder is not None:
        rows = rows.filter(holder=holder)
    if consignment is not None:
        rows = rows.filter(consignment=consignment)
    return Money(rows.aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00"), currency)
