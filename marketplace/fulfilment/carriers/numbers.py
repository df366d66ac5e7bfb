"""How tracking numbers are read: the posts' S10, a pattern, or anything that a label can show."""

import re

from django.utils.translation import gettext as _

from marketplace.fulfilment.carriers.contract import BadNumber, TrackingNumber
from marketplace.fulfilment.s10 import BadS10, normalise, read_s10

S10 = "s10"
LONGEST = 80
PRINTABLE = re.compile(r"[0-9A-Z][0-9A-Z._/#]*")


def read_number(text: str, *, numbers: str, issuer: str) -> TrackingNumber:
    """``numbers``: "s10", a regular expression for the whole number, or empty. Raises BadNumber."""
    if numbers == S10:
        try:
            number = read_s10(text)
        except BadS10 as problem:
            raise BadNumber(str(problem)) from problem
        return TrackingNumber(str(number), f"S10:{number.post}")
    flat = normalise(text)
    if len(flat) > LONGEST or not PRINTABLE.fullmatch(flat):
        raise BadNumber(_("A tracking number has letters from A to Z and digits."))
    if numbers and not re.fullmatch(numbers, flat):
        raise BadNumber(
            _("This carrier's numbers look different. Please compare %(number)s with your receipt.")
            % {"number": flat}
        )
    return TrackingNumber(flat, issuer)
