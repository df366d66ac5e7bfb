"""What people type, on phones and in tables: signs that cannot be seen go, digits of every script are read.

Numbers as people write them: 1.234,50 and 1,234.50 and 1 234,50, with the sign or the code of their currency.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from marketplace.formats import locale_of

# Signs that show nothing or turn the direction of what follows; joiners, needed by scripts and emoji, stay.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# Before a cell that was a number in its spreadsheet, and so cannot be read in two ways.
EXACT = "\x01"
BLANKS = re.compile("[\\s'’\u066c]")
SIGNS = str.maketrans({"−": "-", "﹣": "-", "，": ",", "、": ",", "٫": ","})
GROUPED = r"[0-9]{1,3}(?:%s[0-9]{3})+"
# Blanks between digits separate thousands and nothing else: "12 5" is a slip of the thumb.
BLANK_BETWEEN = re.compile(r"(?<=[0-9])[\s'’\u066c]+(?=[0-9])")
BY_THREE = re.compile(r"-?[0-9]{1,3}(?:[\s'’\u066c][0-9]{3})+(?![0-9])")
LONGEST = 60
# What people write for their currency beside what CLDR has.
SPOKEN = {
    "VND": ("vnđ", "đồng", "đ"),
    "THB": ("บาท",),
    "JPY": ("円", "圓"),
    "CNY": ("元", "圆"),
    "HKD": ("元",),
    "TWD": ("元", "圓"),
    "KRW": ("원",),
}


class NotANumber(ValueError):
    """It cannot be read as a number."""


class TwoWays(ValueError):
    """``1.234`` may be a bit more than one, or more than a thousand: ``readings``."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        digits = re.sub("[.,]", "", text)
        self.readings = (digits, re.sub("[.,]", ".", text))


def clean_words(value: object, *, lines: bool) -> str:
    """Text without characters that cannot be seen, composed (NFC). ``lines``: it keeps its line breaks."""
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = " ".join(text.split())
    return UNSEEN.sub("", text).strip()


def clean_paragraphs(value: object) -> str:
    """Several lines; an empty line starts a new paragraph."""
    return re.sub(r"\n{3,}", "\n\n", clean_words(value, lines=True))


def plain_digits(text: str) -> str:
    """Digits of any script (full-width, Thai …) as 0–9, and the full-width point as a point."""
    return (
        "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
        .replace("．", ".")
        .strip()
    )


def read_number(text: str, *, sign: str = "", currency: str = "") -> Decimal:
    """``sign`` is the decimal sign where the writer said so. Raises NotANumber, and TwoWays where she did not."""
    if text.startswith(EXACT):
        return Decimal(text[1:])
    typed = _only_number(text, currency)
    negative = typed.startswith("-")
    typed = typed.removeprefix("-")
    if not re.fullmatch("[0-9][0-9.,]*", typed) or len(typed) > 20:
        raise NotANumber(text)
    value = Decimal(_plain(typed, sign))
    return -value if negative else value


def read_amount(text: str, *, places: int, currency: str = "", language: str | None = None) -> Decimal:
    """A number of at most ``places`` decimals, as somebody types it on a page in ``language`` (default: the active one).

    Where it could be read in two ways the number of decimals decides, then the page's own way of writing, but never to
    more decimals than there are. Raises NotANumber and TwoWays.
    """
    try:
        value = read_number(text, currency=currency)
    except TwoWays as doubt:
        thousands, point = doubt.readings
        by_language = str(locale_of(language).number_symbols["latn"]["decimal"])
        value = Decimal(point if places and by_language in str(doubt) else thousands)
        if -value.as_tuple().exponent > places:
            raise
    if -value.as_tuple().exponent > places:
        raise NotANumber(text)
    return value


def _only_number(text: str, currency: str) -> str:
    """Without blanks, and without the sign or the code of the currency."""
    if len(text) > LONGEST:
        raise NotANumber(text[:LONGEST])
    typed = plain_digits(unicodedata.normalize("NFKC", text.translate(SIGNS)))
    if currency:
        for name in _names(currency):
            typed = re.sub(re.escape(name), "", typed, count=1, flags=re.IGNORECASE)
    typed = "".join(sign for sign in typed if currency or unicodedata.category(sign) != "Sc").strip()
    if BLANK_BETWEEN.search(typed) and not BY_THREE.match(typed):
        raise NotANumber(text)
    return BLANKS.sub("", typed)


@lru_cache(maxsize=64)
def _names(currency: str) -> tuple[str, ...]:
    """What may stand beside an amount of ``currency``: its code, its sign, its name; the longest first."""
    symbol = unicodedata.normalize("NFKC", locale_of("en").currency_symbols.get(currency, currency))
    names = {currency, symbol, *(unicodedata.normalize("NFKC", name) for name in SPOKEN.get(currency, ()))}
    if symbol.endswith("$"):
        names.add("$")
    return tuple(sorted(names, key=len, reverse=True))


def _plain(typed: str, sign: str) -> str:
    """``typed`` with a point, or none, and nothing else but digits."""
    if sign:
        return _by_sign(typed, sign)
    marks = set(typed) & {".", ","}
    if not marks:
        return typed
    if len(marks) == 2:
        return _by_sign(typed, max(".,", key=typed.rfind))
    mark = marks.pop()
    before, _mark, after = typed.partition(mark)
    if mark in after:
        return _by_sign(typed, "," if mark == "." else ".")
    if len(after) == 3 and re.fullmatch("[1-9][0-9]{0,2}", before):
        raise TwoWays(typed)
    return _by_sign(typed, mark)


def _by_sign(typed: str, sign: str) -> str:
    other = "," if sign == "." else "."
    whole, _sign, fraction = typed.partition(sign)
    if not re.fullmatch("[0-9]+|" + GROUPED % re.escape(other), whole) or not re.fullmatch("[0-9]*", fraction):
        raise NotANumber(typed)
    return whole.replace(other, "") + (f".{fraction}" if fraction else "")
