"""Weights and lengths as people type them: "850", "850 g", "1,25 kg" in Viet Nam and "1.25 kg" in Japan."""

import re
import unicodedata
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal
from babel.units import UnknownUnitError, format_unit
from django.utils.translation import gettext as _

from marketplace import formats

GRAMS = {"g": 1, "kg": 1000}
UNITS = {"g": "mass-gram", "kg": "mass-kilogram"}
TYPED = re.compile(r"([0-9][0-9.,'\s]*)(.*)", re.DOTALL)
LONGEST = 40


class BadMeasure(ValueError):
    """What was typed is no weight or length; the message is for the person who typed it."""


def read_weight(text: str, language: str | None = None) -> int:
    """Whole grams. Without a unit they are grams; the decimal sign is the language's. Raises BadMeasure."""
    number, unit = _typed(text, language)
    factor = GRAMS.get(_names(str(formats.locale_of(language))).get(unit.casefold(), ""))
    if factor is None:
        raise BadMeasure(_("Please give the weight in grams (g) or kilograms (kg)."))
    grams = number * factor
    if grams != grams.to_integral_value():
        raise BadMeasure(
            _("A weight in grams has no fraction. For kilograms write the unit, such as %(example)s.")
            % {"example": formats.weight(1250, language)}
        )
    return int(grams)


def read_centimetres(text: str, language: str | None = None) -> int:
    """Millimetres of a length in centimetres, the last millimetre rounded up. Raises BadMeasure."""
    number, unit = _typed(text, language)
    if unit.casefold() not in ("", "cm"):
        raise BadMeasure(_("Please give the size in centimetres."))
    return int((number * 10).to_integral_value(ROUND_CEILING))


def _typed(text: str, language: str | None) -> tuple[Decimal, str]:
    flat = unicodedata.normalize("NFKC", text).strip()
    flat = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in flat)
    found = TYPED.fullmatch(flat) if len(flat) <= LONGEST else None
    if found is None:
        raise BadMeasure(_("Please give a number above zero, such as %(example)s.") % {"example": "850"})
    try:
        number = parse_decimal(
            re.sub(r"\s", "", found[1]), formats.locale_of(language), strict=True, numbering_system="latn"
        )
    except NumberFormatError:
        raise BadMeasure(
            _("Please write the number as in %(example)s.") % {"example": formats.weight(1250, language)}
        ) from None
    if number <= 0:
        raise BadMeasure(_("Please give a number above zero, such as %(example)s.") % {"example": "850"})
    return number, found[2].strip()


@lru_cache(maxsize=64)
def _names(locale: str) -> dict[str, str]:
    """Names of the units in a locale and in English, without case → "g" or "kg"; no name at all is grams."""
    names = {"": "g"}
    for spoken in (Locale("en"), Locale.parse(locale)):
        for unit, cldr in UNITS.items():
            for length in ("short", "long", "narrow"):
                for count in (1, 2):
                    try:
                        written = format_unit(count, cldr, length, locale=spoken)
                    except UnknownUnitError:
                        continue
                    names[unicodedata.normalize("NFKC", written).lstrip("12 \u00a0").casefold()] = unit
    return names
