"""The words of a piece for readers of one language: each in the best language there is, and none of it silently."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import ngettext

from catalogue.models import Product, ProductText
from catalogue.provenance import label
from catalogue.text import choose, shown_in


def describe_words(rows: Mapping[str, ProductText], product: Product, language: str) -> dict:
    """Title, summary and description with their languages and labels, for catalogue/product.html.

    ``rows``: language code → words, with provenance. What one row leaves open the next in the chain fills.
    """
    source = product.source_language
    title = choose(rows, language, source) or ProductText(
        title=product.title, description=product.description
    )
    summary = _filled(rows, "summary", language, source) or title
    description = _filled(rows, "description", language, source) or title
    lang, summary_lang, description_lang = (_language(row, source) for row in (title, summary, description))
    return {
        "title": title.title,
        "lang": lang,
        "lang_label": shown_in(lang, language),
        "origin_label": origin_label(title, source),
        "summary": summary.summary,
        "summary_lang": summary_lang,
        "summary_label": shown_in(summary_lang, language) if summary_lang != lang else "",
        "description_paragraphs": description.paragraphs,
        "description_lang": description_lang,
        "description_label": shown_in(description_lang, language) if description_lang != lang else "",
        "description_origin_label": origin_label(description, source) if description_lang != lang else "",
        "code": product.upc or "",
    }


def _filled(rows: Mapping[str, ProductText], name: str, language: str, source: str) -> ProductText | None:
    return choose({code: row for code, row in rows.items() if getattr(row, name)}, language, source)


def _language(row: ProductText, source: str) -> str:
    """A piece without any text row is in its maker's words."""
    return row.language if row.locale_id else source


def origin_label(row: ProductText, source: str) -> str:
    """From which language ``row`` (with provenance) was translated and by whom; empty for the maker's own words."""
    if _language(row, source) == source:
        return ""
    return label(row.written_by, row.stale, source)


def describe_returns() -> dict:
    """What the shop states about sending things back: sentence, days, page; empty where it states nothing."""
    stated = settings.MARKETPLACE_RETURNS
    if not stated:
        return {}
    text = ngettext(
        "You can send it back within %(days)s day after it arrived.",
        "You can send it back within %(days)s days after it arrived.",
        stated["DAYS"],
    ) % {"days": stated["DAYS"]}
    return {"text": text, "days": stated["DAYS"], "url": stated["PAGE"]}


def label_of_variants(variants: list[dict], language: str) -> str:
    """The label for names of variants in another language than the reader's; empty when none is."""
    return next((said for row in variants if (said := shown_in(row["lang"], language))), "")
