"""Whoever saves words tells, in the same transaction, who wrote them and whether the source has changed (provenance)."""

from django.apps import apps
from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry
from wagtail.signals import page_published
from wagtail_localize.models import TranslationLog

from catalogue import localized, provenance
from catalogue.abstract_models import TextRow
from catalogue.models import TranslationRecord
from catalogue.provenance import Writer, WrittenBy


def connect() -> None:
    """Listen to every text row of the project, to pages and to wagtail-localize."""
    for model in apps.get_models():
        if issubclass(model, TextRow):
            pre_save.connect(row_is_saved, sender=model)
            post_save.connect(row_was_saved, sender=model)
            post_delete.connect(words_are_gone, sender=model)
    post_delete.connect(words_are_gone, sender=Page)
    post_save.connect(row_was_translated, sender=TranslationLog)
    page_published.connect(page_went_live)


def row_is_saved(sender, instance: TextRow, raw: bool = False, **kwargs) -> None:
    """Look at the words that stand there now; post_save asks whether they changed."""
    if raw or not provenance.is_recording():
        return
    names = sender.word_fields()
    before = None if instance._state.adding else sender.objects.filter(pk=instance.pk).values(*names).first()
    instance.words_before = tuple(before.values()) if before else None
    instance.keeps_older = provenance.current_writer() is None and localized.keep_whole(instance, before)


def row_was_saved(sender, instance: TextRow, raw: bool = False, **kwargs) -> None:
    if raw or not provenance.is_recording() or instance.words == instance.words_before:
        return
    if provenance.is_source(instance):
        provenance.source_changed(instance)
        return
    said = provenance.current_writer()
    written_by, author = said or Writer(WrittenBy.EDITOR, get_active_log_context().user)
    known = provenance.record_of(instance) if instance.keeps_older else None
    based_on = getattr(known, "based_on", "") if instance.keeps_older else None
    provenance.record(instance, written_by, author, based_on=based_on)
    if said and said.written_by != WrittenBy.MACHINE:
        localized.remember(instance, author)


def row_was_translated(sender, instance: TranslationLog, created: bool, raw: bool = False, **kwargs) -> None:
    """A page counts when it goes live, a text row at once."""
    if raw or not created or instance.revision_id or not provenance.is_recording():
        return
    row = instance.get_instance()
    if isinstance(row, TextRow):
        localized.record_localized(row, instance.source)


def page_went_live(sender, instance: Page, revision=None, **kwargs) -> None:
    if not provenance.is_recording():
        return
    if provenance.is_source(instance):
        provenance.source_changed(instance)
        return
    log = (
        TranslationLog.objects.filter(revision=revision).select_related("source").first()
        if revision
        else None
    )
    if log is not None:
        localized.record_localized(instance, log.source)
    elif not _reads_as_before(instance, revision):
        author = revision.user if revision else None
        provenance.record(instance, WrittenBy.EDITOR, author or get_active_log_context().user)


def _reads_as_before(page: Page, revision) -> bool:
    """Whether the last version that was live had the same words."""
    published = PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish", revision__isnull=False)
    last = (
        published.exclude(revision=revision).order_by("-timestamp", "-pk").select_related("revision").first()
    )
    known = provenance.record_of(page)
    return bool(known and last) and provenance.words_of(last.revision.as_object()) == provenance.words_of(
        page
    )


def words_are_gone(sender, instance: TextRow | Page, **kwargs) -> None:
    TranslationRecord.objects.filter(
        translation_key=instance.translation_key, locale_id=instance.locale_id
    ).delete()
