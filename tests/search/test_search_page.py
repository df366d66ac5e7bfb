"""The page, its facets and the suggestions; and what an edit does to the index."""

import json
from urllib.parse import quote, urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from catalogue.models import ProductText
from storefront.listing import version
from storefront.search import synonyms, views
from storefront.search.models import SearchEntry, SynonymGroup
from tests.factories import make_craft, make_piece, make_place_page, make_story, make_village, make_workshop
from tests.factories.texts import index_places

MOST_STATEMENTS = 4


def make_shop():
    """Two villages with a piece each."""
    craft = make_craft("lacquer", name={"en": "Lacquer", "ja": "漆芸"})
    for slug, price in (("sun-hill", "20.00"), ("moon-hill", "200.00")):
        village = make_village(slug, name={"en": slug.replace("-", " ").title()})
        workshop = make_workshop(f"{slug}-house", village=village, name={"en": f"House of {slug}"})
        make_piece(workshop, title={"en": f"Red bowl of {slug}", "ja": "赤い椀"}, craft=craft, price=price)
    index_places()
    return craft


@pytest.fixture
def shop(db, recorded):
    return recorded(make_shop)


def page(client, q: str, language: str = "en", **filters: str) -> str:
    answer = client.get(f"/{language}/search/?{urlencode({'q': q, **filters})}")
    assert answer.status_code == 200
    return answer.content.decode()


def suggested(client, q: str, language: str = "en") -> list[dict]:
    answer = client.get(f"/{language}/search/suggest/?q={quote(q)}")
    assert answer.status_code == 200
    assert "public" in answer["Cache-Control"]
    return json.loads(answer.content)["results"]


def test_pieces_are_found_with_facets_and_counts(client, shop):
    body = page(client, "bowls")
    assert "Red bowl of sun-hill" in body and "Red bowl of moon-hill" in body
    assert 'name="village" value="sun-hill"' in body
    narrowed = page(client, "bowls", village="sun-hill", price="0")
    assert "Red bowl of sun-hill" in narrowed and "Red bowl of moon-hill" not in narrowed
    assert 'name="q" value="bowls"' in narrowed


def test_filters_reach_beyond_the_first_thousand(client, shop, monkeypatch):
    monkeypatch.setattr(views, "MOST", 1)
    monkeypatch.setattr(
        "storefront.search.views.find.__kwdefaults__", views.find.__kwdefaults__ | {"most": 1}
    )
    body = page(client, "bowls", village="sun-hill")
    assert "Red bowl of sun-hill" in body and "Red bowl of moon-hill" not in body
    assert "More than 1 results" in page(client, "bowls")


def test_a_page_that_is_none_is_not_there(client, shop):
    assert client.get("/en/search/?q=bowls&page=9").status_code == 404


def test_a_place_that_is_named_comes_first_with_its_page(client, shop):
    make_place_page(shop, title={"en": "Lacquer of the hills"})
    body = page(client, "lacquer")
    assert body.index('id="places"') < body.index('id="pieces"')
    assert "/en/crafts/lacquer/" in body


def test_what_is_in_another_language_says_so(client, db):
    make_piece(title={"ja": "津軽漆器の椀"}, source="ja")
    body = page(client, "漆器")
    assert 'lang="ja">津軽漆器の椀' in body
    assert "Shown in Japanese" in body


def test_nothing_found_helps(client, shop):
    synonyms.seed()
    body = page(client, "potery")
    assert "Nothing found yet." in body
    assert "Did you mean" in body and "?q=pottery" in body
    assert "Crafts and villages to start from" in body and "New pieces" in body


def test_some_words_are_better_than_nothing(client, shop):
    body = page(client, "crimson bowl")
    assert "Red bowl of sun-hill" in body
    assert "This comes near." in body


@pytest.mark.parametrize(
    "q",
    [
        "x" * 10_000,
        "word " * 2_000,
        '"',
        "*",
        "AND",
        "NEAR(",
        "( ) : -",
        "'",
        "\\",
        "😀",
        "a\x00b",
        "%",
        "<script>",
    ],
)
def test_rubbish_gets_a_page(client, shop, q):
    assert "<script>" not in page(client, q).split("<h1>")[1].split("</header>")[0]
    assert isinstance(suggested(client, q), list)


def test_half_a_surrogate_gets_a_page(client, shop):
    assert client.get("/en/search/?q=%ED%A0%80bowl").status_code == 200
    assert client.get("/en/search/suggest/?q=%ED%A0%80").status_code == 200


def test_suggestions_are_titles_that_begin_so(client, shop):
    assert {row["title"] for row in suggested(client, "red bo")} == {
        "Red bowl of sun-hill",
        "Red bowl of moon-hill",
    }
    first = suggested(client, "赤い", "ja")[0]
    assert (first["title"], first["lang"]) == ("赤い椀", "ja")
    assert client.get(first["url"]).status_code == 200
    assert suggested(client, "") == []


