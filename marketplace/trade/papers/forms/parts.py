"""What several forms have in common. Customs papers are in English and French, whatever language the screens are in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import override

from marketplace.economies.addresses import format_address
from marketplace.economies.names import economy_name
from marketplace.money import Money, quantum
from marketplace.trade.papers.canvas import LEADING, POINT, Align, Canvas, height, measure
from marketplace.trade.papers.declaration import Category, Declaration, Line, Party

GRAMS_PER_KILOGRAM = 1000
# The category of item as the postal union's forms word it, English and French.
CATEGORIES = {
    Category.GIFT: ("Gift", "Cadeau"),
    Category.DOCUMENTS: ("Documents", "Documents"),
    Category.SALE: ("Sale of goods", "Vente de marchandises"),
    Category.SAMPLE: ("Commercial sample", "Échantillon commercial"),
    Category.RETURNED: ("Returned goods", "Retour de marchandises"),
    Category.OTHER: ("Other", "Autre"),
}
CERTIFIED = (
    "I certify that what is stated here is correct, and that nothing in this item is dangerous or forbidden by law, by the "
    "post or by customs. / Je certifie que ces indications sont exactes et que l’envoi ne contient rien de dangereux ni "
    "d’interdit par la loi, la poste ou la douane."
)


def amount(money: Money | None) -> str:
    """ "48.00 USD", "1200 JPY": no separators that another language would read otherwise. Empty for None."""
    if money is None:
        return ""
    rounded = money.amount.quantize(quantum(money.currency))
    return f"{rounded if rounded == money.amount else money.amount.normalize():f} {money.currency}"


def kilograms(grams: int | None) -> str:
    """ "0.420": customs count in kilograms."""
    return f"{Decimal(grams or 0) / GRAMS_PER_KILOGRAM:.3f}"


def economy(code: str) -> str:
    """The name in English, as customs papers have it."""
    with override("en"):
        return economy_name(code)


def latin_lines(party: Party) -> list[str]:
    """The address in Latin letters; the economy last, in capitals, with its code for machines."""
    lines = format_address(party.address, script="latin", with_economy=False)
    return [*lines, f"{economy(party.economy).upper()} ({party.economy})"]


def local_lines(party: Party) -> list[str]:
    """The address as it was written, where that was in another script; else nothing. Its economy stands in the Latin one."""
    if party.address.is_latin:
        return []
    return format_address(party.address, script="local", with_economy=False)


def contact_lines(party: Party) -> list[str]:
    """Phone, e-mail and numbers, as far as known."""
    known = [("Tel.", party.phone), ("E-mail", party.email), ("Tax no.", party.tax_id), ("Customs ID", party.customs_id)]
    return [f"{label} {value}" for label, value in known if value]


def goods_words(line: Line, declaration: Declaration) -> str:
    """The description, with that in the destination's language below it."""
    return "\n".join(part for part in (line.description, line.local_description) if part)


def licence_words(declaration: Declaration) -> str:
    parts = []
    for licence in declaration.licences:
        day = f" ({licence.issued_on.isoformat()})" if licence.issued_on else ""
        parts.append(f"{licence.kind} {licence.number}{day}")
    return "; ".join(parts)


def local_language(declaration: Declaration) -> str:
    return declaration.addressee.language or declaration.language


def party_block(
    canvas: Canvas, x: float, y: float, width: float, party: Party, size: float, *, contacts: bool = True
) -> float:
    """Name and address in both scripts, then phone and numbers. Answers the y below."""
    y = canvas.block(x, y, width, local_lines(party), size, language=party.language)
    y = canvas.block(x, y, width, latin_lines(party), size)
    return canvas.block(x, y, width, contact_lines(party), size - 0.5) if contacts else y


def party_height(width: float, party: Party, size: float, *, contacts: bool = True) -> float:
    return (
        height(local_lines(party), width, size, language=party.language)
        + height(latin_lines(party), width, size)
        + (height(contact_lines(party), width, size - 0.5) if contacts else 0)
    )


