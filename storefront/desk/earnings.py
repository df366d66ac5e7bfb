"""Earnings: what a workshop is owed, when and by which route it comes, why less, and the statements of its months."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.fulfilment.files import file_response
from marketplace.money import Money, format_money
from marketplace.payments.models import Payee, Payout
from marketplace.payments.payouts import open_money
from marketplace.payments.payouts.balances import Position, Standing, currencies_of
from marketplace.payments.payouts.pauses import paused_until
from marketplace.payments.payouts.payees import payee_of, waiting_payee_of
from marketplace.payments.payouts.statement_files import month_name, month_words, statement_csv, statement_pdf
from marketplace.payments.payouts.statements import Statement, months_of, statement_of
from marketplace.payments.payouts.terms import Offer, TermsBook
from marketplace.workshops.models import Right
from storefront.desk.again import ask_again
from storefront.desk.how_paid import describe_offer
from storefront.desk.payee_page import describe_payee, payee_page
from storefront.desk.scope import Desk, desk_view
from storefront.paging import describe_paging

SHOWN = 12
PER_PAGE = 50
FILES = {"csv": ("text/csv; charset=utf-8", statement_csv), "pdf": ("application/pdf", statement_pdf)}


@require_safe
@desk_view(needs=Right.BOOKS)
def page(desk: Desk) -> HttpResponse:
    """Each currency with its lines, the payouts, and the months with their statements."""
    accounts = [_account(desk, currency) for currency in currencies_of(desk.workshop)]
    context = {"accounts": accounts, "may_change": desk.may(Right.OWN), "economy": desk.workshop.village.economy_id}
    return desk.render("earnings", context)


def _account(desk: Desk, currency: str) -> dict:
    workshop = desk.workshop
    way = _Way(desk, currency)
    summary = open_money.summary_of(workshop, currency, way.offer if way.offer and way.offer.exists else None)
    rows = open_money.open_rows(workshop, currency)
    below, above = rows.filter(amount__lt=0)[:SHOWN], rows.filter(amount__gt=0)[:SHOWN]
    positions = way.positions([*(below if summary.back else []), *(above if summary.others else [])])
    owed = summary.owed
    return {
        "currency": currency,
        "owed": _money(owed) if owed.amount >= 0 else "",
        "minus": _money(-owed) if owed.amount < 0 else "",
        "payable": _money(summary.payable) if summary.payable else "",
        "next_day": formats.day(way.offer.next_day(timezone.localdate())) if way.offer else "",
        "sums": _sums(summary),
        "below": [_row(desk, row) for row in positions if row.owed.amount < 0],
        "rows": [_row(desk, row) for row in positions if row.owed.amount > 0],
        "all": desk.url("earnings-open", currency=currency) if max(summary.back, summary.others) > SHOWN else "",
        "count": summary.back + summary.others,
        "payee": describe_payee(way.payee),
        "waiting": describe_payee(way.waiting),
        "paused": formats.day(way.paused) if way.paused else "",
        "terms": describe_offer(way.offer) if way.offer else None,
        "why_not": way.offer.why_not if way.offer else "",
        "payouts": _payouts(desk, currency),
        "months": _months(desk, currency),
    }


class _Way:
    """By which way money of one currency comes to the workshop, and what keeps it."""

    def __init__(self, desk: Desk, currency: str) -> None:
        self.workshop, self.currency = desk.workshop, currency
        self.payee, self.waiting = payee_of(desk.workshop, currency), waiting_payee_of(desk.workshop, currency)
        self.offer = _offer(desk, self.payee)
        # Until then nothing is paid there, although it was approved.
        self.paused: datetime | None = paused_until([self.payee]).get(self.payee.pk) if self.payee else None

    def positions(self, rows) -> list[Position]:
        # A way of being paid that ended promises no day.
        offer = self.offer if self.offer and self.offer.exists else None
        return open_money.positions(
            self.workshop, self.currency, offer, rows, payee_waits=bool(self.waiting), paused_until=self.paused
        )


@require_safe
@desk_view(needs=Right.BOOKS)
def open_lines(desk: Desk, currency: str) -> HttpResponse:
    """Every consignment of which something is owed or to be taken off, in pages; the oldest first."""
    if currency not in currencies_of(desk.workshop):
        raise Http404
    shown = Paginator(open_money.open_rows(desk.workshop, currency), PER_PAGE).get_page(desk.request.GET.get("page"))
    rows = [_row(desk, row) for row in _Way(desk, currency).positions(shown)]
    context = {"currency": currency, "rows": rows, "paging": describe_paging(shown, desk.request)}
    return desk.render("earnings_open", context)


def _offer(desk: Desk, payee: Payee | None) -> Offer | None:
    if payee is None:
        return None
    economy = desk.workshop.village.economy_id
    return TermsBook([economy]).offer(economy, payee.route, payee.currency, timezone.localdate())


def _sums(summary: open_money.Summary) -> list[tuple[str, str]]:
    sums = [(standing.label, summary.sums[standing]) for standing in Standing]
    sums += [(_("On the way to you"), summary.in_transit), (_("Paid to you so far"), summary.paid)]
    return [(label, _money(money)) for label, money in sums if money]


def _row(desk: Desk, row: Position) -> dict:
    consignment = row.consignment
    # The desk shows consignments that were paid, to whoever packs; a book-keeper alone reads the number.
    shown = consignment is not None and _was_paid(consignment.order.payment) and desk.may(Right.PACK)
    return {
        "number": consignment.number if consignment else "",
        "url": desk.url("consignment", pk=consignment.pk) if shown else "",
        "amount": _money(row.owed),
        "standing": row.standing.value,
        "label": row.standing.label,
        "why": row.why,
    }


def _was_paid(payment) -> bool:
    """As ConsignmentQuerySet.payable."""
    return payment.state == "paid" or (payment.state in ("refunded", "attention") and payment.paid_at is not None)


def _payouts(desk: Desk, currency: str) -> list[dict]:
    rows = Payout.objects.filter(workshop=desk.workshop, currency=currency)
    rows = rows.exclude(state__in=(Payout.State.PREPARED, Payout.State.WITHDRAWN)).select_related("batch")
    return [
        {
            "number": row.number,
            "net": _money(Money(row.net, currency)),
            "fee": _money(Money(row.fee, currency)) if row.fee else "",
            "state": row.state,
            "label": row.get_state_display(),
            "day": formats.day(row.settled_at or row.batch.approved_at),
            "reference": row.reference,
            "why": _why_failed(row) if row.state == Payout.State.FAILED else "",
            # In the words of somebody of the shop, in whatever language she writes.
            "note": row.note if row.state == Payout.State.FAILED else "",
        }
        for row in rows.order_by("-batch__approved_at", "-pk")[:SHOWN]
    ]


def _why_failed(row: Payout) -> str:
    return row.get_failure_display() if row.failure and row.failure != Payout.Failure.OTHER else ""


def _months(desk: Desk, currency: str) -> list[dict]:
    return [
        {"label": month_name(month), "url": _statement_url(desk, "statement", currency, month)}
        for month in months_of(desk.workshop, currency)[:SHOWN]
    ]


def _statement_url(desk: Desk, name: str, currency: str, month, **more) -> str:
    return desk.url(name, currency=currency, year=month.year, month=month.month, **more)


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.OWN)
@ask_again
def payee(desk: Desk) -> HttpResponse:
    """Where the money goes, entered by the owner, who was asked for her password; "withdraw" takes a change back."""
    return payee_page(desk, desk.workshop, template="earnings_payee", back=desk.url("earnings"))


@require_safe
@desk_view(needs=Right.BOOKS)
def statement(desk: Desk, currency: str, year: int, month: int) -> HttpResponse:
    """One month: what was owed before, every posting in pages, what is owed after. The files hold all of it."""
    number = _page_number(desk.request.GET.get("page", ""))
    found = _statement(desk, currency, year, month, ((number - 1) * PER_PAGE, number * PER_PAGE))
    if not found.lines and number > 1:
        raise Http404
    paging = Paginator(range(found.count), PER_PAGE).get_page(number)
    context = {
        "currency": currency,
        "month": month_name(found.first),
        "days": month_words(found),
        "opening": _money(found.opening),
        "carried": found.opening.amount < 0,
        "minus": found.closing.amount < 0,
        "closing": _money(found.closing),
        "lines": [
            {
                "day": formats.day(line.at),
                "number": line.number,
                "url": desk.url("consignment", pk=line.consignment) if line.consignment and desk.may(Right.PACK) else "",
                "text": line.text,
                "amount": _money(line.amount),
                "below": line.amount.amount < 0,
            }
            for line in found.lines
        ],
        "shared": [
            {"number": out.number, "money": _money(out.money), "shares": [(name, _money(part)) for name, part in out.shares]}
            for out in found.shared
        ],
        "files": [(kind.upper(), _statement_url(desk, "statement-file", currency, found.first, kind=kind)) for kind in FILES],
        "paging": describe_paging(paging, desk.request),
    }
    return desk.render("earnings_statement", context)


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1


@require_safe
@desk_view(needs=Right.BOOKS)
def statement_file(desk: Desk, currency: str, year: int, month: int, kind: str) -> HttpResponse:
    """The same as a file; ``kind`` is csv or pdf."""
    if kind not in FILES:
        raise Http404
    media_type, make = FILES[kind]
    found = _statement(desk, currency, year, month)
    name = f"{desk.workshop.code_prefix}-{currency}-{found.first:%Y-%m}.{kind}"
    return file_response(make(found), media_type, name)


def _statement(desk: Desk, currency: str, year: int, month: int, part: tuple[int, int] | None = None) -> Statement:
    if currency not in currencies_of(desk.workshop):
        raise Http404
    try:
        return statement_of(desk.workshop, currency, year, month, part)
    except (ValueError, OverflowError) as problem:
        raise Http404 from problem