def test_a_search_takes_four_statements_at_most(client, shop, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 1)
    make_story(title={"en": "The red bowl that waits"})
    for q in ("bowl", "zzz", "red zzz", "lacquer"):
        page(client, q)
        version.forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/en/search/?q={quote(q)}&new={q}")
        assert len(captured) <= MOST_STATEMENTS, [row["sql"][:90] for row in captured]


def test_an_edit_is_found_at_once(client, shop):
    piece = make_piece(title={"en": "Blue jar"})
    text = ProductText.objects.get(owner=piece, locale__language_code="en")
    text.title = "Green pot"
    text.save()
    assert "Green pot" in page(client, "green pot")
    assert "Nothing found yet." in page(client, "jar")
    piece.texts.create(locale=Locale.objects.get(language_code="th"), title="โอ่งเขียว")
    assert suggested(client, "โอ่ง", "th")[0]["title"] == "โอ่งเขียว"


def test_what_is_hidden_or_gone_is_not_found(client, shop):
    piece = make_piece(title={"en": "Blue jar"})
    assert "Blue jar" in page(client, "jar")
    piece.is_public = False
    piece.save()
    assert not SearchEntry.objects.filter(kind="product", object_id=piece.pk).exists()
    piece.is_public = True
    piece.save()
    pk = piece.pk
    assert SearchEntry.objects.filter(kind="product", object_id=pk).exists()
    piece.stockrecords.all().delete()
    piece.delete()
    assert not SearchEntry.objects.filter(kind="product", object_id=pk).exists()


def test_a_new_name_reaches_the_pieces_and_stories_of_a_place(client, shop):
    craft = make_craft("weaving", name={"en": "Weaving"})
    make_piece(title={"en": "Blue cloth"}, craft=craft)
    make_story(title={"en": "A morning"}, craft=craft)
    row = craft.texts.get()
    row.name = "Damask"
    row.save()
    body = page(client, "damask")
    assert "Blue cloth" in body and "A morning" in body


def test_a_story_follows_its_page(client, shop):
    story = make_story(title={"en": "Nine nights at the kiln"})["en"]
    assert "Nine nights" in page(client, "nine nights")
    story.title = "Ten mornings"
    story.save_revision().publish()
    assert "Ten mornings" in page(client, "mornings")
    story.unpublish()
    assert "Ten mornings" not in page(client, "mornings")
    assert not SearchEntry.objects.filter(kind="story").exists()


def test_a_story_that_is_not_for_everyone_is_not_found(client, shop):
    from wagtail.models import PageViewRestriction

    story = make_story(title={"en": "Secret of the vat"})["en"]
    PageViewRestriction.objects.create(page=story, restriction_type=PageViewRestriction.LOGIN)
    assert suggested(client, "secret of") == []
    assert "Secret of the vat" not in page(client, "secret vat")


def test_staff_teach_the_search_a_word(client, shop):
    assert "Nothing found yet." in page(client, "dulang")
    SynonymGroup.objects.create(name="bowl-2", words="bowl\ndulang")
    assert "2 results for “dulang”" in page(client, "dulang")


def test_seeding_again_keeps_what_staff_wrote(db):
    synonyms.seed()
    SynonymGroup.objects.filter(name="pottery").update(words="mud", active=False)
    assert synonyms.seed() == 0
    assert SynonymGroup.objects.get(name="pottery").words == "mud"
    SynonymGroup.objects.filter(name="pottery").delete()
    assert synonyms.seed() == 1


def test_the_index_can_be_made_anew(shop, capsys):
    before = set(SearchEntry.objects.values_list("thing", "language", "exact"))
    SearchEntry.objects.filter(kind="product").delete()
    SearchEntry.objects.update(exact="wrong")
    SearchEntry.objects.create(
        thing="product-0", kind="product", object_id=0, language="en", rank=2,
        listed_at="2020-01-01T00:00Z", title="Ghost", exact="ghost", tokens="hagohst bagohst",
    )  # fmt: skip
    call_command("rebuild_search")
    assert "2 of 2 pieces" in capsys.readouterr().out
    assert set(SearchEntry.objects.values_list("thing", "language", "exact")) == before


@pytest.mark.django_db
def test_a_story_that_is_found_by_another_languages_words_is_shown_in_the_readers_own(client):
    make_story(
        title={"en": "The bowl that waits", "ja": "待つ漆の椀"}, slug="waits", village=make_village("sao-mai")
    )
    page = client.get("/en/search/", {"q": "漆の椀"}).content.decode()
    assert "The bowl that waits" in page
    assert "待つ漆の椀" not in page and "Shown in Japanese" not in page
