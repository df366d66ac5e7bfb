"""How large a card's frame is before, or without, its script. In CSS pixels; shapes as in card.css."""

from math import ceil
from typing import NamedTuple
from unicodedata import category, east_asian_width

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from storefront.embeds.subjects import Subject

SMALLEST = 200
USUAL_WIDTH, WIDEST = 600, 900
TALLEST = 1000


class Size(NamedTuple):
    width: int
    height: int


class Shape(NamedTuple):
    """The card from a width on; the names are those of card.css."""

    from_width: int
    title: int  # size of the letters
    text: int
    words_padding: float
    title_margin: float
    act: float
    picture: int  # at least; in a narrow card at most
    large_picture: int
    abreast: int
    piece_picture: int
    piece_words: int
    pieces_padding: float


WIDE = Shape(800, 34, 17, 56, 17, 59, 336, 400, 3, 80, 15, 19)
MIDDLE = Shape(560, 26, 15, 43, 13, 53, 256, 320, 3, 70, 13, 11)
NARROW = Shape(0, 24, 15, 39, 13, 53, 272, 384, 1, 70, 13, 16)
EDGES = 42  # left and right of the words
SELVEDGE = 6
SPARE = 8  # for letters that are wider than others
PHONE = 320  # the narrowest usual place
NARROW_WIDTHS = (PHONE, 330, 345, 360, 380, 400, 420)
MARGINS = 40  # that a page leaves on both sides of a frame together
LONGEST_TITLE = 5  # lines, in a narrow card
LABEL, NOTE = 32, 18
CONVERTED = " ~~~~~~~~~~~"  # as much room as the word takes beside a price
# Line heights of tokens.css: of text and of titles.
LEADING, USUAL_LEADING = {"ja": 1.9, "zh": 1.85, "th": 1.8, "ko": 1.75}, 1.6
HEAD_LEADING, USUAL_HEAD_LEADING = {"ja": 1.45, "zh": 1.4, "ko": 1.35, "th": 1.5, "vi": 1.28}, 1.16


def fit(subject: Subject, maxwidth: int | None, maxheight: int | None) -> Size | None:
    """The frame within the maxima; None when they leave less than a card needs."""
    if any(value is not None and value < SMALLEST for value in (maxwidth, maxheight)):
        return None
    width = USUAL_WIDTH if maxwidth is None else min(maxwidth, WIDEST)
    height = min(natural_height(subject, width), TALLEST)
    return Size(width, height if maxheight is None else min(height, maxheight))


def natural_height(subject: Subject, width: int) -> int:
    """About what the card takes in a place of ``width``, rather a little more than less: better some room than a scroll bar.

    A frame that is narrower by the margins of a phone's page fits, too, where it has the same shape.
    """
    shape = _shape(width)
    narrower = max(shape.from_width or min(PHONE, width), width - MARGINS)
    few = few_pieces(subject) if shape is NARROW else 0  # the other shapes show all of them
    return max(_height(subject, shape, place, few) for place in (width, narrower))


def few_pieces(subject: Subject) -> int:
    """How many of its pieces a narrow card shows: as many as TALLEST leaves room for, and one at least."""
    many = len(subject.pieces)
    while many > 1 and _tallest(subject, many) > TALLEST - SPARE:
        many -= 1
    return many


def room_left(subject: Subject) -> tuple[int, int]:
    """CSS pixels for what its kind shows of its own: (in a narrow card, in a wide one); with a note on prices below it."""
    wide = max(_height(subject, shape, shape.from_width, 0) for shape in (MIDDLE, WIDE))
    return tuple(TALLEST - high - 3 * NOTE for high in (_tallest(subject, 0), wide))


def _tallest(subject: Subject, pieces: int) -> int:
    return max(_height(subject, NARROW, width, pieces) for width in NARROW_WIDTHS)


def _shape(width: int) -> Shape:
    return next(shape for shape in (WIDE, MIDDLE, NARROW) if width >= shape.from_width)


def _height(subject: Subject, shape: Shape, width: int, few: int) -> int:
    """``few``: how many pieces are shown where the shape is narrow."""
    has_picture = bool(subject.picture or subject.extra.get("map"))
    picture = (shape.large_picture if subject.piece else shape.picture) if has_picture else 0
    if shape is NARROW:
        picture = min(picture, width if subject.piece else round(width * 2 / 3))
        lead = picture + _words(subject, shape, width - EDGES)
    else:
        column = width * 0.54 if has_picture else width
        lead = max(picture, _words(subject, shape, column - EDGES * shape.words_padding / MIDDLE.words_padding))
    below = _pieces(subject, shape, width, few) + subject.room[0 if shape is NARROW else 1]
    if subject.price_note and not (subject.pieces or subject.piece):
        below += 9 + NOTE * lines(subject.price_note, width - 40, 12)
    return ceil(lead + SELVEDGE + below + _credit(subject, width)) + SPARE


