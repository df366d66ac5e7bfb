"""Telephone numbers as E.164 ("+819012345678"), whatever way they were typed."""

from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from marketplace.economies.names import economy_name

# Marks of direction and blanks that address books put around a number.
WRAPPING = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u2060\u2066\u2069\ufeff\u00a0"))
LONGEST = 40


@dataclass(frozen=True)
class NotAPhone:
    """Why a text is no telephone number, in the reader's language."""

    reason: str


def to_e164(text: str, economy: str, *, mobile: bool = False) -> str | NotAPhone:
    """The number in E.164. Without + it is read as one of ``economy`` (two-letter code); ``mobile`` refuses land lines."""
    plain = text.translate(WRAPPING).strip()
    try:
        number = phonenumbers.parse(plain[: LONGEST + 1], economy or None)
    except NumberParseException:
        number = None
    if number is None or len(plain) > LONGEST or not phonenumbers.is_valid_number(number):
        return NotAPhone(_not_callable(economy))
    if number.extension:
        return NotAPhone(_("Please give a number without an extension: carriers cannot dial one."))
    kinds = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if mobile and phonenumbers.number_type(number) not in kinds:
        return NotAPhone(_("Please give the number of a mobile phone."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _not_callable(economy: str) -> str:
    example = phonenumbers.example_number_for_type(economy, PhoneNumberType.MOBILE) if economy else None
    if example is None:
        return _("Please give a phone number that can be called, with + and the code.")
    shown = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    return _("Please give a phone number that can be called, such as %(example)s in %(place)s.") % {
        "example": shown,
        "place": economy_name(economy),
    }
