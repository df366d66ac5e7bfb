"""Whether a description for customs says what a piece is and of what."""

from functools import lru_cache

from django.utils.translation import gettext as _

from marketplace.economies.scripts import is_latin
from marketplace.trade.papers.words import WORD, plain, vague_words

LEAST_WORDS = 2  # what it is, of what


@lru_cache(maxsize=4_096)
def is_good_description(text: str) -> bool:
    """Whether customs would take it; remembered, since every look at a piece asks."""
    return not description_problem(text)


def description_problem(text: str) -> str:
    """A sentence for the maker why customs would not take the description; empty when it will do."""
    if not text.strip():
        return _("Please describe the piece for customs.")
    if not is_latin(text):
        return _("Please write it in English: customs abroad does not read other scripts.")
    words = vague_words()
    if words.is_vague(text):
        return _("“%(words)s” says nothing to customs. Write what it is, what it is made of and what it is for.") % {
            "words": text.strip()
        }
    telling = [word for word in WORD.findall(plain(text)) if word not in words.vague | words.filler]
    if len(telling) < LEAST_WORDS:
        return _("Please say also what it is made of, such as “scarf of silk”.")
    return ""
