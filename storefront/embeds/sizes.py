"""How large a card's frame is before, or without, its script. In CSS pixels; shapes as in card.css."""

from math import ceil
from typing import NamedTuple
from unicodedata import east_asian_width

from storefront.embeds.subjects import Subject

SMALLEST = 200
USUAL_WIDTH, WIDEST = 600, 900
TALLEST = 1000


class Size(NamedTuple):
    width: int
    height: int


class Shape(NamedTuple):
    """The card from a width on. ``words`` is the field without the title, ``title`` the height of a line."""

    from_width: int
    share: float
    words: int
    title: int
    picture: int
    large_picture: int
    pieces: int
    credit: int


WIDE = Shape(800, 0.54, 200, 40, 336, 400, 124, 46)
MIDDLE = Shape(560, 0.54, 185, 30, 256, 320, 134, 46)
NARROW = Shape(0, 1.0, 210, 28, 272, 384, 100, 66)
EDGES = 40  # left and right of the words
SELVEDGE = 8
NOTE = 30
ABREAST = 3


def fit(subject: Subject, maxwidth: int | None, maxheight: int | None) -> Size | None:
    """The frame within the maxima; None when they leave less than a card needs."""
    if any(value is not None and value < SMALLEST for value in (maxwidth, maxheight)):
        return None
    width = USUAL_WIDTH if maxwidth is None else min(maxwidth, WIDEST)
    height = min(natural_height(subject, width), TALLEST)
    return Size(width, height if maxheight is None else min(height, maxheight))


def natural_height(subject: Subject, width: int) -> int:
    """About what the card takes at ``width``, rather more than less: better some room than a scroll bar."""
    shape = next(shape for shape in (WIDE, MIDDLE, NARROW) if width >= shape.from_width)
    words = shape.words + shape.title * _lines(subject.title, width * shape.share - EDGES, shape.title)
    words += 40 * (bool(subject.lang_label) + bool(subject.piece))
    words += NOTE * bool(subject.piece and subject.price_note)
    picture = shape.large_picture if subject.piece else shape.picture
    if not (subject.picture or subject.extra.get("map")):
        picture = 0
    below = SELVEDGE + shape.credit + NOTE * bool(subject.pieces and subject.price_note)
    if shape is NARROW:
        picture = min(picture, width if subject.piece else round(width * 2 / 3))
        return picture + words + below + len(subject.pieces) * shape.pieces + subject.room[0]
    rows = ceil(len(subject.pieces) / ABREAST)
    return max(words, picture) + below + rows * shape.pieces + subject.room[1]


def _lines(text: str, width: float, line: int) -> int:
    """Lines of a title: a Latin letter takes about half its height, a Han or kana letter all of it."""
    letter = line / 1.2
    total = sum(letter * (1 if east_asian_width(sign) in "WF" else 0.52) for sign in text)
    return max(1, ceil(total / max(width, letter)))
