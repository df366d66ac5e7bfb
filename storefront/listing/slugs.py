"""The readable part of an address, in the language and script of its title."""

import re
import unicodedata
from functools import lru_cache

# UTF-8 bytes. Each of those beyond ASCII takes three signs in an address.
MOST_BYTES = 90
APOSTROPHES = re.compile("['’ʼ]")
# Letters, marks (Thai writes its vowels with them) and digits of every script; the rest parts words.
WORD_KINDS = ("L", "M", "N")


@lru_cache(maxsize=8_192)
def slug_of(title: str, otherwise: str) -> str:
    """``title`` in small letters with hyphens, at most 90 bytes, cut between words; ``otherwise`` where nothing is left."""
    text = APOSTROPHES.sub("", unicodedata.normalize("NFC", title).lower())
    words = "".join(sign if unicodedata.category(sign)[0] in WORD_KINDS else " " for sign in text).split()
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else _cut(word)
        if len(longer.encode()) > MOST_BYTES:
            break
        slug = longer
    return slug or otherwise


def _cut(word: str) -> str:
    """The beginning of a word (in a script without blanks it may be a sentence); no letter loses its marks."""
    kept = word.encode()[:MOST_BYTES].decode(errors="ignore")
    while kept != word and unicodedata.category(word[len(kept)]).startswith("M"):
        kept = kept[:-1]
    return kept
