"""An agency's statement of a month: each order that it brought once, what was given back, what was paid out.

Opening + lines = closing, exactly: the amounts are postings of its account. It names no buyer: an order is known by the
first group of its number. docs/attribution.md says what holds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

from marketplace.money import Money
from marketplace.partnerships.models import Agency
from marketplace.payments.models import JournalEntry, OrderVia, Payment, Posting
from marketplace.payments.payouts import agency_states
from marketplace.payments.payouts.agency_states import LineState
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.statements import month_of, months_of

__all__ = ["AgencyLine", "AgencyStatement", "DayOfOrders", "LineState", "agency_statement", "months_of_agency", "orders_of"]
Kind = JournalEntry.Kind
OrderLine = get_model("order", "Line")
# Entries that are about one order; all others are told as a whole.
OF_ORDERS = (Kind.PAID, Kind.REFUND, Kind.REFUND_FAILED)
ZERO = Decimal("0.00")


class LineKind(models.TextChoices):
    """What a line is."""

    ORDER = "order", gettext_lazy("Order")
    GIVEN_BACK = "given_back", gettext_lazy("Taken back: the buyer got money back")
    OWED_AGAIN = "owed_again", gettext_lazy("Owed again: the refund did not arrive")
    PAYOUT = "payout", gettext_lazy("Paid out to you")
    PAYOUT_FAILED = "payout_failed", gettext_lazy("Owed again: the payout did not arrive")
    CORRECTION = "correction", gettext_lazy("Correction")


KINDS = {
    Kind.PAID: LineKind.ORDER,
    Kind.REFUND: LineKind.GIVEN_BACK,
    Kind.REFUND_FAILED: LineKind.OWED_AGAIN,
    Kind.PAYOUT: LineKind.PAYOUT,
    Kind.PAYOUT_FAILED: LineKind.PAYOUT_FAILED,
}


@dataclass(frozen=True)
class AgencyLine:
    """``amount``: plus is more owed to the agency. ``number``: the order's, shortened, or the payout's; "" for none.

    Of an order also: ``subject`` that the visit began with ("story-7" or ""), ``pieces`` by name, ``goods`` in what the buyer
    paid in, ``percent`` as it was agreed, ``state`` as of now, and in ``why`` for what reason it earns nothing.
    """

    kind: LineKind
    at: datetime
    number: str
    text: str
    amount: Money
    subject: str = ""
    pieces: tuple[str, ...] = ()
    goods: Money | None = None
    percent: Decimal | None = None
    state: LineState | None = None
    why: str = ""


@dataclass(frozen=True)
class AgencyStatement:
    """``first`` is the first moment of the month, ``until`` that of the next."""

    agency: Agency
    currency: str
    first: datetime
    until: datetime
    opening: Money
    lines: tuple[AgencyLine, ...]
    closing: Money


@dataclass(frozen=True)
class DayOfOrders:
    """``orders`` that were paid on the day and earn something; ``refunded``: how many of these were given back whole."""

    day: date
    orders: int
    refunded: int


def agency_statement(agency: Agency, currency: str, month: date) -> AgencyStatement:
    """The month of ``month``, a day in it, in the active language. As many statements for many orders as for one.

    Orders that earn nothing stand in the statement of the agency's own currency, with the reason.
    """
    of = month_of(agency, currency, month.year, month.month)
    postings = list(of.rows.select_related("entry", "consignment"))
    silent = _without_shares(agency, of.first, of.until) if currency == agency.currency else []
    orders = {row.consignment.order_id for row in postings if row.consignment and row.entry.kind in OF_ORDERS}
    shown = _Orders(agency, currency, orders | {row.order_id for row in silent})
    lines = [_line(rows, shown) for rows in _grouped(postings)] + [_silent(row, shown) for row in silent]
    lines.sort(key=lambda line: line.at)
    return AgencyStatement(agency, currency, of.first, of.until, of.opening, tuple(lines), of.closing)


def months_of_agency(agency: Agency, currency: str) -> list[date]:
    """First days of the months that have something to tell, and of those between them; the latest first."""
    months = [month.date() for month in months_of(agency, currency)]
    if currency == agency.currency:
        ends = _paid(agency).aggregate(first=Min("order__payment__paid_at"), last=Max("order__payment__paid_at"))
        months += [timezone.localtime(at).date().replace(day=1) for at in ends.values() if at]
    if not months:
        return []
    first, month, found = min(months), max(months), []
    while month >= first:
        found.append(month)
        month = month.replace(year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1)
    return found


def orders_of(agency: Agency, first_day: date, last_day: date) -> list[DayOfOrders]:
    """Days from ``first_day`` to ``last_day`` with orders, by the server's time zone. One statement."""
    rows = _paid(agency).filter(excluded="").annotate(day=TruncDate("order__payment__paid_at"))
    given_back = Q(order__payment__state=Payment.State.REFUNDED)
    days = rows.filter(day__range=(first_day, last_day)).order_by("day").values("day")
    counted = days.annotate(orders=Count("pk"), refunded=Count("pk", filter=given_back))
    return [DayOfOrders(row["day"], row["orders"], row["refunded"]) for row in counted]


