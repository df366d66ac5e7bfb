"""The address label, 100 × 150 mm: one page per parcel."""

from django.utils.translation import gettext_lazy as _

from marketplace.trade.papers import barcode
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.canvas import Canvas, height, measure
from marketplace.trade.papers.declaration import Declaration, Parcel
from marketplace.trade.papers.forms.parts import (
    contact_lines,
    economy,
    kilograms,
    label,
    latin_lines,
    local_lines,
    party_block,
    party_height,
)  # fmt: skip
from marketplace.trade.papers.paper import PACKING, papers
from marketplace.trade.papers.refusal import PaperProblem, PaperRefused

WIDTH, HEIGHT, EDGE = 100, 150, 5
INNER = WIDTH - 2 * EDGE
# Of the addressee in points; the first that fits.
SIZES = (13, 12, 11, 10, 9, 8, 7)
BAR_HEIGHT = 16  # mm; the postal union recommends 12.5 or more


@papers.register("label", title=_("Address label"), checks=PACKING)
def draw(declaration: Declaration, book: PaperBook) -> bytes:
    """Raises PaperRefused for an address that does not fit in the smallest letters."""
    canvas = Canvas(WIDTH, HEIGHT, title=f"Label {declaration.number}", on=declaration.on)
    for parcel in declaration.parcels:
        canvas.page()
        y = _sender(canvas, declaration, parcel)
        _addressee(canvas, declaration, y, bottom=HEIGHT - EDGE - 38)
        _foot(canvas, declaration, parcel)
    return canvas.file()


def _sender(canvas: Canvas, declaration: Declaration, parcel: Parcel) -> float:
    sender = declaration.sender
    y = label(canvas, EDGE, EDGE, "From / Expéditeur")
    size = next((size for size in (7.5, 7, 6.5, 6) if party_height(60, sender, size, contacts=False) <= 27), 5.5)
    below = party_block(canvas, EDGE, y, 60, sender, size, contacts=False)
    facts = [declaration.number, f"{parcel.number}/{len(declaration.parcels)}"]
    facts += [f"{kilograms(parcel.gross_g)} kg"] if parcel.gross_g else []
    for at, fact in enumerate(facts):
        canvas.text(EDGE + 60, EDGE + 5 + at * 4.2, fact, 8, bold=not at, align="right", width=INNER - 60)
    y = max(below, EDGE + 16) + 1.5
    canvas.line(0, y, WIDTH, y, 0.4)
    return y + 2


def _addressee(canvas: Canvas, declaration: Declaration, y: float, bottom: float) -> None:
    party, width = declaration.addressee, INNER - 4
    y = label(canvas, EDGE, y, "To / Destinataire")
    local, latin = local_lines(party), latin_lines(party)[:-1]
    phone = [line for line in contact_lines(party) if line.startswith("Tel.")]

    def tall(size: float) -> float:
        gap = 2 if local else 0
        return (
            height(local, width, size, language=party.language) + gap + height(latin, width, size) + height(phone, width, 8) + 1
        )

    size = next((size for size in SIZES if y + tall(size) <= bottom), None)
    if size is None:
        text = _("The address is too long for a label.")
        raise PaperRefused("label", [PaperProblem("addressee.address", None, str(text), "addressee")])
    y = canvas.block(EDGE + 4, y, width, local, size, language=party.language)
    y = canvas.block(EDGE + 4, y + (2 if local else 0), width, latin, size)
    canvas.block(EDGE + 4, y + 1, width, phone, 8)


def _foot(canvas: Canvas, declaration: Declaration, parcel: Parcel) -> None:
    """The destination in capitals, then the bars with the number that a person can read."""
    code = declaration.addressee.economy
    y = HEIGHT - EDGE - 36
    canvas.line(0, y, WIDTH, y, 0.4)
    name = economy(code).upper()
    size = next((size for size in (15, 13, 11, 9) if measure(name, size, bold=True) <= INNER - 14), 7)
    canvas.text(EDGE, y + 7.5, name, size, bold=True)
    canvas.text(EDGE, y + 7.5, code, 15, align="right", width=INNER)
    if not parcel.s10:
        return
    top = HEIGHT - EDGE - 24
    barcode.draw(canvas, EDGE, top, INNER, BAR_HEIGHT, parcel.s10)
    canvas.text(EDGE, top + BAR_HEIGHT + 5.5, parcel.s10, 13, bold=True, align="center", width=INNER)
