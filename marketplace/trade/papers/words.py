"""Descriptions that say nothing: "gift", "craft item". Customs send such parcels back, so the papers refuse them."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "vague_words.csv"
# Letters with their marks: Python's \w leaves out the vowels that Thai writes above and below.
LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
WORD = re.compile(rf"{LETTER}+(?:['’-]{LETTER}+)*")


@dataclass(frozen=True)
class VagueWords:
    """Words that name no goods, and words that add nothing to them, of all languages together."""

    vague: frozenset[str]
    filler: frozenset[str]

    def is_vague(self, description: str) -> bool:
        """Whether nothing is left of a description but such words: "Handmade gifts (2 pcs)", yes; "silk scarf", no."""
        words = WORD.findall(plain(description))
        if not words:
            return True
        rest = " ".join(words)
        if rest in self.vague:
            return True
        return all(self._says_nothing(word) for word in words) or self._only_phrases(words)

    def _says_nothing(self, word: str) -> bool:
        return word in self.vague or word in self.filler or all(
            part in self.vague or part in self.filler for part in re.split(r"['’-]", word)
        )

    def _only_phrases(self, words: list[str]) -> bool:
        """Whether phrases of up to three such words ("quà lưu niệm", "hand made") cover everything."""
        if not words:
            return True
        for length in (3, 2, 1):
            head = " ".join(words[:length])
            if len(words) >= length and (head in self.vague or head in self.filler):
                return self._only_phrases(words[length:])
        return False


def plain(text: str) -> str:
    """Lower case, composed, full width as half width, no zero-width signs."""
    return re.sub(r"[\u200b-\u200d\u2060\ufeff\u00ad]", "", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=1)
def vague_words() -> VagueWords:
    """The packaged list."""
    found: dict[str, set[str]] = {"vague": set(), "filler": set()}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"]].update(plain(word) for word in row["words"].split("|"))
    return VagueWords(frozenset(found["vague"]), frozenset(found["filler"]))