def _paid(agency: Agency) -> QuerySet[OrderVia]:
    return OrderVia.objects.filter(agency=agency, order__payment__paid_at__isnull=False)


def _without_shares(agency: Agency, first: datetime, until: datetime) -> list[OrderVia]:
    """Orders of the month of which the agency gets nothing at all: no posting tells of them."""
    rows = _paid(agency).filter(order__payment__paid_at__gte=first, order__payment__paid_at__lt=until)
    rows = rows.exclude(order__consignments__shares__party="agency")
    return list(rows.select_related("order__payment").order_by("order__payment__paid_at", "pk"))


def _grouped(postings: Iterable[Posting]) -> list[list[Posting]]:
    """One line for each order in an entry; what is about no order is one line for the whole entry."""
    groups: dict[tuple, list[Posting]] = defaultdict(list)
    for row in postings:
        order = row.consignment.order_id if row.consignment and row.entry.kind in OF_ORDERS else None
        groups[row.entry_id, order].append(row)
    return list(groups.values())


class _Orders:
    """What lines say of their orders, read at once."""

    def __init__(self, agency: Agency, currency: str, ids: set[int]) -> None:
        self.currency = currency
        rows = OrderVia.objects.filter(agency=agency, order__in=ids).select_related("order")
        self.vias = {row.order_id: row for row in rows}
        self.states = agency_states.states_of(agency, currency, ids)
        self.pieces: dict[int, list[str]] = defaultdict(list)
        self.goods: dict[int, Decimal] = defaultdict(Decimal)
        lines = OrderLine.objects.filter(order__in=ids).select_related("product__parent").order_by("pk")
        for line in lines.prefetch_related("product__texts__locale", "product__parent__texts__locale"):
            self.pieces[line.order_id].append(line.product.get_title() if line.product else line.title)
            self.goods[line.order_id] += line.line_price_incl_tax

    def told(self, order: int) -> dict:
        """What a line says of its order."""
        via = self.vias[order]
        return {
            "number": short_number(via.order.number),
            "subject": via.subject,
            "pieces": tuple(dict.fromkeys(self.pieces[order])),
            "goods": Money(self.goods[order], via.order.currency),
            "percent": via.percent,
        }


def short_number(number: str) -> str:
    """The first group of an order's number: enough for two people to talk about it, too little to look at it."""
    return number.partition("-")[0][:8]


def _line(rows: list[Posting], shown: _Orders) -> AgencyLine:
    entry = rows[0].entry
    kind = KINDS.get(entry.kind, LineKind.CORRECTION)
    amount = Money(-sum((row.amount for row in rows), ZERO), shown.currency)
    if entry.kind not in OF_ORDERS or rows[0].consignment is None:
        number = entry.details.get("payout", "")
        return AgencyLine(kind, entry.at, number, _of_payout(kind, entry.details), amount)
    order = rows[0].consignment.order_id
    told = shown.told(order)
    if kind == LineKind.ORDER:
        return AgencyLine(kind, entry.at, text=str(kind.label), amount=amount, state=shown.states[order], **told)
    kept = {name: told[name] for name in ("number", "subject", "pieces")}
    return AgencyLine(kind, entry.at, text=str(kind.label), amount=amount, **kept)


def _of_payout(kind: LineKind, details: dict) -> str:
    if details.get("what") == "taken_back":
        return _("Taken back by Stripe after a refund")
    route = details.get("route", "")
    if not route or kind == LineKind.CORRECTION:
        return str(kind.label)
    return _("%(text)s, %(route)s") % {"text": kind.label, "route": routes[route].title if route in routes else route}


def _silent(via: OrderVia, shown: _Orders) -> AgencyLine:
    why = via.get_excluded_display() if via.excluded else _("The shop itself earns nothing of these pieces")
    nothing = Money(ZERO, shown.currency)
    at, told = via.order.payment.paid_at, shown.told(via.order_id)
    text = str(LineKind.ORDER.label)
    return AgencyLine(LineKind.ORDER, at, text=text, amount=nothing, state=LineState.NOTHING, why=str(why), **told)
