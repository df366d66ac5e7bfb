"""Words of pieces, places and stories in further languages, through wagtail-localize as an editor uses it."""

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from catalogue.models import ProductText
from marketplace.workshops.models import VillageText
from storefront.listing.cards import card_path
from storefront.listing.directory import get_directory
from storefront.listing.models import ProductCard
from storefront.models import StoryPage
from tests.factories import make_piece, make_story, make_village, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
WORDS = {"Tô sơn mài đỏ": "Red lacquer bowl", "Chín lớp sơn.": "Nine coats.", "Làng Sao": "Star Village"}


def submit(client, row, language: str) -> Translation:
    """What "Translate" in the admin does."""
    names = (row._meta.app_label, row._meta.model_name, row.pk)
    path = reverse("wagtail_localize:submit_snippet_translation", args=names)
    locale = Locale.objects.get(language_code=language)
    assert client.get(path).status_code == 200
    assert client.post(path, {"locales": [locale.pk]}).status_code == 302
    source = TranslationSource.objects.get_for_instance(row)
    return Translation.objects.get(source=source, target_locale=locale)


def translate(client, translation: Translation, edit_url: str) -> None:
    """Type every translation into wagtail-localize's editor and publish."""
    assert client.get(edit_url).status_code == 200
    for segment in StringSegment.objects.filter(source=translation.source).select_related("string"):
        path = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
        response = client.put(
            path, f"value={WORDS[segment.string.data]}", content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code in (200, 201)
    assert client.post(edit_url, {"action": "publish"}).status_code == 302


def edit_url_of(row) -> str:
    return reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])


def make_bowl():
    return make_piece(make_workshop(source="vi"), source="vi", title="Tô sơn mài đỏ", summary="Chín lớp sơn.")


def bowl_page(bowl) -> str:
    return card_path(ProductCard.objects.get(pk=bowl.pk), "en")


def test_a_piece_is_translated_from_its_makers_language(staff, client):
    bowl = make_bowl()
    translation = submit(staff, bowl.texts.get(), "en")
    english = bowl.texts.get(locale__language_code="en")
    translate(staff, translation, edit_url_of(english))

    english.refresh_from_db()
    assert (english.title, english.summary) == ("Red lacquer bowl", "Nine coats.")
    assert english.owner == bowl
    assert english.translation_key == bowl.texts.get(locale__language_code="vi").translation_key
    assert StringTranslation.objects.filter(
        translation_of__data="Tô sơn mài đỏ", data="Red lacquer bowl"
    ).exists()
    html = client.get(bowl_page(bowl)).content.decode()
    assert "Red lacquer bowl" in html
    assert "Translated from Vietnamese" in html


def test_the_owner_cannot_be_changed_by_a_translation(staff):
    bowl = make_bowl()
    translation = submit(staff, bowl.texts.get(), "en")
    assert not translation.source.overridablesegment_set.exists()
    assert bowl.texts.get(locale__language_code="en").owner == bowl


def test_a_piece_that_waits_for_its_translator_is_shown_in_its_makers_words_and_says_so(staff, client):
    bowl = make_bowl()
    submit(staff, bowl.texts.get(), "en")
    html = client.get(bowl_page(bowl)).content.decode()
    assert "Tô sơn mài đỏ" in html
    assert "Vietnamese" in html
    assert 'lang="vi"' in html
    assert bowl.card.texts.keys() == {"vi"}


def test_a_village_that_waits_for_its_translator_keeps_its_language(staff, commit):
    village = make_village(source="vi", name="Làng Sao")
    translation = submit(staff, village.texts.get(), "en")
    commit()
    assert get_directory("en").villages[village.pk].lang == "vi"

    translate(staff, translation, edit_url_of(village.texts.get(locale__language_code="en")))

    place = get_directory("en").villages[village.pk]
    assert (place.name, place.lang) == ("Star Village", "en")


def test_the_form_of_a_village_tells_which_languages_are_there_and_which_wait(staff):
    village = make_village(source="vi", name={"vi": "Làng Sao", "ja": "星の村"})
    submit(staff, village.texts.get(locale__language_code="vi"), "en")
    html = staff.get(reverse("villages:edit", args=[village.pk])).content.decode()
    assert "星の村" in html
    assert html.count("not translated yet") == 1
    assert (
        reverse(
            "wagtail_localize:submit_snippet_translation",
            args=["marketplace_workshops", "villagetext", village.texts.get(locale__language_code="vi").pk],
        )
        in html
    )


def test_a_row_in_a_further_language_joins_the_others(db):
    village = make_village(name={"en": "Sao Mai", "ja": "サオマイ"})
    assert len(set(village.texts.values_list("translation_key", flat=True))) == 1
    assert (
        VillageText.objects.exclude(owner=village)
        .filter(translation_key=village.texts.first().translation_key)
        .count()
        == 0
    )
    bowl = make_bowl()
    ProductText.objects.create(owner=bowl, locale=Locale.objects.get(language_code="ja"), title="椀")
    assert len(set(bowl.texts.values_list("translation_key", flat=True))) == 1


def test_a_story_sent_to_the_translators_stays_a_draft_until_they_publish_it(staff, client, reference_data):
    story = make_story(title="The bowl that waits")["en"]
    japanese = reference_data.homes["ja"].locale
    path = reverse("wagtail_localize:submit_page_translation", args=[story.pk])
    assert staff.post(path, {"locales": [japanese.pk]}).status_code == 302
    twin = StoryPage.objects.get(translation_key=story.translation_key, locale=japanese)
    assert not twin.live
    untranslated = client.get(f"/ja/stories/{twin.slug}/")
    assert untranslated.context["text_label"] == "英語で表示しています"
    assert 'hreflang="ja" href="http' not in client.get(f"/en/stories/{story.slug}/").content.decode()

    staff.post(reverse("wagtailadmin_pages:edit", args=[twin.pk]), {"action": "publish"})

    assert client.get(f"/ja/stories/{twin.slug}/").status_code == 200
