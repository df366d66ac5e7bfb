"""Words per language: a test gives a plain text (in the owner's source language) or a text per language code."""

from itertools import count

from wagtail.models import Locale

from catalogue.receivers import row_was_saved
from storefront.listing import version
from storefront.search import index

Words = str | dict[str, str]
_numbers = count(1)


def number() -> int:
    """Another number at each call, for slugs and codes that a test does not care about."""
    return next(_numbers)


def per_language(words: Words, source: str) -> dict[str, str]:
    return {source: words} if isinstance(words, str) else words


def write_texts(owner, **fields: Words) -> None:
    """One row in ``owner.texts`` for each language in which any of ``fields`` is given; ``owner`` is new.

    Who wrote them is recorded as ever. Nothing else listens, since nothing is derived from a new owner yet; the search
    index is told by those tests that search for places (index_places).
    """
    given = {name: per_language(words, owner.source_language) for name, words in fields.items() if words}
    codes = dict.fromkeys(code for words in given.values() for code in words)
    locales = {locale.language_code: locale for locale in Locale.objects.filter(language_code__in=codes)}
    rows = []
    for code in codes:
        values = {name: words.get(code, "") for name, words in given.items()}
        rows.append(owner.texts.model(owner=owner, locale=locales[code], **values))
        rows[-1].translation_key = rows[0].translation_key
    type(owner).texts.rel.related_model.objects.bulk_create(rows)
    for row in rows:
        row.words_before, row.keeps_older = None, False
        row_was_saved(type(row), row)
    version.raise_after_commit("places")


def index_places() -> None:
    """What a search finds of all villages, crafts and workshops."""
    for kind, model in index.PLACES.items():
        index.places(kind, model.objects.values_list("pk", flat=True))
