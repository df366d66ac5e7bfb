"""A workshop's statement of a month: every posting of its account, so that opening + lines = closing, exactly.

A month is one of the server's time zone (TIME_ZONE), stated on the statement.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.money import Money, format_money
from marketplace.payments.models import (
    ConsignmentShare,
    JournalEntry,
    Owed,
    Owner,
    Posting,
    RefundPart,
    holder_of,
)
from marketplace.payments.payouts import member_shares, words
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.member_shares import SharedOut
from marketplace.workshops.models import Workshop

Kind = JournalEntry.Kind
ZERO = Decimal("0.00")
SLACK = 1000  # entries


@dataclass(frozen=True)
class StatementLine:
    """One posting, seen by the workshop: plus is more owed to it. ``number``: the consignment's, "" for none."""

    at: datetime
    number: str
    text: str
    amount: Money
    consignment: int | None = None


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
    # How many there are in the month: ``lines`` may be some of them only.
    count: int
    shared: tuple[SharedOut, ...] = ()


def months_of(owner: Owner, currency: str) -> list[datetime]:
    """First moments of the months from the first posting to the last, the latest first. Two statements, by the index."""
    rows = postings_of(owner, currency).select_related("entry")
    ends = rows.order_by("entry_id").first(), rows.order_by("entry_id").last()
    if ends[0] is None:
        return []
    zone = timezone.get_default_timezone()
    first, month = (timezone.localtime(row.entry.at, zone).replace(tzinfo=None) for row in ends)
    months = []
    while (month.year, month.month) >= (first.year, first.month):
        months.append(datetime(month.year, month.month, 1, tzinfo=zone))
        month = month.replace(day=1) - timedelta(days=1)
    return months


def statement_of(
    workshop: Workshop, currency: str, year: int, month: int, part: tuple[int, int] | None = None
) -> Statement:
    """In the active language. ``part``: only the lines from one number to before another; opening and closing are those
    of the month. Raises ValueError for a month that does not exist.
    """
    of = month_of(workshop, currency, year, month)
    wanted = of.rows.select_related("entry", "consignment")
    found = list(wanted if part is None else wanted[part[0] : part[1]])
    shown = _Words(_refunds(found), _shares(found))
    lines = tuple(_line(row, shown) for row in found)
    shared = tuple(member_shares.shared_out(_payouts(found)))
    return Statement(workshop, currency, of.first, of.until, of.opening, lines, of.closing, of.count, shared)


@dataclass(frozen=True)
class Month:
    """The books of one account in a month: from ``first`` to before ``until``; ``rows`` in the order of the books."""

    first: datetime
    until: datetime
    opening: Money
    closing: Money
    rows: QuerySet[Posting]
    count: int


def month_of(owner: Owner, currency: str, year: int, month: int) -> Month:
    """Opening and closing are what is owed; both from what is owed now. Raises ValueError for no such month."""
    zone = timezone.get_default_timezone()
    first = datetime(year, month, 1, tzinfo=zone)
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    since = _since(postings_of(owner, currency), first)
    sums = since.aggregate(
        month=Sum("amount", filter=Q(entry__at__lt=until)),
        later=Sum("amount", filter=Q(entry__at__gte=until)),
        count=Count("pk", filter=Q(entry__at__lt=until)),
    )
    closing = owed_now(owner, currency) + _money(sums["later"], currency)
    opening = closing + _money(sums["month"], currency)
    rows = since.filter(entry__at__lt=until).order_by("entry_id", "pk")
    return Month(first, until, opening, closing, rows, sums["count"])


def owed_now(owner: Owner, currency: str) -> Money:
    holder = holder_of(owner)
    rows = Owed.objects.filter(account=holder.account, holder=holder.code, currency=currency).exclude(amount=0)
    return _money(rows.aggregate(sum=Sum("amount"))["sum"], currency)


def _money(total: Decimal | None, currency: str) -> Money:
    """SQLite adds up in floating point and answers 8.280000000000000."""
    return Money((total or ZERO).quantize(ZERO), currency)


def _since(rows: QuerySet[Posting], moment: datetime) -> QuerySet[Posting]:
    """Those of entries at or after ``moment``, found by the numbers of entries, in whose order an account's index stands.

    Entries that are written at the same time may get numbers the other way round: hence the slack.
    """
    after = rows.filter(entry__at__gte=moment)
    at = JournalEntry.objects.filter(at__gte=moment).order_by("at").values_list("pk", flat=True).first()
    return after.filter(entry__gte=at - SLACK) if at is not None else after.none()


def _payouts(rows: Iterable[Posting]) -> list[str]:
    """Numbers of the payouts that went out in these lines, each once."""
    numbers = [row.entry.details.get("payout", "") for row in rows if row.entry.kind == Kind.PAYOUT]
    return list(dict.fromkeys(filter(None, numbers)))


