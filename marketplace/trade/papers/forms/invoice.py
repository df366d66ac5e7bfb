"""The commercial invoice with its packing list, A4."""

from django.utils.translation import gettext_lazy as _

from marketplace.money import Money, quantum
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.declaration import Declaration, Line, total
from marketplace.trade.papers.forms.origin import claim_words
from marketplace.trade.papers.forms.parts import (
    CATEGORIES,
    Column,
    Table,
    amount,
    amounts,
    kilograms,
    label,
    licence_words,
    local_language,
    number_pages,
    party_block,
    signature,
)  # fmt: skip
from marketplace.trade.papers.paper import COMMERCE, papers

WIDTH, HEIGHT, EDGE = 210, 297, 15
INNER = WIDTH - 2 * EDGE
BOTTOM = HEIGHT - EDGE
MILLIMETRES_PER_CENTIMETRE = 10


@papers.register("invoice", title=_("Commercial invoice"), checks=COMMERCE)
def draw(declaration: Declaration, book: PaperBook) -> bytes:
    canvas = Canvas(WIDTH, HEIGHT, title=f"Invoice {declaration.invoice_number}", on=declaration.on)

    def again() -> float:
        canvas.page()
        canvas.text(EDGE, 16, "Commercial invoice", 9, bold=True)
        canvas.text(EDGE, 16, declaration.invoice_number, 9, align="right", width=INNER)
        return 20

    canvas.page()
    y = _people(canvas, declaration, _facts(canvas, declaration))
    y = _goods(canvas, declaration, again, y)
    y = _sums(canvas, declaration, y if y + 40 < BOTTOM else again())
    y = _packing(canvas, declaration, again, y + 5 if y + 25 < BOTTOM else again())
    _end(canvas, declaration, book, again, y + 4)
    number_pages(canvas, EDGE, HEIGHT - 8, INNER)
    return canvas.file()


def _facts(canvas: Canvas, declaration: Declaration) -> float:
    """Title and what the whole invoice goes by. Answers the y below."""
    canvas.text(EDGE, 22, "Commercial invoice", 16, bold=True)
    facts = [
        ("Invoice number", declaration.invoice_number),
        ("Invoice date", declaration.invoice_date.isoformat()),
        ("Consignment", declaration.number),
        ("Incoterms 2020", f"{declaration.incoterm} {declaration.incoterm_place}"),
        ("Reason for export", declaration.reason or CATEGORIES[declaration.category][0]),
        ("Terms of payment", declaration.payment_terms),
        ("Parcels", ", ".join(parcel.s10 for parcel in declaration.parcels if parcel.s10)),
        ("Original numbers", ", ".join(declaration.original_numbers)),
        *((f"{scheme.scheme} number", scheme.number) for scheme in declaration.visible_schemes),
    ]
    y, step = 28.0, INNER / 3
    known = [fact for fact in facts if fact[1]]
    for start in range(0, len(known), 3):
        lowest = y
        for at, (caption, value) in enumerate(known[start : start + 3]):
            below = label(canvas, EDGE + at * step, y, caption, 6)
            lowest = max(lowest, canvas.block(EDGE + at * step, below, step - 3, value, 8.5))
        y = lowest + 1.5
    canvas.line(EDGE, y, EDGE + INNER, y, 0.4)
    return y + 2


def _people(canvas: Canvas, declaration: Declaration, y: float) -> float:
    people = [("Seller and shipper", declaration.sender), ("Consignee", declaration.addressee)]
    if declaration.buyer:
        people.append(("Buyer", declaration.buyer))
    step, lowest = INNER / len(people), y
    for at, (caption, party) in enumerate(people):
        below = label(canvas, EDGE + at * step, y, caption, 6)
        lowest = max(lowest, party_block(canvas, EDGE + at * step, below, step - 4, party, 8.5))
    return lowest + 3


