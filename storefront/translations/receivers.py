"""Every translation is held against the glossary when it is saved or published, and again when the glossary changes."""

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.signals import post_delete, post_save
from django_tasks import task
from wagtail.models import Page
from wagtail.signals import page_published

from catalogue import glossary, provenance
from catalogue.abstract_models import TextRow
from catalogue.models import GlossaryBreach, GlossaryTerm, GlossaryWord
from storefront.translations import things
from storefront.translations.history import keep_row
from storefront.translations.models import MachineFailure

BATCH = 500


def connect() -> None:
    for model in things.text_models():
        post_save.connect(text_was_saved, sender=model)
        post_delete.connect(thing_is_gone, sender=model)
    post_delete.connect(page_is_gone)
    page_published.connect(page_went_live)
    for model in (GlossaryTerm, GlossaryWord):
        post_save.connect(glossary_changed, sender=model)
        post_delete.connect(glossary_changed, sender=model)


def text_was_saved(sender, instance: TextRow, raw: bool = False, **kwargs) -> None:
    if raw or not provenance.is_recording():
        return
    if not provenance.is_source(instance):
        # What catalogue.receivers read before the row was saved.
        before = getattr(instance, "words_before", None)
        if before and before != instance.words:
            keep_row(instance, before)
        glossary.recheck(instance)
    elif not kwargs.get("created"):
        for row in sender.objects.filter(owner_id=instance.owner_id).exclude(pk=instance.pk):
            glossary.recheck(row)


def page_went_live(sender, instance: Page, **kwargs) -> None:
    if provenance.is_recording():
        glossary.recheck(instance)


def thing_is_gone(sender, instance: TextRow | Page, **kwargs) -> None:
    same = {"translation_key": instance.translation_key, "locale_id": instance.locale_id}
    GlossaryBreach.objects.filter(**same).delete()
    MachineFailure.objects.filter(**same).delete()


def page_is_gone(sender, instance: Model, **kwargs) -> None:
    if sender is Page:
        thing_is_gone(sender, instance)


def glossary_changed(sender, instance: GlossaryTerm | GlossaryWord, raw: bool = False, **kwargs) -> None:
    """After the commit, once, when the term has all its words."""
    term = instance
    if isinstance(instance, GlossaryWord):
        term = GlossaryTerm.objects.filter(pk=instance.term_id).first()
    if raw or term is None:
        return
    values = (term.term, term.language)
    if any(getattr(call[1], "_rechecks", None) == values for call in connection.run_on_commit):
        return

    def look_again() -> None:
        recheck_term.enqueue(*values)

    look_again._rechecks = values
    transaction.on_commit(look_again)


@task()
def recheck_term(term: str, language: str) -> int:
    """Look again at the translations of every text in ``language`` that holds ``term``; answers at how many."""
    looked_at = 0
    for model in (*things.text_models(), *things.page_models()):
        for source in _holding(model, term, language).iterator(chunk_size=BATCH):
            rows = model.objects.filter(translation_key=source.translation_key).exclude(pk=source.pk)
            for target in rows.select_related("locale"):
                glossary.recheck(target)
                looked_at += 1
    return looked_at


def _holding(model: type[TextRow] | type[Page], term: str, language: str) -> QuerySet:
    """Rows that may hold the term, or had a finding so far. Pages are few, and their words stand in JSON: all of them."""
    rows = model.objects.filter(locale__language_code=language)
    if issubclass(model, Page):
        return rows
    found = Q(translation_key__in=GlossaryBreach.objects.values("translation_key"))
    for name in model.word_fields():
        found |= Q(**{f"{name}__icontains": term})
    return rows.filter(found)
