"""Asks the machine translator that the operator chose, and takes nothing from it that could do harm."""

import json
import logging
from collections.abc import Iterable

import requests
from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.strings import StringValue

from catalogue.glossary import UNSHIELDED, Finding, Rule
from storefront.translations.checking import problem_of
from storefront.translations.shield import shield, unshield

logger = logging.getLogger(__name__)
# DeepL takes 50 texts in one request; the others take more.
AT_ONCE = 50


class Unavailable(Exception):
    """No translation; the message says why in words for staff."""


def translator_for(source: Locale, target: Locale) -> BaseMachineTranslator:
    """The operator's translator. Raises Unavailable when there is none for these languages."""
    try:
        translator = get_machine_translator()
    except ImportError as problem:
        logger.exception("Machine translator cannot be imported")
        raise Unavailable(_("The program library of the translation service is not installed.")) from problem
    if translator is None:
        raise Unavailable(_("Machine translation is switched off (MACHINE_TRANSLATOR)."))
    if not translator.can_translate(source, target):
        raise Unavailable(_("The translation service does not offer this pair of languages."))
    return translator


def ask(
    translator: BaseMachineTranslator,
    strings: Iterable[str],
    source: Locale,
    target: Locale,
    rules: list[Rule],
) -> tuple[dict[str, str], list[Finding]]:
    """Source string → translation, and the terms that could not be kept. Raises Unavailable; writes nothing."""
    strings = list(dict.fromkeys(strings))
    shielded = {text: shield(text, rules) for text in strings}
    answers = _call(translator, [marked for marked, _hidden in shielded.values()], source, target)
    made, open_ones, flagged = {}, [], {}
    for text, (marked, hidden) in shielded.items():
        restored = unshield(answers[marked], hidden)
        if restored is None:
            open_ones.append(text)
            flagged |= {Finding(rule.term, rule.expected, UNSHIELDED): None for rule in hidden}
        else:
            made[text] = restored
    if open_ones:
        made |= _call(translator, open_ones, source, target)
    for text, translated in made.items():
        if problem := problem_of(text, translated):
            raise Unavailable(_("The service broke a text: %(problem)s") % {"problem": problem})
    return made, list(flagged)


def _call(translator, strings: list[str], source: Locale, target: Locale) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(strings), AT_ONCE):
        values = [StringValue(text) for text in strings[start : start + AT_ONCE]]
        answers = _guarded(translator, values, source, target)
        for value in values:
            answer = answers.get(value)
            if answer is None or not answer.data:
                raise Unavailable(_("The service left a text untranslated."))
            found[value.data] = answer.data
    return found


def _guarded(translator, values: list[StringValue], source: Locale, target: Locale) -> dict:
    """One request. Whatever a service may throw ends as a sentence; the details are in the log."""
    try:
        return translator.translate(source, target, values)
    except requests.Timeout as problem:
        raise Unavailable(_("The translation service did not answer in time.")) from problem
    except requests.ConnectionError as problem:
        raise Unavailable(_("The translation service could not be reached.")) from problem
    except (requests.HTTPError, json.JSONDecodeError, KeyError, ValueError) as problem:
        logger.exception("Machine translation was refused")
        raise Unavailable(
            _("The translation service refused. Its key, quota or address may be wrong.")
        ) from problem
    except Exception as problem:
        logger.exception("Machine translation failed")
        raise Unavailable(_("The translation service failed.")) from problem
