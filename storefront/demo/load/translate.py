"""Brings a written translation into wagtail-localize, as an editor's work."""

import html

from django.db import models
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource


class Untranslated(Exception):
    """Some words of the source have no translation; the message holds the first of them."""


def translate(instance: models.Model, locale, words: dict[str, str]) -> None:
    """Translate ``instance`` into ``locale`` with ``words`` (source text → text) and publish it.

    Raises Untranslated when a segment is missing: the demo is complete or it does not load.
    """
    source, _new = TranslationSource.update_or_create_from_instance(instance)
    translation, _new = Translation.objects.get_or_create(source=source, target_locale=locale)
    segments = StringSegment.objects.filter(source=source).select_related("string")
    rows = [_translation(instance, segment, locale, words) for segment in segments]
    StringTranslation.objects.bulk_create(rows, ignore_conflicts=True)
    translation.save_target(publish=True)


def _translation(
    instance: models.Model, segment: StringSegment, locale, words: dict[str, str]
) -> StringTranslation:
    text = html.unescape(segment.string.data)
    if text not in words:
        raise Untranslated(f"{instance}: {text[:120]!r}")
    return StringTranslation(
        translation_of=segment.string,
        locale=locale,
        context_id=segment.context_id,
        data=html.escape(words[text], quote=False),
        translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
    )
