"""Machine translation as a task. It fills what nobody has written, and never touches a person's words."""

from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    String,
    StringSegment,
    StringTranslation,
    TranslatableObject,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from catalogue import provenance
from catalogue.abstract_models import TextRow
from catalogue.glossary import Finding, recheck, rules_for
from catalogue.models import TranslationRecord
from catalogue.page_words import NOT_WORDS
from storefront.translations.asking import Unavailable, ask, translator_for
from storefront.translations.checking import length_problem
from storefront.translations.models import MachineFailure

MACHINE = StringTranslation.TRANSLATION_TYPE_MACHINE
# What the task answers.
TRANSLATED, PREPARED, KEPT, NOTHING, FAILED = "translated", "prepared", "kept", "nothing", "failed"


@dataclass
class Made:
    """What a service made of the missing strings; ``source`` is what they were asked in."""

    strings: dict[str, str] = field(default_factory=dict)
    flagged: list[Finding] = field(default_factory=list)
    tool: str = ""


@task()
def translate_by_machine(model_label: str, pk: int, language: str, user_id: int | None = None) -> str:
    """Translate one text row or page (its source) into ``language``; answers one of the words above.

    ``prepared``: the words wait in the editor, because the page is live and only a person publishes it. ``kept``: a
    person wrote or is writing this translation. ``failed``: nothing was changed, and the worklist shows why. Safe to
    run again, and twice at once.
    """
    source = apps.get_model(model_label)._default_manager.filter(pk=pk).first()
    locale = Locale.objects.filter(language_code=language).first()
    if source is None or locale is None:
        return NOTHING
    source = source.specific if isinstance(source, Page) else source
    if source.locale_id == locale.pk or not provenance.is_source(source):
        return NOTHING
    user = get_user_model().objects.filter(pk=user_id).first()
    try:
        outcome = translate(source, locale, user)
    except Unavailable as problem:
        _remember_failure(source, locale, str(problem))
        return FAILED
    MachineFailure.objects.filter(translation_key=source.translation_key, locale=locale).delete()
    return outcome


def translate(source: TextRow | Page, locale: Locale, user=None) -> str:
    """The same in this process. Raises Unavailable; then nothing was changed."""
    if is_a_persons(source, locale):
        return KEPT
    missing = missing_strings(source, locale)
    made = make(missing, source.locale, locale) if missing else Made()
    try:
        with transaction.atomic(), provenance.writing_as("machine", user):
            return _save(source, locale, made, user)
    except ValidationError as problem:
        raise Unavailable(
            _("The translation does not fit: %(why)s") % {"why": "; ".join(problem.messages)}
        ) from problem
    except IntegrityError as problem:
        raise Unavailable(_("Somebody was writing the same text. Please try again.")) from problem


def make(missing: list[str], source: Locale, target: Locale) -> Made:
    """Ask the service, glossary kept. No transaction is open while it thinks. Raises Unavailable."""
    translator = translator_for(source, target)
    rules = rules_for(source.language_code, target.language_code)
    strings, flagged = ask(translator, missing, source, target, rules)
    return Made(strings, flagged, str(translator.display_name))


def is_a_persons(source: TextRow | Page, locale: Locale) -> bool:
    """Whether a maker or editor wrote the translation, or somebody whom no record names."""
    same = {"translation_key": source.translation_key, "locale": locale}
    written_by = TranslationRecord.objects.filter(**same).values_list("written_by", flat=True).first()
    if written_by:
        return written_by != TranslationRecord.WrittenBy.MACHINE
    there = Translation.objects.filter(source__object_id=source.translation_key, target_locale=locale).first()
    if there is not None:
        # Sent to the translators: a copy of the source until they begin. Stopped: somebody goes on by hand.
        return not there.enabled
    target = type(source).objects.filter(**same).first()
    if target is None or getattr(target, "alias_of_id", None):
        return False
    return provenance.words_of(target) != provenance.words_of(source)


