"""Turns words of any language into tokens: short pure-ASCII marks that every database takes as they are.

A token begins with a letter that says what it is, so that no two kinds meet:

a  a word without diacritics       f  the folded form of a word that has some     m  that word with its diacritics
s  a stem, after its language      x  a word in another spaced script
c  two neighbours in Chinese, Japanese or Korean text; t in Thai (clusters), u in Lao, Khmer and Burmese
k  a Thai word of one cluster (as the beginning of a pair it would be found in too many words)

Unspaced text becomes overlapping pairs; the last of a run stands alone, so that every beginning of a pair is one of the
text's own signs. Cutting the index into words would hide words inside words; only queries are cut (see units.py).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import budoux
import snowballstemmer

LONGEST_WORD = 60
# Language code → snowball's name for it. A language that is not here is searched without stems.
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}
SHORTEST_STEMMED = 3
# Kinds of tokens that only texts of these languages hold, names of other places aside.
UNSPACED = {"ja": "c", "zh": "c", "ko": "c", "th": "tk", "lo": "u", "km": "u", "my": "u"}
# Letters that Unicode does not take apart.
PLAIN = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ħ": "h"}
)
THAI_DIGITS = {0x0E50 + number: str(number) for number in range(10)}
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
POSSESSIVE = re.compile(r"['’]s\b")
CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd\uac00-\ud7a3"  # Han, Hangul
)
THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
OTHER = "\u0e80-\u0ecf\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17d7\u17dc"
WORD = rf"(?:(?![{CJK}{THAI}{OTHER}])[^\W_][\u0300-\u036f]*)+"
RUN = re.compile(rf"(?P<c>[{CJK}]+)|(?P<t>[{THAI}]+)|(?P<u>[{OTHER}]+)|(?P<w>{WORD})")
# A consonant with the vowel before it and the signs above, below and after it: what is never cut in Thai.
CLUSTER = re.compile(
    "[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*[\u0e30\u0e32\u0e33\u0e45]?|."
)
SYLLABLE = re.compile(r"\w[^\w]*|.", re.DOTALL)


def normalise(text: str) -> str:
    """One spelling of every character, in lower case, without what nobody sees. Half surrogates are dropped."""
    text = text.encode("utf-8", "ignore").decode()
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold()
    return POSSESSIVE.sub("", text).replace("\x00", " ").translate(THAI_DIGITS)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """(kind, characters) of a normalised text: "w" a word, "c", "t", "u" an unspaced run."""
    for found in RUN.finditer(text):
        yield found.lastgroup, found.group()


def elements(kind: str, run: str) -> list[str]:
    """What an unspaced run consists of: characters, or clusters that are never cut."""
    if kind == "c":
        return list(run.translate(_variants()))
    return (CLUSTER if kind == "t" else SYLLABLE).findall(run)


def thai_words(run: str) -> list[str]:
    """A Thai run cut into words (BudouX)."""
    return _thai_parser().parse(run)


def is_cluster(word: str) -> bool:
    return CLUSTER.fullmatch(word) is not None


def pairs(kind: str, parts: list[str]) -> list[str]:
    """Tokens of an unspaced run in a text: each element with its neighbour, the last alone."""
    codes = [code(kind, part) for part in parts]
    return [kind + first + second for first, second in zip(codes, [*codes[1:], ""], strict=True)]


@lru_cache(maxsize=16_384)
def code(kind: str, element: str) -> str:
    """ASCII for an element; no code begins another of its kind, except where an element begins it."""
    if kind == "c":
        return f"{ord(element):04x}"
    return "".join(f"{ord(sign) & 0xFFF:03x}" for sign in element) + "z"


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """A word without its diacritics; scripts whose marks are letters keep them."""
    plain = unicodedata.normalize("NFD", word.translate(PLAIN))
    if plain.isascii():
        return plain
    bare = "".join(sign for sign in plain if not "\u0300" <= sign <= "\u036f")
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=16_384)
def word_tokens(word: str) -> tuple[str, ...]:
    """Tokens of a word in a text, without its stem."""
    word = word[:LONGEST_WORD]
    plain = fold(word)
    if not plain.isascii():
        return ("x" + plain.encode().hex(),)
    return ("a" + plain,) if plain == word else ("f" + plain, marked(word))


def marked(word: str) -> str:
    """The token of a word with its diacritics."""
    return "m" + word[:LONGEST_WORD].encode().hex()


@lru_cache(maxsize=16_384)
def stem_token(word: str, language: str) -> str:
    """The token of a word's stem in a language; empty for a short word or a language without stems."""
    language = language.split("-")[0]
    if len(word) < SHORTEST_STEMMED or language not in STEMMERS or word.isdigit():
        return ""
    plain = fold(_stemmer(language).stemWord(word[:LONGEST_WORD]))
    return f"s{language}{plain if plain.isascii() else plain.encode().hex()}"


def tokens(text: str, language: str) -> dict[str, None]:
    """All tokens of a text, each once, in order."""
    found: dict[str, None] = {}
    for kind, run in runs(normalise(text)):
        if kind == "w":
            parts = _with_stem(run, language)
        else:
            parts = pairs(kind, elements(kind, run))
        if kind == "t":
            parts += ["k" + code("t", word) for word in thai_words(run) if is_cluster(word)]
        for token in parts:
            found[token] = None
    return found


@lru_cache(maxsize=16_384)
def _with_stem(word: str, language: str) -> tuple[str, ...]:
    stem = stem_token(word, language)
    return (*word_tokens(word), stem) if stem else word_tokens(word)


def language_token(language: str) -> str:
    """The token that every text of a language holds, so that the index itself can tell them apart."""
    return "l" + "".join(sign for sign in language.lower() if sign.isalnum())


def may_hold(language: str, token: str, typed: bool) -> bool:
    """Whether texts of ``language`` may hold a token; without a language all do.

    What a reader ``typed`` herself is looked for in any script; what only means the same, in the language's own.
    """
    base, kind = language.split("-")[0], token[0]
    if base and kind == "s":
        return token.startswith("s" + base)
    return typed or not base or kind not in "ctku" or kind in UNSPACED.get(base, "")


def joined(text: str) -> list[str]:
    """Tokens of neighbouring words as one, for those who write "Ha Noi" as "Hanoi". For titles and names."""
    words = [fold(run) for kind, run in runs(normalise(text)) if kind == "w"]
    both = (first + second for first, second in zip(words, words[1:], strict=False))
    return ["a" + word for word in both if word.isascii() and not word.isdigit()]


def exact(text: str) -> str:
    """A title as it is compared whole: words and runs without diacritics, spaces and signs."""
    folded = (
        "".join(elements(kind, run)) if kind != "w" else fold(run) for kind, run in runs(normalise(text))
    )
    return " ".join(folded)[:120]


@cache
def _thai_parser():
    return budoux.load_default_thai_parser()


@cache
def _stemmer(language: str):
    return snowballstemmer.stemmer(STEMMERS[language])


@lru_cache(maxsize=1)
def _variants() -> dict[int, str]:
    """Katakana as hiragana, and each Chinese character as the first of its line in data/han_variants.txt."""
    table = {sign: chr(sign - 0x60) for sign in range(0x30A1, 0x30F7)}
    for line in (
        (Path(__file__).parent / "data" / "han_variants.txt").read_text(encoding="utf-8").splitlines()
    ):
        first, *others = line.partition("#")[0].strip() or " "
        table |= {ord(other): first for other in others}
    return table
