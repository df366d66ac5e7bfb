"""How the row of a new piece was read, for its maker to see before she says yes: 1.234,50 may be a typing slip away."""

from collections.abc import Iterator, Sequence

from marketplace.bulk.cells import Line
from marketplace.bulk.columns import currency_of
from marketplace.bulk.shown_values import money, shown
from marketplace.workshops import stock
from marketplace.workshops.details import PieceDetails
from marketplace.workshops.models import Workshop
from marketplace.workshops.variants import VariantWish

Read = tuple[Line, str, str]


def read(
    lines: Sequence[Line], details: PieceDetails, wishes: Sequence[VariantWish], workshop: Workshop
) -> Iterator[Read]:
    """(line, key of a column, what was read in the active language): title, price and stock, or those of its variants."""
    yield lines[0], "title", shown("title", details.title)
    if not wishes:
        yield from _sale(lines[0], details.price, stock.first_quantity(details), workshop)
        return
    # A new piece has no other variants than those of its rows, in their order.
    for line, wish in zip((one for one in lines if any(one.label)), wishes, strict=True):
        for key, text in (("size", wish.size), ("colour", wish.colour)):
            if text:
                yield line, key, text
        yield from _sale(line, wish.price, wish.stock, workshop)


def _sale(line: Line, price, quantity: int | None, workshop: Workshop) -> Iterator[Read]:
    if line.wanted is not None:
        yield line, "receive", money(line.wanted, currency_of("receive", workshop))
    if price is not None:
        yield line, "price", shown("price", price)
    if quantity is not None:
        yield line, "stock", shown("stock", quantity)
