"""Where a piece can be read, and the maker's own words in further languages: written, refused, overtaken."""

import re

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation

from catalogue.models import Product, ProductText, TranslationRecord
from catalogue.provenance import record_of, writing_as
from marketplace.workshops.words import read_words
from storefront.listing.models import ProductCard
from tests.factories import make_piece

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]


@pytest.fixture(autouse=True)
def six_languages(settings) -> None:
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = ["en", "ja", "vi", "th", "es", "zh-hant"]


def make_bowl(cast) -> Product:
    """In the maker's Vietnamese, and in English by an editor."""
    return make_piece(
        cast.maker.workshop,
        source="vi",
        title={"vi": "Bát sơn mài", "en": "Lacquer bowl"},
        summary={"vi": "Chín lớp sơn.", "en": "Nine coats."},
        description={"vi": "Dài.", "en": "Long."},
    )


@pytest.fixture
def bowl(cast, recorded) -> Product:
    return recorded(make_bowl, cast)


def list_path(person, piece: Product) -> str:
    return reverse("desk:piece-languages", kwargs={"workshop": person.workshop.slug, "pk": piece.pk})


def path_of(person, piece: Product, language: str) -> str:
    names = {"workshop": person.workshop.slug, "pk": piece.pk, "language": language}
    return reverse("desk:piece-words", kwargs=names)


def words(piece: Product, language: str) -> tuple[str, ...] | None:
    row = piece.texts.filter(locale__language_code=language).first()
    return row and row.words


def writer(piece: Product, language: str) -> tuple | None:
    known = record_of(piece.texts.get(locale__language_code=language))
    return known and (known.written_by, known.stale, known.author)


def form_of(page) -> dict:
    """What a browser would send back from the form of ``page`` without touching it."""
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in ("title", "summary", "description")}
    labels = {row["label"].html_name: row["label"].value() or "" for row in page.context["labels"]}
    return {**data, **labels, "seen": form.seen}


def change_source(piece: Product, title: str) -> None:
    row = piece.texts.get(locale__language_code=piece.source_language)
    row.title = title
    row.save()


def snapshot(piece: Product) -> list:
    rows = ProductText.objects.filter(owner=piece).order_by("pk")
    return [*rows.values(), *TranslationRecord.objects.order_by("pk").values()]


# Looking


def test_the_screen_lists_every_language_with_its_state(cast, bowl):
    page = cast.maker.client.get(list_path(cast.maker, bowl))
    shown = {row["code"]: row["state_text"] for row in page.context["rows"]}
    assert shown == {
        "vi": "Your own words",
        "en": "Written by an editor",
        "ja": "Nothing yet",
        "th": "Nothing yet",
        "es": "Nothing yet",
        "zh-hant": "Nothing yet",
    }
    assert "Can be read in 2 of 6 languages" in page.text
    links = {row["code"]: row["shop_url"] for row in page.context["rows"] if row["shop_url"]}
    assert set(links) == {"vi", "en"}
    for code, link in links.items():
        answer = cast.stranger.client.get(link, follow=True)
        assert words(bowl, code)[0] in answer.text


def test_the_list_and_the_page_of_the_piece_show_how_far_it_can_be_read(cast, bowl):
    here = reverse("desk:pieces", kwargs={"workshop": cast.maker.workshop.slug})
    for path in (here, reverse("desk:piece", kwargs={"workshop": cast.maker.workshop.slug, "pk": bowl.pk})):
        text = cast.maker.client.get(path).text
        assert "Can be read in 2 of 6 languages" in text
        assert f'href="{list_path(cast.maker, bowl)}"' in text


def test_a_changed_original_marks_the_translations_out_of_date(cast, bowl):
    change_source(bowl, "Bát sơn mài đỏ")
    page = cast.maker.client.get(list_path(cast.maker, bowl))
    assert [row["code"] for row in page.context["rows"] if row["stale"]] == ["en"]
    assert "Your own words have changed since this was written." in page.text


# Writing


def test_a_maker_writes_her_piece_in_another_language(cast, bowl):
    languages = list_path(cast.maker, bowl)
    page = cast.maker.client.get(path_of(cast.maker, bowl, "ja"))
    assert page.context["form"].initial["title"] == ""
    answer = cast.maker.client.post(
        path_of(cast.maker, bowl, "ja"),
        form_of(page) | {"title": " 漆の椀 ", "summary": "九層。", "description": "一。\r\n\r\n二。"},
    )
    assert answer["Location"] == languages
    assert words(bowl, "ja") == ("漆の椀", "九層。", "一。\n\n二。")
    assert writer(bowl, "ja") == ("maker", False, cast.maker.user)
    assert len(set(bowl.texts.values_list("translation_key", flat=True))) == 1
    assert ProductCard.objects.get(pk=bowl.pk).texts["ja"]["title"] == "漆の椀"
    readers = cast.stranger.client.get(f"/ja/products/{bowl.slug}-{bowl.pk}/", follow=True)
    assert "漆の椀" in readers.text and "二。" in readers.text
    assert "Can be read in 3 of 6 languages" in cast.maker.client.get(languages).text


