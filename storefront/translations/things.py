"""One SELECT for each kind of thing × language that wants a translator: the rows of the worklist.

Written as SQL because sources and translations meet on two columns without a foreign key; every value is a parameter,
every name comes from a model. Works the same on SQLite and PostgreSQL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Field, Model
from wagtail.models import Page, get_page_models
from wagtail_localize.models import StringTranslation, TranslationContext

from catalogue.abstract_models import TextRow
from catalogue.models import GlossaryBreach, Product, TranslationRecord
from marketplace.workshops.models import Village, Workshop
from storefront.listing.models import ProductCard
from storefront.public import PublicPageMixin
from storefront.translations.models import MachineFailure, ViewCount

LOCALE = "wagtailcore_locale"
PAGE = Page._meta.db_table
VIEWS = ViewCount._meta.db_table
# The flags of a row, in the order of the columns: what it is on the worklist for.
STATES = ("missing", "stale", "machine", "glossary", "failed")

JOINS = f"""
LEFT JOIN {TranslationRecord._meta.db_table} r ON r.translation_key = s.translation_key AND r.locale_id = l.id
LEFT JOIN {GlossaryBreach._meta.db_table} g ON g.translation_key = s.translation_key AND g.locale_id = l.id
LEFT JOIN {MachineFailure._meta.db_table} f ON f.translation_key = s.translation_key AND f.locale_id = l.id
"""


@dataclass(frozen=True)
class Part:
    """One SELECT: ``sql`` with ``%(month)s`` and ``%(languages)s`` inside, and the name of its kind."""

    kind: str
    sql: str


def text_models() -> list[type[TextRow]]:
    return [model for model in apps.get_models() if issubclass(model, TextRow)]


def page_models() -> list[type[Page]]:
    return [model for model in get_page_models() if issubclass(model, PublicPageMixin)]


def model_of(kind: str) -> type[TextRow] | type[Page] | None:
    """The model of a row's kind; None for a word that is none."""
    return {model._meta.label_lower: model for model in (*text_models(), *page_models())}.get(kind)


def parts(kinds: Iterable[str] = ()) -> Iterator[Part]:
    """The SELECTs of these kinds; all kinds when none is named."""
    wanted = set(kinds)
    for model in (*text_models(), *page_models()):
        kind = model._meta.label_lower
        if not wanted or kind in wanted:
            yield Part(kind, _of_page(model) if issubclass(model, Page) else _of_text(model))


def _select(kind: str, name: str, village: str, absent: str) -> str:
    # Missing: the whole translation, or parts of it that are shown in the source's words (TranslationRecord.waiting).
    missing = f"({absent} OR COALESCE(CAST(r.waiting AS text), '{{}}') <> '{{}}')"
    return f"""
SELECT '{kind}' AS kind, s.id AS pk, s.translation_key AS tkey, l.id AS locale_id,
  l.language_code AS language, own.language_code AS source,
  s.{name} AS name, {village} AS village_id, COALESCE(v.n, 0) AS views, t.id AS target_pk,
  CASE WHEN {missing} THEN 1 ELSE 0 END AS missing,
  CASE WHEN r.stale AND NOT {missing} THEN 1 ELSE 0 END AS stale,
  CASE WHEN r.written_by = 'machine' AND NOT {missing} THEN 1 ELSE 0 END AS machine,
  CASE WHEN g.id IS NOT NULL AND NOT {missing} THEN 1 ELSE 0 END AS glossary,
  CASE WHEN f.id IS NOT NULL THEN 1 ELSE 0 END AS failed, f.reason AS reason
"""


