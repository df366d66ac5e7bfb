"""Who wrote a translation, from which words of the source, and that it grows stale when these change."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from catalogue.models import ProductText, TranslationRecord
from catalogue.provenance import (
    confirm,
    digest,
    label,
    record,
    record_of,
    source_changed,
    source_of,
    unrecorded,
    with_provenance,
    with_source_language,
    words_of,
    writing_as,
)
from catalogue.record_missing import record_missing
from storefront.models import StoryPage
from tests.factories import make_craft, make_picture, make_piece, make_story, make_user, make_village
from tests.people import run_commit_hooks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
BOTH = {"vi": "Bát sơn mài", "en": "Lacquer bowl"}


def make_bowl(title=BOTH, **fields):
    return make_piece(source="vi", title=title, **fields)


def text_of(piece, language: str) -> ProductText:
    return piece.texts.select_related("owner", "locale").get(locale__language_code=language)


def facts(row) -> tuple | None:
    """(written_by, stale) of the record; None without one."""
    found = record_of(row)
    return found and (found.written_by, found.stale)


def translate(
    row, language: str, words: dict[str, str], kind: str = "manual", publish: bool = True, user=None
):
    """What wagtail-localize does when ``words`` (source → text) have been typed or made and are published."""
    locale = Locale.objects.get(language_code=language)
    source, _made = TranslationSource.update_or_create_from_instance(row)
    translation, _made = Translation.objects.get_or_create(source=source, target_locale=locale)
    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        if segment.string.data in words:
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=locale,
                context_id=segment.context_id,
                defaults={
                    "data": words[segment.string.data],
                    "translation_type": kind,
                    "last_translated_by": user,
                },
            )
    translation.save_target(publish=publish)
    run_commit_hooks()


# Text rows


def test_a_translation_has_a_record_and_its_source_has_none():
    bowl = make_bowl()
    assert facts(text_of(bowl, "en")) == ("editor", False)
    assert record_of(text_of(bowl, "en")).based_on == digest(("Bát sơn mài", "", ""))
    assert record_of(text_of(bowl, "vi")) is None
    assert TranslationRecord.objects.count() == 1


def test_who_writes_is_said_around_the_saving():
    bowl, maker = make_bowl(), make_user("hoa@example.com")
    row = text_of(bowl, "en")
    row.title = "Red lacquer bowl"
    with writing_as("maker", maker):
        row.save()
    assert (record_of(row).written_by, record_of(row).author) == ("maker", maker)
    with pytest.raises(ValueError, match="nobody"), writing_as("nobody"):
        pass


def test_other_words_in_the_source_make_its_translations_stale_and_the_old_ones_mend_them():
    bowl = make_bowl({**BOTH, "ja": "漆の椀"})
    source = text_of(bowl, "vi")
    source.title = "Bát sơn mài đỏ"
    source.save()
    assert facts(text_of(bowl, "en")) == facts(text_of(bowl, "ja")) == ("editor", True)
    source.title = "Bát sơn mài"
    source.save()
    assert facts(text_of(bowl, "en")) == ("editor", False)


def test_translating_again_clears_it_for_that_language_only():
    bowl = make_bowl({**BOTH, "ja": "漆の椀"})
    source = text_of(bowl, "vi")
    source.title = "Bát sơn mài đỏ"
    source.save()
    english = text_of(bowl, "en")
    english.title = "Red lacquer bowl"
    english.save()
    assert facts(english) == ("editor", False)
    assert record_of(english).based_on == digest(words_of(source))
    assert facts(text_of(bowl, "ja")) == ("editor", True)


def test_saving_the_same_words_changes_nothing():
    bowl = make_bowl()
    english = text_of(bowl, "en")
    with writing_as("machine"):
        english.title = "A lacquer bowl"
        english.save()
    source = text_of(bowl, "vi")
    source.title = "Bát"
    source.save()
    before = TranslationRecord.objects.values().get(translation_key=english.translation_key)
    with writing_as("maker"):
        text_of(bowl, "en").save()
    text_of(bowl, "vi").save()
    assert TranslationRecord.objects.values().get(translation_key=english.translation_key) == before


def test_line_ends_and_composition_are_no_other_words():
    assert digest(["Gốm\r\nđỏ "]) == digest(["Gốm\nđỏ"]) == digest(["Go\u0302\u0301m\nđỏ"])
    assert digest(["a", "b"]) != digest(["ab", ""])


def test_a_record_and_its_words_are_kept_or_lost_together():
    bowl = make_bowl()
    english = text_of(bowl, "en")
    english.title = "Something else"
    with pytest.raises(RuntimeError), transaction.atomic(), writing_as("maker"):
        english.save()
        raise RuntimeError
    assert (text_of(bowl, "en").title, facts(text_of(bowl, "en"))) == ("Lacquer bowl", ("editor", False))


def test_a_deleted_translation_takes_its_record_along():
    bowl = make_bowl()
    text_of(bowl, "en").delete()
    assert not TranslationRecord.objects.filter(translation_key=text_of(bowl, "vi").translation_key).exists()


def test_a_copy_of_the_source_that_nobody_translated_is_no_translation():
    bowl = make_bowl({"vi": "Bát"})
    translate(text_of(bowl, "vi"), "ja", {})
    assert text_of(bowl, "ja").title == "Bát"
    assert record_of(text_of(bowl, "ja")) is None


def test_a_confirmed_translation_is_up_to_date_and_still_its_writers():
    bowl = make_bowl()
    source = text_of(bowl, "vi")
    source.title = "Bát sơn mài đỏ"
    source.save()
    confirm(text_of(bowl, "en"))
    assert facts(text_of(bowl, "en")) == ("editor", False)


def test_the_number_of_stale_translations_is_answered_once():
    bowl = make_bowl({**BOTH, "ja": "漆の椀"})
    with unrecorded():
        source = text_of(bowl, "vi")
        source.title = "Bát sơn mài đỏ"
        source.save()
    assert source_changed(source) == 2
    assert source_changed(source) == 0


def test_crafts_and_villages_are_recorded_like_pieces():
    craft = make_craft(name={"en": "Lacquer", "ja": "漆"})
    assert facts(craft.texts.get(locale__language_code="ja")) == ("editor", False)


def test_a_reader_of_texts_gets_the_records_in_the_same_statement():
    bowl = make_bowl()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        rows = {row.title: (row.written_by, row.stale) for row in with_provenance(bowl.texts.all())}
    assert len(captured) == 1
    assert rows == {"Bát sơn mài": (None, None), "Lacquer bowl": ("editor", False)}


def test_what_was_never_recorded_is_made_up_for_and_the_rest_left_alone():
    record_missing()  # the pages that every test finds
    with unrecorded():
        bowl, story = make_bowl({**BOTH, "ja": "漆の椀"}), make_story(title={"en": "The bowl", "ja": "椀"})
    known = text_of(bowl, "ja")
    record(known, "machine")
    assert record_missing("maker") == 2
    assert facts(text_of(bowl, "en")) == facts(story["ja"]) == ("maker", False)
    assert facts(known) == ("machine", False)
    assert record_of(story["ja"]).based_on == digest(("The bowl", "In short."))
    assert record_of(text_of(bowl, "vi")) is record_of(story["en"]) is None
    assert record_missing() == 0


# wagtail-localize


def test_a_machine_is_named_until_a_person_has_touched_every_string():
    bowl = make_bowl({"vi": "Bát"}, summary={"vi": "Chín lớp."})
    source = text_of(bowl, "vi")
    translate(source, "ja", {"Bát": "椀", "Chín lớp.": "九層。"}, kind="machine")
    assert facts(text_of(bowl, "ja")) == ("machine", False)
    editor = make_user("editor@example.com")
    translate(source, "ja", {"Bát": "漆の椀"}, user=editor)
    assert facts(text_of(bowl, "ja")) == ("machine", False)
    translate(source, "ja", {"Chín lớp.": "漆を九回。"}, user=editor)
    assert facts(text_of(bowl, "ja")) == ("editor", False)
    assert record_of(text_of(bowl, "ja")).author == editor


def test_a_translation_of_older_words_is_stale_from_the_start():
    bowl = make_bowl({"vi": "Bát"})
    source = text_of(bowl, "vi")
    translate(source, "ja", {})
    source.title = "Bát đỏ"
    source.save()
    old = TranslationSource.objects.get_for_instance(source)
    segment = StringSegment.objects.get(source=old)
    japanese = Locale.objects.get(language_code="ja")
    StringTranslation.objects.create(
        translation_of=segment.string,
        locale=japanese,
        context=segment.context,
        data="椀",
        translation_type="manual",
    )
    old.translations.get().save_target()
    assert text_of(bowl, "ja").title == "椀"
    assert facts(text_of(bowl, "ja")) == ("editor", True)


def test_words_of_a_person_stay_where_the_source_has_new_ones_that_nobody_translated():
    bowl = make_bowl({"vi": "Bát"}, summary={"vi": "Chín lớp."})
    source = text_of(bowl, "vi")
    translate(source, "ja", {"Bát": "椀", "Chín lớp.": "九層。"})
    source.title = "Bát đỏ"
    source.save()
    translate(source, "ja", {"Chín lớp.": "漆を九回。"})
    japanese = text_of(bowl, "ja")
    assert (japanese.title, japanese.summary) == ("椀", "漆を九回。")
    assert facts(japanese) == ("editor", True)
    translate(source, "ja", {"Bát đỏ": "赤い椀"})
    assert (text_of(bowl, "ja").title, facts(text_of(bowl, "ja"))) == ("赤い椀", ("editor", False))


def test_what_was_never_translated_stays_empty_beside_what_was():
    bowl = make_bowl({"vi": "Bát"}, summary={"vi": "Chín lớp."}, description={"vi": "Dài."})
    translate(text_of(bowl, "vi"), "ja", {"Bát": "椀"})
    assert text_of(bowl, "ja").words == ("椀", "", "")
    translate(text_of(bowl, "vi"), "ja", {"Chín lớp.": "九層。"})
    assert text_of(bowl, "ja").words == ("椀", "九層。", "")


def test_a_makers_words_are_known_to_the_translators_and_outlive_their_next_publication():
    bowl, maker = make_bowl({"vi": "Bát"}, summary={"vi": "Chín lớp."}), make_user("hoa@example.com")
    source = text_of(bowl, "vi")
    translate(source, "ja", {"Bát": "椀", "Chín lớp.": "九層。"}, kind="machine")
    japanese = text_of(bowl, "ja")
    japanese.title = "赤い椀"
    with writing_as("maker", maker):
        japanese.save()
    memory = StringTranslation.objects.get(translation_of__data="Bát", locale=japanese.locale)
    assert (memory.data, memory.translation_type, memory.last_translated_by) == ("赤い椀", "manual", maker)
    translate(source, "ja", {})
    assert text_of(bowl, "ja").title == "赤い椀"
    assert facts(japanese) == ("maker", False)
    editor = make_user("editor@example.com")
    translate(source, "ja", {"Bát": "お椀"}, user=editor)
    assert facts(japanese) == ("editor", False)


# Pages


def make_tale(**fields) -> dict[str, StoryPage]:
    block = {"type": "quote", "value": {"quote": "Slowly.", "speaker": "Hoa", "role": ""}, "id": "a"}
    return make_story(title={"en": "The bowl"}, body=[block], intro="In short.", slug="the-bowl", **fields)


def publish(page) -> None:
    page.save_revision().publish()
    run_commit_hooks()


def in_japanese(story) -> StoryPage:
    return StoryPage.objects.get(translation_key=story.translation_key, locale__language_code="ja")


WORDS = {"The bowl": "椀", "In short.": "短く。", "Slowly.": "ゆっくり。", "Hoa": "ホア"}


def test_the_words_of_a_page_are_those_that_a_reader_reads():
    story = make_tale(hero=make_picture(), hero_alt="A bowl")["en"]
    assert words_of(story) == ("The bowl", "In short.", "A bowl", "Slowly.", "Hoa")


def test_a_page_is_recorded_when_it_goes_live_and_not_as_a_draft():
    story = make_tale()["en"]
    translate(story, "ja", WORDS, kind="machine", publish=False)
    assert record_of(in_japanese(story)) is None
    publish(in_japanese(story).get_latest_revision_as_object())
    assert facts(in_japanese(story)) == ("editor", False)
    translate(story, "ja", {})
    assert facts(in_japanese(story)) == ("machine", False)


def test_a_published_source_page_makes_its_translations_stale_only_when_its_words_changed():
    story = make_tale()["en"]
    translate(story, "ja", WORDS)
    story.hero = make_picture()
    publish(story)
    assert facts(in_japanese(story)) == ("editor", False)
    story.intro = "In a few words."
    story.save_revision()
    assert facts(in_japanese(story)) == ("editor", False)
    publish(story)
    assert facts(in_japanese(story)) == ("editor", True)


def test_a_stale_page_published_again_in_the_same_words_stays_stale():
    story = make_tale()["en"]
    translate(story, "ja", WORDS)
    story.intro = "In a few words."
    publish(story)
    japanese = in_japanese(story)
    publish(japanese)
    assert facts(japanese) == ("editor", True)
    japanese.intro = "ひとことで。"
    publish(japanese)
    assert facts(japanese) == ("editor", False)


def test_the_page_that_came_first_is_the_source():
    story = make_tale()["en"]
    translate(story, "ja", WORDS)
    assert source_of(in_japanese(story)) == story
    pages = with_source_language(with_provenance(StoryPage.objects.order_by("pk")))
    assert [(page.source_language, page.written_by, page.stale) for page in pages] == [
        ("en", None, None),
        ("en", "editor", False),
    ]


def test_a_deleted_page_takes_its_record_along():
    story = make_tale()["en"]
    translate(story, "ja", WORDS)
    in_japanese(story).delete()
    assert not TranslationRecord.objects.filter(translation_key=story.translation_key).exists()


# What readers are told


@pytest.mark.parametrize(
    ("written_by", "stale", "words"),
    [
        ("maker", False, "Translated from Vietnamese by the maker"),
        ("editor", False, "Translated from Vietnamese by an editor"),
        ("machine", False, "Translated from Vietnamese by machine"),
        ("machine", True, "Translated from Vietnamese by machine. The original has changed since"),
        (None, None, "Translated from Vietnamese"),
    ],
)
def test_the_label_is_a_few_quiet_words(written_by, stale, words):
    with override("en"):
        assert label(written_by, stale, "vi") == words


def test_a_story_page_says_who_translated_it(client):
    story = make_story(title={"en": "The bowl"}, village=make_village(name={"en": "Sao", "ja": "サオ"}))["en"]
    translate(story, "ja", {"The bowl": "椀", "In short.": "短く。"}, kind="machine")
    record(in_japanese(story), "machine")
    path = f"/ja/stories/{in_japanese(story).slug}/"
    with override("ja"):
        wanted = label("machine", False, "en")
    assert wanted in client.get(path).text
    story.intro = "In a few words."
    publish(story)
    with override("ja"):
        assert label("machine", True, "en") in client.get(path).text
    assert "Translated from" not in client.get(f"/en/stories/{story.slug}/").text


def test_what_nobody_has_translated_on_a_page_carries_its_own_language_and_a_label(client):
    said = [("a", "Slowly.", "Hoa"), ("b", "Once more.", "Hoa"), ("c", "Enough.", "Lan")]
    body = [
        {"type": "quote", "value": {"quote": quote, "speaker": speaker, "role": ""}, "id": key}
        for key, quote, speaker in said
    ]
    story = make_story(title={"en": "The bowl"}, body=body, intro="In short.", slug="the-bowl")["en"]
    translate(story, "ja", {"The bowl": "椀", "Slowly.": "ゆっくり。", "Hoa": "ホア"})
    assert record_of(in_japanese(story)).waiting == {"b": "some", "c": "all", "intro": "all"}
    page = client.get("/ja/stories/the-bowl/").text
    assert "<h1>椀</h1>" in page
    assert '<p class="lead" lang="en">In short.</p>' in page
    assert page.count('<p class="waits">') == 2
    assert len(re.findall(r'<figure class="block quote">|<figure lang="en" class="block quote">', page)) == 3
    assert re.search(r'<figure lang="en" class="block quote">\s*<blockquote><p>Enough\.', page)
    rest = {"In short.": "短く。", "Once more.": "もう一度。", "Enough.": "十分。", "Lan": "ラン"}
    translate(story, "ja", rest)
    assert record_of(in_japanese(story)).waiting == {}
    page = client.get("/ja/stories/the-bowl/").text
    assert 'class="waits"' not in page and "もう一度。" in page
