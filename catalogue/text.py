"""Which words a reader sees: her language, then the operator's chain, then the maker's own."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

Row = TypeVar("Row")


def chain(language: str, source: str) -> list[str]:
    """Languages to try in turn for a reader of ``language``; each once."""
    return list(dict.fromkeys([language, *fallbacks(language), source]))


def fallbacks(language: str) -> list[str]:
    """The operator's chain for readers of ``language``: MARKETPLACE_FALLBACK_LANGUAGES, one list or one per language."""
    chosen = settings.MARKETPLACE_FALLBACK_LANGUAGES
    return chosen.get(language, chosen.get("default", [])) if isinstance(chosen, dict) else chosen


def choose(rows: Mapping[str, Row], language: str, source: str) -> Row | None:
    """The row for ``language`` or its best fallback; any row rather than none; None when there are no rows."""
    for code in chain(language, source):
        if code in rows:
            return rows[code]
    return next(iter(rows.values()), None)


def by_language(rows: Iterable) -> dict:
    """The text rows of one owner, keyed by language code.

    wagtail-localize begins a translation with a copy of the source: until somebody translates it, it does not count.
    """
    found = {row.language: row for row in rows}
    source = next((row for code, row in found.items() if code == row.owner.source_language), None)
    return {code: row for code, row in found.items() if source in (None, row) or row.words != source.words}


def source_first(owner, language: str | None = None):
    """The best text row of ``owner`` (anything with ``texts`` and ``source_language``), or None."""
    rows = owner.texts.all()
    if "texts" not in getattr(owner, "_prefetched_objects_cache", {}):
        rows = rows.select_related("locale")
    return choose(
        by_language(rows), language or get_language() or settings.LANGUAGE_CODE, owner.source_language
    )


def shown_in(language: str, page_language: str) -> str:
    """A quiet label for a text in another language than the page, such as "Shown in Vietnamese"; else empty."""
    if language == page_language:
        return ""
    return _("Shown in %(language)s") % {"language": language_name(language)}


def language_name(code: str) -> str:
    """The name of a language in the active language, such as "Vietnamese"."""
    return str(get_language_info(code)["name_translated"])
