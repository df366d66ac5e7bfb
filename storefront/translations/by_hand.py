"""From a row of the worklist to the screen where a person translates it."""

from typing import NamedTuple

from django.contrib.admin.utils import quote
from django.db import transaction
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from catalogue import localized
from catalogue.abstract_models import TextRow
from storefront.translations.machine import is_a_persons
from storefront.translations.things import model_of


class Thing(NamedTuple):
    """What a form means: a source and the language that it is translated into."""

    source: TextRow | Page
    locale: Locale


def thing_of(code: str) -> Thing | None:
    """The thing that ``code`` (see worklist.Item.code) names; None for nonsense and for what is gone."""
    kind, _colon, rest = code.partition(":")
    pk, _colon, language = rest.partition(":")
    model = model_of(kind)
    if model is None or not (pk.isascii() and pk.isdigit()) or len(pk) > 9:
        return None
    source = model._default_manager.filter(pk=int(pk)).first()
    locale = Locale.objects.filter(language_code=language).first()
    return Thing(source, locale) if source and locale and source.locale_id != locale.pk else None


@transaction.atomic
def open_translation(thing: Thing, user) -> Translation | None:
    """wagtail-localize's translation of the thing, begun where there is none.

    None where a page is translated without it: its own editor is the place then. A text row that was written without
    wagtail-localize brings its words along.
    """
    source, locale = thing
    there = Translation.objects.filter(source__object_id=source.translation_key, target_locale=locale).first()
    target = type(source).objects.filter(translation_key=source.translation_key, locale=locale).first()
    if there is not None and target is not None:
        return there if there.enabled else None
    written = target is not None and is_a_persons(source, locale)
    if written and isinstance(source, Page):
        return None
    translation_source, _new = TranslationSource.update_or_create_from_instance(source)
    if written:
        localized.remember(target, user)
    translation, _new = Translation.objects.get_or_create(source=translation_source, target_locale=locale)
    if not written:
        translation.save_target(user=user, publish=not isinstance(source, Page))
    return translation


def edit_url_of(target: TextRow | Page) -> str:
    """Address of the screen on which ``target`` is translated or edited."""
    if isinstance(target, Page):
        return reverse("wagtailadmin_pages:edit", args=[target.pk])
    return reverse(type(target).snippet_viewset.get_url_name("edit"), args=[quote(target.pk)])
