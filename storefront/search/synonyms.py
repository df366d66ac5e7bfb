"""Words that mean the same, kept in memory until staff change one."""

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from storefront.listing import version
from storefront.search.analysis import STEMMERS, elements, fold, normalise, runs, stem_token
from storefront.search.models import SynonymGroup

SEED = Path(__file__).parent / "data" / "synonyms.csv"
# A folded word shorter than this is another word in too many languages to be taken for one with diacritics.
SHORTEST_FOLDED = 4
Key = tuple[str, ...]


@dataclass
class Synonyms:
    """``terms``: a key (folded words in a row, or an unspaced run) → every term that means the same."""

    terms: dict[Key, list[str]] = field(default_factory=dict)
    longest: int = 1

    def add(self, group: list[str]) -> None:
        for term in group:
            for key in keys(term):
                self.longest = max(self.longest, len(key))
                known = self.terms.setdefault(key, [])
                known += [other for other in group if other not in known]

    def of(self, key: Key) -> list[str]:
        return self.terms.get(key, [])


def keys(term: str) -> list[Key]:
    """Under what a term is found: as it is written, folded when that is no other word, and with its last word's stems."""
    parts = list(runs(normalise(term)))
    if not parts:
        return []
    if any(kind != "w" for kind, _run in parts):
        return [("".join("".join(elements(kind, run)) if kind != "w" else fold(run) for kind, run in parts),)]
    written = tuple(run for _kind, run in parts)
    folded = tuple(fold(run) for run in written)
    found = [written]
    if len("".join(folded)) >= SHORTEST_FOLDED:
        found += [folded, ("".join(folded),)]
    found += [(*folded[:-1], stem) for stem in stems(written[-1])]
    return list(dict.fromkeys(found))


def stems(word: str) -> list[str]:
    """The stems of a word in every language that has them and that content may be written in."""
    from django.conf import settings

    languages = dict.fromkeys(code.split("-")[0] for code, _name in settings.LANGUAGES)
    return [stem for code in languages if code in STEMMERS and (stem := stem_token(word, code))]


def get_synonyms() -> Synonyms:
    """All groups in use, read again when one changed."""
    return _read(version.current().places)


@lru_cache(maxsize=2)
def _read(_version: int) -> Synonyms:
    made = Synonyms()
    for group in SynonymGroup.objects.filter(active=True):
        made.add(group.terms)
    return made


def forget() -> None:
    """Read again at the next call (tests)."""
    _read.cache_clear()


def seed() -> int:
    """Add the groups of data/synonyms.csv that are not there; answers how many were added."""
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = {
            row["name"]: "\n".join(word.strip() for word in row["words"].split("|"))
            for row in csv.DictReader(file)
        }
    present = set(SynonymGroup.objects.values_list("name", flat=True))
    new = [SynonymGroup(name=name, words=words) for name, words in rows.items() if name not in present]
    SynonymGroup.objects.bulk_create(new)
    return len(new)
