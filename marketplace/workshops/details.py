"""What a maker says of a piece, and why a change is refused."""

from dataclasses import dataclass
from decimal import Decimal

from catalogue.models import Craft, Material, Product

MOST_IN_STOCK = 9_999
MOST_DAYS = 365
MOST_A_MONTH = 999
MOST_PICTURES = 8


class Refused(Exception):
    """Nothing was written. The message is for the maker; ``field`` of PieceDetails is what to look at."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class PieceDetails:
    """A piece in its maker's own words. Grams, millimetres and days; ``price`` in the shop's currency.

    ``price`` and ``stock`` are None where they stay as they are; a piece with variants has neither.
    """

    title: str
    supply: str = Product.Supply.STOCK
    price: Decimal | None = None
    stock: int | None = None
    summary: str = ""
    description: str = ""
    craft: Craft | None = None
    materials: tuple[Material, ...] = ()
    lead_days: int | None = None
    month_capacity: int | None = None
    net_weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    hs_code: str = ""


@dataclass(frozen=True)
class VariantDetails:
    """What differs between the variants of one piece: price in the shop's currency, net weight in grams."""

    price: Decimal
    net_weight_g: int | None = None


@dataclass(frozen=True)
class PictureChange:
    """Pictures to add (image files), to remove and to show first (ids of ProductImage).

    ``order``: ids as they are to be shown, with -1 for the first of ``added``, -2 for the second …; others come after.
    """

    added: tuple = ()
    removed: tuple[int, ...] = ()
    first: int | None = None
    order: tuple[int, ...] = ()