def label(canvas: Canvas, x: float, y: float, words: str, size: float = 5.5, width: float = 0) -> float:
    """The small caption of a field. Answers the y below."""
    if width:
        return canvas.block(x, y, width, words, size)
    canvas.text(x, y + size * POINT, words, size)
    return y + size * POINT * LEADING


def amounts(
    canvas: Canvas, x: float, y: float, width: float, rows: Sequence[tuple[str, str]], size: float, *, language: str = ""
) -> float:
    """Captions at the left, amounts at the right on the same line. Answers the y below."""
    for caption, value in rows:
        below = canvas.block(x, y, width * 0.6, caption, size, language=language)
        canvas.text(x, y + size * POINT, value, size, align="right", width=width, language=language)
        y = below + 1
    return y


def signature(canvas: Canvas, x: float, y: float, width: float, declaration: Declaration) -> None:
    """Date and the line to sign on, with the name below it."""
    canvas.text(x, y, declaration.on.isoformat(), 8)
    canvas.line(x + 22, y + 1, x + width, y + 1)
    canvas.text(x, y + 3.6, "Date", 5.5)
    name = f" · {declaration.signed_by}" if declaration.signed_by else ""
    canvas.text(x + 22, y + 3.6, f"Signature{name}", 5.5, language=declaration.sender.language)


@dataclass(frozen=True)
class Column:
    """``width`` in mm. ``whole``: a cell is never broken, its letters get smaller instead."""

    title: str
    width: float
    align: Align = "left"
    whole: bool = False


@dataclass
class Table:
    """Rows with rules between them. ``new_page`` draws the head of a further page and answers the y where it goes on."""

    canvas: Canvas
    x: float
    columns: Sequence[Column]
    bottom: float
    new_page: Callable[[], float]
    size: float = 7
    caption: float = 5.5
    pad: float = 0.9

    @property
    def width(self) -> float:
        return sum(column.width for column in self.columns)

    def draw(self, y: float, rows: Sequence[Sequence[str]], language: str = "") -> float:
        """All rows from ``y`` on; a row is never parted. Answers the y below the last."""
        y = self._head(y)
        for row in rows:
            tall = self._tall(row, language)
            if y + tall > self.bottom:
                y = self._head(self.new_page())
            self._row(y, row, language)
            y += tall
            self.canvas.line(self.x, y, self.x + self.width, y, 0.1)
        return y

    def _head(self, y: float) -> float:
        tall = max(height(column.title, column.width - 2 * self.pad, self.caption) for column in self.columns) + 2 * self.pad
        self.canvas.fill(self.x, y, self.width, tall, 235)
        x = self.x
        for column in self.columns:
            width = column.width - 2 * self.pad
            self.canvas.block(x + self.pad, y + self.pad, width, column.title, self.caption, align=column.align)
            x += column.width
        self.canvas.line(self.x, y + tall, self.x + self.width, y + tall)
        return y + tall

    def _tall(self, row: Sequence[str], language: str) -> float:
        cells = zip(row, self.columns, strict=True)
        heights = (
            height(cell, column.width - 2 * self.pad, self._size(cell, column), language=language) for cell, column in cells
        )
        return max(heights) + 2 * self.pad

    def _size(self, cell: str, column: Column) -> float:
        """Points; never less than half of the table's."""
        room = column.width - 2 * self.pad
        return max(self.size / 2, min(self.size, room / measure(cell, 1))) if column.whole and cell else self.size

    def _row(self, y: float, row: Sequence[str], language: str) -> None:
        x = self.x
        for cell, column in zip(row, self.columns, strict=True):
            self.canvas.block(
                x + self.pad, y + self.pad, column.width - 2 * self.pad, cell, self._size(cell, column),
                language=language, align=column.align,
            )  # fmt: skip
            x += column.width


def number_pages(canvas: Canvas, x: float, y: float, width: float, first: int = 1) -> None:
    """ "2/3" at the right on the pages from ``first`` to the last, where there are several."""
    count = len(canvas.pages) - first + 1
    for page in range(count if count > 1 else 0):
        canvas.open(first + page)
        canvas.text(x, y, f"{page + 1}/{count}", 6, align="right", width=width)
    canvas.open(len(canvas.pages))