def postings_of(owner: Owner, currency: str) -> QuerySet[Posting]:
    holder = holder_of(owner)
    return Posting.objects.filter(account=holder.account, holder=holder.code, currency=currency)


@dataclass(frozen=True)
class _Words:
    """What lines need beside their postings. ``refunds``: (entry key, consignment id) → the reason, and the pieces;
    ``shares``: posting id → the share that it was made of.
    """

    refunds: dict[tuple[str, int], tuple[str, list[str]]]
    shares: dict[int, ConsignmentShare]


def _refunds(rows: Iterable[Posting]) -> dict[tuple[str, int], tuple[str, list[str]]]:
    """Why the buyer got money back, and for which pieces."""
    numbers = {row.entry.key.split(":", 1)[1]: row.entry.key for row in rows if row.entry.kind == Kind.REFUND}
    if not numbers:
        return {}
    workshop = ConsignmentShare.Party.WORKSHOP
    parts = RefundPart.objects.filter(refund__number__in=numbers, share__party=workshop, own_amount__gt=0)
    found: dict[tuple[str, int], tuple[str, list[str]]] = {}
    for part in parts.select_related("refund", "share__line__product__parent").order_by("pk"):
        key = numbers[part.refund.number], part.share.consignment_id
        _reason, pieces = found.setdefault(key, (str(part.refund.get_reason_display()), []))
        name = words.piece_of(part.share)
        if name and name not in pieces:
            pieces.append(name)
    return found


def _shares(rows: Iterable[Posting]) -> dict[int, ConsignmentShare]:
    """Posting id → the share that it is about.

    Postings do not say it, but stand in the order of the shares that they were made of (ledger_events). Where the two
    do not agree to the last amount, nothing is claimed.
    """
    made: dict[tuple, list[Posting]] = defaultdict(list)
    for row in rows:
        if row.consignment_id and row.entry.kind in words.POSTAGE:
            source = "" if row.entry.kind == Kind.PAID else row.entry.key.split(":", 1)[1]
            made[source, row.entry_id, row.consignment_id].append(row)
    parts = _parts(made)
    found = {}
    for (source, _entry, consignment), postings in made.items():
        of = parts[source, consignment]
        if [abs(row.amount) for row in postings] == [amount for _share, amount in of]:
            found |= {row.pk: share for row, (share, _amount) in zip(postings, of, strict=True)}
    return found


def _parts(keys: Iterable[tuple]) -> dict[tuple, list[tuple[ConsignmentShare, Decimal]]]:
    """(refund's number or "", consignment id) → the workshop's shares with their amounts, in the order of the books."""
    workshop = ConsignmentShare.Party.WORKSHOP
    ids, numbers = {key[2] for key in keys}, {key[0] for key in keys if key[0]}
    shares = ConsignmentShare.objects.filter(consignment__in=ids, party=workshop, own_amount__gt=0).order_by("pk")
    given = RefundPart.objects.filter(refund__number__in=numbers, share__party=workshop, own_amount__gt=0).order_by("pk")
    found: dict[tuple, list[tuple[ConsignmentShare, Decimal]]] = defaultdict(list)
    for share in shares.select_related("line__product__parent"):
        found["", share.consignment_id].append((share, share.own_amount))
    for part in given.select_related("refund", "share__line__product__parent"):
        found[part.refund.number, part.share.consignment_id].append((part.share, part.own_amount))
    return found


def _line(row: Posting, shown: _Words) -> StatementLine:
    number = row.consignment.number if row.consignment else ""
    return StatementLine(
        row.entry.at, number, _text(row, shown), Money(-row.amount, row.currency), row.consignment_id
    )


def _text(row: Posting, shown: _Words) -> str:
    """What happened; for an amount below zero, why."""
    entry, details, share = row.entry, row.entry.details, shown.shares.get(row.pk)
    postage = share is not None and share.part == ConsignmentShare.Part.SHIPPING
    text = str((words.POSTAGE if postage else words.ENTRIES).get(entry.kind, entry.get_kind_display()))
    piece = words.piece_of(share) if share else ""
    if entry.kind == Kind.REFUND and (why := shown.refunds.get((entry.key, row.consignment_id))):
        reason, pieces = why
        named = ", ".join(pieces) if share is None else piece
        return _("%(text)s (%(reason)s)") % {"text": text, "reason": ": ".join(filter(None, [reason, named]))}
    if piece:
        return _("%(text)s: %(piece)s") % {"text": text, "piece": piece}
    if details.get("what") == "taken_back":
        return str(words.TAKEN_BACK)
    if entry.kind == Kind.PAYOUT and row.amount < 0:
        text = _("Taken off payout %(number)s: it had been given back after it was paid out")
        return text % {"number": details["payout"]}
    if entry.kind == Kind.CORRECTION and row.amount > 0:
        return str(words.CORRECTED_DOWN)
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
