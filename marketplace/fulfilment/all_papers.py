"""All papers of a consignment as one file to print: A4 pages as they are, small forms together on A4 sheets.

pypdf puts the pages together; fpdf2, which draws them, cannot read one.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from marketplace.fulfilment.declare import declaration_of
from marketplace.fulfilment.models import Consignment
from marketplace.trade.papers.kit import PaperRefused, papers, papers_for

PDF = "application/pdf"
# In points: A4, the edge that printers leave white, and a gap to cut in.
WIDTH, HEIGHT, EDGE, GAP = 595.28, 841.89, 28.0, 14.0


def make_all_papers(consignment: Consignment) -> tuple[str, bytes]:
    """File name and PDF of every needed paper that is printed. Raises PaperRefused with all that keeps one of them from
    being made, and CannotOpen for a customs id without its key; then nothing is made: half the papers send no parcel.
    """
    declaration, book = declaration_of(consignment, open_customs_id=True)
    wanted = [papers[name] for name in papers_for(declaration, book) if papers[name].media_type == PDF]
    problems = [problem for paper in wanted for problem in paper.problems(declaration, book)]
    if problems:
        raise PaperRefused("all", list(dict.fromkeys(problems)))
    name = wanted[0].file_name(declaration).removesuffix(f"{wanted[0].name}.pdf")
    return f"{name}papers.pdf", _joined(paper.function(declaration, book) for paper in wanted)


def _joined(files: Iterable[bytes]) -> bytes:
    writer, small = PdfWriter(), []
    for data in files:
        for page in PdfReader(BytesIO(data)).pages:
            if page.mediabox.width > WIDTH - 2 * EDGE or page.mediabox.height > HEIGHT - 2 * EDGE:
                writer.add_page(page)
            else:
                small.append(page)
    _lay_out(writer, small)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _lay_out(writer: PdfWriter, pages: Sequence[PageObject]) -> None:
    """In rows from the top left, a new sheet where one is full."""
    sheet, across, down, tallest = None, 0.0, 0.0, 0.0
    for page in pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        if across + width > WIDTH - 2 * EDGE:
            across, down, tallest = 0.0, down + tallest + GAP, 0.0
        if sheet is None or down + height > HEIGHT - 2 * EDGE:
            sheet, across, down, tallest = writer.add_blank_page(WIDTH, HEIGHT), 0.0, 0.0, 0.0
        place = Transformation().translate(EDGE + across, HEIGHT - EDGE - down - height)
        sheet.merge_transformed_page(page, place)
        across, tallest = across + width + GAP, max(tallest, height)
