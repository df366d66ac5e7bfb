"""The packing slip, A4, in the buyer's language. Of a gift it shows no price, no total and no invoice."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.money import format_money
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.declaration import Declaration, Line, total
from marketplace.trade.papers.forms.parts import (
    Column,
    Table,
    amounts,
    latin_lines,
    local_lines,
    number_pages,
)  # fmt: skip
from marketplace.trade.papers.paper import PACKING, papers

WIDTH, HEIGHT, EDGE = 210, 297, 20
INNER = WIDTH - 2 * EDGE
PAD = 1.2


@papers.register("packing-slip", title=gettext_lazy("Packing slip"), checks=PACKING)
def draw(declaration: Declaration, book: PaperBook) -> bytes:
    canvas = Canvas(WIDTH, HEIGHT, title=f"Packing slip {declaration.number}", on=declaration.on)
    with override(declaration.language):
        canvas.page()
        y = _people(canvas, declaration, _head(canvas, declaration))
        y = _pieces(canvas, declaration, y)
        if not declaration.gift:
            y = _sums(canvas, declaration, y)
        if declaration.gift_message:
            y = y + 8 if y + 30 < HEIGHT - EDGE else _again(canvas, declaration)
            canvas.block(EDGE, y, INNER, declaration.gift_message, 11, language=declaration.language)
    number_pages(canvas, EDGE, HEIGHT - 8, INNER)
    return canvas.file()


def _again(canvas: Canvas, declaration: Declaration) -> float:
    canvas.page()
    canvas.text(EDGE, 18, declaration.number, 9, bold=True)
    return 22


def _head(canvas: Canvas, declaration: Declaration) -> float:
    language = declaration.language
    canvas.text(EDGE, 26, _("Packing slip"), 16, bold=True, language=language)
    canvas.text(EDGE, 26, declaration.shop, 10, align="right", width=INNER, language=language)
    facts = f"{declaration.number} · {formats.day(declaration.on)}"
    return canvas.block(EDGE, 29, INNER, facts, 9, language=language) + 3


def _people(canvas: Canvas, declaration: Declaration, y: float) -> float:
    """From and to, each as written by its owner, else in Latin letters."""
    lowest = y
    people = [(pgettext("address", "From"), declaration.sender), (pgettext("address", "To"), declaration.addressee)]
    for at, (caption, party) in enumerate(people):
        x = EDGE + at * INNER / 2
        below = canvas.block(x, y, INNER / 2, caption, 7, language=declaration.language)
        local = local_lines(party)
        lines = [*local, economy_name(party.economy)] if local else latin_lines(party)
        lowest = max(lowest, canvas.block(x, below, INNER / 2 - 4, lines, 9.5, language=party.language))
    return lowest + 5


def _pieces(canvas: Canvas, declaration: Declaration, y: float) -> float:
    columns = [Column(_("Piece"), 100), Column(_("Code"), 40), Column(_("Quantity"), 30, "right")]
    if not declaration.gift:
        columns = [Column(_("Piece"), 80), Column(_("Code"), 34), Column(_("Quantity"), 20, "right"),
                   Column(_("Price"), 36, "right", whole=True)]  # fmt: skip
    rows = [_row(line, declaration) for line in declaration.lines]
    table = Table(
        canvas, EDGE, columns, bottom=HEIGHT - EDGE, new_page=lambda: _again(canvas, declaration), size=9.5, caption=7, pad=PAD
    )
    return table.draw(y, rows, declaration.language)


def _row(line: Line, declaration: Declaration) -> list[str]:
    title = line.title or line.local_description or line.description
    row = [title, line.sku, formats.number(line.quantity)]
    return row if declaration.gift else [*row, format_money(line.value, declaration.language)]


def _sums(canvas: Canvas, declaration: Declaration, y: float) -> float:
    rows = [(_("Goods"), declaration.value), (_("Shipping"), declaration.postage), (_("Insurance"), declaration.insurance)]
    rows += [(charge.words or charge.label, charge.amount) for charge in declaration.charges]
    known = [(caption, money) for caption, money in rows if money is not None]
    rows = [*known, (_("Total"), total([money for _caption, money in known]))]
    if y + len(rows) * 6 > HEIGHT - EDGE:
        y = _again(canvas, declaration)
    left, language = EDGE + INNER * 0.45, declaration.language
    shown = [(caption, format_money(money, language)) for caption, money in rows]
    return amounts(canvas, left, y + 2, INNER * 0.55 - PAD, shown, 9, language=language)
