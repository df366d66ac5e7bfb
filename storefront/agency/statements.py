"""What an agency earned: what is owed per currency, and its months as page, PDF and CSV. All sums are payments' own."""

from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace import formats
from marketplace.fulfilment.files import file_response
from marketplace.money import Money, format_money
from marketplace.partnerships.models import Part
from marketplace.payments.payouts.agency_files import agency_statement_csv, agency_statement_pdf, state_words
from marketplace.payments.payouts.agency_statements import (
    AgencyLine,
    AgencyStatement,
    agency_statement,
    months_of_agency,
)
from marketplace.payments.payouts.balances import Standing, balance_of, currencies_of
from marketplace.payments.payouts.payees import offer_of, payee_of, waiting_payee_of
from marketplace.payments.payouts.statement_files import month_name, month_words
from marketplace.trade.papers.fonts import MissingCharacter
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.titles import Title, titles_of
from storefront.paging import describe_paging

PER_PAGE = 12
LINES = 50
FILES = {"csv": ("text/csv; charset=utf-8", agency_statement_csv), "pdf": ("application/pdf", agency_statement_pdf)}


@require_safe
@agency_view(needs=Part.BOOKS)
def listing(desk: AgencyDesk) -> HttpResponse:
    """What is owed in each currency, and every month with its statement."""
    currencies = currencies_of(desk.agency)
    months = [(currency, month) for currency in currencies for month in months_of_agency(desk.agency, currency)]
    months.sort(key=lambda pair: (pair[1], pair[0] == desk.agency.currency), reverse=True)
    shown = Paginator(months, PER_PAGE).get_page(desk.request.GET.get("page"))
    context = {
        "accounts": [_account(desk, currency) for currency in currencies],
        "several": len(currencies) > 1,
        "months": [
            {"label": _month_name(month), "currency": currency, "url": _url(desk, "statement", currency, month)}
            for currency, month in shown
        ],
        "paging": describe_paging(shown, desk.request),
        "may_change": desk.may(Part.OWN),
    }
    return desk.render("statements", context)


def _account(desk: AgencyDesk, currency: str) -> dict:
    payee, waiting = payee_of(desk.agency, currency), waiting_payee_of(desk.agency, currency)
    offer = offer_of(desk.agency, currency)
    balance = balance_of(desk.agency, currency, offer if offer and offer.exists else None, payee_waits=bool(waiting))
    sums = [(standing.label, balance.of(standing)) for standing in Standing]
    sums += [(_("On the way to you"), balance.in_transit), (_("Paid to you so far"), balance.paid)]
    return {
        "currency": currency,
        "owed": _money(balance.owed),
        "minus": balance.owed.amount < 0,
        "sums": [(label, _money(money)) for label, money in sums if money],
        "account": payee.masked if payee else "",
        "waits": bool(waiting),
    }


@require_safe
@agency_view(needs=Part.BOOKS)
def page(desk: AgencyDesk, currency: str, year: int, month: int) -> HttpResponse:
    """One month: what was owed before, each order once, what was given back and paid out, what is owed after."""
    found = _statement(desk, currency, year, month)
    shown = Paginator(found.lines, LINES).get_page(desk.request.GET.get("page"))
    titles = _titles(found)
    context = {
        "paid_in": currency,
        "month": month_name(found.first),
        "days": month_words(found),
        "opening": _money(found.opening),
        "closing": _money(found.closing),
        "minus": found.closing.amount < 0,
        "lines": [_line(line, titles) for line in shown],
        "paging": describe_paging(shown, desk.request),
        "files": [
            (kind.upper(), _url(desk, "statement-file", currency, found.first.date(), kind=kind)) for kind in FILES
        ],
    }
    return desk.render("statement", context)


def _line(line: AgencyLine, titles: dict[str, Title]) -> dict:
    title = titles.get(line.subject)
    return {
        "text": line.text,
        "number": line.number,
        "day": formats.day(line.at),
        "amount": _money(line.amount),
        "pieces": formats.joined(line.pieces) if line.pieces else "",
        "title": title.text if title else "",
        "title_lang": title.lang if title else "",
        "goods": _money(line.goods) if line.goods else "",
        "percent": formats.exact(line.percent.normalize()) if line.percent is not None else "",
        "state": state_words(line),
        "state_code": line.state.value if line.state else "",
    }


@require_safe
@agency_view(needs=Part.BOOKS)
def file(desk: AgencyDesk, currency: str, year: int, month: int, kind: str) -> HttpResponse:
    """The same as a file, in the language of the page that it is saved from; ``kind`` is csv or pdf."""
    if kind not in FILES:
        raise Http404
    media_type, make = FILES[kind]
    try:
        found = _statement(desk, currency, year, month)
        body = make(found, {subject: title.text for subject, title in _titles(found).items()})
    except MissingCharacter:
        messages.error(desk.request, _("A name has a sign that we cannot print. Please take the CSV, and tell the shop."))
        return redirect(_url(desk, "statement", currency, date(year, month, 1)))
    return file_response(body, media_type, f"{desk.agency.code}-{currency}-{found.first:%Y-%m}.{kind}")


def _statement(desk: AgencyDesk, currency: str, year: int, month: int) -> AgencyStatement:
    """404 for a currency in which the agency never had an account, and for what is no month."""
    if currency not in currencies_of(desk.agency):
        raise Http404
    try:
        return agency_statement(desk.agency, currency, date(year, month, 1))
    except (ValueError, OverflowError) as problem:
        raise Http404 from problem


def _titles(found: AgencyStatement) -> dict[str, Title]:
    return titles_of({line.subject for line in found.lines if line.subject}, get_language() or "en")


def _url(desk: AgencyDesk, name: str, currency: str, month: date, **more) -> str:
    return desk.url(name, currency=currency, year=month.year, month=month.month, **more)


def _month_name(month: date) -> str:
    return month_name(datetime(month.year, month.month, 1))


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")
