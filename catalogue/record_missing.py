"""Records for translations that were written without one: by a loader, or before there were records."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from catalogue.abstract_models import TextRow
from catalogue.models import TranslationRecord
from catalogue.provenance import WrittenBy, digest, words_of

BATCH = 1_000


def record_missing(written_by: str = WrittenBy.EDITOR) -> int:
    """Write a record for every translation that has none, as a rendering of its source as it is now.

    Answers how many were written. Memory stays flat; rows that have their record are not even read.
    """
    made = 0
    for model in apps.get_models():
        if issubclass(model, TextRow):
            made += _write(_of_rows(_families(model), written_by))
    return made + _write(_of_pages(written_by))


def record_rows(rows: Iterable[TextRow], written_by: str = WrittenBy.EDITOR) -> int:
    """The same for ``rows``, just written, with all languages of an owner side by side."""
    return _write(_of_rows(rows, written_by))


def _write(records: Iterator[TranslationRecord]) -> int:
    made, batch = 0, []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            made += len(TranslationRecord.objects.bulk_create(batch, ignore_conflicts=True))
            batch = []
    return made + len(TranslationRecord.objects.bulk_create(batch, ignore_conflicts=True))


def _recorded() -> Exists:
    same = {"translation_key": OuterRef("translation_key"), "locale_id": OuterRef("locale_id")}
    return Exists(TranslationRecord.objects.filter(**same))


def _families(model: type[TextRow]) -> Iterator[TextRow]:
    """All rows of the owners that have a row without a record, owner by owner."""
    waiting = model.objects.exclude(_recorded()).exclude(_is_source(model)).values("owner_id")
    rows: QuerySet = model.objects.filter(owner_id__in=waiting).annotate(recorded=_recorded())
    return rows.select_related("owner", "locale").order_by("owner_id", "pk").iterator(chunk_size=BATCH)


def _is_source(model: type[TextRow]) -> Exists:
    owners = model._meta.get_field("owner").related_model.objects
    return Exists(owners.filter(pk=OuterRef("owner_id"), source_language=OuterRef("locale__language_code")))


def _of_rows(rows: Iterable[TextRow], written_by: str) -> Iterator[TranslationRecord]:
    for _owner, family in groupby(rows, key=lambda row: row.owner_id):
        yield from _of_family(list(family), written_by)


def _of_family(family: list[TextRow], written_by: str) -> Iterator[TranslationRecord]:
    source = next((row for row in family if row.language == row.owner.source_language), None)
    words = source.words if source else ()
    based_on = digest(words) if source else ""
    for row in family:
        if row is not source and row.words != words and not getattr(row, "recorded", False):
            yield _record(row, written_by, based_on)


def _of_pages(written_by: str) -> Iterator[TranslationRecord]:
    waiting = Page.objects.filter(alias_of=None).exclude(_recorded())
    twins = Page.objects.filter(translation_key=OuterRef("translation_key"), pk__lt=OuterRef("pk"))
    keys = waiting.filter(Exists(twins)).order_by("translation_key").values_list("translation_key", flat=True)
    for key in keys.distinct():
        pages = Page.objects.filter(translation_key=key, alias_of=None).annotate(recorded=_recorded())
        source, *others = pages.order_by("pk").specific()
        words = words_of(source)
        for page in others:
            if words_of(page) != words and not page.recorded:
                yield _record(page, written_by, digest(words))


def _record(row: TextRow | Page, written_by: str, based_on: str) -> TranslationRecord:
    return TranslationRecord(
        translation_key=row.translation_key,
        locale_id=row.locale_id,
        written_by=WrittenBy(written_by).value,
        based_on=based_on,
    )
