"""An agency's statement as a file: PDF to print and keep, CSV for a spreadsheet. In the active language."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.money import Money, format_money
from marketplace.payments.payouts.agency_statements import AgencyLine, AgencyStatement
from marketplace.payments.payouts.statement_files import for_spreadsheet, month_words
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.forms.parts import Column, Table, number_pages

WIDTH, HEIGHT, EDGE = 297, 210, 14  # A4, lying
INNER = WIDTH - 2 * EDGE


def agency_statement_csv(statement: AgencyStatement, titles: Mapping[str, str]) -> bytes:
    """For a double click in a spreadsheet of the agency's economy. ``titles``: subject → its title."""
    head = [_("Day"), _("Number"), _("What"), _("Link on"), _("Pieces"), _("Goods"), _("Currency of goods"), _("Percent"),
            _("State"), _("Amount"), _("Currency")]  # fmt: skip
    blank: list = [""] * 6
    rows: list[list] = [["", "", _("Owed before"), *blank, statement.opening, statement.currency]]
    rows += [
        [
            timezone.localtime(line.at).date(),
            line.number,
            line.text,
            titles.get(line.subject, ""),
            formats.joined(line.pieces) if line.pieces else "",
            line.goods if line.goods else "",
            line.goods.currency if line.goods else "",
            line.percent if line.percent is not None else "",
            state_words(line),
            line.amount,
            statement.currency,
        ]
        for line in statement.lines
    ]
    rows.append(["", "", _("Owed after"), *blank, statement.closing, statement.currency])
    return for_spreadsheet(head, rows, statement.agency.economy_id)


def state_words(line: AgencyLine) -> str:
    """How far the money of an order is; for one that earns nothing, why."""
    return line.why or (str(line.state.label) if line.state else "")


def agency_statement_pdf(statement: AgencyStatement, titles: Mapping[str, str]) -> bytes:
    """A4, in any script that the kit's papers can print. Raises MissingCharacter."""
    language = get_language() or "en"
    canvas = Canvas(WIDTH, HEIGHT, title=_title(statement), on=statement.until.date())
    canvas.page()
    canvas.text(EDGE, 20, _("Statement"), 16, bold=True, language=language)
    canvas.text(EDGE, 20, settings.MARKETPLACE_SHOP_NAME, 10, align="right", width=INNER, language=language)
    y = canvas.block(EDGE, 24, INNER, _title(statement), 10, language=language)
    y = canvas.block(EDGE, y + 1, INNER, month_words(statement), 9, language=language) + 4
    columns = [
        Column(_("Day"), 24),
        Column(_("Number"), 26),
        Column(_("What"), 96),
        Column(_("Goods"), 32, "right", whole=True),
        Column(_("Percent"), 16, "right"),
        Column(_("State"), 41),
        Column(_("Amount"), 34, "right", whole=True),
    ]
    table = Table(
        canvas, EDGE, columns, bottom=HEIGHT - EDGE, new_page=lambda: _again(canvas, statement), size=8.5, caption=7, pad=1.2
    )
    table.draw(y, _rows(statement, titles, language), language)
    number_pages(canvas, EDGE, HEIGHT - 8, INNER)
    return canvas.file()


def _title(statement: AgencyStatement) -> str:
    return f"{statement.agency.name} · {statement.agency.code} · {statement.currency}"


def _again(canvas: Canvas, statement: AgencyStatement) -> float:
    canvas.page()
    canvas.text(EDGE, 16, _title(statement), 9, language=get_language() or "en")
    return 20


def _rows(statement: AgencyStatement, titles: Mapping[str, str], language: str) -> list[list[str]]:
    def shown(money: Money) -> str:
        return format_money(money, language)

    total = sum((line.amount.amount for line in statement.lines), Decimal(0))
    if statement.opening.amount + total != statement.closing.amount:
        raise ValueError(f"The statement of {statement.agency} does not add up.")
    rows = [["", "", _("Owed before"), "", "", "", shown(statement.opening)]]
    for line in statement.lines:
        about = [line.text, titles.get(line.subject, ""), formats.joined(line.pieces) if line.pieces else ""]
        goods = shown(line.goods) if line.goods else ""
        percent = formats.exact(line.percent.normalize()) if line.percent is not None else ""
        what = " · ".join(filter(None, about))
        rows.append([formats.day(line.at), line.number, what, goods, percent, state_words(line), shown(line.amount)])
    return [*rows, ["", "", _("Owed after"), "", "", "", shown(statement.closing)]]
