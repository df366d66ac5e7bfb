"""The order of names as readers look for them, as near as it can be had without a table for each language."""

import re
import unicodedata

# Thai writes these vowels before the consonant, and looks a word up under the consonant.
LEADING = re.compile("([เแโใไ])([ก-ฮ])")


def in_order(name: str) -> tuple[str, str]:
    """The key to sort names by: without capitals and accents, so that "Úc" stands under U and "Đài" under D."""
    swapped = LEADING.sub(r"\2\1", name.casefold().replace("đ", "d"))
    letters = unicodedata.normalize("NFD", swapped)
    return "".join(sign for sign in letters if not "\u0300" <= sign <= "\u036f"), name
