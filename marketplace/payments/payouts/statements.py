"""A workshop's statement of a month: every posting of its account, so that opening + lines = closing, exactly.

A month is one of the server's time zone (TIME_ZONE), stated on the statement.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.money import Money, format_money
from marketplace.payments.models import Account, ConsignmentShare, JournalEntry, Posting, Refund, RefundPart
from marketplace.payments.payouts import words
from marketplace.payments.payouts.known import routes
from marketplace.workshops.models import Workshop

Kind = JournalEntry.Kind
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class StatementLine:
    """One posting, seen by the workshop: plus is more owed to it. ``number``: the consignment's, "" for none."""

    at: datetime
    number: str
    text: str
    amount: Money


@dataclass(frozen=True)
class Statement:
    """``first`` is the first moment of the month, ``until`` that of the next."""

    workshop: Workshop
    currency: str
    first: datetime
    until: datetime
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


def months_of(workshop: Workshop, currency: str) -> list[datetime]:
    """First moments of the months in which something was posted, the latest first."""
    rows = _postings(workshop, currency).order_by()
    zone = timezone.get_default_timezone()
    found = rows.annotate(month=TruncMonth("entry__at", tzinfo=zone)).values_list("month", flat=True).distinct()
    return sorted(found, reverse=True)


def statement_of(workshop: Workshop, currency: str, year: int, month: int) -> Statement:
    """In the active language. Raises ValueError for a month that does not exist."""
    zone = timezone.get_default_timezone()
    first = datetime(year, month, 1, tzinfo=zone)
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    rows = _postings(workshop, currency)
    month_rows = rows.filter(entry__at__gte=first, entry__at__lt=until)
    found = list(month_rows.select_related("entry", "consignment").order_by("entry__at", "entry_id", "pk"))
    reasons, postage = _refund_reasons(found), _postage(found)
    lines = tuple(_line(row, reasons, row.pk in postage) for row in found)
    return Statement(
        workshop, currency, first, until, _owed(rows, first, currency), lines, _owed(rows, until, currency)
    )


def _postings(workshop: Workshop, currency: str):
    return Posting.objects.filter(
        account=Account.WORKSHOP_PAYABLE, holder=workshop.code_prefix, currency=currency
    )


def _owed(rows, before: datetime, currency: str) -> Money:
    owed = rows.filter(entry__at__lt=before).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return Money(-owed, currency)


def _refund_reasons(rows: Iterable[Posting]) -> dict[str, str]:
    """Entry key → why the buyer got money back."""
    numbers = {row.entry.key.split(":", 1)[1]: row.entry.key for row in rows if row.entry.kind == Kind.REFUND}
    refunds = Refund.objects.filter(number__in=numbers)
    return {numbers[row.number]: str(row.get_reason_display()) for row in refunds}


def _postage(rows: Iterable[Posting]) -> set[int]:
    """Ids of the postings that are about postage.

    Postings do not say it, but stand in the order of the shares that they were made of (ledger_events). Where the two
    do not agree to the last amount, nothing is claimed.
    """
    made: dict[tuple, list[Posting]] = defaultdict(list)
    for row in rows:
        if row.consignment_id and row.entry.kind in words.POSTAGE:
            source = "" if row.entry.kind == Kind.PAID else row.entry.key.split(":", 1)[1]
            made[source, row.entry_id, row.consignment_id].append(row)
    parts = _parts(made)
    found = set()
    for (source, _entry, consignment), postings in made.items():
        of = parts[source, consignment]
        if [abs(row.amount) for row in postings] == [amount for _part, amount in of]:
            pairs = zip(postings, of, strict=True)
            found |= {row.pk for row, (part, _amount) in pairs if part == ConsignmentShare.Part.SHIPPING}
    return found


def _parts(keys: Iterable[tuple]) -> dict[tuple, list[tuple]]:
    """(refund's number or "", consignment id) → (part, amount) of the workshop's shares, in the order of the books."""
    workshop = ConsignmentShare.Party.WORKSHOP
    ids, numbers = {key[2] for key in keys}, {key[0] for key in keys if key[0]}
    shares = ConsignmentShare.objects.filter(consignment__in=ids, party=workshop, own_amount__gt=0).order_by("pk")
    given = RefundPart.objects.filter(refund__number__in=numbers, share__party=workshop, own_amount__gt=0).order_by("pk")
    found: dict[tuple, list[tuple]] = defaultdict(list)
    for consignment, part, amount in shares.values_list("consignment", "part", "own_amount"):
        found["", consignment].append((part, amount))
    for number, consignment, part, amount in given.values_list(
        "refund__number", "share__consignment", "share__part", "own_amount"
    ):
        found[number, consignment].append((part, amount))
    return found


def _line(row: Posting, reasons: dict[str, str], postage: bool) -> StatementLine:
    number = row.consignment.number if row.consignment else ""
    return StatementLine(row.entry.at, number, _text(row, reasons, postage), Money(-row.amount, row.currency))


def _text(row: Posting, reasons: dict[str, str], postage: bool) -> str:
    """What happened; for an amount below zero, why."""
    entry, details = row.entry, row.entry.details
    text = str((words.POSTAGE if postage else words.ENTRIES).get(entry.kind, entry.get_kind_display()))
    if entry.kind == Kind.REFUND and entry.key in reasons:
        return _("%(text)s (%(reason)s)") % {"text": text, "reason": reasons[entry.key]}
    if details.get("what") == "taken_back":
        return str(words.TAKEN_BACK)
    if "payout" in details:
        name = details.get("route", "")
        route = str(routes[name].title) if name in routes else name
        text = _("%(text)s: payout %(number)s, %(route)s") % {"text": text, "number": details["payout"], "route": route}
        return _with_fee(text, details, row)
    return text


def _with_fee(text: str, details: dict, row: Posting) -> str:
    fee = Decimal(details.get("fee") or 0)
    if not fee or row.entry.kind != Kind.PAYOUT:
        return text
    shown = format_money(Money(fee, row.currency), get_language() or "en")
    return _("%(text)s; %(fee)s of the payout were its fee") % {"text": text, "fee": shown}
