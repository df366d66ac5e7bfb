"""A page that is not translated is met in the best words there are, under the reader's own language, and says so."""

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from wagtail.models import Locale, Page, PageViewRestriction

from catalogue.text import chain, shown_in
from storefront.models import HomePage
from tests.factories import make_place_page, make_story, make_village

pytestmark = pytest.mark.django_db


def label(shown: str, language: str = "th") -> str:
    with override(language):
        return shown_in(shown, language)


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser")


def unpublish(page: Page) -> None:
    page.specific.unpublish()


@pytest.fixture
def no_thai_tree(reference_data, commit):
    """A language without any page."""
    reference_data.homes["th"].delete()
    commit()


def test_the_chain_is_the_readers_language_the_operators_and_the_source(settings):
    settings.MARKETPLACE_FALLBACK_LANGUAGES = ["en", "ja"]
    assert chain("th", "vi") == ["th", "en", "ja", "vi"]
    settings.MARKETPLACE_FALLBACK_LANGUAGES = {"th": ["vi"], "default": ["en"]}
    assert chain("th", "es") == ["th", "vi", "es"]
    assert chain("ja", "es") == ["ja", "en", "es"]


def test_an_untranslated_story_is_served_in_english_and_says_so(client):
    story = make_story(title="The bowl that waits", slug="bowl", body=[_text("He waits.")])["en"]
    answer = client.get("/th/stories/bowl/")
    html = soup(answer)
    assert html.html["lang"] == "th"
    assert html.h1.text == story.title
    assert (
        html.h1["lang"] == html.find(class_="lead")["lang"] == html.find(class_="story-body")["lang"] == "en"
    )
    assert answer.context["text_label"] == label("en") != ""
    assert label("en") in html.article.text
    assert answer["Content-Language"] == "th"


def test_a_fallback_counts_at_its_own_address_and_is_no_translation(client):
    make_story(title={"en": "The bowl", "ja": "椀"}, slug="bowl")
    html = soup(client.get("/th/stories/bowl/"))
    assert html.find("link", rel="canonical")["href"] == "http://testserver/en/stories/bowl/"
    named = {link["hreflang"]: link["href"] for link in html.find_all("link", hreflang=True)}
    assert named == {
        "en": "http://testserver/en/stories/bowl/",
        "ja": "http://testserver/ja/stories/bowl/",
        "x-default": "http://testserver/en/stories/bowl/",
    }


def test_the_operators_chain_decides_which_language_stands_in(client, settings):
    settings.MARKETPLACE_FALLBACK_LANGUAGES = {"th": ["ja"], "default": ["en"]}
    make_story(title={"en": "The bowl", "ja": "椀"}, slug="bowl")
    assert client.get("/th/stories/bowl/").context["page"].title == "椀"
    assert client.get("/es/stories/bowl/").context["page"].title == "The bowl"


def test_without_the_chain_the_source_stands_in(client):
    make_story(title={"ja": "椀"}, slug="bowl")
    answer = client.get("/th/stories/bowl/")
    assert (answer.context["page"].title, answer.context["page_lang"]) == ("椀", "ja")


def test_a_path_of_another_tree_leads_to_the_translation(client):
    pages = make_story(title={"en": "The bowl", "th": "ชาม"}, slug="bowl")
    pages["th"].slug = "ชามรอ"
    pages["th"].save_revision().publish()
    answer = client.get("/th/stories/bowl/?from=letter")
    assert answer.status_code == 301
    assert answer["Location"] == "/th/stories/%E0%B8%8A%E0%B8%B2%E0%B8%A1%E0%B8%A3%E0%B8%AD/?from=letter"
    assert client.get(answer["Location"]).context["page"].title == "ชาม"


def test_a_translation_that_was_taken_back_is_replaced_at_its_address(client, commit):
    pages = make_story(title={"en": "The bowl", "th": "ชาม"}, slug="bowl")
    assert client.get("/th/stories/bowl/").context["page"].title == "ชาม"
    unpublish(pages["th"])
    commit()
    assert client.get("/th/stories/bowl/").context["page"].title == "The bowl"


