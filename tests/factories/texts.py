"""Words per language: a test gives a plain text (in the owner's source language) or a text per language code."""

from itertools import count

from wagtail.models import Locale

Words = str | dict[str, str]
_numbers = count(1)


def number() -> int:
    """Another number at each call, for slugs and codes that a test does not care about."""
    return next(_numbers)


def per_language(words: Words, source: str) -> dict[str, str]:
    return {source: words} if isinstance(words, str) else words


def write_texts(owner, **fields: Words) -> None:
    """One row in ``owner.texts`` for each language in which any of ``fields`` is given."""
    given = {name: per_language(words, owner.source_language) for name, words in fields.items() if words}
    codes = dict.fromkeys(code for words in given.values() for code in words)
    for code in codes:
        values = {name: words.get(code, "") for name, words in given.items()}
        owner.texts.create(locale=Locale.objects.get(language_code=code), **values)
