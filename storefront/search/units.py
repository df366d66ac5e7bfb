"""What a reader typed, as units: each must be found, as it is or in other words. Operators are plain text."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import budoux

from storefront.search.analysis import (
    code,
    elements,
    fold,
    marked,
    normalise,
    pairs,
    runs,
    thai_words,
    word_tokens,
)
from storefront.search.synonyms import Synonyms, stems

LONGEST = 200  # characters that are read
MOST_UNITS = 8
MOST_ALTERNATIVES = 30
PARTICLES = "のにをはがとでもへや"


class Leaf(NamedTuple):
    """A token, or all tokens that begin with it."""

    token: str
    prefix: bool = False


Group = tuple[Leaf, ...]  # any of them
Alternative = tuple[Group, ...]  # all of them


@dataclass(frozen=True)
class Unit:
    """``direct``: the reader's own word. ``others``: words that mean the same."""

    direct: Alternative
    others: tuple[Alternative, ...] = ()


class Atom(NamedTuple):
    kind: str
    run: str


def clean(text: str) -> str:
    """What is shown of a reader's words, and looked for: no control characters, one blank at a time, not too long."""
    text = text.encode("utf-8", "ignore").decode()
    shown = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text[: LONGEST * 2]
    )
    return " ".join(shown.split())[:LONGEST].strip()


def units_of(text: str, synonyms: Synonyms, *, typing: bool = False, loosely: bool = False) -> list[Unit]:
    """The units of a reader's words.

    With ``typing`` the last may go on, and diacritics are left aside; ``loosely``, each sign of a Chinese word may stand
    anywhere.
    """
    atoms = [atom for kind, run in runs(normalise(clean(text))) for atom in _atoms(kind, run, synonyms)]
    rows = list(_rows(atoms, synonyms))
    telling = [(row, terms) for row, terms in rows if terms or row[0].run not in _stop_words()] or rows
    found = []
    for row, terms in telling[:MOST_UNITS]:
        direct = _together(row, typing, goes_on=typing and row[-1] is atoms[-1])
        if loosely and row[0].kind == "c":
            direct = tuple((Leaf("c" + code("c", sign), True),) for sign in row[0].run)
        others = dict.fromkeys(_term(term) for term in terms)
        others.pop(direct, None)
        found.append(Unit(direct, tuple(other for other in others if other)[:MOST_ALTERNATIVES]))
    return list(dict.fromkeys(found))


def _rows(atoms: list[Atom], synonyms: Synonyms) -> Iterator[tuple[list[Atom], list[str]]]:
    """Atoms in rows, each the longest known term with what means the same; or one atom that is none."""
    at = 0
    while at < len(atoms):
        width, terms = _longest(atoms, at, synonyms)
        yield atoms[at : at + width], terms
        at += width


def _longest(atoms: list[Atom], at: int, synonyms: Synonyms) -> tuple[int, list[str]]:
    for width in range(min(synonyms.longest, len(atoms) - at), 0, -1):
        row = atoms[at : at + width]
        if width == 1 or all(atom.kind == "w" for atom in row):
            terms = synonyms.of(tuple(atom.run for atom in row)) or _like(row, synonyms)
            if terms:
                return width, terms
    return 1, []


def _like(row: list[Atom], synonyms: Synonyms) -> list[str]:
    """Terms for words with other diacritics, or another ending."""
    if row[-1].kind != "w":
        return []
    folded = tuple(fold(atom.run) for atom in row)
    found = synonyms.of(folded) if len(row) > 1 else []
    return found or [term for stem in stems(row[-1].run) for term in synonyms.of((*folded[:-1], stem))]


def _together(atoms: list[Atom], loose: bool, *, goes_on: bool) -> Alternative:
    groups = [_groups(atom, loose, goes_on and atom is atoms[-1]) for atom in atoms]
    return tuple(group for one in groups for group in one)


@lru_cache(maxsize=4_096)
def _term(term: str) -> Alternative:
    found = [
        (_written(run),) if kind == "w" else _groups(Atom(kind, run), False, False)
        for kind, run in runs(normalise(term))
    ]
    return tuple(group for one in found for group in one)