def _goods(canvas: Canvas, declaration: Declaration, again, y: float) -> float:
    columns = [
        Column("No.", 8, "right"),
        Column("Description of goods", 59),
        Column("HS code", 20, whole=True),
        Column("Origin", 12),
        Column("Quantity", 14, "right", whole=True),
        Column("Net weight (kg)", 19, "right", whole=True),
        Column("Unit value", 24, "right", whole=True),
        Column("Value", 24, "right", whole=True),
    ]
    rows = [
        [str(number), _words(line), line.hs, line.origin, str(line.quantity), kilograms(line.net_weight_g),
         unit_value(line), amount(line.value)]
        for number, line in enumerate(declaration.lines, 1)
    ]  # fmt: skip
    table = Table(canvas, EDGE, columns, bottom=BOTTOM, new_page=again, size=7.5, caption=6)
    return table.draw(y, rows, local_language(declaration))


def _words(line: Line) -> str:
    codes = [("Piece code", line.sku), ("Maker’s no.", line.maker_id), ("GTIN", line.gtin)]
    known = " · ".join(f"{caption} {value}" for caption, value in codes if value)
    return "\n".join(part for part in (line.description, line.local_description, known) if part)


def unit_value(line: Line) -> str:
    """The value of one; empty where a discount left no whole amount for each, since the line's value is what counts."""
    each = line.value.amount / line.quantity
    whole = each.quantize(quantum(line.value.currency))
    return amount(Money(whole, line.value.currency)) if whole * line.quantity == line.value.amount else ""


def _sums(canvas: Canvas, declaration: Declaration, y: float) -> float:
    """What the goods cost, then all that was paid beside them."""
    rows = [("Goods", declaration.value), ("Postage and packing", declaration.postage), ("Insurance", declaration.insurance)]
    rows += [(charge.label, charge.amount) for charge in declaration.charges]
    known = [(caption, money) for caption, money in rows if money is not None]
    left, width = EDGE + INNER * 0.5, INNER * 0.5 - Table.pad
    y = amounts(canvas, left, y + 1.5, width, [(caption, amount(money)) for caption, money in known], 8)
    canvas.line(left, y, EDGE + INNER, y)
    canvas.text(left, y + 4.5, "Total", 9, bold=True)
    everything = total([money for _caption, money in known])
    canvas.text(left, y + 4.5, amount(everything), 9, bold=True, align="right", width=width)
    return y + 7


def _packing(canvas: Canvas, declaration: Declaration, again, y: float) -> float:
    columns = [
        Column("Parcel", 18), Column("Number of the post", 44), Column("Size (cm)", 44),
        Column("Net weight (kg)", 37, "right"), Column("Gross weight (kg)", 37, "right"),
    ]  # fmt: skip
    single = len(declaration.parcels) == 1
    rows = []
    for parcel in declaration.parcels:
        inside = [line.net_weight_g or 0 for line in declaration.lines if single or line.parcel == parcel.number]
        size = " × ".join(f"{side / MILLIMETRES_PER_CENTIMETRE:g}" for side in parcel.sides_mm)
        net = kilograms(sum(inside)) if inside else ""
        rows.append([str(parcel.number), parcel.s10, size, net, kilograms(parcel.gross_g)])
    if not single:
        rows.append(["Total", "", "", kilograms(declaration.net_g), kilograms(declaration.gross_g)])
    return Table(canvas, EDGE, columns, bottom=BOTTOM, new_page=again, size=7.5, caption=6).draw(y, rows)


def _end(canvas: Canvas, declaration: Declaration, book: PaperBook, again, y: float) -> None:
    """Licences, origin statements, signature."""
    if words := licence_words(declaration):
        y = canvas.block(EDGE, y, INNER, f"Licences and certificates: {words}", 8) + 2
    for claim in declaration.claims:
        words = claim_words(claim, declaration, book)
        if words:
            y = canvas.block(EDGE, y if y + 30 < BOTTOM else again(), INNER, words, 8) + 2
    y = y if y + 20 < BOTTOM else again()
    y = canvas.block(EDGE, y, INNER, "I certify that what is stated on this invoice is true and correct.", 8)
    signature(canvas, EDGE, y + 10, INNER * 0.6, declaration)
