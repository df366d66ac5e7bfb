"""The origin statement: what an agreement wants to know, then its wording. A4, one page per agreement or more."""

from django.utils.translation import gettext_lazy as _

from marketplace.trade.papers.book import PaperBook, Statement
from marketplace.trade.papers.canvas import Canvas
from marketplace.trade.papers.declaration import Declaration, OriginClaim, Party
from marketplace.trade.papers.forms.parts import (
    Column,
    Table,
    contact_lines,
    economy,
    goods_words,
    label,
    latin_lines,
    local_language,
    number_pages,
    signature,
)  # fmt: skip
from marketplace.trade.papers.paper import papers

WIDTH, HEIGHT, EDGE = 210, 297, 20
INNER = WIDTH - 2 * EDGE
ROLES = {"exporter": "Exporter", "producer": "Producer", "importer": "Importer"}
SAME = "Same as the exporter"


@papers.register("origin", title=_("Origin statement"), checks=("people", "goods", "letters", "origin"))
def draw(declaration: Declaration, book: PaperBook) -> bytes:
    canvas = Canvas(WIDTH, HEIGHT, title=f"Origin {declaration.number}", on=declaration.on)
    for claim in declaration.claims:
        first = canvas.page()
        _statement(canvas, declaration, claim, statement_of(claim, book))
        number_pages(canvas, EDGE, HEIGHT - 8, INNER, first)
    return canvas.file()


def statement_of(claim: OriginClaim, book: PaperBook) -> Statement | None:
    """The wording in English, else in French."""
    return book.statements.get((claim.agreement, "en")) or book.statements.get((claim.agreement, "fr"))


def claim_words(claim: OriginClaim, declaration: Declaration, book: PaperBook) -> str:
    """The statement in short, for an invoice; empty while nobody has checked its wording, signed or dated it."""
    statement = statement_of(claim, book)
    if statement is None or not statement.checked or not claim.signed_by or claim.signed_on is None:
        return ""
    numbers = ", ".join(f"{line} ({criterion})" for line, criterion in zip(claim.lines, claim.criteria, strict=True))
    signed = f"{claim.signed_by}, {ROLES[claim.role].lower()}, {claim.signed_on.isoformat()}"
    return f"{claim.agreement} ({statement.version}) – lines {numbers}: {statement.text} {signed}"


def elements(claim: OriginClaim, declaration: Declaration) -> list[tuple[str, list[str]]]:
    """The nine data elements of a CPTPP certification of origin, which other agreements want too; goods are the sixth."""
    days = (claim.blanket_from, claim.blanket_to)
    blanket = " – ".join(day.isoformat() for day in days) if all(days) else "One consignment"
    return [
        ("1. Who certifies", [ROLES[claim.role]]),
        ("2. Certifier", _party(claim.certifier)),
        ("3. Exporter", _party(claim.exporter)),
        ("4. Producer", _party(claim.producer) if claim.producer else [SAME]),
        ("5. Importer", _party(claim.importer)),
        ("6. Goods, 7. Origin criterion", [_reference(declaration)]),
        ("8. Blanket period", [blanket]),
        ("9. Signature and date", [f"{claim.signed_by}, {claim.signed_on.isoformat()}"]),
    ]


def _party(party: Party) -> list[str]:
    return [", ".join([*latin_lines(party), *contact_lines(party)])]


def _reference(declaration: Declaration) -> str:
    invoice, number = declaration.invoice_number, declaration.number
    return f"Invoice {invoice}, consignment {number}" if invoice else f"Consignment {number}"


def _statement(canvas: Canvas, declaration: Declaration, claim: OriginClaim, statement: Statement) -> None:
    def again() -> float:
        canvas.page()
        canvas.text(EDGE, 18, f"{claim.agreement} – {declaration.number}", 9, bold=True)
        return 22

    canvas.text(EDGE, 26, "Certification of origin", 16, bold=True)
    canvas.text(EDGE, 26, claim.agreement, 16, bold=True, align="right", width=INNER)
    y = 32.0
    for caption, values in elements(claim, declaration):
        y = label(canvas, EDGE, y, caption, 6.5)
        y = canvas.block(EDGE, y, INNER, values, 9) + 1.5
        if caption.startswith("6."):
            y = _goods(canvas, declaration, claim, again, y) + 3
    y = y if y + 45 < HEIGHT - EDGE else again()
    y = canvas.block(EDGE, y + 3, INNER, statement.text, 9.5)
    y = canvas.block(EDGE, y + 1, INNER, f"{claim.agreement}, {statement.version}", 6.5)
    signature(canvas, EDGE, y + 12, INNER * 0.7, declaration)


def _goods(canvas: Canvas, declaration: Declaration, claim: OriginClaim, again, y: float) -> float:
    columns = [
        Column("Line", 12, "right"), Column("Description of the goods", 88), Column("HS (6 digits)", 22),
        Column("Origin", 28), Column("Criterion", 20),
    ]  # fmt: skip
    rows = []
    for number, criterion in zip(claim.lines, claim.criteria, strict=True):
        line = declaration.lines[number - 1]
        rows.append([str(number), goods_words(line, declaration), line.hs[:6], economy(line.origin), criterion])
    table = Table(canvas, EDGE, columns, bottom=HEIGHT - EDGE, new_page=again, size=8, caption=6.5)
    return table.draw(y, rows, local_language(declaration))