def _groups(atom: Atom, loose: bool, goes_on: bool) -> Alternative:
    if atom.kind == "w":
        return (_word(atom.run, loose, goes_on),)
    parts = elements(atom.kind, atom.run)
    if len(parts) == 1 and atom.kind == "t" and not goes_on:
        return ((Leaf("k" + code("t", parts[0])),),)
    if len(parts) == 1:
        start = atom.kind + code(atom.kind, parts[0])
        return ((Leaf(start[:-1] if goes_on and atom.kind != "c" else start, True),),)
    found = [Leaf(token) for token in pairs(atom.kind, parts)[:-1]]
    if goes_on and atom.kind != "c":
        found[-1] = Leaf(found[-1].token[:-1], True)
    return tuple((leaf,) for leaf in found)


def _written(word: str) -> Group:
    """A word of a synonym as it is written: "tơ" (silk) is not "to"."""
    plain = fold(word)
    own = word_tokens(word)[0] if plain == word or not plain.isascii() else marked(word)
    return (Leaf(own), *(Leaf(stem) for stem in stems(word)))


def _word(word: str, loose: bool, goes_on: bool) -> Group:
    """Typed with diacritics a word is found so, or without any; typed without, it is found with any."""
    plain = fold(word)
    if not plain.isascii():
        return (Leaf(word_tokens(word)[0], goes_on),)
    if loose or plain == word:
        found = [Leaf("a" + plain, goes_on), Leaf("f" + plain, goes_on)]
    else:
        found = [Leaf("a" + plain, goes_on), Leaf(marked(word), goes_on)]
    return (*found, *(Leaf(stem) for stem in stems(word)))


def _atoms(kind: str, run: str, synonyms: Synonyms) -> list[Atom]:
    """A run cut into words: known terms first, the rest by BudouX (Chinese, Japanese, Thai) and changes of script."""
    if kind == "w":
        return [Atom(kind, run)]
    parts = elements(kind, run)
    signs = list(run) if kind == "c" else parts
    found: list[str] = []
    begin = at = 0
    while at < len(parts):
        width = _known(parts, at, synonyms)
        if width:
            found += [*_cut(kind, "".join(signs[begin:at])), "".join(parts[at : at + width])]
            begin = at + width
        at += width or 1
    found += _cut(kind, "".join(signs[begin:]))
    return [Atom(kind, "".join(elements(kind, part))) for part in found]


def _known(parts: list[str], at: int, synonyms: Synonyms) -> int:
    """How many elements from ``at`` on are a known term of two or more; 0 when none are."""
    for width in range(min(12, len(parts) - at), 1, -1):
        if synonyms.of(("".join(parts[at : at + width]),)):
            return width
    return 0


def _cut(kind: str, run: str) -> list[str]:
    if kind == "t" and run:
        return thai_words(run)
    if kind != "c" or not run:
        return [run] if run else []
    scripts = ["".join(signs) for _kind, signs in groupby(run, _script)]
    return [part for script in scripts for part in _telling(script, alone=len(scripts) == 1)] or [run]


def _script(sign: str) -> str:
    if "\uac00" <= sign <= "\ud7a3":
        return "hangul"
    if "\u3041" <= sign <= "\u309f":
        return "hiragana"
    return "katakana" if "\u30a0" <= sign <= "\u30ff" else "han"


def _telling(part: str, alone: bool) -> list[str]:
    """What of a run in one script says something: endings and particles of Japanese do not."""
    script = _script(part[0])
    if script == "han":
        return _merged(_parser("han").parse(part)) if len(part) > 2 else [part]
    if script != "hiragana":
        return [part]
    words = _parser("japanese").parse(part) if len(part) > 3 else [part]
    if alone and len(words) == 1:
        return words
    bare = [word.rstrip(PARTICLES) for word in words]
    return [word for word in bare if len(word) > 1]


def _merged(words: list[str]) -> list[str]:
    """Single characters in a row are one word that the parser does not know."""
    found: list[str] = []
    for single, group in groupby(words, lambda word: len(word) == 1):
        row = list(group)
        found += ["".join(row)] if single else row
    return found


@cache
def _stop_words() -> frozenset[str]:
    """The words of data/stop_words.txt, with and without their diacritics."""
    lines = (Path(__file__).parent / "data" / "stop_words.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.partition(":")[2].split()}
    return frozenset(words | {fold(word) for word in words})


@cache
def _parser(name: str):
    makers = {
        "japanese": budoux.load_default_japanese_parser,
        "han": budoux.load_default_traditional_chinese_parser,
    }
    return makers[name]()
