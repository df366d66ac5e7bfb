"""The ways in which money reaches a workshop or an agency. One more is one more function:

    @routes.register("post_order", title=_("Postal order"), says=_("You fetch it at your post office."), asks=_("Post office"))
    def post_order(batch: BatchFile) -> File: ...

The function makes what leaves the house once a batch is approved: a file for a bank, receipts to sign. A route that
pays by calls makes no file (None) and names ``start``. Where a route exists, and on which terms, is data: PayoutTerms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise

from marketplace.money import Money
from marketplace.payments.models import Account, Payout
from marketplace.registry import Registry


@dataclass(frozen=True)
class FileRow:
    """One payout as a file shows it. ``net`` is what reaches ``name``; ``account`` is unsealed, never log it.

    ``through``: the co-operative that is paid for it, its account in ``account``; "" for none.
    """

    number: str
    name: str
    code: str
    language: str
    holder: str
    bank: str
    account: str
    net: Money
    consignments: tuple[str, ...]
    through: str = ""


@dataclass(frozen=True)
class BatchFile:
    """An approved batch. The same batch gives the same bytes: dates are those of the approval."""

    number: str
    route: str
    currency: str
    on: date
    shop: str
    rows: tuple[FileRow, ...]

    @property
    def total(self) -> Money:
        return Money(sum((row.net.amount for row in self.rows), Decimal(0)), self.currency)


@dataclass(frozen=True)
class File:
    """``extension`` and ``media_type`` of ``data``."""

    data: bytes
    extension: str = "csv"
    media_type: str = "text/csv; charset=utf-8"


def as_written(account: str) -> str:
    """Any text is an account: what a route does that checks nothing."""
    return account


@dataclass(frozen=True)
class Route:
    """``title`` and ``says`` are for who is paid. ``asks``: what they tell of their account; "" where nothing is needed.

    ``check`` answers the account as it is kept, or raises BadPayee. ``pays_from``: the shop's account that gets less.
    ``start`` is called per payout in the transaction that approves it. ``through``: paid to a co-operative's account.
    ``evidence``: "paid" needs a signed paper.
    """

    name: str
    function: Callable[[BatchFile], File | None]
    title: str | Promise
    says: str | Promise = ""
    asks: str | Promise = ""
    check: Callable[[str], str] = as_written
    pays_from: str = Account.BANK
    start: Callable[[Payout], None] | None = None
    through: bool = False
    evidence: bool = False


routes: Registry[Route] = Registry("payout route", Route)
