"""Words of any language made comparable: without diacritics and capitals, unspaced scripts as pairs of signs.

Small on purpose: it compares a handful of words with a packaged list. The shop's search has a richer kind of this.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Letters that Unicode does not take apart.
PLAIN = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
# Thai, Lao, Khmer, kana, Han: written without spaces. Hangul has spaces, but its words run on.
UNSPACED = "\u0e01-\u0e4e\u0e80-\u0ecf\u1780-\u17d3\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
RUN = re.compile(rf"(?P<u>[{UNSPACED}]+)|(?P<w>(?:(?![{UNSPACED}])[^\W_])+)")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
SIGN = re.compile(rf"[{UNSPACED}]")
# Thai vowels and tones above and below: not signs of their own.
THAI_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
NO_WORD = re.compile(r"[^\w]+")
SHORTEST_STEMMED = 4


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """One spelling: lower case, no diacritics, katakana as hiragana, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(PLAIN)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not "\u0300" <= sign <= "\u036f")
    kana = (chr(ord(sign) - 0x60) if "\u30a1" <= sign <= "\u30f6" else sign for sign in unicodedata.normalize("NFC", bare))
    return " ".join("".join(kana).split())


@lru_cache(maxsize=8_192)
def tokens(text: str) -> frozenset[str]:
    """Words without a plural's ending; of unspaced scripts, each sign with its neighbour; a Chinese character is a word."""
    found: set[str] = set()
    for match in RUN.finditer(fold(text)):
        if match["w"]:
            found.add(_stem(match["w"]))
        else:
            run = THAI_MARKS.sub("", match["u"])
            found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
            found.update(HAN.findall(run))
    return frozenset(found)


def contains_words(texts: Iterable[str], keywords: Iterable[str]) -> bool:
    """Whether a folded keyword stands in one of the texts: as whole words, or anywhere in an unspaced script."""
    folded = [f" {NO_WORD.sub(' ', fold(text))} " for text in texts]
    return any(
        (word in text) if SIGN.search(word) else f" {word} " in text for word in keywords for text in folded
    )


def _stem(word: str) -> str:
    """ "vases" and "vase" as "vas", "papeles" as "papel": enough for a list of things in English and Spanish."""
    if len(word) < SHORTEST_STEMMED or not word.isascii():
        return word
    single = word if word.endswith("ss") else word.removesuffix("s")
    return single.removesuffix("e")
