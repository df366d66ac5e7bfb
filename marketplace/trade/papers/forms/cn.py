"""The postal union's customs declarations: CN22 (100 × 150 mm) and CN23 (A5, across). Each parcel has its own."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.trade.papers import barcode
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.declaration import Category, Declaration
from marketplace.trade.papers.forms.parts import (
    CATEGORIES,
    CERTIFIED,
    Column,
    Table,
    amount,
    economy,
    goods_words,
    kilograms,
    label,
    licence_words,
    local_language,
    number_pages,
    party_block,
    party_height,
    signature,
)  # fmt: skip
from marketplace.trade.papers.paper import CUSTOMS, papers

EDGE = 5
CN23_FOOT = 38  # mm that totals, remarks and signature take, with some lines of remarks
OPENED = "May be opened officially / Peut être ouvert d’office"
TITLE = "Customs declaration / Déclaration en douane"


@papers.register("cn22", title=_("Customs declaration CN22"), checks=(*CUSTOMS, "cn22"), per_parcel=True)
def cn22(declaration: Declaration, book: PaperBook) -> bytes:
    return _each(declaration, 100, 150, "CN22", _cn22)


@papers.register("cn23", title=_("Customs declaration CN23"), checks=CUSTOMS, per_parcel=True)
def cn23(declaration: Declaration, book: PaperBook) -> bytes:
    return _each(declaration, 210, 148, "CN23", _cn23)


def _each(declaration: Declaration, width: float, height: float, name: str, draw: Callable) -> bytes:
    canvas = Canvas(width, height, title=f"{name} {declaration.number}", on=declaration.on)
    for parcel in declaration.parcels:
        first = canvas.page()
        draw(canvas, declaration.of(parcel), len(declaration.parcels))
        number_pages(canvas, EDGE, height - 2, width - 2 * EDGE, first)
    return canvas.file()


def _heading(canvas: Canvas, declaration: Declaration, name: str, parcels: int) -> float:
    """Title, number of the form, consignment and parcel. Answers the y below."""
    inner, parcel = canvas.width - 2 * EDGE, declaration.parcels[0]
    canvas.text(EDGE, 9, TITLE, 8.5, bold=True)
    canvas.text(EDGE, 9.5, name, 13, bold=True, align="right", width=inner)
    canvas.text(EDGE, 13, OPENED, 6)
    of = f" · {parcel.number}/{parcels}" if parcels > 1 else ""
    canvas.text(EDGE, 13, f"{declaration.number}{of}", 6.5, align="right", width=inner)
    return 15


def _categories(
    canvas: Canvas, x: float, y: float, widths: Sequence[float], declaration: Declaration, size: float = 6
) -> float:
    """All categories in columns, with a box before each, the right one crossed. Answers the y below."""
    columns = len(widths)
    for at, (category, (english, french)) in enumerate(CATEGORIES.items()):
        left, top = x + sum(widths[: at % columns]), y + (at // columns) * 4
        canvas.box(left, top, 2.6, 2.6)
        if category == declaration.category:
            canvas.line(left, top, left + 2.6, top + 2.6, 0.4)
            canvas.line(left, top + 2.6, left + 2.6, top, 0.4)
        words = english if english == french else f"{english} / {french}"
        canvas.text(left + 3.4, top + 2.1, words, size)
    y += -(-len(CATEGORIES) // columns) * 4
    if declaration.category == Category.OTHER:
        y = canvas.block(x, y, sum(widths), f"Other / Autre: {declaration.category_text}", 6) + 0.5
    if declaration.original_numbers:
        numbers = ", ".join(declaration.original_numbers)
        y = canvas.block(x, y, sum(widths), f"Original numbers / Numéros d’origine: {numbers}", 6) + 0.5
    return y


def _cn22(canvas: Canvas, declaration: Declaration, parcels: int) -> None:
    inner, parcel = canvas.width - 2 * EDGE, declaration.parcels[0]
    y = _heading(canvas, declaration, "CN22", parcels) + 1
    if parcel.s10:
        barcode.draw(canvas, EDGE, y, inner, 12.5, parcel.s10)
        canvas.text(EDGE, y + 16, parcel.s10, 8, align="center", width=inner)
        y += 18
    canvas.line(EDGE, y, EDGE + inner, y)
    below = label(canvas, EDGE, y + 0.8, "From / Expéditeur")
    below = party_block(canvas, EDGE, below, inner, declaration.sender, 6.5, contacts=False)
    to = f"To / Destinataire: {declaration.addressee.name}, {economy(declaration.addressee.economy)}"
    y = canvas.block(EDGE, below + 0.6, inner, to, 6.5) + 1
    canvas.line(EDGE, y, EDGE + inner, y)
    y = _categories(canvas, EDGE, y + 1.2, (43.5, 46.5), declaration, 5.5) + 0.4

    def again() -> float:
        canvas.page()
        return _heading(canvas, declaration, "CN22", parcels) + 1

    columns = [
        Column("Quantity and detailed description / Quantité et description détaillée", 33),
        Column("Net (kg)", 11, "right", whole=True),
        Column("Value / Valeur", 19, "right", whole=True),
        Column("HS tariff no. / No tarifaire SH", 16, whole=True),
        Column("Origin / Origine", 11),
    ]
    table = Table(canvas, EDGE, columns, bottom=canvas.height - 8, new_page=again, size=6.5, caption=5, pad=0.8)
    language = local_language(declaration)
    rows = [
        [f"{line.quantity} × {goods_words(line, declaration)}", kilograms(line.net_weight_g), amount(line.value),
         line.hs, line.origin]
        for line in declaration.lines
    ]  # fmt: skip
    y = table.draw(y, rows, language)
    if y + 29 > canvas.height - 4:
        y = again()
    y = _sums(canvas, y, [("Total weight (kg) / Poids total", kilograms(parcel.gross_g)),
                          ("Total value / Valeur totale", amount(declaration.value))])  # fmt: skip
    y = canvas.block(EDGE, y + 1, inner, CERTIFIED, 5.5)
    signature(canvas, EDGE, y + 6, inner, declaration)


def _sums(canvas: Canvas, y: float, facts: list[tuple[str, str]]) -> float:
    step = (canvas.width - 2 * EDGE) / len(facts)
    for at, (caption, value) in enumerate(facts):
        label(canvas, EDGE + at * step, y + 0.6, caption)
        canvas.text(EDGE + at * step, y + 6.4, value, 8, bold=True)
    canvas.line(EDGE, y + 8, canvas.width - EDGE, y + 8)
    return y + 8


def _cn23(canvas: Canvas, declaration: Declaration, parcels: int) -> None:
    y = _heading(canvas, declaration, "CN23", parcels) + 0.5
    y = _cn23_people(canvas, declaration, y)

    def again() -> float:
        canvas.page()
        return _heading(canvas, declaration, "CN23", parcels) + 1

    columns = [
        Column("Detailed description of contents / Description détaillée du contenu", 88),
        Column("Quantity / Quantité", 17, "right"),
        Column("Net weight / Poids net (kg)", 23, "right"),
        Column("Value / Valeur", 30, "right", whole=True),
        Column("HS tariff no. / No tarifaire SH", 24),
        Column("Origin / Origine", 18),
    ]
    table = Table(canvas, EDGE, columns, bottom=canvas.height - 8, new_page=again)
    language = local_language(declaration)
    rows = [
        [goods_words(line, declaration), str(line.quantity), kilograms(line.net_weight_g), amount(line.value), line.hs,
         line.origin]
        for line in declaration.lines
    ]  # fmt: skip
    y = table.draw(y, rows, language)
    if y + CN23_FOOT > canvas.height - 4:
        y = again()
    _cn23_foot(canvas, declaration, y)


def _cn23_people(canvas: Canvas, declaration: Declaration, y: float) -> float:
    """Sender and bars at the left, addressee at the right, categories below. Answers the y below."""
    half, parcel = (canvas.width - 2 * EDGE) / 2, declaration.parcels[0]
    size = next((size for size in (7, 6.5, 6) if party_height(half - 3, declaration.sender, size) <= 30), 5.5)
    top = label(canvas, EDGE, y, "From / De")
    left = party_block(canvas, EDGE, top, half - 3, declaration.sender, size)
    if parcel.s10:
        barcode.draw(canvas, EDGE, left + 1.5, half - 3, 12.5, parcel.s10)
        canvas.text(EDGE, left + 17.5, parcel.s10, 8, align="center", width=half - 3)
        left += 18
    right = label(canvas, EDGE + half, y, "To / À")
    right = party_block(canvas, EDGE + half, right, half, declaration.addressee, size)
    y = max(left, right) + 1
    canvas.line(EDGE + half - 1.5, 15, EDGE + half - 1.5, y)
    canvas.line(EDGE, y, canvas.width - EDGE, y)
    return _categories(canvas, EDGE, y + 1.2, (60, 70, 70), declaration) + 0.3


def _cn23_foot(canvas: Canvas, declaration: Declaration, y: float) -> None:
    parcel, inner = declaration.parcels[0], canvas.width - 2 * EDGE
    y = _sums(canvas, y, [
        ("Total gross weight (kg) / Poids brut total", kilograms(parcel.gross_g)),
        ("Total value / Valeur totale", amount(declaration.value)),
        ("Postal charges / Frais de port", amount(declaration.postage)),
        ("Insurance / Assurance", amount(declaration.insurance)),
    ])  # fmt: skip
    schemes = "; ".join(f"{scheme.scheme} {scheme.number}" for scheme in declaration.visible_schemes)
    day = f" ({declaration.invoice_date.isoformat()})" if declaration.invoice_date else ""
    facts = [
        ("Licences, certificates / Licences, certificats", licence_words(declaration)),
        ("Invoice / Facture", f"{declaration.invoice_number}{day}" if declaration.invoice_number else ""),
        ("Comments / Observations", "; ".join(part for part in (schemes, declaration.reason) if part)),
    ]
    step = inner / len(facts)
    lowest = y
    for at, (caption, value) in enumerate(facts):
        below = label(canvas, EDGE + at * step, y + 0.6, caption)
        lowest = max(lowest, canvas.block(EDGE + at * step, below, step - 2, value, 7))
    y = max(lowest, y + 8) + 0.5
    canvas.line(EDGE, y, EDGE + inner, y)
    below = canvas.block(EDGE, y + 1, inner * 0.58, CERTIFIED, 5.5)
    signature(canvas, EDGE + inner * 0.62, max(y + 8, below - 3), inner * 0.38, declaration)
