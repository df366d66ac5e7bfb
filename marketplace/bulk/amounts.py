"""Numbers as people write them in tables: 1.234,50 and 1,234.50 and 1 234,50, in the digits of any script."""

import re
import unicodedata
from decimal import Decimal

from marketplace.typed import plain_digits

# Before a cell that was a number in its spreadsheet, and so cannot be read in two ways.
EXACT = "\x01"
BLANKS = re.compile("[\\s'’\u066c]")
SIGNS = str.maketrans({"−": "-", "﹣": "-", "，": ",", "、": ",", "٫": ","})
GROUPED = r"[0-9]{1,3}(?:%s[0-9]{3})+"


class NotANumber(ValueError):
    """It cannot be read as a number."""


class TwoWays(ValueError):
    """``1.234`` may be a bit more than one, or more than a thousand: ``readings``."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        digits = re.sub("[.,]", "", text)
        self.readings = (digits, re.sub("[.,]", ".", text))


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


def _only_number(text: str, currency: str) -> str:
    """Without blanks, and without the sign or the code of the currency."""
    typed = unicodedata.normalize("NFKC", text.translate(SIGNS))
    typed = BLANKS.sub("", plain_digits(typed))
    if currency:
        typed = re.sub(re.escape(currency), "", typed, flags=re.IGNORECASE)
    return "".join(sign for sign in typed if unicodedata.category(sign) != "Sc")


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
