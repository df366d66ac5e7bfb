"""The papers that can be made of a Declaration, and which ones a consignment needs.

One more paper is one more function:

    @papers.register("phyto-request", title=_("Request for a phytosanitary certificate"), checks=CUSTOMS)
    def phyto_request(declaration: Declaration, book: PaperBook) -> bytes: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from marketplace.registry import Registry
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.checks import CHECKS
from marketplace.trade.papers.declaration import Declaration
from marketplace.trade.papers.refusal import PaperProblem, PaperRefused

Render = Callable[[Declaration, PaperBook], bytes]
# Groups of checks.py, by what a paper shows.
PACKING = ("people", "parcels", "letters")
CUSTOMS = ("people", "goods", "category", "parcels", "weights", "letters")
COMMERCE = (*CUSTOMS, "invoice")


@dataclass(frozen=True)
class Paper:
    """A rendering. ``checks`` names groups of checks.py; ``per_parcel``: each parcel has a page of its own."""

    name: str
    function: Render
    title: str
    checks: Iterable[str] = CUSTOMS
    media_type: str = "application/pdf"
    extension: str = "pdf"
    per_parcel: bool = False

    def problems(self, declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
        """Everything that keeps this paper from being made."""
        found: list[PaperProblem] = []
        for group in self.checks:
            found += CHECKS[group](declaration, book)
        if self.per_parcel and len(declaration.parcels) > 1 and not found:
            found += CHECKS["contents"](declaration, book)
        return found

    def render(self, declaration: Declaration, book: PaperBook) -> bytes:
        """The paper, whole. Raises PaperRefused; then nothing was made."""
        if found := self.problems(declaration, book):
            raise PaperRefused(self.name, found)
        return self.function(declaration, book)

    def file_name(self, declaration: Declaration) -> str:
        """ASCII, such as "SML-7K2MQ9XD-cn23.pdf" or "SML-7K2MQ9XD-itmatt.json"."""
        stem = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in declaration.number)
        return f"{stem}-{self.name.removesuffix(f'-{self.extension}')}.{self.extension}"


papers: Registry[Paper] = Registry("paper", Paper)


def problems(declaration: Declaration, paper: str, book: PaperBook | None = None) -> list[PaperProblem]:
    """Why ``paper`` cannot be made; empty when it can. ``book`` None: the rows of the declaration's day."""
    return papers[paper].problems(declaration, book or PaperBook.load(declaration.on))


def render(declaration: Declaration, paper: str, book: PaperBook | None = None) -> bytes:
    """``paper`` as a file. Raises PaperRefused."""
    return papers[paper].render(declaration, book or PaperBook.load(declaration.on))


def papers_for(declaration: Declaration, book: PaperBook | None = None) -> list[str]:
    """Names of the papers that this consignment needs, in the order in which they are used.

    CN22 only where every parcel is known to be within its limits of value and weight; in doubt CN23, with an invoice.
    """
    book = book or PaperBook.load(declaration.on)
    needed = ["packing-slip", "label"]
    if declaration.abroad:
        small = book.small_enough_for_cn22(declaration)
        needed += ["cn22"] if small else ["cn23", "invoice"]
        needed += ["itmatt-json", "itmatt-csv"]
    if declaration.claims:
        needed.append("origin")
    return needed
