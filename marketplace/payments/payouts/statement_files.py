"""The statement as a file: PDF to print and keep, CSV for a spreadsheet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.money import Money, format_money
from marketplace.payments.payouts.safe_csv import write_csv
from marketplace.payments.payouts.statements import Statement
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.forms.parts import Column, Table, number_pages

WIDTH, HEIGHT, EDGE = 210, 297, 18
INNER = WIDTH - 2 * EDGE


def statement_csv(statement: Statement) -> bytes:
    """For a double click in the workshop's own spreadsheet, which guesses by the place it was sold in: a decimal comma
    needs the semicolon between cells, a dot the comma; the mark at the start says UTF-8, else Vietnamese and Thai break.
    """
    head = [_("Day"), _("Consignment"), _("What"), _("Amount"), _("Currency")]
    rows: list[list] = [["", "", _("Owed before"), statement.opening, statement.currency]]
    rows += [
        [timezone.localtime(line.at).date(), line.number, line.text, line.amount, statement.currency]
        for line in statement.lines
    ]
    rows.append(["", "", _("Owed after"), statement.closing, statement.currency])
    for out in statement.shared:
        text = _("How payout %(number)s is shared") % {"number": out.number}
        rows.append(["", out.number, text, out.money, statement.currency])
        rows += [["", out.number, name, money, statement.currency] for name, money in out.shares]
    return for_spreadsheet(head, rows, statement.workshop.village.economy_id)


def for_spreadsheet(head: Sequence[str], rows: Sequence[Sequence], economy: str) -> bytes:
    """A table for a double click in a spreadsheet that was sold in ``economy``."""
    point = _point(economy)
    return write_csv(head, rows, separator=";" if point == "," else ",", point=point, bom=True)


def _point(economy: str) -> str:
    """The decimal sign that people of an economy write in the active language: a comma in Chile, a dot in Peru."""
    language = formats.locale_of().language
    try:
        locale = Locale(language, economy)
    except UnknownLocaleError:
        locale = formats.locale_of()
    return locale.number_symbols["latn"]["decimal"]


def statement_pdf(statement: Statement) -> bytes:
    """A4, in the active language; any script that the kit's papers can print. Raises MissingCharacter."""
    language = get_language() or "en"
    canvas = Canvas(WIDTH, HEIGHT, title=_title(statement), on=statement.until.date())
    canvas.page()
    canvas.text(EDGE, 24, _("Statement"), 16, bold=True, language=language)
    canvas.text(EDGE, 24, settings.MARKETPLACE_SHOP_NAME, 10, align="right", width=INNER, language=language)
    y = canvas.block(EDGE, 28, INNER, _title(statement), 10, language=language)
    y = canvas.block(EDGE, y + 1, INNER, month_words(statement), 9, language=language) + 4
    columns = [Column(_("Day"), 28), Column(_("Consignment"), 36), Column(_("What"), 76)]
    columns.append(Column(_("Amount"), 34, "right", whole=True))
    more = {"bottom": HEIGHT - EDGE, "new_page": lambda: _again(canvas, statement), "size": 8.5, "caption": 7, "pad": 1.2}
    table = Table(canvas, EDGE, columns, **more)
    y = table.draw(y, _rows(statement, language), language)
    if statement.shared:
        people = Table(canvas, EDGE, [Column(_("Payout"), 36), Column(_("Shared among members"), 104), columns[-1]], **more)
        people.draw(y + 6, _shared_rows(statement, language), language)
    number_pages(canvas, EDGE, HEIGHT - 8, INNER)
    return canvas.file()


def _shared_rows(statement: Statement, language: str) -> list[list[str]]:
    rows = []
    for out in statement.shared:
        rows.append([out.number, _("The whole payout"), format_money(out.money, language)])
        rows += [["", name, format_money(money, language)] for name, money in out.shares]
    return rows


def month_name(first: datetime) -> str:
    """The month that begins at ``first``, with its year: "November 2026" or "tháng 11 năm 2026"."""
    return format_skeleton("yMMMM", first.date(), locale=formats.locale_of())


def month_words(statement) -> str:
    """Which days, and in whose time zone: of anything with ``first`` and ``until``."""
    last = (statement.until - timedelta(days=1)).date()
    values = {"first": formats.day(statement.first), "last": formats.day(last), "zone": statement.first.tzname()}
    return _("From %(first)s to %(last)s, days of %(zone)s") % values


def _title(statement: Statement) -> str:
    return f"{statement.workshop} · {statement.currency}"


def _again(canvas: Canvas, statement: Statement) -> float:
    canvas.page()
    canvas.text(EDGE, 16, _title(statement), 9, language=get_language() or "en")
    return 20


def _rows(statement: Statement, language: str) -> list[list[str]]:
    def shown(money: Money) -> str:
        return format_money(money, language)

    rows = [["", "", _("Owed before"), shown(statement.opening)]]
    rows += [[formats.day(line.at), line.number, line.text, shown(line.amount)] for line in statement.lines]
    total = sum((line.amount.amount for line in statement.lines), Decimal(0))
    if statement.opening.amount + total != statement.closing.amount:
        raise ValueError(f"The statement of {statement.workshop} does not add up.")
    return [*rows, ["", "", _("Owed after"), shown(statement.closing)]]
