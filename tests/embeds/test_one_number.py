"""A story has one card number, that of its source, in every language; the numbers of its translations lead there."""

import pytest
from bs4 import BeautifulSoup

from marketplace.partnerships import counting
from marketplace.partnerships.models import CardCount
from tests.embeds.conftest import SITE
from tests.factories import make_agency, make_place_page, make_story, make_workshop

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def pages(db):
    return make_story(title={"en": "The bowl that waits", "ja": "待つ椀", "vi": "Chiếc bát chờ"}, slug="bowl")


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_the_other_numbers_lead_to_the_one_and_keep_the_options(client, pages):
    number = pages["en"].pk
    for language in ("en", "ja", "vi", "th"):
        here = f"/embed/v1/{language}/story/bowl-{number}/"
        assert soup(client.get(here)).body["data-card"] == f"story-{number}"
        for other in (pages["ja"], pages["vi"]):
            answer = client.get(f"/embed/v1/{language}/story/bowl-{other.pk}/?theme=dark&currency=KRW")
            assert (answer.status_code, answer["Location"]) == (301, f"{here}?currency=KRW&theme=dark")
            assert "X-Frame-Options" not in answer


def test_oembed_and_the_card_of_an_address_name_it(client, pages):
    for language, page in pages.items():
        url = SITE + page.public_url
        html = client.get("/oembed/", {"url": url}).json()["html"]
        src = BeautifulSoup(html, "html.parser").iframe["src"]
        assert src == f"{SITE}/embed/v1/{language}/story/bowl-{pages['en'].pk}/"
        assert client.get("/embed/v1/card", {"url": url}).content == client.get(src.removeprefix(SITE)).content
        assert client.get(f"/api/v1/stories/{page.pk}").json()["item"]["id"] == pages["en"].pk


def test_the_number_stays_when_the_source_is_taken_back(client, pages):
    """Wherever any translation lives, the card shows what the site shows."""
    number = pages["en"].pk
    pages["en"].unpublish()
    pages["vi"].unpublish()
    for language in ("en", "ja", "es"):
        html = soup(client.get(f"/embed/v1/{language}/story/bowl-{number}/"))
        assert (html.h1.text, html.h1.get("lang", html.article["lang"])) == ("待つ椀", "ja")
        assert client.get(html.find(id="act")["href"].removeprefix(SITE)).status_code == 200
        answer = client.get(f"/embed/v1/{language}/story/bowl-{pages['vi'].pk}/")
        assert (answer.status_code, answer["Location"]) == (301, f"/embed/v1/{language}/story/bowl-{number}/")
    pages["ja"].unpublish()
    for page in pages.values():
        assert client.get(f"/embed/v1/en/story/bowl-{page.pk}/").status_code == 410


def test_a_draft_source_does_not_tell_its_slug(client, pages):
    type(pages["en"]).objects.filter(pk=pages["en"].pk).update(live=False, first_published_at=None, slug="secret")
    answer = client.get(f"/embed/v1/ja/story/bowl-{pages['ja'].pk}/")
    assert answer["Location"] == f"/embed/v1/ja/story/bowl-{pages['en'].pk}/"
    assert "secret" not in soup(client.get(answer["Location"])).text


def test_visit_days_have_one_number_too(client, db):
    pages = make_place_page(make_workshop().village)
    answer = client.get(f"/embed/v1/ja/visits/{pages['ja'].slug}-{pages['ja'].pk}/")
    assert answer["Location"] == f"/embed/v1/ja/visits/{pages['en'].slug}-{pages['en'].pk}/"


def test_views_and_clicks_in_all_languages_are_those_of_one_subject(client, pages):
    make_agency("trails")
    number = pages["en"].pk
    for visitor, (language, page) in enumerate(pages.items(), 1):
        about = {"headers": BROWSER, "REMOTE_ADDR": f"1.1.1.{visitor}"}
        client.get(f"/embed/v1/{language}/story/bowl-{number}/?via=trails", **about)
        assert client.get(f"{page.public_url}?via=trails", **about).status_code == 303
    counting.flush()
    rows = CardCount.objects.values_list("subject", "language", "views", "clicks")
    assert sorted(rows) == [(f"story-{number}", language, 1, 1) for language in ("en", "ja", "vi")]


def test_another_number_costs_no_statement_when_it_is_asked_again(client, pages, django_assert_num_queries):
    address = f"/embed/v1/en/story/bowl-{pages['ja'].pk}/"
    client.get(address)
    with django_assert_num_queries(0):
        assert client.get(address).status_code == 301
