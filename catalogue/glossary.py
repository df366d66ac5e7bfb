"""Words of the crafts: which fixed word belongs in a translation, and whether it is there.

Looking for a term is pure (``Rule``); ``findings`` and ``recheck`` read the glossary and the texts.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from catalogue.abstract_models import TextRow
from catalogue.models import GlossaryBreach, GlossaryTerm
from catalogue.provenance import source_of, words_of

# Scripts without blanks between words: a term may stand between any two letters.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
MISSING, UNSHIELDED = "missing", "unshielded"


@dataclass(frozen=True)
class Finding:
    """A term of the source whose fixed word ``expected`` is missing, or that the machine did not respect."""

    term: str
    expected: str
    why: str = MISSING

    def __str__(self) -> str:
        values = {"term": self.term, "expected": self.expected}
        if self.why == UNSHIELDED:
            return _("The machine did not keep “%(term)s”: please read this sentence.") % values
        if self.term == self.expected:
            return _("“%(term)s” is never translated and is missing here.") % values
        return _("“%(term)s” should be “%(expected)s” here.") % values


@dataclass(frozen=True)
class Rule:
    """One term and the word that stands for it in the language of the translation."""

    term: str
    expected: str
    match_case: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the term stands in ``text`` (NFC) as a word of its own."""
        found, start = self._folded(text), 0
        term = self._folded(plain(self.term))
        if len(found) != len(text):  # a letter that folds into two: positions would be wrong
            found, term = text, plain(self.term)
        while term and (at := found.find(term, start)) >= 0:
            end = at + len(term)
            if not _glued(text[at - 1 : at], text[at]) and not _glued(text[end - 1], text[end : end + 1]):
                yield at, end
            start = at + 1

    def _folded(self, text: str) -> str:
        return text if self.match_case else text.lower()

    def is_kept_in(self, target: str) -> bool:
        return any(Rule(self.expected, "", self.match_case).spans(plain(target)))


def plain(text: str) -> str:
    """Letters composed, so that the same word is the same characters."""
    return unicodedata.normalize("NFC", text)


def _glued(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word."""
    if not left or not right:
        return False
    return all(
        char.isalnum() and not unicodedata.name(char, "").startswith(UNSPACED) for char in (left, right)
    )


def rules_for(source_language: str, language: str) -> list[Rule]:
    """What holds for texts translated from one language into another; longest term first. Two statements."""
    terms = GlossaryTerm.objects.filter(language=source_language).prefetch_related("words")
    rules = []
    for row in terms:
        word = row.term if row.never_translate else _word(row, language)
        if word:
            rules.append(Rule(row.term, word, row.match_case))
    return sorted(rules, key=lambda rule: (-len(rule.term), rule.term))


def _word(row: GlossaryTerm, language: str) -> str:
    return next((word.word for word in row.words.all() if word.language == language), "")


def places_of(rules: Iterable[Rule], text: str) -> list[tuple[int, int, Rule]]:
    """(start, end, rule) of the terms in ``text``, in order; a longer term covers the shorter ones inside it."""
    taken: list[tuple[int, int, Rule]] = []
    for rule in rules:
        for start, end in rule.spans(text):
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, rule))
    return sorted(taken, key=lambda place: place[0])


def breaches(source: Sequence[str], target: Sequence[str], rules: list[Rule]) -> list[Finding]:
    """Terms of ``source`` whose word is missing in ``target``: part by part where the parts correspond. Pure."""
    pairs = (
        zip(source, target, strict=True)
        if len(source) == len(target)
        else [(" ".join(source), " ".join(target))]
    )
    found: dict[Finding, None] = {}
    for text, translated in pairs:
        for _start, _end, rule in places_of(rules, plain(text)) if translated else ():
            if not rule.is_kept_in(translated):
                found[Finding(rule.term, rule.expected)] = None
    return list(found)


def findings(source: TextRow | Page, target: TextRow | Page, language: str = "") -> list[Finding]:
    """What in ``target`` (a translation of ``source`` into ``language``, default: its own) is against the glossary."""
    language = language or target.locale.language_code
    rules = rules_for(source.locale.language_code, language)
    return breaches(words_of(source), words_of(target), rules) if rules else []


@transaction.atomic
def recheck(target: TextRow | Page, extra: Iterable[Finding] = ()) -> list[Finding]:
    """Look at a saved translation again and keep what was found for the worklist; ``extra``: found by others."""
    same = {"translation_key": target.translation_key, "locale_id": target.locale_id}
    source = source_of(target)
    found: list[Finding] = []
    if source is not None and source != target and words_of(source) != words_of(target):
        found = [*findings(source, target), *extra]
    if found:
        rows = [asdict(finding) for finding in found]
        GlossaryBreach.objects.update_or_create(**same, defaults={"findings": rows})
    else:
        GlossaryBreach.objects.filter(**same).delete()
    return found


def known_findings(target: TextRow | Page) -> list[Finding]:
    """What the last recheck kept."""
    same = {"translation_key": target.translation_key, "locale_id": target.locale_id}
    row = GlossaryBreach.objects.filter(**same).first()
    return [Finding(**finding) for finding in row.findings] if row else []
