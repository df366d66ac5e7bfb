"""How often cards were seen and followed, and what was ordered: per day or month, per story, per language. Nobody's name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, format_skeleton
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.text import language_name
from marketplace import formats
from marketplace.fulfilment.files import file_response
from marketplace.partnerships import counting
from marketplace.partnerships.models import CardCount
from marketplace.payments.payouts.agency_statements import orders_of
from marketplace.payments.payouts.statement_files import for_spreadsheet
from storefront.agency.charts import Chart, draw
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.titles import titles_of
from storefront.paging import describe_paging

# Name of a period → its days; those of a year are shown by month.
PERIODS = {"week": 7, "month": 30, "quarter": 90, "year": 365}
PER_PAGE = 20
COUNTED = ("views", "clicks", "orders", "refunded")


@dataclass(frozen=True)
class Numbers:
    """Of one day or month: how often cards were seen, followed, how many orders came of it, and how many of these
    orders were given back whole."""

    first: date
    label: str
    views: int = 0
    clicks: int = 0
    orders: int = 0
    refunded: int = 0


@require_safe
@agency_view
def page(desk: AgencyDesk) -> HttpResponse:
    period = desk.request.GET.get("period", "")
    period = period if period in PERIODS else "month"
    first, last = days_of(period)
    totals = counting.totals(desk.agency, first, last)
    rows = numbers_of(desk, totals, first, last, by_month=period == "year")
    cards = _cards(totals)
    shown = Paginator(cards, PER_PAGE).get_page(desk.request.GET.get("page"))
    context = {
        "periods": [
            {"code": code, "label": label, "chosen": code == period} for code, label in _period_names().items()
        ],
        "days": _("%(first)s to %(last)s") % {"first": formats.day(first), "last": formats.day(last)},
        "charts": charts_of(rows),
        "rows": [_shown(row) for row in reversed(rows)],
        "by_month": period == "year",
        "cards": list(shown),
        "cards_paging": describe_paging(shown, desk.request),
        "by_language": _languages(totals),
        "csv_url": f"{desk.url('statistics-file')}?period={period}",
        "empty": not (totals.views or totals.clicks or any(row.orders for row in rows)),
    }
    return desk.render("statistics", context)


def days_of(period: str) -> tuple[date, date]:
    """The first and last day: today is the last; a year begins with the first of its month."""
    last = timezone.localdate()
    first = last - timedelta(days=PERIODS[period] - 1)
    return (first.replace(day=1) if period == "year" else first), last


def _period_names() -> dict[str, str]:
    return {
        "week": _("7 days"),
        "month": _("30 days"),
        "quarter": _("90 days"),
        "year": _("A year, by month"),
    }


def numbers_of(
    desk: AgencyDesk, totals: counting.Totals, first: date, last: date, *, by_month: bool = False
) -> list[Numbers]:
    """Every day, or month, oldest first. One statement (orders)."""
    orders = {row.day: row for row in orders_of(desk.agency, first, last)}
    sums: dict[date, Counter] = {}
    for day, views, clicks in totals.by_day:
        key = day.replace(day=1) if by_month else day
        total = sums.setdefault(key, Counter())
        total.update(views=views, clicks=clicks)
        if day in orders:
            total.update(orders=orders[day].orders, refunded=orders[day].refunded)
    return [Numbers(key, _label(key, by_month), **{name: total[name] for name in COUNTED}) for key, total in sums.items()]


def _label(day: date, by_month: bool) -> str:
    locale = formats.locale_of()
    return format_skeleton("yMMM", day, locale=locale) if by_month else format_date(day, "medium", locale=locale)


def charts_of(rows: list[Numbers]) -> list[Chart]:
    """One of views, one of clicks, one of orders."""
    named = (
        ("views", _("Cards seen"), _("How often your cards were seen, as bars from the oldest to the newest.")),
        ("clicks", _("Followed to the shop"), _("How often somebody came to the shop from your cards, as bars.")),
        ("orders", _("Orders"), _("How many paid orders came of it, as bars.")),
    )
    return [
        draw(
            name=f"chart-{name}",
            title=title,
            says=f"{says} {_('The table below has the same numbers.')}",
            points=[(row.label, getattr(row, name)) for row in rows],
            write=formats.number,
            note=given_back(sum(row.refunded for row in rows)) if name == "orders" else "",
        )
        for name, title, says in named
    ]


def given_back(number: int) -> str:
    """What stands beside a number of orders of which ``number`` were given back whole; empty for none."""
    return _("Of these given back whole: %(number)s") % {"number": formats.number(number)} if number else ""


def _shown(row: Numbers) -> dict:
    return {"label": row.label} | {name: formats.number(getattr(row, name)) for name in COUNTED}


def _cards(totals: counting.Totals) -> list[dict]:
    """Each story once, in all of its languages together; the most seen first."""
    titles = titles_of({row[0] for row in totals.by_card}, get_language())
    sums: dict[str, Counter] = {}
    named: dict[str, str] = {}
    for subject, _language, views, clicks in totals.by_card:
        key = titles[subject].same
        named.setdefault(key, subject)
        sums.setdefault(key, Counter()).update(views=views, clicks=clicks)
    ordered = sorted(sums.items(), key=lambda row: (-row[1]["views"], -row[1]["clicks"], row[0]))
    return [
        {
            "title": titles[named[key]].text,
            "lang": titles[named[key]].lang,
            "views": formats.number(found["views"]),
            "clicks": formats.number(found["clicks"]),
        }
        for key, found in ordered
    ]


def _languages(totals: counting.Totals) -> list[dict]:
    sums: dict[str, Counter] = {}
    for _subject, language, views, clicks in totals.by_card:
        sums.setdefault(language, Counter()).update(views=views, clicks=clicks)
    ordered = sorted(sums.items(), key=lambda row: (-row[1]["views"], -row[1]["clicks"], row[0]))
    return [
        {"name": _named(code), "views": formats.number(found["views"]), "clicks": formats.number(found["clicks"])}
        for code, found in ordered
    ]


def _named(code: str) -> str:
    try:
        return language_name(code)
    except KeyError:
        return code


@require_safe
@agency_view
def file(desk: AgencyDesk) -> HttpResponse:
    """The same period as CSV: a line for each day, card and language, and one for each day with orders."""
    period = desk.request.GET.get("period", "")
    first, last = days_of(period if period in PERIODS else "month")
    head = [_("Day"), _("Card"), _("Title"), _("Language"), _("Seen"), _("Followed"), _("Orders"), _("Given back whole")]
    body = for_spreadsheet(head, list(_lines(desk, first, last)), desk.agency.economy_id)
    name = f"{desk.agency.code}-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    return file_response(body, "text/csv; charset=utf-8", name)


def _lines(desk: AgencyDesk, first: date, last: date) -> Iterator[list]:
    rows = CardCount.objects.filter(agency=desk.agency, day__range=(first, last))
    counted = list(rows.order_by("day", "subject", "language").values_list("day", "subject", "language", "views", "clicks"))
    titles = titles_of({row[1] for row in counted}, get_language())
    for day, subject, language, views, clicks in counted:
        yield [day.isoformat(), subject, titles[subject].text, language, views, clicks, None, None]
    for row in orders_of(desk.agency, first, last):
        yield [row.day.isoformat(), "", "", "", None, None, row.orders, row.refunded]
