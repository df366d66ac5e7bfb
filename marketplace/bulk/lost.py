"""Letters that the encoding of a file could not hold: the spreadsheet wrote "?" for each of them, and said nothing.

Nobody can tell for sure what was a question. A "?" counts as a lost letter where none is written by hand: three in a
row, two that begin a word, one right before a letter, and one in the place of a letter that stands there now. Where no
blank follows a sentence (Japanese, Thai), one before a letter counts only in a file of an older encoding: there the
advice helps. What stands there already in the same words is left alone.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from marketplace.bulk.cells import Line
from marketplace.bulk.columns import WORDS
from marketplace.bulk.known import Known, label_of
from marketplace.typed import clean_paragraphs, clean_words

# What decoders put in the place of bytes that are no letter.
NO_LETTER = "\ufffd"
LETTER = r"[^\W\d_]"
# Thai, Lao, Burmese and Khmer; kana and Chinese characters.
WITHOUT_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
SURE = rf"{NO_LETTER}|\?{{3,}}|(?<!\S)\?{{2,}}"
LOST = re.compile(rf"{SURE}|\?(?={LETTER})(?![{WITHOUT_BLANKS}])")
LOST_IN_OLDER = re.compile(rf"{SURE}|\?(?={LETTER})")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
BEFORE, AFTER = 15, 55  # letters that are shown around the place


def mistakes(line: Line, known: Known | None, *, older: bool) -> Iterator[tuple[str, str]]:
    """(key of a column, sentence) of each cell that lost letters. ``older``: of an encoding that cannot hold them all."""
    for key, text in line.questions.items():
        place = _place(key, text, _stored(known, key), older)
        if place is not None:
            words = _("Letters were lost when this file was saved: “%(text)s”. Save it as “CSV UTF-8” or as XLSX, please.")
            yield key, words % {"text": _around(text, place)}


def _place(key: str, text: str, stored: list[str], older: bool) -> int | None:
    """Where the first lost letter stood; None: none was lost."""
    if text in stored:
        return None
    if key == "code" or any(_is_spoilt(text, one) for one in stored):
        return min(place for place in (text.find("?"), text.find(NO_LETTER)) if place >= 0)
    # An address may hold what it likes; its length is kept, so that the place is.
    bare = ADDRESS.sub(lambda found: "-" * len(found.group()), text)
    found = (LOST_IN_OLDER if older else LOST).search(bare)
    return found.start() if found else None


def _is_spoilt(text: str, stored: str) -> bool:
    """Whether ``text`` is what stands there now, but for letters that became "?"."""
    pairs = zip(text, stored, strict=False)
    return len(text) == len(stored) and all(one == was or (one == "?" and not was.isascii()) for one, was in pairs)


def _around(text: str, place: int) -> str:
    start, end = max(0, place - BEFORE), place + AFTER
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _stored(known: Known | None, key: str) -> list[str]:
    """What stands now where the column would write."""
    if known is None:
        return []
    name, _bracket, language = key.rstrip("]").partition("[")
    if name == "code":
        return [known.product.maker_code, known.product.upc or ""]
    if name in WORDS and not language:
        return [getattr(known.details, name)]
    if name in WORDS:
        text = getattr(known.texts.get(language), name, "")
        return [clean_paragraphs(text) if name == "description" else clean_words(text, lines=False)]
    return [label_of(row)[name == "colour"] for row in known.children]
