"""Machine translation: it fills what nobody has written, keeps what a person wrote, and fails without harm."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from catalogue import provenance
from catalogue.models import ProductText, TranslationRecord
from storefront.environment import machine_translator
from storefront.models import StoryPage
from storefront.translations import machine
from storefront.translations.models import MachineFailure
from storefront.translations.services import Coded, DeepL, LibreTranslate
from tests.factories import make_piece, make_story, make_workshop
from tests.storefront.translators import Prefixing, choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def prefixing(settings):
    choose(settings, "Prefixing")


def make_bowl(**words):
    words = {"title": "Tô sơn mài đỏ", "summary": "Chín lớp sơn."} | words
    return make_piece(make_workshop(source="vi"), source="vi", **words)


def run(instance, language: str) -> str:
    result = machine.translate_by_machine.enqueue(instance._meta.label_lower, instance.pk, language)
    assert result.status == result.status.SUCCESSFUL, result.errors
    return result.return_value


def text(piece, language: str) -> ProductText:
    return piece.texts.get(locale__language_code=language)


def everything() -> dict:
    """All that a failed translation must leave as it was."""
    return {
        model.__name__: sorted(model.objects.values_list())
        for model in (ProductText, TranslationSource, Translation, StringTranslation, TranslationRecord)
    }


def test_a_piece_is_translated_and_says_that_a_machine_did_it(client):
    bowl = make_bowl()
    assert run(text(bowl, "vi"), "en") == "translated"
    row = text(bowl, "en")
    assert (row.title, row.summary) == ("en: Tô sơn mài đỏ", "en: Chín lớp sơn.")
    record = provenance.record_of(row)
    assert (record.written_by, record.stale) == ("machine", False)
    assert bowl.card.__class__.objects.get(pk=bowl.pk).texts["en"]["title"] == "en: Tô sơn mài đỏ"
    assert "by machine" in client.get(bowl.get_absolute_url(), follow=True).content.decode()


def test_run_twice_it_asks_the_service_once():
    bowl = make_bowl()
    run(text(bowl, "vi"), "en")
    asked, before = list(Prefixing.asked), everything()
    assert run(text(bowl, "vi"), "en") == "nothing"
    assert Prefixing.asked == asked
    assert everything() == before


def test_what_the_maker_wrote_is_never_touched():
    bowl = make_bowl()
    with provenance.writing_as("maker"):
        ProductText.objects.create(
            owner=bowl, locale=Locale.objects.get(language_code="en"), title="My red bowl"
        )
    before = everything()
    assert run(text(bowl, "vi"), "en") == "kept"
    assert everything() == before
    assert Prefixing.asked == []


def test_words_without_a_record_count_as_a_persons():
    bowl = make_bowl()
    with provenance.unrecorded():
        ProductText.objects.create(owner=bowl, locale=Locale.objects.get(language_code="en"), title="Whose?")
    assert run(text(bowl, "vi"), "en") == "kept"
    assert text(bowl, "en").title == "Whose?"


def test_a_string_that_a_person_translated_stays_in_a_machines_translation():
    bowl = make_bowl()
    run(text(bowl, "vi"), "en")
    title = StringTranslation.objects.get(translation_of__data="Tô sơn mài đỏ")
    title.data, title.translation_type = "Red lacquer bowl", StringTranslation.TRANSLATION_TYPE_MANUAL
    title.save()
    source = text(bowl, "vi")
    source.summary = "Mười lớp sơn."
    source.save()
    assert run(text(bowl, "vi"), "en") == "translated"
    title.refresh_from_db()
    assert (title.data, title.translation_type) == ("Red lacquer bowl", "manual")
    assert (text(bowl, "en").title, text(bowl, "en").summary) == ("Red lacquer bowl", "en: Mười lớp sơn.")


def test_after_the_source_changed_only_what_changed_is_asked_for():
    bowl = make_bowl()
    run(text(bowl, "vi"), "en")
    Prefixing.asked.clear()
    source = text(bowl, "vi")
    source.summary = "Mười lớp sơn."
    source.save()
    assert provenance.record_of(text(bowl, "en")).stale
    assert run(text(bowl, "vi"), "en") == "translated"
    assert Prefixing.asked == ["Mười lớp sơn."]
    assert not provenance.record_of(text(bowl, "en")).stale


@pytest.mark.parametrize(
    ("translator", "reason"),
    [
        ("Slow", "did not answer in time"),
        ("Refusing", "refused"),
        ("Silent", "left a text untranslated"),
        ("Harmful", "<script> tag is not allowed"),
        ("Endless", "has at most 255 characters; this has 1000"),
        ("NotThere", "is not installed"),
    ],
)
def test_a_service_that_fails_changes_nothing_and_the_reason_is_kept(settings, translator, reason):
    bowl = make_bowl()
    before = everything()
    choose(settings, translator)
    assert run(text(bowl, "vi"), "en") == "failed"
    assert everything() == before
    assert reason in MachineFailure.objects.get().reason

    choose(settings, "Prefixing")
    assert run(text(bowl, "vi"), "en") == "translated"
    assert not MachineFailure.objects.exists()


def test_switched_off_it_says_so(settings):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
    bowl = make_bowl()
    assert run(text(bowl, "vi"), "en") == "failed"
    assert "switched off" in MachineFailure.objects.get().reason


def test_words_that_arrived_while_the_service_was_thinking_are_kept(monkeypatch):
    bowl = make_bowl()

    def think(self, source_locale, target_locale, strings):
        with provenance.writing_as("maker"):
            ProductText.objects.create(owner=bowl, locale=target_locale, title="My red bowl")
        return {string: string for string in strings}

    monkeypatch.setattr(Prefixing, "translate", think)
    assert run(text(bowl, "vi"), "en") == "kept"
    assert text(bowl, "en").title == "My red bowl"
    assert provenance.record_of(text(bowl, "en")).written_by == "maker"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_translation(monkeypatch):
    bowl = make_bowl()
    pk, together, answers = text(bowl, "vi").pk, Barrier(2, timeout=20), []
    think = Prefixing.translate

    def think_together(self, *args):
        together.wait()
        return think(self, *args)

    def translate():
        try:
            answers.append(
                machine.translate_by_machine.enqueue("catalogue.producttext", pk, "en").return_value
            )
        finally:
            connections.close_all()

    monkeypatch.setattr(Prefixing, "translate", think_together)
    workers = [Thread(target=translate) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(answers) == ["nothing", "translated"]
    assert text(bowl, "en").title == "en: Tô sơn mài đỏ"
    assert StringTranslation.objects.count() == 2
    assert TranslationRecord.objects.get().written_by == "machine"


def test_a_translation_is_not_translated_on():
    bowl = make_bowl()
    run(text(bowl, "vi"), "en")
    assert run(text(bowl, "en"), "ja") == "nothing"
    assert run(text(bowl, "vi"), "vi") == "nothing"
    assert (
        machine.translate_by_machine.enqueue("catalogue.producttext", 2_000_000, "ja").return_value
        == "nothing"
    )


def test_a_story_becomes_a_draft_that_a_person_publishes(client):
    body = [
        {"type": "text", "value": {"heading": "By the river", "text": "<p>See <a href='/x/'>here</a>.</p>"}}
    ]
    story = make_story(body=body)["en"]
    assert run(story, "ja") == "translated"
    twin = StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja")
    assert not twin.live
    assert twin.title == "ja: The bowl that waits"
    assert 'ja: See <a href="/x/">here</a>.' in str(twin.body[0].value["text"])
    assert provenance.record_of(twin).written_by == "machine"
    assert "ja: The bowl" not in client.get(f"/ja/stories/{story.slug}/").content.decode()


def test_an_operator_may_let_stories_go_live_at_once(settings, commit):
    settings.MARKETPLACE_MACHINE_PAGES_LIVE = True
    story = make_story()["en"]
    assert run(story, "ja") == "translated"
    commit()
    twin = StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja")
    assert twin.live
    assert provenance.record_of(twin).written_by == "machine"


def test_a_live_page_is_not_changed_behind_its_readers_back(settings, commit):
    settings.MARKETPLACE_MACHINE_PAGES_LIVE = True
    story = make_story()["en"]
    run(story, "ja")
    commit()
    settings.MARKETPLACE_MACHINE_PAGES_LIVE = False
    story.intro = "In other words."
    story.save_revision().publish()
    assert run(StoryPage.objects.get(pk=story.pk), "ja") == "prepared"
    twin = StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja")
    assert twin.intro == "ja: In short."
    assert StringTranslation.objects.filter(data="ja: In other words.").exists()


def test_a_story_that_an_editor_translated_is_kept():
    story = make_story(title={"en": "The bowl that waits", "ja": "待つ椀"})["en"]
    assert run(story, "ja") == "kept"
    assert (
        StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja").title
        == "待つ椀"
    )


def test_languages_that_services_would_shorten_keep_their_script():
    string = type("String", (), {"data": "words"})
    asked = DeepL({"AUTH_KEY": "key:fx"}).get_parameters(Coded("en"), Coded("zh-hant"), [string])
    assert (asked["source_lang"], asked["target_lang"]) == ("EN", "ZH-HANT")
    assert LibreTranslate({}).language_code("zh-hant") == "zt"
    assert LibreTranslate({}).language_code("ja") == "ja"


def test_the_service_is_chosen_by_the_environment(monkeypatch):
    for name in ("MACHINE_TRANSLATOR", "DEEPL_KEY", "LIBRETRANSLATE_URL", "GOOGLE_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    assert machine_translator(production=True) is None
    assert machine_translator(production=False)["CLASS"].endswith("DummyTranslator")
    monkeypatch.setenv("MACHINE_TRANSLATOR", "deepl")
    with pytest.raises(ImproperlyConfigured, match="DEEPL_KEY is not set"):
        machine_translator(production=True)
    monkeypatch.setenv("DEEPL_KEY", "secret")
    assert machine_translator(production=True)["OPTIONS"] == {"AUTH_KEY": "secret", "TIMEOUT": 20}


def test_an_unknown_service_stops_the_start_with_a_sentence():
    values = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "storefront.settings",
        "MACHINE_TRANSLATOR": "babelfish",
    }
    code = "from django.conf import settings; settings.DEBUG"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=values, capture_output=True, text=True
    )
    assert answer.returncode != 0
    assert "MACHINE_TRANSLATOR is 'babelfish'. Set it to one of: none, dummy" in answer.stderr
