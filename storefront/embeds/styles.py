"""The height of a frame as a style says it: without a style sheet, a media query or a script. Pure."""

from storefront.embeds.sizes import MARGINS, MIDDLE, TALLEST, WIDE, Size, natural_height
from storefront.embeds.subjects import Subject

# Widths in CSS pixels from which a card has another shape.
ABREAST, LARGE = MIDDLE.from_width, WIDE.from_width


def frame_style(subject: Subject, size: Size, maxheight: int | None) -> str:
    """Of a frame of ``size`` in a place that may be narrower: as high as the card needs there, and never above ``maxheight``."""
    style = "max-width:100%"
    if size.width < ABREAST:
        return style
    most = min(maxheight or TALLEST, TALLEST)
    narrow, middle = (min(natural_height(subject, width), most) for width in (360, min(size.width, 600)))
    if size.width < LARGE:
        middle = max(middle, size.height)
    length = height_by_page(narrow, middle, size.height if size.width >= LARGE else 0, margins=MARGINS)
    return style if length == f"{size.height}px" else f"{style};height:{length}"


def height_by_page(narrow: int, middle: int, large: int = 0, *, margins: int) -> str:
    """A CSS length: ``narrow`` on pages where a card has the narrow shape, from there on ``middle``, and then ``large``.

    ``margins``: what the page leaves on both sides of a frame together. ``large`` 0: the frame does not become so wide.
    """
    low = f"{middle}px"
    if narrow > middle:
        low = f"clamp({middle}px,({ABREAST + margins}px - 100vw)*999,{narrow}px)"
    # A page may leave no margins at all, and then the card is large at once.
    return f"max({low},min({large}px,(100vw - {LARGE - 1}px)*999))" if large > middle else low
