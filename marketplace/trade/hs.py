"""Finds HS codes for a maker: material first, then her own words in her own language, from a packaged list of crafts.

It offers, with reasons; it never decides. Pure: reads the packaged files and no database.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.trade.descriptions import description_problem
from marketplace.trade.hs_text import tokens

DATA = Path(__file__).parent / "data"
LINES, WORDS, SLUGS = DATA / "hs_ovop.csv", DATA / "hs_words.csv", DATA / "hs_materials.csv"
ANY = "any"  # lines that are classified by what they are, not by their material
MOST = 6
# A candidate shares at least this part of what was typed (by weight), and of the best candidate's score.
LEAST_SHARE, LEAST_OF_BEST = 0.2, 0.4
# The same word in the language of the reader is worth more than in another one.
OTHER_LANGUAGE = 0.7
MATERIALS = {
    "silk": gettext_lazy("Silk"),
    "cotton": gettext_lazy("Cotton"),
    "wool": gettext_lazy("Wool or fine animal hair"),
    "plant_fibre": gettext_lazy("Other plant fibre (linen, ramie, pineapple, abaca)"),
    "synthetic": gettext_lazy("Synthetic fibre"),
    "bamboo": gettext_lazy("Bamboo"),
    "rattan": gettext_lazy("Rattan"),
    "straw": gettext_lazy("Straw, rush, pandan, palm leaf"),
    "wood": gettext_lazy("Wood, also lacquered"),
    "paper": gettext_lazy("Paper"),
    "porcelain": gettext_lazy("Porcelain"),
    "clay": gettext_lazy("Clay, stoneware, earthenware"),
    "glass": gettext_lazy("Glass"),
    "silver": gettext_lazy("Silver"),
    "gold": gettext_lazy("Gold or platinum"),
    "pearl": gettext_lazy("Pearl"),
    "stone": gettext_lazy("Jade and other stones"),
    "iron": gettext_lazy("Iron or steel"),
    "copper": gettext_lazy("Copper, brass, bronze"),
    "tin": gettext_lazy("Tin or pewter"),
    "base_metal": gettext_lazy("Other metal"),
    "leather": gettext_lazy("Leather"),
    "animal": gettext_lazy("Horn, bone, shell, hair, feather"),
    "wax": gettext_lazy("Wax"),
    "plant_extract": gettext_lazy("Oils, resins, herbs"),
    "food": gettext_lazy("Food"),
    "drink": gettext_lazy("Drinks with alcohol"),
}


@dataclass(frozen=True)
class HsLine:
    """One line of the packaged list. ``words`` by language; duties in percent as the source wrote them, MFN."""

    code: str
    covers: str
    materials: frozenset[str]
    words: dict[str, tuple[str, ...]]
    flags: frozenset[str]
    duties: tuple[tuple[str, str], ...]
    edition: str

    @property
    def dotted(self) -> str:
        return f"{self.code[:4]}.{self.code[4:]}"

    def name(self, language: str) -> str:
        """Its first word in a language, else in English."""
        return (self.words.get(language) or self.words["en"])[0]


@dataclass(frozen=True)
class Candidate:
    """A line that may be meant; ``reasons`` are sentences for the maker, ``word`` what of the list was found."""

    line: HsLine
    word: str
    reasons: tuple[str, ...]
    score: float


@lru_cache(maxsize=1)
def hs_lines() -> dict[str, HsLine]:
    """Code of six digits → line."""
    words = {row["hs6"]: row for row in _rows(WORDS)}
    found = {}
    for row in _rows(LINES):
        own = words[row["hs6"]]
        code = row["hs6"].replace(".", "")
        found[code] = HsLine(
            code=code,
            covers=row["covers"],
            materials=frozenset(own["materials"].split()),
            words={name: _cut(text) for name, text in own.items() if name not in ("hs6", "materials")},
            flags=frozenset(row["flags"].replace("(", ";").split(";")) - {""},
            duties=(("US", row["us_mfn_pct"]), ("EU", row["eu_cet_pct"]), ("GB", row["uk_ukgt_pct"])),
            edition=row["hs_edition"],
        )
    return found


@lru_cache(maxsize=1)
def _groups() -> dict[str, str]:
    return {slug: row["group"] for row in _rows(SLUGS) for slug in row["slugs"].split()}


def material_groups(slugs: Iterable[str]) -> tuple[str, ...]:
    """Groups out of MATERIALS for slugs of the shop's materials; slugs that say nothing to customs are left out."""
    known = {_groups()[slug] for slug in slugs if slug in _groups()}
    return tuple(name for name in MATERIALS if name in known)


