"""Which pieces a page refers to that its readers do not see, for the editor."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Page

from catalogue.models import Product
from storefront.blocks import ProductBlock, ShelfBlock
from storefront.listing.models import ProductCard
from storefront.product_chooser import PieceRef, describe_piece


@dataclass(frozen=True)
class MissingPiece:
    """``place`` is the block's place in the body, from 1."""

    place: int
    block: str
    piece: str

    def __str__(self) -> str:
        return _("Block %(place)s, %(block)s: %(piece)s") % {
            "place": self.place,
            "block": self.block,
            "piece": self.piece,
        }


def missing_pieces(page: Page) -> list[MissingPiece]:
    """The gone and hidden pieces of ``page`` in the order of its blocks; two statements besides the blocks' own."""
    found = [
        (place, str(block.block.label), piece)
        for stream in page._meta.get_fields()
        if isinstance(stream, StreamField)
        for place, block in enumerate(getattr(page, stream.name), start=1)
        for piece in _pieces_of(block)
    ]
    ids = {piece.pk for _place, _label, piece in found}
    seen = set(ProductCard.objects.filter(visible=True, pk__in=ids).values_list("pk", flat=True))
    return [
        MissingPiece(place, label, describe_piece(piece) if isinstance(piece, Product) else str(piece))
        for place, label, piece in found
        if piece.pk not in seen
    ]


def _pieces_of(block) -> list[Product | PieceRef]:
    if isinstance(block.block, ProductBlock):
        pieces = [block.value["product"]]
    elif isinstance(block.block, ShelfBlock) and block.value["mode"] == ShelfBlock.CHOSEN:
        pieces = list(block.value["products"])
    else:
        pieces = []
    return [piece for piece in pieces if piece is not None]
