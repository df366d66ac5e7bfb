"""Earnings: what a workshop is owed, when and by which route it comes, and the statements of its months."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.fulfilment.files import file_response
from marketplace.money import Money, format_money
from marketplace.payments.models import Payee, Payout
from marketplace.payments.payouts.balances import Balance, Position, Standing, balance_of, currencies_of
from marketplace.payments.payouts.errors import BadPayee
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.payees import change_payee, payee_of, waiting_payee_of
from marketplace.payments.payouts.statement_files import month_name, month_words, statement_csv, statement_pdf
from marketplace.payments.payouts.statements import Statement, months_of, statement_of
from marketplace.payments.payouts.terms import Offer, TermsBook
from marketplace.workshops.models import Member
from storefront.desk.earnings_forms import PayeeForm
from storefront.desk.how_paid import describe_offer
from storefront.desk.scope import Desk, desk_view

SHOWN = 12
FILES = {"csv": ("text/csv; charset=utf-8", statement_csv), "pdf": ("application/pdf", statement_pdf)}


@require_safe
@desk_view
def page(desk: Desk) -> HttpResponse:
    """Each currency with its lines, the payouts, and the months with their statements."""
    accounts = [_account(desk, currency) for currency in currencies_of(desk.workshop)]
    context = {"accounts": accounts, "may_change": _is_owner(desk), "economy": desk.workshop.village.economy_id}
    return desk.render("earnings", context)


def _account(desk: Desk, currency: str) -> dict:
    workshop = desk.workshop
    payee, waiting = payee_of(workshop, currency), waiting_payee_of(workshop, currency)
    offer = _offer(desk, payee)
    # A way of being paid that ended promises no day.
    balance = balance_of(workshop, currency, offer if offer and offer.exists else None, payee_waits=bool(waiting))
    return {
        "currency": currency,
        "owed": _money(balance.owed),
        "payable": _money(balance.payable) if balance.payable else "",
        "next_day": formats.day(offer.next_day(timezone.localdate())) if offer else "",
        "sums": _sums(balance),
        "rows": [_row(desk, row) for row in balance.positions],
        "payee": _payee(payee),
        "waiting": _payee(waiting),
        "terms": describe_offer(offer) if offer else None,
        "why_not": offer.why_not if offer else "",
        "payouts": _payouts(desk, currency),
        "months": _months(desk, currency),
    }


def _offer(desk: Desk, payee: Payee | None) -> Offer | None:
    if payee is None:
        return None
    economy = desk.workshop.village.economy_id
    return TermsBook([economy]).offer(economy, payee.route, payee.currency, timezone.localdate())


def _sums(balance: Balance) -> list[tuple[str, str]]:
    sums = [(standing.label, balance.of(standing)) for standing in Standing]
    sums += [(_("On the way to you"), balance.in_transit), (_("Paid to you so far"), balance.paid)]
    return [(label, _money(money)) for label, money in sums if money]


def _row(desk: Desk, row: Position) -> dict:
    consignment = row.consignment
    # The desk shows consignments of paid orders only.
    shown = consignment is not None and consignment.order.payment.state == "paid"
    return {
        "number": consignment.number if consignment else "",
        "url": desk.url("consignment", pk=consignment.pk) if shown else "",
        "amount": _money(row.owed),
        "standing": row.standing.value,
        "label": row.standing.label,
        "why": row.why,
    }


def _payee(row: Payee | None) -> dict | None:
    if row is None:
        return None
    title = routes[row.route].title if row.route in routes else row.route
    return {"title": title, "account": row.masked, "holder": row.holder_name, "through": str(row.through or "")}


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
            "why": row.note if row.state == Payout.State.FAILED else "",
        }
        for row in rows.order_by("-batch__approved_at", "-pk")[:SHOWN]
    ]


def _months(desk: Desk, currency: str) -> list[dict]:
    return [
        {"label": month_name(month), "url": _statement_url(desk, "statement", currency, month)}
        for month in months_of(desk.workshop, currency)[:SHOWN]
    ]


def _statement_url(desk: Desk, name: str, currency: str, month, **more) -> str:
    return desk.url(name, currency=currency, year=month.year, month=month.month, **more)


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")


def _is_owner(desk: Desk) -> bool:
    rows = Member.objects.filter(workshop=desk.workshop, user=desk.request.user, role=Member.Role.OWNER)
    return rows.exists()


@sensitive_post_parameters("password", "account")
@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def payee(desk: Desk) -> HttpResponse:
    """Where the money goes, entered by the owner with her password. A helper is told so (403)."""
    if not _is_owner(desk):
        return desk.render("earnings_owner_only", {}, status=403)
    form = PayeeForm(desk.workshop, desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        try:
            change_payee(workshop=desk.workshop, by=desk.request.user, **form.change)
        except BadPayee as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("Saved. It counts as soon as the shop has approved it."))
            return redirect(desk.url("earnings"))
    return desk.render("earnings_payee", {"form": form}, status=400 if form.is_bound else 200)


@require_safe
@desk_view
def statement(desk: Desk, currency: str, year: int, month: int) -> HttpResponse:
    """One month: what was owed before, every posting, what is owed after."""
    found = _statement(desk, currency, year, month)
    context = {
        "currency": currency,
        "month": month_name(found.first),
        "days": month_words(found),
        "opening": _money(found.opening),
        "closing": _money(found.closing),
        "lines": [
            {"day": formats.day(line.at), "number": line.number, "text": line.text, "amount": _money(line.amount)}
            for line in found.lines
        ],
        "files": [(kind.upper(), _statement_url(desk, "statement-file", currency, found.first, kind=kind)) for kind in FILES],
    }
    return desk.render("earnings_statement", context)


@require_safe
@desk_view
def statement_file(desk: Desk, currency: str, year: int, month: int, kind: str) -> HttpResponse:
    """The same as a file; ``kind`` is csv or pdf."""
    if kind not in FILES:
        raise Http404
    media_type, make = FILES[kind]
    found = _statement(desk, currency, year, month)
    name = f"{desk.workshop.code_prefix}-{currency}-{found.first:%Y-%m}.{kind}"
    return file_response(make(found), media_type, name)


def _statement(desk: Desk, currency: str, year: int, month: int) -> Statement:
    if currency not in currencies_of(desk.workshop):
        raise Http404
    try:
        return statement_of(desk.workshop, currency, year, month)
    except (ValueError, OverflowError) as problem:
        raise Http404 from problem