def _of_text(model: type[TextRow]) -> str:
    table, owner = model._meta.db_table, model._meta.get_field("owner").related_model
    fields = model.word_fields()
    same = " AND ".join([*(f"t.{name} = s.{name}" for name in fields), _nobody_said_so(fields[0])])
    village, joins, shown = _place_of(owner)
    views = _views_of(owner)
    head = _select(model._meta.label_lower, fields[0], village, f"(t.id IS NULL OR ({same}))")
    return f"""{head}
FROM {table} s
JOIN {owner._meta.db_table} o ON o.id = s.owner_id {shown}
JOIN {LOCALE} own ON own.id = s.locale_id AND own.language_code = o.source_language
JOIN {LOCALE} l ON l.language_code IN %(languages)s AND l.id <> s.locale_id
{joins}
LEFT JOIN {table} t ON t.translation_key = s.translation_key AND t.locale_id = l.id
LEFT JOIN {views} v ON v.subject = {"COALESCE(o.parent_id, o.id)" if owner is Product else "o.id"}
{JOINS}"""


def _nobody_said_so(name: str) -> str:
    """Words that are the same in both languages (a size, a name) are translated once somebody has written them so."""
    return f"""NOT EXISTS (SELECT 1 FROM {StringTranslation._meta.db_table} x
  JOIN {TranslationContext._meta.db_table} y ON y.id = x.context_id
  WHERE y.object_id = s.translation_key AND y.path = '{name}' AND x.locale_id = l.id AND x.data = s.{name})"""


def _place_of(owner: type[Model]) -> tuple[str, str, str]:
    """(expression of the village's id, joins it needs, condition of what readers can meet at all)."""
    if owner is Product:
        card = f"LEFT JOIN {ProductCard._meta.db_table} c ON c.product_id = COALESCE(o.parent_id, o.id)"
        return "c.village_id", card, "AND o.is_public"
    if owner is Village:
        return "o.id", "", ""
    if _points_at(owner, Village):
        return "o.village_id", "", ""
    return "CAST(NULL AS integer)", "", ""


def _points_at(model: type[Model], other: type[Model]) -> Field | None:
    """The foreign key of ``model`` named like ``other``."""
    name = other._meta.model_name
    fields = {field.name: field for field in model._meta.get_fields() if isinstance(field, Field)}
    return fields[name] if name in fields and fields[name].related_model is other else None


def _views_of(owner: type[Model]) -> str:
    """(subject, n): how often the owner's own page was looked at."""
    if owner is Product:
        return f"(SELECT object_id AS subject, SUM(number) AS n FROM {VIEWS} {_since('product')} GROUP BY object_id)"
    for model in page_models():
        field = _points_at(model, owner) if getattr(model, "subject_field", "") else None
        if field and field.name == model.subject_field:
            return f"""(SELECT m.{field.column} AS subject, SUM(number) AS n FROM {VIEWS}
JOIN {model._meta.db_table} m ON m.page_ptr_id = object_id {_since("page")} GROUP BY m.{field.column})"""
    return "(SELECT 0 AS subject, 0 AS n)"


def _since(kind: str) -> str:
    return f"WHERE kind = '{kind}' AND month >= %(month)s"


def _of_page(model: type[Page]) -> str:
    village, joins = "CAST(NULL AS integer)", ""
    if _points_at(model, Village):
        village = "m.village_id"
    elif _points_at(model, Workshop):
        village = "w.village_id"
        joins = f"LEFT JOIN {Workshop._meta.db_table} w ON w.id = m.workshop_id"
    absent = "(t.id IS NULL OR t.alias_of_id IS NOT NULL OR (r.id IS NULL AND NOT t.live))"
    head = _select(model._meta.label_lower, "title", village, absent)
    return f"""{head}
FROM {model._meta.db_table} m
JOIN {PAGE} s ON s.id = m.page_ptr_id AND s.live AND s.alias_of_id IS NULL
JOIN {LOCALE} own ON own.id = s.locale_id
JOIN {LOCALE} l ON l.language_code IN %(languages)s AND l.id <> s.locale_id
{joins}
LEFT JOIN {PAGE} t ON t.translation_key = s.translation_key AND t.locale_id = l.id
LEFT JOIN (SELECT p.translation_key, SUM(number) AS n FROM {VIEWS} JOIN {PAGE} p ON p.id = object_id
  {_since("page")} GROUP BY p.translation_key) v ON v.translation_key = s.translation_key
{JOINS}
WHERE NOT EXISTS (SELECT 1 FROM {PAGE} e WHERE e.translation_key = s.translation_key AND e.id < s.id)"""
