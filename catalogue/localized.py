"""Between our text rows and wagtail-localize's translation memory: both hold the same words, and no person's are lost."""

from django.db.models import F, QuerySet
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource
from wagtail_localize.strings import StringValue

from catalogue.abstract_models import TextRow
from catalogue.page_words import NOT_WORDS
from catalogue.provenance import WrittenBy, digest, record, record_of, source_of, words_of


def untranslated(source: TranslationSource, locale_id: int) -> QuerySet[StringSegment]:
    """Segments of ``source`` that a reader reads and that have no translation for the locale yet."""
    return _segments(source).annotate_translation(locale_id).filter(translation=None)


def _segments(source: TranslationSource) -> QuerySet[StringSegment]:
    return StringSegment.objects.filter(source=source).exclude(context__path__in=NOT_WORDS)


def record_localized(instance: TextRow | Page, source: TranslationSource) -> None:
    """Record a translation that wagtail-localize has just put together from ``source``.

    One string by a machine makes it the machine's. A maker's words stay hers when nobody wrote others.
    """
    shown = _segments(source).get_translations(instance.locale_id).exclude(has_error=True)
    made = list(shown.order_by("-updated_at").values_list("translation_type", "last_translated_by"))
    known = record_of(instance)
    written_by, author = WrittenBy.EDITOR, next((user for _type, user in made if user), None)
    if any(kind == StringTranslation.TRANSLATION_TYPE_MACHINE for kind, _user in made):
        written_by, author = WrittenBy.MACHINE, None
    elif known and known.written_by == WrittenBy.MAKER:
        written_by, author = WrittenBy.MAKER, known.author_id
    if known and known.stale and untranslated(source, instance.locale_id).exists():
        based_on = known.based_on
    else:
        based_on = digest(words_of(source.as_instance()))
    record(instance, written_by, author, based_on=based_on, waiting=_parts(instance, source))


def _parts(instance: TextRow | Page, source: TranslationSource) -> dict[str, str]:
    """Fields and blocks of a page that are shown in the source's words (see TranslationRecord.waiting)."""
    if isinstance(instance, TextRow):
        return {}
    segments = _segments(source).annotate_translation(instance.locale_id)
    found: dict[str, set[bool]] = {}
    for path, words in segments.values_list("context__path", "translation"):
        # "intro" is a field, "body.<id>.text" lies in a block.
        found.setdefault((path.split(".") + [""])[1] or path, set()).add(words is None)
    return {part: "some" if False in waits else "all" for part, waits in sorted(found.items()) if True in waits}


def keep_whole(row: TextRow, before: dict[str, str] | None) -> bool:
    """Undo, before ``row`` is saved, what wagtail-localize does where a translation is missing: the source's words.

    The older words in the row's language stay, and True is answered: they are out of date. Where there were none, an
    optional field stays empty, so that its reader gets a labelled fallback and never a silent mixture.
    """
    source = source_of(row)
    if source is None or source.pk == row.pk or row.words == source.words:
        return False
    names = [
        name
        for name in row.word_fields()
        if getattr(row, name) and getattr(row, name) == getattr(source, name)
    ]
    waiting = _waiting(row, names) if names else []
    kept = False
    for name in waiting:
        older = (before or {}).get(name, "")
        if older and older != getattr(source, name):
            setattr(row, name, older)
            kept = True
        elif row._meta.get_field(name).blank:
            setattr(row, name, "")
    return kept


def _waiting(row: TextRow, names: list[str]) -> list[str]:
    """Those of the fields ``names`` that an enabled translation still waits for."""
    segments = StringSegment.objects.filter(
        source__object_id=row.translation_key,
        source__translations__target_locale=row.locale_id,
        source__translations__enabled=True,
        context__path__in=names,
    )
    missing = segments.annotate_translation(row.locale_id).filter(translation=None)
    return list(missing.values_list("context__path", flat=True))


def remember(row: TextRow, author=None) -> None:
    """Tell wagtail-localize the words that a person wrote into ``row``, so that no machine and no editor undoes them unseen."""
    source_row = source_of(row)
    if source_row is None or source_row.pk == row.pk:
        return
    source, _made = TranslationSource.update_or_create_from_instance(source_row)
    segments = StringSegment.objects.filter(source=source).annotate(path=F("context__path"))
    for segment in segments:
        words = getattr(row, segment.path, "")
        if words:
            StringTranslation.objects.update_or_create(
                translation_of_id=segment.string_id,
                locale_id=row.locale_id,
                context_id=segment.context_id,
                defaults={
                    "data": StringValue.from_plaintext(words).data,
                    "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                    "tool_name": "",
                    "last_translated_by": author,
                    "has_error": False,
                    "field_error": "",
                },
            )
