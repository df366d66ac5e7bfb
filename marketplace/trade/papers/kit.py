"""What the rest of the kit uses of the papers. Importing this registers the kit's own: forms, invoice, label, data, origin."""

from marketplace.trade.papers import itmatt  # noqa: F401
from marketplace.trade.papers.book import PaperBook, Rule
from marketplace.trade.papers.declaration import (
    Category,
    Charge,
    Declaration,
    Licence,
    Line,
    OriginClaim,
    Parcel,
    Party,
    Scheme,
)  # fmt: skip

# The kit's own papers: importing them registers them.
from marketplace.trade.papers.forms import cn, invoice, label, origin, slip  # noqa: F401
from marketplace.trade.papers.paper import (
    COMMERCE,
    CUSTOMS,
    PACKING,
    Paper,
    papers,
    papers_for,
    problems,
    render,
)
from marketplace.trade.papers.refusal import PaperProblem, PaperRefused

__all__ = [
    "COMMERCE", "CUSTOMS", "PACKING", "Category", "Charge", "Declaration", "Licence", "Line", "OriginClaim", "Paper",
    "PaperBook", "PaperProblem", "PaperRefused", "Parcel", "Party", "Rule", "Scheme", "papers", "papers_for", "problems",
    "render",
]  # fmt: skip
