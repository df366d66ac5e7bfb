"""Numbers, dates, units and lists as readers of a language write them, from Unicode's CLDR through Babel.

Every function takes a Django language code (default: the active language). Moments are shown in the current time zone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_timezone_gmt
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language

GRAMS_PER_KILOGRAM = 1000
MILLIMETRES_PER_CENTIMETRE = 10
# Where CLDR's plain language means a place that is not ours: APEC's Spanish is that of Latin America.
REGIONS = {"es": "es_419"}
# The largest economy of such a region, for those who want a territory instead of one.
LARGEST = {"es": "es_MX"}


def locale_of(language: str | None = None) -> Locale:
    """Babel's locale for a language code such as "zh-hant"; English where CLDR does not know it."""
    return _locale(language or get_language() or "en")


@lru_cache(maxsize=64)
def locale_with_territory(language: str) -> str:
    """A language code with the territory that it most likely means: "en_US", "ja_JP", "zh_TW", "es_MX"."""
    found = Locale.parse(LARGEST[language]) if language in LARGEST else locale_of(language)
    likely = get_global("likely_subtags").get("_".join(filter(None, [found.language, found.script])), "")
    territory = found.territory or likely.rpartition("_")[2]
    return f"{found.language}_{territory}" if territory else found.language


def day(value: date | datetime, language: str | None = None) -> str:
    """A date in words, such as "November 21, 2026" or "2026年11月21日"."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return format_date(value, "long", locale=locale_of(language))


def day_with_weekday(value: date | datetime, language: str | None = None) -> str:
    """A date with its day of the week, such as "Sat, Nov 21, 2026" or "2026年11月21日(土)"."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return format_skeleton("yMMMEd", value, locale=locale_of(language))


def clock(value: datetime, language: str | None = None) -> str:
    """The time of day of an aware moment, such as "3:04 PM" or "15:04"."""
    local = timezone.localtime(value)
    return format_time(local.time(), "short", locale=locale_of(language))


def clock_with_zone(value: datetime, language: str | None = None) -> str:
    """The time of day of an aware moment with the name of its zone, such as "3:04 PM UTC"."""
    return f"{clock(value, language)} {_zone_name(timezone.localtime(value), language)}"


def moment(value: datetime, language: str | None = None) -> str:
    """Date and time of an aware moment with the name of its zone, such as "November 21, 2026, 3:04 PM UTC"."""
    pattern = str(locale_of(language).datetime_formats["long"]).replace("'", "")
    return pattern.format(clock_with_zone(value, language), day(value, language))


def _zone_name(local: datetime, language: str | None) -> str:
    """ "JST"; where the zone is known by a number alone, "GMT+07:00"."""
    name = local.tzname()
    return name if name.isalpha() else get_timezone_gmt(local, locale=locale_of(language))


def number(value: int | Decimal, language: str | None = None) -> str:
    """A number with the language's separators, such as "12,345" or "12.345"."""
    return format_decimal(value, locale=locale_of(language))


def exact(value: Decimal, language: str | None = None) -> str:
    """A number with all its decimals, such as "1.3821" or "1,3821"; ``number`` keeps three."""
    return format_decimal(value, locale=locale_of(language), decimal_quantization=False)


def currency_name(code: str, language: str | None = None) -> str:
    """A currency's name by its ISO 4217 code, such as "Canadian dollar" or "カナダ ドル"; the code where CLDR has none."""
    return locale_of(language).currencies.get(code, code)


def weight(grams: int | None, language: str | None = None) -> str:
    """ "420 g", from a kilogram on "1.25 kg"; empty when it is not known."""
    if not grams:
        return ""
    if grams < GRAMS_PER_KILOGRAM:
        return format_unit(grams, "mass-gram", "short", locale=locale_of(language))
    return format_unit(
        Decimal(grams) / GRAMS_PER_KILOGRAM, "mass-kilogram", "short", format="#,##0.###", locale=locale_of(language)
    )


def size(millimetres: Sequence[int | None], language: str | None = None) -> str:
    """Length, width and height as "12 × 8.5 × 4 cm"; those not known are left out, none known is empty."""
    known = [Decimal(side) / MILLIMETRES_PER_CENTIMETRE for side in millimetres if side]
    if not known:
        return ""
    locale = locale_of(language)
    last = format_unit(known[-1], "length-centimeter", "short", format="#,##0.#", locale=locale)
    return " × ".join([*(format_decimal(side, format="#,##0.#", locale=locale) for side in known[:-1]), last])


def joined(parts: Sequence[str], language: str | None = None) -> str:
    """Several things as one enumeration, such as "cotton and indigo" or "木綿、藍"; empty for none."""
    return format_list(parts, "standard", locale_of(language)) if parts else ""


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(REGIONS.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