def test_a_language_without_a_tree_has_home_indexes_and_menu(client, no_thai_tree):
    make_story(title="The bowl", slug="bowl")
    make_place_page(make_village("sao-mai"), title={"en": "Sao Mai"})
    home = client.get("/th/")
    assert home.context["page_lang"] == "en"
    assert [item["url"] for item in home.context["nav"]] == [
        f"/th/{path}/" for path in ("products", "stories", "villages", "crafts", "workshops")
    ]
    assert [card["url"] for card in home.context["featured"]] == ["/th/stories/bowl/"]
    assert [card["url"] for card in home.context["villages"]] == ["/th/villages/sao-mai/"]
    for path in ("stories/", "stories/bowl/", "villages/", "villages/sao-mai/"):
        assert client.get(f"/th/{path}").status_code == 200, path


def test_a_list_holds_every_story_once_in_the_best_language(client):
    make_story(title={"en": "One", "ja": "一"}, slug="one")
    make_story(title={"en": "Two", "ja": "二", "th": "สอง"}, slug="two")
    make_story(title={"ja": "三"}, slug="three")
    cards = client.get("/th/stories/").context["items"]
    assert [(card["title"], card["lang"], card["lang_label"]) for card in cards] == [
        ("三", "ja", label("ja")),
        ("สอง", "th", ""),
        ("One", "en", label("en")),
    ]
    html = soup(client.get("/th/stories/"))
    assert [link["lang"] for link in html.select(".story-card h3 a[lang]")] == ["ja", "en"]


def test_a_restricted_story_does_not_leak_as_a_fallback(client, commit):
    page = make_story(title="Not for all", slug="secret")["en"]
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    commit()
    answer = client.get("/th/stories/secret/")
    assert answer.status_code == 404
    for path in ("/th/", "/th/stories/", "/en/stories/", "/sitemap-stories-0.xml"):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Not for all" not in body, path
        assert b"secret" not in body, path


def test_a_restricted_translation_is_not_replaced_by_a_public_one(client, commit):
    pages = make_story(title={"en": "Open", "th": "ลับ"}, slug="bowl")
    PageViewRestriction.objects.create(page=pages["th"], restriction_type="login")
    commit()
    assert client.get("/th/stories/bowl/").status_code == 302
    assert "ลับ" not in client.get("/th/stories/").text
    assert client.get("/en/stories/bowl/").status_code == 200


def test_an_alias_in_another_language_is_no_translation(client, reference_data):
    page = make_story(title="The bowl", slug="bowl")["en"]
    page.copy_for_translation(Locale.objects.get(language_code="th"), copy_parents=True, alias=True)
    answer = client.get("/th/stories/bowl/")
    assert answer.context["page_lang"] == "en"
    assert [spot.lang for spot in answer.wsgi_request.spots.values()] == ["en"] * 6


def test_a_changed_slug_redirects_in_every_language(client, commit):
    page = make_story(title="The bowl", slug="bowl")["en"]
    page.slug = "the-new-bowl"
    page.save_revision().publish()
    commit()
    assert client.get("/en/stories/bowl/")["Location"] == "/en/stories/the-new-bowl/"
    assert client.get("/th/stories/bowl/")["Location"] == "/th/stories/the-new-bowl/"


def test_a_page_that_never_was_is_a_404_in_every_language(client):
    for language in ("en", "th", "zh-hant"):
        assert client.get(f"/{language}/stories/never/").status_code == 404


def test_an_embed_of_an_untranslated_story_leads_to_it_in_the_cards_language(client):
    page = make_story(title="The bowl", slug="bowl")["en"]
    values = client.get("/oembed/", {"url": "http://testserver/th/stories/bowl/"}).json()
    assert values["title"] == "The bowl"
    assert f"/embed/v1/th/story/bowl-{page.pk}/" in values["html"]
    card = soup(client.get(f"/embed/v1/th/story/bowl-{page.pk}/"))
    assert card.find(id="act")["href"] == "http://testserver/th/stories/bowl/"
    assert card.h1["lang"] == "en"


def test_home_pages_are_each_others_translations(client, reference_data):
    assert HomePage.objects.count() == 6
    html = soup(client.get("/vi/"))
    assert {link["hreflang"] for link in html.find_all("link", hreflang=True)} == {
        *("en", "ja", "vi", "th", "es", "zh-hant"),
        "x-default",
    }


def _text(words: str) -> dict:
    return {"type": "text", "value": {"heading": "", "text": f"<p>{words}</p>"}}