def test_her_helper_may_do_the_same(cast, bowl):
    path = path_of(cast.helper, bowl, "es")
    cast.helper.client.post(path, form_of(cast.helper.client.get(path)) | {"title": "Cuenco lacado"})
    assert words(bowl, "es") == ("Cuenco lacado", "", "")
    assert writer(bowl, "es") == ("maker", False, cast.helper.user)


def test_she_sees_the_words_of_an_editor_while_she_replaces_them(cast, bowl):
    path = path_of(cast.maker, bowl, "en")
    page = cast.maker.client.get(path)
    assert form_of(page) | {"seen": ""} == {
        "title": "Lacquer bowl",
        "summary": "Nine coats.",
        "description": "Long.",
        "seen": "",
    }
    wrong = cast.maker.client.post(path, form_of(page) | {"title": "", "summary": "Twelve coats."})
    assert wrong.status_code == 400
    for text in ("Please give a title.", "Lacquer bowl", "Nine coats.", "Twelve coats.", "Chín lớp sơn."):
        assert text in wrong.text
    cast.maker.client.post(path, form_of(page) | {"summary": "Twelve coats."})
    assert words(bowl, "en") == ("Lacquer bowl", "Twelve coats.", "Long.")
    assert writer(bowl, "en") == ("maker", False, cast.maker.user)


def test_a_machines_words_that_she_corrects_are_hers_and_no_machine_writes_over_them(cast, bowl):
    with writing_as("machine"):
        bowl.texts.create(locale=Locale.objects.get(language_code="ja"), title="ボウル", summary="九。")
    assert writer(bowl, "ja") == ("machine", False, None)
    path = path_of(cast.maker, bowl, "ja")
    page = cast.maker.client.get(path)
    assert "Written by a machine" in page.text
    cast.maker.client.post(path, form_of(page) | {"title": "漆の椀"})
    assert writer(bowl, "ja") == ("maker", False, cast.maker.user)
    memory = StringTranslation.objects.filter(locale__language_code="ja")
    assert {(row.data, row.translation_type) for row in memory} == {("漆の椀", "manual"), ("九。", "manual")}


def test_writing_again_brings_a_text_up_to_date(cast, bowl):
    change_source(bowl, "Bát sơn mài đỏ")
    path = path_of(cast.maker, bowl, "en")
    page = cast.maker.client.get(path)
    assert "It is still right" in page.text
    cast.maker.client.post(path, form_of(page) | {"title": "Red lacquer bowl"})
    assert writer(bowl, "en") == ("maker", False, cast.maker.user)


def test_she_may_say_that_a_text_is_still_right(cast, bowl):
    change_source(bowl, "Bát sơn mài.")
    path = path_of(cast.maker, bowl, "en")
    cast.maker.client.post(path, form_of(cast.maker.client.get(path)) | {"action": "keep"})
    assert words(bowl, "en") == ("Lacquer bowl", "Nine coats.", "Long.")
    assert writer(bowl, "en") == ("editor", False, None)


def test_saving_an_untouched_form_changes_nothing(cast, bowl):
    change_source(bowl, "Bát sơn mài đỏ")
    path, before = path_of(cast.maker, bowl, "en"), snapshot(bowl)
    assert cast.maker.client.post(path, form_of(cast.maker.client.get(path))).status_code == 302
    assert snapshot(bowl) == before


def test_the_names_of_variants_are_written_on_the_same_page(cast):
    scarf = make_piece(
        cast.maker.workshop,
        source="vi",
        title={"vi": "Khăn"},
        variants={"Nhỏ": ("12.00", 2), "To": ("18.00", 2)},
    )
    small, large = scarf.children.order_by("pk")
    path = path_of(cast.maker, scarf, "ja")
    page = cast.maker.client.get(path)
    assert "Nhỏ" in page.text
    fields = {"title": "襟巻", f"variant-{small.pk}-label": "小", f"variant-{large.pk}-label": ""}
    assert cast.maker.client.post(path, form_of(page) | fields).status_code == 302
    assert read_words(scarf, "ja").labels == {small.pk: "小"}
    assert record_of(small.texts.get(locale__language_code="ja")).written_by == "maker"
    readers = cast.stranger.client.get(f"/ja/products/{scarf.slug}-{scarf.pk}/", follow=True).text
    assert "小" in readers and re.search(r'<span lang="vi">To</span>', readers)