def leading(language: str) -> float:
    """Height of a line, in heights of its letters."""
    return LEADING.get(language.partition("-")[0], USUAL_LEADING)


def lines(text: str, width: float, size: float) -> int:
    """Lines of a text in letters of ``size``: a Latin letter takes a little more than half of it, a Han or kana letter all of it.

    Words stay whole where they can; scripts without spaces are broken nearly anywhere.
    """
    count, used, gap = 1, 0.0, size * 0.3
    width = max(width, size)
    for word in text.split():
        long = _long(word, size)
        if used and used + gap + long <= width:
            used += gap + long
            continue
        flows = any(sign >= "\u0e00" for sign in word)
        if used and not flows:
            count, used = count + 1, 0.0
        used += long + (gap if used else 0)
        row = max(width - 1.5 * size, size) if flows else width
        while used > width:
            count, used = count + 1, used - row
    return count


def _long(text: str, size: float) -> float:
    return sum(size * _share(sign) for sign in text)


def _share(sign: str) -> float:
    if category(sign) == "Mn":
        return 0.0  # stands above or below another
    return 1.0 if east_asian_width(sign) in "WF" else 0.54


def _words(subject: Subject, shape: Shape, width: float) -> float:
    """The field beside or below the picture."""
    line = leading(subject.language)
    head = HEAD_LEADING.get(subject.head_lang.partition("-")[0], USUAL_HEAD_LEADING)
    # Letters of titles are wider in some systems, so they rather take a line more.
    title = lines(subject.title, width * 0.9, shape.title)
    title = min(title, LONGEST_TITLE) if shape is NARROW else title
    text = min(2, lines(subject.text, width * 0.97, shape.text)) if subject.text else 0
    high = shape.words_padding + shape.title_margin + shape.act + title * shape.title * head
    high += text * shape.text * leading(subject.lang)
    high += 13 * line * lines(" · ".join(name for name, _lang in subject.places), width, 13) * bool(subject.places)
    for label in filter(None, (subject.lang_label, subject.origin_label)):
        high += LABEL - NOTE + NOTE * lines(label, width - 22, 12)
    if subject.piece:
        price = " ".join(subject.piece.get(part) or "" for part in ("price_line", "state_text"))
        high += 10 + 15 * line * lines(price + CONVERTED * bool(subject.piece.get("converted")), width, 14)
        refusal = subject.piece.get("refusal", "")
        high += 13 * line * lines(refusal, width, 13) if refusal else 0
        high += (5 + NOTE * lines(subject.price_note, width, 12)) if subject.price_note else 0
    return high


def _pieces(subject: Subject, shape: Shape, width: int, few: int) -> float:
    pieces = subject.pieces[:few] if shape is NARROW else subject.pieces
    if not pieces:
        return 0
    column = (width - 40) / min(shape.abreast, len(pieces)) - shape.piece_picture - 20
    most = 2 if shape is NARROW else 3
    heights = []
    for piece in pieces:
        words = min(most, lines(piece.get("title", ""), column, shape.piece_words)) * shape.piece_words * 1.45
        price = " ".join(piece.get(part) or "" for part in ("price_line", "state_text", "refusal"))
        words += lines(price + CONVERTED * bool(piece.get("converted")), column, 14) * 21 + 3 + 24 * bool(piece.get("lang_label"))
        heights.append(max(shape.piece_picture, words) + 23)
    rows = [heights[at : at + shape.abreast] for at in range(0, len(heights), shape.abreast)]
    note = 9 + NOTE * lines(subject.price_note, width - 40, 12) if subject.price_note else 0
    return shape.pieces_padding + sum(max(row) for row in rows) + note


def _credit(subject: Subject, width: int) -> float:
    """The shop's name, and beside it, or where that is too long below it, what the shop is."""
    with translation.override(subject.language):
        said = _("Stories and pieces from the makers themselves")
    needed = 40 + _long(settings.MARKETPLACE_SHOP_NAME, 15) + _long(said, 12)
    return 44 + (12 * leading(subject.language) if needed > width - EDGES else 0)
