"""Finds words on a page that are in another language than the page says: by their script, or because a catalogue
knows their translation."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bs4 import BeautifulSoup, Comment, Doctype, Tag
from django.utils.translation import override, trans_real

# Scripts (the first word of a letter's Unicode name) that a language is written in.
SCRIPTS = {
    "en": {"LATIN"},
    "vi": {"LATIN"},
    "es": {"LATIN"},
    "th": {"THAI"},
    "ja": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "FULLWIDTH"},
    "zh-hant": {"CJK", "FULLWIDTH"},
}
SILENT = {"script", "style", "template", "noscript", "svg"}
ATTRIBUTES = ("aria-label", "alt", "placeholder", "title")
WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
# Addresses, codes with digits and mail: nobody translates them.
CODES = re.compile(r"\S+@\S+|https?://\S+|[A-Z0-9]+(?:-[A-Z0-9]+)+|(?<![A-Za-z])[A-Z]{2,4}(?![A-Za-z])")
QUOTED = re.compile("“[^”]*”|「[^」]*」|«[^»]*»")
UNITS = {"cm", "mm", "kg", "g"}


def foreign_words(
    html: str | bytes, language: str, known: Iterable[str] = (), titles: Iterable[str] = ()
) -> list[str]:
    """Texts of the page that are not in ``language`` and do not say so.

    ``known`` are names that are the same in every language. ``titles`` may stand, in another language, within the
    sentence of an attribute or a label, which cannot say so of a part.
    """
    known, named = set(known), {*known, *titles}
    return [
        text
        for text, lang, is_sentence in texts(BeautifulSoup(html, "html.parser"), language)
        if is_foreign(text, lang, language, named if is_sentence and text not in titles else known)
    ]


def texts(soup: BeautifulSoup, page: str) -> Iterator[tuple[str, str, bool]]:
    """(text, the language that its nearest element states, whether it is an attribute or label) of all that is read."""
    spoken, silent = {id(soup): page}, {id(soup): False}
    for node in soup.descendants:  # parents before their children
        above = id(node.parent)
        if isinstance(node, Tag):
            spoken[id(node)] = node.get("lang") or spoken[above]
            silent[id(node)] = silent[above] or node.name in SILENT
            for name in ATTRIBUTES:
                if node.get(name):
                    yield node[name], spoken[id(node)], True
        elif not silent[above] and not isinstance(node, Comment | Doctype) and node.strip():
            yield " ".join(node.split()), spoken[above], node.parent.name == "label"


def is_foreign(text: str, lang: str, page: str, known: set[str]) -> bool:
    whole = text.strip()
    # Before the names: a name of two letters may stand within a random code.
    text = CODES.sub(" ", text)
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, " ")
    # What stands in quotation marks is quoted as it is; an attribute has no other way to say so.
    text = "".join(sign for sign in QUOTED.sub(" ", text) if unicodedata.category(sign)[0] != "M")
    words = [word for word in WORD.findall(text) if len(word) > 1 and word not in UNITS]
    if lang != page or not words:
        return False
    scripts = SCRIPTS[page]
    if any(script(letter) not in scripts for word in words for letter in word):
        return True
    # Languages that share the script of English are told by the catalogue.
    return page != "en" and "LATIN" in scripts and whole in untranslated(page)


def script(letter: str) -> str:
    return (
        unicodedata.name(letter, "?").partition(" ")[0] if unicodedata.category(letter)[0] == "L" else "LATIN"
    )


@lru_cache
def untranslated(language: str) -> frozenset[str]:
    """English words of the interface that read otherwise in ``language``."""
    with override(language):
        catalogs = trans_real.catalog()._catalog._catalogs
    pairs = ((str(key).rpartition("\x04")[2], text) for rows in catalogs for key, text in rows.items())
    return frozenset(key for key, text in pairs if isinstance(text, str) and text != key)
