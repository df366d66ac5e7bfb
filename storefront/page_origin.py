"""In which language a page's words are, who translated them, and what of it nobody has translated yet."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.provenance import label, with_provenance, with_source_language
from catalogue.text import language_name


def language_of(page) -> str:
    """Language code of the page's reader; it may stand in for a translation. In a preview, the page's own language."""
    return getattr(page, "reader_language", "") or own_language(page)


def own_language(page) -> str:
    """Language code of the page's own words."""
    return get_language() if page.locale_id is None else page.locale.language_code


def origin_label(page) -> str:
    """From which language the page was translated and by whom, in a few words; empty for a source.

    Read with the page (serving.find_page); a page that was loaded otherwise asks for it.
    """
    if not hasattr(page, "written_by"):
        pages = with_source_language(with_provenance(type(page).objects.filter(pk=page.pk)))
        return origin_label(row) if (row := pages.select_related("locale").first()) else ""
    if page.source_language == own_language(page):
        return ""
    return label(page.written_by, page.stale, page.source_language)


def waiting_parts(page) -> dict:
    """Which parts (fields, ids of blocks) of a translated page nobody has translated yet, and what is said of them.

    ``waiting``: part → label. ``source_lang``: the language of those that are wholly waiting (``untranslated``).
    """
    parts = getattr(page, "waiting", None) or {}
    source = page.source_language if parts else ""
    if source == language_of(page):
        parts = {}
    return {
        "waiting": {part: _waits(source, how) for part, how in parts.items()},
        "untranslated": {part for part, how in parts.items() if how == "all"},
        "source_lang": source,
    }


def _waits(source: str, how: str) -> str:
    names = {"language": language_name(source)}
    return _("Shown in %(language)s") % names if how == "all" else _("Partly in %(language)s") % names
