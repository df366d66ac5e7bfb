"""A seventh language on a running site: a Locale row, a settings line and a PO folder. No migration, no code."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured
from wagtail.models import Locale

from catalogue.models import ProductText
from storefront.environment import further_languages
from tests.factories import make_piece, make_place_page, make_story, make_village, make_workshop
from tests.shopping import Shopper

ROOT = Path(__file__).resolve().parents[2]
SHOP, BASKET = "상점", "장바구니"


@pytest.fixture
def piece(db):
    """Data that was there before: a piece, its village and a story in English."""
    village = make_village("sao-mai")
    make_place_page(village, title={"en": "Sao Mai"})
    make_story(title="The bowl that waits", slug="bowl", village=village)
    return make_piece(make_workshop(village=village), title="Red bowl", summary="Nine coats of lacquer.")


@pytest.fixture
def korean(piece, settings, tmp_path, fresh, client):
    """The seventh language with two strings and one piece's text; readers were there before it came."""
    assert client.get("/en/").status_code == 200
    assert client.get("/ko/").status_code == 404
    Locale.objects.get_or_create(language_code="ko")
    catalog = Catalog(locale="ko")
    catalog.add("Shop", SHOP)
    catalog.add("Basket", BASKET, context="shop")
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = [*settings.MARKETPLACE_STOREFRONT_LANGUAGES, "ko"]
    # A settings line means a restart.
    fresh()
    text = {"title": "붉은 그릇", "summary": "옻칠을 아홉 번 했습니다."}
    ProductText.objects.create(owner=piece, locale=Locale.objects.get(language_code="ko"), **text)
    yield
    fresh()


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.usefixtures("korean", "translations")
def test_pages_pieces_and_basket_speak_it_and_the_rest_is_english_and_says_so(client, piece):
    home = soup(client.get("/ko/"))
    assert home.html["lang"] == "ko"
    assert home.select_one(".site-nav a").text == SHOP
    assert home.select_one("basket-count .word").text == BASKET
    # Words of the interface that nobody translated yet are the source's.
    assert home.select(".site-nav a")[1].text == "Stories"
    assert home.h1["lang"] == "en"
    assert [link["href"] for link in home.select(".story-card h3 a")] == ["/ko/stories/bowl/"]

    listing = client.get("/ko/products/")
    assert soup(listing).h1.text == SHOP
    [card] = listing.context["cards"]
    assert (card["title"], card["lang"]) == ("붉은 그릇", "ko")
    assert card["url"] == f"/ko/products/{quote('붉은-그릇')}-{piece.pk}/"

    page = client.get(card["url"])
    assert soup(page).h1.text == "붉은 그릇"
    assert not soup(page).h1.has_attr("lang")

    story = soup(client.get("/ko/stories/bowl/"))
    assert story.h1["lang"] == "en"
    assert "Shown in" in story.article.text

    shopper = Shopper(client=client, language="ko").fill(piece)
    basket = soup(client.get(shopper.url("basket/")))
    assert basket.select_one(".line-title").text.strip() == "붉은 그릇"
    assert basket.select_one("basket-count .word").text == BASKET
    payment = shopper.place(economy="JP")
    assert payment.language == "ko"


@pytest.mark.usefixtures("korean", "translations")
def test_other_languages_name_it(client, piece):
    answer = client.get(f"/en/products/red-bowl-{piece.pk}/")
    named = {link["hreflang"]: link["href"] for link in soup(answer).find_all("link", hreflang=True)}
    assert named["ko"] == f"http://testserver/ko/products/{quote('붉은-그릇')}-{piece.pk}/"
    assert client.get("/", headers={"Accept-Language": "ko-KR"})["Location"] == "/ko/"


def test_a_language_that_the_site_did_not_know_needs_one_setting_and_no_migration(tmp_path):
    environment = os.environ | {"STOREFRONT_LANGUAGES": "en,ja,fr", "VAR_DIR": str(tmp_path)}
    command = (
        "import django; django.setup(); from django.conf import settings; from django.core.management import call_command;"
        "print(settings.LANGUAGES[-1], settings.MARKETPLACE_STOREFRONT_LANGUAGES);"
        "call_command('makemigrations', check_changes=True, dry_run=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "storefront.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["('fr', 'French') ['en', 'ja', 'fr']", "No changes detected"]


@pytest.mark.parametrize(("wanted", "named"), [(["en", "xx"], "xx"), ([], "nothing")])
def test_a_language_that_is_none_stops_the_start_with_a_sentence(wanted, named):
    with pytest.raises(ImproperlyConfigured, match=f"STOREFRONT_LANGUAGES names {named}"):
        further_languages(wanted, [("en", "English")])