def search(words: str, *, materials: Iterable[str], language: str) -> list[Candidate]:
    """Lines that may be meant, best first; none without a material: fans and masks are classified by it.

    ``materials`` are groups out of MATERIALS. Words of every language are looked at, those of ``language`` first.
    """
    asked, made_of = tokens(words), frozenset(materials) & frozenset(MATERIALS)
    if not asked or not made_of:
        return []
    found = [one for line in hs_lines().values() if (one := _compare(line, asked, made_of, language))]
    found.sort(key=lambda one: (-one.score, one.line.code))
    best = found[0].score if found else 0.0
    return [one for one in found if one.score >= best * LEAST_OF_BEST][:MOST]


def suggested_description(code: str) -> str:
    """A description in English for customs, to begin with: what the list says of a code. Empty for an unknown code."""
    line = hs_lines().get(code[:6])
    if line is None:
        return ""
    if not description_problem(line.covers):
        return line.covers[:1].upper() + line.covers[1:]
    material = next((name for name in MATERIALS if name in line.materials), "")
    words = f"{line.words['en'][0]} of {material.replace('_', ' ')}" if material else line.words["en"][0]
    return words[:1].upper() + words[1:]


def contradiction(code: str, slugs: Iterable[str]) -> str:
    """A sentence when a code is for things of other materials than the piece is made of; else empty."""
    line, made_of = hs_lines().get(code[:6]), frozenset(material_groups(slugs))
    if line is None or not made_of or ANY in line.materials or line.materials & made_of:
        return ""
    return _("The code %(code)s is for things of %(materials)s. Please look again at what the piece is made of.") % {
        "code": line.dotted,
        "materials": _names(line.materials),
    }


def _compare(line: HsLine, asked: frozenset[str], made_of: frozenset[str], language: str) -> Candidate | None:
    if ANY not in line.materials and not line.materials & made_of:
        return None
    score, word = max(
        (_score(asked, tokens(word)) * (1 if name == language else OTHER_LANGUAGE), word)
        for name, words in line.words.items()
        for word in words
    )
    if score < LEAST_SHARE:
        return None
    return Candidate(line, word, tuple(_reasons(line, word, made_of)), score)


def _score(asked: frozenset[str], offered: frozenset[str]) -> float:
    """From 0 to 1: how much of the rare words both share, a little less for what was offered in vain."""
    both = _weight(asked & offered)
    if not both:
        return 0.0
    return 0.75 * both / _weight(asked) + 0.25 * both / _weight(offered)


def _weight(words: Iterable[str]) -> float:
    counts = _counts()
    return sum(math.log(1 + len(hs_lines()) / (1 + counts[word])) for word in words)


@lru_cache(maxsize=1)
def _counts() -> Counter:
    """Token → in how many lines it stands."""
    return Counter(
        token
        for line in hs_lines().values()
        for token in {token for words in line.words.values() for word in words for token in tokens(word)}
    )


def _reasons(line: HsLine, word: str, made_of: frozenset[str]) -> Iterable[str]:
    yield _("The list says “%(word)s” here.") % {"word": word}
    if ANY in line.materials:
        yield _("It is for such things of any material.")
    else:
        yield _("It is for things of %(materials)s.") % {"materials": _names(line.materials & made_of)}


def _names(groups: Iterable[str]) -> str:
    wanted = set(groups)
    return " / ".join(str(name) for group, name in MATERIALS.items() if group in wanted)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cut(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())
