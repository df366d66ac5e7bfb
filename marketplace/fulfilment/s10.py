"""Numbers of postal items as the Universal Postal Union's standard S10 writes them: RR473124829GB.

Two letters for the kind of service, eight digits, a check digit, and the economy whose post gave the number out
(ISO 3166-1). A pure function of the standard's text; no library that we know reads it. Public examples of several posts
are in the tests.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from django.utils.translation import gettext as _

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
LENGTH = 13
SHAPE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
# First letters that the UPU keeps for itself.
RESERVED = frozenset("JKSTW")
# Two-letter codes that Unicode CLDR names but ISO 3166-1 does not assign.
NOT_ISO = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
# Letters that are read or typed for digits.
LOOKALIKES = str.maketrans("OQDILZSGB", "000112568")
SPACES = re.compile(r"[\s\-\u2010-\u2015\u2212]+")


@dataclass(frozen=True)
class S10:
    """A number that holds: ``service`` "RR", ``serial`` eight digits with leading zeros, ``post`` "GB"."""

    service: str
    serial: str
    check: str
    post: str

    def __str__(self) -> str:
        return f"{self.service}{self.serial}{self.check}{self.post}"


class BadS10(ValueError):
    """Why a number is none. ``code``: length, shape, reserved, post or check_digit; ``meant``: what it may have been."""

    def __init__(self, code: str, message: str, meant: str = "") -> None:
        super().__init__(message)
        self.code, self.meant = code, meant


def normalise(text: str) -> str:
    """Upper case without spaces and hyphens; full-width letters and digits as ASCII."""
    flat = SPACES.sub("", unicodedata.normalize("NFKC", text))
    # Only ASCII is raised: other letters could turn into ASCII ones (a dotless i).
    return flat.upper() if flat.isascii() else flat


def check_digit(serial: str) -> str:
    """The ninth digit for eight."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def read_s10(text: str) -> S10:
    """The number in ``text``, which may have spaces and small letters. Raises BadS10."""
    flat = normalise(text)
    if len(flat) != LENGTH:
        raise BadS10(
            "length",
            _("A number of the post has 13 letters and digits, such as RR123456785VN; this one has %(count)s.")
            % {"count": len(flat)},
        )
    found = SHAPE.fullmatch(flat)
    if found is None:
        raise _bad_shape(flat)
    number = S10(*found.groups())
    if number.service[0] in RESERVED:
        raise BadS10(
            "reserved",
            _("No number of the post begins with %(letter)s. Please look at the first two letters again.")
            % {"letter": number.service[0]},
        )
    if number.post not in posts():
        raise BadS10(
            "post",
            _("The last two letters name the economy whose post it is, and %(code)s is none.")
            % {"code": number.post},
        )
    if number.check != check_digit(number.serial):
        meant = f"{flat[:10]}{check_digit(number.serial)}{number.post}"
        raise BadS10("check_digit", _one_digit_off(flat, meant), meant)
    return number


def _bad_shape(flat: str) -> BadS10:
    meant = f"{flat[:2]}{flat[2:11].translate(LOOKALIKES)}{flat[11:]}"
    found = SHAPE.fullmatch(meant)
    if found and found[1][0] not in RESERVED and found[4] in posts() and found[3] == check_digit(found[2]):
        message = _("Between the letters there are only digits. Did you mean %(meant)s?") % {"meant": meant}
        return BadS10("shape", message, meant)
    return BadS10(
        "shape", _("A number of the post is two letters, nine digits and two letters, such as RR123456785VN.")
    )


def _one_digit_off(flat: str, meant: str) -> str:
    return _(
        "One digit of %(number)s cannot be right. Please compare it with your receipt. If only the last digit is "
        "wrong, it is %(meant)s."
    ) % {"number": flat, "meant": meant}


@lru_cache(maxsize=1)
def posts() -> frozenset[str]:
    """The codes that ISO 3166-1 assigns (249), from Unicode CLDR."""
    codes = (code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code))
    return frozenset(codes) - NOT_ISO
