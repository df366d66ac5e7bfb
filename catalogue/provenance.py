"""Who wrote a translation, from which words of the source, and whether these have changed since.

A TextRow is a source when it is in its owner's ``source_language``; a page when it is the first of its
``translation_key``. Everything else in other words than its source is a translation and has one TranslationRecord.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from wagtail.models import Page

from catalogue.abstract_models import TextRow
from catalogue.models import TranslationRecord
from catalogue.page_words import words_of_page
from catalogue.text import language_name

WrittenBy = TranslationRecord.WrittenBy


class Writer(NamedTuple):
    """Who writes: one of TranslationRecord.WrittenBy, and the user where known."""

    written_by: str
    author: object = None


_writer: ContextVar[Writer | None] = ContextVar("writer", default=None)
_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def writing_as(written_by: str, author=None) -> Iterator[None]:
    """Within the block, text rows that are saved count as written by ``written_by`` (maker, editor or machine)."""
    token = _writer.set(Writer(WrittenBy(written_by).value, author))
    try:
        yield
    finally:
        _writer.reset(token)


def current_writer() -> Writer | None:
    """What writing_as said; None outside of it."""
    return _writer.get()


@contextmanager
def unrecorded() -> Iterator[None]:
    """Within the block nothing is recorded: for loaders, which call record_missing afterwards."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def is_recording() -> bool:
    return not _silent.get()


def words_of(instance: TextRow | Page) -> tuple[str, ...]:
    """All words that a reader reads in a text row or page: no address, number or picture."""
    return instance.words if isinstance(instance, TextRow) else words_of_page(instance.specific)


def digest(words: Iterable[str]) -> str:
    """64 characters that differ when the words do; line ends and composition of letters do not count."""
    plain = [unicodedata.normalize("NFC", word).replace("\r\n", "\n").strip() for word in words]
    return sha256(json.dumps(plain).encode()).hexdigest()


def source_of(instance: TextRow | Page) -> TextRow | Page | None:
    """The source that ``instance`` belongs to, which may be itself; None when it was never written."""
    if isinstance(instance, TextRow):
        if is_source(instance):
            return instance
        rows = type(instance).objects.filter(owner_id=instance.owner_id).select_related("locale", "owner")
        return rows.filter(locale__language_code=instance.owner.source_language).first()
    first = Page.objects.filter(translation_key=instance.translation_key).order_by("pk").first()
    return None if first is None else instance if first.pk == instance.pk else first.specific


def is_source(instance: TextRow | Page) -> bool:
    """Whether these are the words that all others render."""
    if isinstance(instance, TextRow):
        return instance.language == instance.owner.source_language
    return not Page.objects.filter(translation_key=instance.translation_key, pk__lt=instance.pk).exists()


@transaction.atomic
def record(
    instance: TextRow | Page,
    written_by: str,
    author=None,
    *,
    based_on: str | None = None,
    waiting: Mapping[str, str] | None = None,
) -> None:
    """Write down who wrote the translation ``instance``, which renders the source as it is now.

    ``based_on``: the digest of older words of the source where it renders those ("": unknown ones). ``author``: a user
    or her id. ``waiting``: see TranslationRecord. A source, an alias and a copy of the
    source that nobody translated have no record; one that is there goes.
    """
    source = source_of(instance)
    same = {"translation_key": instance.translation_key, "locale_id": instance.locale_id}
    source_words = words_of(source) if source else ()
    if source == instance or getattr(instance, "alias_of_id", None) or words_of(instance) == source_words:
        TranslationRecord.objects.filter(**same).delete()
        return
    now = digest(source_words) if source else ""
    based_on = now if based_on is None else based_on
    TranslationRecord.objects.update_or_create(
        **same,
        defaults={
            "written_by": WrittenBy(written_by).value,
            "author_id": getattr(author, "pk", author),
            "based_on": based_on,
            "stale": based_on != now,
            "waiting": dict(waiting or {}),
        },
    )


@transaction.atomic
def source_changed(source: TextRow | Page) -> int:
    """Mark the translations of ``source`` that render other words than it has now; answers how many became stale.

    Where the source reads again as it did, its translations are up to date again.
    """
    records = TranslationRecord.objects.filter(translation_key=source.translation_key)
    found = list(records.values_list("pk", "locale_id", "based_on", "stale"))
    if not found:
        return 0
    now = digest(words_of(source))
    own = [pk for pk, locale, _based_on, _stale in found if locale == source.locale_id]
    old = [row[0] for row in found if row[2] != now and not row[3] and row[0] not in own]
    true = [row[0] for row in found if row[2] == now and row[3] and row[0] not in own]
    if own:
        TranslationRecord.objects.filter(pk__in=own).delete()
    if old:
        TranslationRecord.objects.filter(pk__in=old).update(stale=True)
    if true:
        TranslationRecord.objects.filter(pk__in=true).update(stale=False)
    return len(old)


@transaction.atomic
def confirm(instance: TextRow | Page) -> None:
    """Somebody has read the translation ``instance`` again: it renders the source as it is now. Its writer stays."""
    known = record_of(instance)
    if known is not None:
        record(instance, known.written_by, known.author_id, waiting=known.waiting)


def record_of(instance: TextRow | Page) -> TranslationRecord | None:
    """The record of a translation; None for a source and for what was never recorded."""
    same = {"translation_key": instance.translation_key, "locale_id": instance.locale_id}
    return TranslationRecord.objects.filter(**same).first()


def with_provenance(rows: QuerySet) -> QuerySet:
    """Text rows or pages with ``written_by``, ``stale`` and ``waiting`` of their records, in the same statement.

    All are None where there is no record.
    """
    records = TranslationRecord.objects.filter(
        translation_key=OuterRef("translation_key"), locale_id=OuterRef("locale_id")
    )
    names = ("written_by", "stale", "waiting")
    return rows.annotate(**{name: Subquery(records.values(name)[:1]) for name in names})


def with_source_language(pages: QuerySet) -> QuerySet:
    """Pages with ``source_language``, the language code of their source, in the same statement."""
    first = Page.objects.filter(translation_key=OuterRef("translation_key")).order_by("pk")
    return pages.annotate(source_language=Subquery(first.values("locale__language_code")[:1]))


def label(written_by: str | None, stale: bool | None, source_language: str) -> str:
    """A few quiet words for readers of a translation; ``written_by`` empty or None: nobody knows who wrote it."""
    fresh, old = _sentences().get(written_by or "", _sentences()[""])
    return (old if stale else fresh) % {"language": language_name(source_language)}


def _sentences() -> Mapping[str, tuple[str, str]]:
    """Writer → the sentence while the source is unchanged, and after it changed."""
    return {
        WrittenBy.MAKER.value: (
            _("Translated from %(language)s by the maker"),
            _("Translated from %(language)s by the maker. The original has changed since"),
        ),
        WrittenBy.EDITOR.value: (
            _("Translated from %(language)s by an editor"),
            _("Translated from %(language)s by an editor. The original has changed since"),
        ),
        WrittenBy.MACHINE.value: (
            _("Translated from %(language)s by machine"),
            _("Translated from %(language)s by machine. The original has changed since"),
        ),
        "": (
            _("Translated from %(language)s"),
            _("Translated from %(language)s. The original has changed since"),
        ),
    }
