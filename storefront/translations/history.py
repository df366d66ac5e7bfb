"""Words of a translation that somebody replaced stay readable in Wagtail's history of the page or text."""

from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogFormatter, get_active_log_context, log
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.strings import StringValue

from catalogue.abstract_models import TextRow
from catalogue.provenance import current_writer
from storefront.translations.checking import text_of

ACTION = "storefront.words_replaced"


@receiver(pre_save, sender=StringTranslation)
def keep_replaced(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    if raw or instance._state.adding or (update_fields is not None and "data" not in update_fields):
        return
    before = sender.objects.filter(pk=instance.pk).values_list("data", flat=True).first()
    if before and before != instance.data:
        keep(instance, before, instance.last_translated_by)


def keep(translation: StringTranslation, words: str, user=None) -> None:
    """Write ``words``, which ``translation`` held until now, into the history of the thing it belongs to."""
    target = (
        translation.context.object.get_instance_or_none(translation.locale_id)
        if translation.context
        else None
    )
    if target is None:
        return
    user = user or get_active_log_context().user
    log(instance=target, action=ACTION, user=user, data={"path": translation.context.path, "was": words})


def keep_row(row: TextRow, before: tuple[str, ...]) -> None:
    """The same for a text row that is written without wagtail-localize; ``before``: its words until now."""
    same = {"source__object_id": row.translation_key, "target_locale_id": row.locale_id}
    if Translation.objects.filter(**same, enabled=True).exists():
        return
    for name, words in zip(row.word_fields(), before, strict=True):
        if words and words != getattr(row, name):
            was = StringValue.from_plaintext(words).data
            log(instance=row, action=ACTION, user=_writer(), data={"path": name, "was": was})


def _writer():
    said = current_writer()
    return (said and said.author) or get_active_log_context().user


@hooks.register("register_log_actions")
def words_replaced(actions) -> None:
    @actions.register_action(ACTION)
    class WordsReplaced(LogFormatter):
        label = gettext_lazy("Replace words of the translation")

        def format_message(self, log_entry) -> str:
            field = log_entry.data["path"].partition(".")[0]
            values = {"field": field, "words": text_of(log_entry.data["was"])}
            return _("Replaced words in “%(field)s”. Before, they were: “%(words)s”") % values
