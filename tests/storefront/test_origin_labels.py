"""What readers of a piece are told of its words: in which language, translated by whom, and what was filled from where."""

import re

import pytest

from catalogue.models import Product
from catalogue.provenance import writing_as
from tests.factories import make_craft, make_material, make_piece, make_village, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
BOTH = {"vi": "Bát sơn mài", "ja": "漆の椀"}


def make_bowl(written_by: str = "editor", **fields) -> Product:
    values = {
        "source": "vi",
        "title": BOTH,
        "summary": {"vi": "Chín lớp sơn.", "ja": "九層。"},
        "description": {"vi": "Lâu khô.", "ja": "ゆっくり乾く。"},
    }
    with writing_as(written_by):
        return make_piece(**values | fields)


def see(client, piece: Product, language: str) -> str:
    return client.get(f"/{language}/products/{piece.slug}-{piece.pk}/", follow=True).text


def labels_of(page: str) -> list[str]:
    main = page.partition('<article class="product">')[2].partition("</article>")[0]
    return re.findall(r'<span class="text-label">(.*?)</span>', main)


def card_labels_of(page: str) -> list[str]:
    return re.findall(r'<p class="label">(.*?)</p>', page)


def change_source(piece: Product) -> None:
    row = piece.texts.get(locale__language_code="vi")
    row.title += " đỏ"
    row.save()


@pytest.mark.parametrize(
    ("written_by", "words"),
    [("maker", "by the maker"), ("editor", "by an editor"), ("machine", "by machine")],
)
def test_a_piece_and_its_card_say_who_translated_them(client, written_by, words):
    bowl = make_bowl(
        written_by, title={"vi": "Bát sơn mài", "en": "Lacquer bowl"}, summary="", description=""
    )
    wanted = f"Translated from Vietnamese {words}"
    assert labels_of(see(client, bowl, "en")) == [wanted]
    card = client.get(f"/embed/v1/en/product/{bowl.slug}-{bowl.pk}/", follow=True)
    assert card_labels_of(card.text) == [wanted]
    change_source(bowl)
    assert labels_of(see(client, bowl, "en")) == [f"{wanted}. The original has changed since"]
    card = client.get(f"/embed/v1/en/product/{bowl.slug}-{bowl.pk}/", follow=True)
    assert card_labels_of(card.text) == [f"{wanted}. The original has changed since"]


def test_the_makers_own_words_are_only_labelled_for_readers_of_another_language(client):
    bowl = make_bowl(title={"vi": "Bát sơn mài"}, summary="", description={"vi": "Lâu khô."})
    assert labels_of(see(client, bowl, "en")) == ["Shown in Vietnamese"]
    assert '<h1 lang="vi">Bát sơn mài</h1>' in see(client, bowl, "en")


def test_a_translation_that_stands_in_says_both(client):
    bowl = make_bowl(title={"vi": "Bát sơn mài", "en": "Lacquer bowl"}, summary="", description="")
    page = see(client, bowl, "ja")
    assert '<h1 lang="en">Lacquer bowl</h1>' in page
    assert len(labels_of(page)) == 2


def test_what_a_translation_leaves_open_is_filled_from_the_makers_words_and_says_so(client):
    bowl = make_bowl(
        title={"vi": "Bát sơn mài", "en": "Lacquer bowl"},
        summary={"vi": "Chín lớp sơn.", "en": "Nine coats."},
        description={"vi": "Lâu khô."},
    )
    page = see(client, bowl, "en")
    assert "<h1>Lacquer bowl</h1>" in page and '<p class="lead">Nine coats.</p>' in page
    assert '<div lang="vi"><p>Lâu khô.</p></div>' in page
    assert labels_of(page) == ["Translated from Vietnamese by an editor", "Shown in Vietnamese"]


def test_names_in_another_language_carry_it(client):
    village = make_village(name={"en": "Star Village"})
    workshop = make_workshop(village=village, name={"en": "Star Lacquer"}, summary={"en": "Ten hands."})
    materials = [make_material(name={"en": "Bamboo"}), make_material(name={"en": "Tin", "ja": "錫"})]
    bowl = make_bowl(workshop=workshop, craft=make_craft(name={"en": "Lacquer"}), materials=materials)
    page = see(client, bowl, "ja")
    main = page.partition("<main")[2].partition("</main>")[0]
    for name in ("Star Village", "Star Lacquer", "Lacquer", "Bamboo", "Ten hands."):
        assert re.search(rf'lang="en"[^>]*>{name}<', main), name
        assert not re.search(rf"<(?![^>]*lang=)[^>]*>{name}<", main), name
    assert not re.search(r'lang="[^"]*">錫', main)


def test_variants_without_a_name_in_the_readers_language_say_so_once(client):
    scarf = make_bowl(title={"vi": "Khăn", "en": "Scarf"}, variants={"Nhỏ": ("12.00", 2), "To": ("18.00", 2)})
    page = see(client, scarf, "en")
    assert '<span lang="vi">Nhỏ</span>' in page and '<span lang="vi">To</span>' in page
    legend = re.search(r"<legend>(.*?)</legend>", page).group(1)
    assert legend == 'Choose one <span class="text-label">Shown in Vietnamese</span>'
