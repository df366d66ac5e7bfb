"""Postcodes as their economy writes them, whatever keyboard they were typed on."""

import re
import unicodedata
from functools import lru_cache

from marketplace.economies.addresses.rules import AddressRules

SEPARATORS = re.compile(r"[\s\-‐-―−ー]+")


def tidy_postcode(text: str, rules: AddressRules) -> str | None:
    """``text`` in the economy's own writing ("１５４００２３" → "154-0023"); None where it cannot be a postcode there.

    Without a pattern everything may be one. An empty text stays empty.
    """
    plain = unicodedata.normalize("NFKC", text).removeprefix("〒").strip().upper()
    plain = re.sub(r"\s+", " ", plain)
    if not plain or not rules.postcode_pattern:
        return plain
    bare = SEPARATORS.sub("", plain)
    shapes = [shaped for example in rules.postcode_examples if (shaped := _in_the_shape_of(example, bare))]
    matches = _pattern(rules.postcode_pattern).fullmatch
    return next((one for one in (*shapes, plain, bare) if matches(one)), None)


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern:
    return re.compile(f"(?:{text})", re.ASCII)


def _in_the_shape_of(example: str, bare: str) -> str:
    """``bare`` with the example's separators, if letters and digits stand where the example has them; else empty."""
    signs = SEPARATORS.sub("", example)
    if [sign.isdigit() for sign in signs] != [sign.isdigit() for sign in bare]:
        return ""
    rest = iter(bare)
    return "".join(next(rest) if sign.isalnum() else sign for sign in example)