# Refusals


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please give a title."),
        ({"title": "  \u200e\n"}, "Please give a title."),
        ({"title": "x" * 256}, "at most 255 letters"),
        ({"title": "椀", "description": "x" * 10_001}, "at most 10000 letters"),
        ({"title": "<b>椀</b>"}, "Please write plain words"),
        ({"title": "椀", "summary": "<script>alert(1)</script>"}, "Please write plain words"),
        (
            {"title": "Bát sơn mài", "summary": "Chín lớp sơn.", "description": "Dài."},
            "same as your own text",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(cast, bowl, typed, said):
    path, before = path_of(cast.maker, bowl, "ja"), snapshot(bowl)
    data = form_of(cast.maker.client.get(path)) | {"summary": "keep me"} | typed
    answer = cast.maker.client.post(path, data)
    assert answer.status_code == 400
    assert said in answer.text
    form = answer.context["form"]
    assert {name: form[name].value() for name in ("title", "summary", "description")} == {
        name: data[name] for name in ("title", "summary", "description")
    }
    assert "<script>alert" not in answer.text
    assert snapshot(bowl) == before


def test_a_small_sign_is_no_markup(cast, bowl):
    path = path_of(cast.maker, bowl, "ja")
    data = form_of(cast.maker.client.get(path)) | {"title": "椀 <3, 5 < 6 > 4"}
    assert cast.maker.client.post(path, data).status_code == 302
    assert words(bowl, "ja")[0] == "椀 <3, 5 < 6 > 4"


def test_two_people_who_write_the_same_text_see_each_others_words(cast, bowl):
    path = path_of(cast.maker, bowl, "ja")
    hers, helpers = cast.maker.client.get(path), cast.helper.client.get(path)
    cast.helper.client.post(path, form_of(helpers) | {"title": "手伝いの椀", "summary": "先に。"})
    answer = cast.maker.client.post(path, form_of(hers) | {"title": "私の椀"})
    assert answer.status_code == 409
    assert "Somebody else has changed these words while you were writing." in answer.text
    assert "手伝いの椀" in answer.text and "私の椀" in answer.text
    assert words(bowl, "ja") == ("手伝いの椀", "先に。", "")
    assert writer(bowl, "ja")[2] == cast.helper.user
    assert cast.maker.client.post(path, form_of(answer)).status_code == 302
    assert words(bowl, "ja") == ("私の椀", "", "")
    assert writer(bowl, "ja")[2] == cast.maker.user


def test_a_stale_text_that_changed_meanwhile_is_not_called_right(cast, bowl):
    change_source(bowl, "Bát sơn mài đỏ")
    path = path_of(cast.maker, bowl, "en")
    page = cast.maker.client.get(path)
    with writing_as("machine"):
        row = bowl.texts.get(locale__language_code="en")
        row.title = "Bowl red"
        row.save()
    change_source(bowl, "Bát sơn mài")
    before = snapshot(bowl)
    assert cast.maker.client.post(path, form_of(page) | {"action": "keep"}).status_code == 409
    assert snapshot(bowl) == before


@pytest.mark.parametrize("language", ["vi", "ko", "fr", "xx"])
def test_her_own_language_and_those_that_the_shop_does_not_speak_have_no_form(cast, bowl, language):
    before = snapshot(bowl)
    path = path_of(cast.maker, bowl, language)
    assert cast.maker.client.get(path).status_code == 404
    assert cast.maker.client.post(path, {"title": "Something"}).status_code == 404
    assert snapshot(bowl) == before


def test_nobody_else_sees_or_writes_them(cast, bowl):
    before = snapshot(bowl)
    for path in (list_path(cast.maker, bowl), path_of(cast.maker, bowl, "ja")):
        for person, statuses in (
            (cast.other_maker, {404}),
            (cast.buyer, {403}),
            (cast.agency, {403}),
            (cast.staff, {403}),
            (cast.stranger, {302}),
        ):
            assert person.client.get(path).status_code in statuses, person
            assert person.client.post(path, {"title": "Mine"}).status_code in statuses | {405}, person
    own = {"workshop": cast.other_maker.workshop.slug, "pk": bowl.pk}
    assert cast.other_maker.client.get(reverse("desk:piece-languages", kwargs=own)).status_code == 404
    path = reverse("desk:piece-words", kwargs=own | {"language": "ja"})
    assert cast.other_maker.client.post(path, {"title": "Mine"}).status_code == 404
    assert snapshot(bowl) == before


def test_a_language_without_the_description_does_not_count_as_readable(cast, bowl):
    bowl.texts.create(locale=Locale.objects.get(language_code="ja"), title="朱の椀", summary="")
    assert "The description is still missing" in cast.maker.client.get(path_of(cast.maker, bowl, "ja")).text
    assert "Can be read in 2 of 6 languages" in cast.maker.client.get(list_path(cast.maker, bowl)).text
    bowl.texts.filter(locale__language_code="ja").update(description="漆を十二回。")
    assert "The description is still missing" not in cast.maker.client.get(path_of(cast.maker, bowl, "ja")).text
    assert "Can be read in 3 of 6 languages" in cast.maker.client.get(list_path(cast.maker, bowl)).text