def missing_strings(source: TextRow | Page, locale: Locale) -> list[str]:
    """The strings of the source, as it is now, that have no translation."""
    rows = StringTranslation.objects.filter(context__object_id=source.translation_key, locale=locale)
    known = set(rows.values_list("context__path", "translation_of__data_hash"))
    return [
        segment.string.data
        for segment in extract_segments(source)
        if isinstance(segment, StringSegmentValue)
        and segment.path not in NOT_WORDS
        and (segment.path, String._get_data_hash(segment.string.data)) not in known
    ]


def _save(source: TextRow | Page, locale: Locale, made: Made, user) -> str:
    """Within a transaction: what was missing before the service was asked may be there now, and is kept."""
    _lock(source, locale)
    if is_a_persons(source, locale):
        return KEPT
    translation_source, _new = TranslationSource.update_or_create_from_instance(source)
    translation, _new = Translation.objects.get_or_create(source=translation_source, target_locale=locale)
    written = fill(translation, made, user)
    target = type(source).objects.filter(translation_key=source.translation_key, locale=locale).first()
    live = settings.MARKETPLACE_MACHINE_PAGES_LIVE or not isinstance(source, Page)
    if target is not None and not written and provenance.words_of(target) != provenance.words_of(source):
        return NOTHING
    if target is not None and not live and target.live:
        # wagtail-localize would write into the live page at once.
        return PREPARED
    translation.save_target(user=user, publish=live)
    target = type(source).objects.get(translation_key=source.translation_key, locale=locale)
    provenance.record(target, "machine", user)
    recheck(target, made.flagged)
    return TRANSLATED


def _lock(source: TextRow | Page, locale: Locale) -> None:
    """Others who translate the same thing, by machine or by hand, wait until this transaction ends."""
    TranslatableObject.objects.get_or_create_from_instance(source)
    TranslatableObject.objects.select_for_update().get(translation_key=source.translation_key)
    if isinstance(source, TextRow):
        rows = type(source).objects.select_for_update(of=("self",))
        list(rows.filter(translation_key=source.translation_key, locale=locale).values_list("pk"))


def fill(translation: Translation, made: Made, user=None) -> int:
    """Write ``made`` where there is no translation; answers how many. Raises Unavailable when some are still missing."""
    segments = StringSegment.objects.filter(source_id=translation.source_id)
    segments = segments.exclude(context__path__in=NOT_WORDS).select_related("string", "context")
    model, written = translation.source.specific_content_type.model_class(), 0
    there = set(
        StringTranslation.objects.filter(
            context__object_id=translation.source.object_id, locale=translation.target_locale
        ).values_list("translation_of_id", "context_id")
    )
    for segment in segments:
        if (segment.string_id, segment.context_id) in there:
            continue
        if segment.string.data not in made.strings:
            raise Unavailable(_("The source was changed meanwhile. Please try again."))
        data = made.strings[segment.string.data]
        if problem := length_problem(model, segment.context.path, data):
            raise Unavailable(problem)
        StringTranslation.objects.create(
            translation_of_id=segment.string_id,
            context_id=segment.context_id,
            locale_id=translation.target_locale_id,
            data=data,
            translation_type=MACHINE,
            tool_name=made.tool,
            last_translated_by=user,
        )
        written += 1
    return written


def fill_editor(translation: Translation, user) -> int:
    """Fill the missing strings of a translation that is open in the editor, without publishing; answers how many."""
    segments = StringSegment.objects.filter(source_id=translation.source_id)
    rows = segments.exclude(context__path__in=NOT_WORDS).annotate_translation(
        translation.target_locale, include_errors=True
    )
    missing = list(rows.filter(translation=None).values_list("string__data", flat=True))
    if not missing:
        return 0
    made = make(missing, translation.source.locale, translation.target_locale)
    with transaction.atomic():
        Translation.objects.select_for_update().get(pk=translation.pk)
        return fill(translation, made, user)


def _remember_failure(source: TextRow | Page, locale: Locale, reason: str) -> None:
    MachineFailure.objects.update_or_create(
        translation_key=source.translation_key, locale=locale, defaults={"reason": reason[:300]}
    )
