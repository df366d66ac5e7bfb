"""What other sites show of a link to a page: a name, words, a picture made for sharing, places and prices."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from marketplace.formats import locale_with_territory
from tests.factories import make_story
from tests.feeds.world import SITE, soup


def told(client, path: str) -> dict[str, str]:
    html = soup(client.get(path))
    rows = html.find_all("meta", property=True)
    assert len({(row["property"], row["content"]) for row in rows}) == len(rows)
    return {row["property"]: row["content"] for row in rows} | {
        row["name"]: row["content"] for row in html.find_all("meta", {"name": "twitter:card"})
    }


@pytest.mark.parametrize("kind", ["story", "village"])
def test_a_page_has_a_picture_of_1200_by_630_and_its_words(client, world, kind):
    found = told(client, world.paths()[kind])
    assert found["og:url"] == SITE + world.paths()[kind]
    assert found["og:type"] == ("article" if kind == "story" else "website")
    assert (found["og:image:width"], found["og:image:height"], found["og:image:type"]) == ("1200", "630", "image/jpeg")
    assert found["og:image:alt"] == "A bowl on a dyke"
    assert found["twitter:card"] == "summary_large_image"
    assert found["og:description"] == "It waits for damp air."
    name = found["og:image"].removeprefix(f"{SITE}/media/")
    with default_storage.open(name) as file:
        image = Image.open(BytesIO(file.read()))
    assert (image.format, image.size) == ("JPEG", (1200, 630))


def test_languages_have_territories_and_name_each_other(client, world):
    html = soup(client.get(world.paths("ja")["story"]))
    found = [row["content"] for row in html.find_all("meta", property="og:locale")]
    others = [row["content"] for row in html.find_all("meta", property="og:locale:alternate")]
    assert (found, others) == (["ja_JP"], ["en_US"])
    # A Thai reader is shown English words: they are what is shared.
    html = soup(client.get(world.paths("th")["story"]))
    assert html.find("meta", property="og:locale")["content"] == "en_US"
    assert [row["content"] for row in html.find_all("meta", property="og:locale:alternate")] == ["ja_JP"]


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        *(("en", "en_US"), ("ja", "ja_JP"), ("vi", "vi_VN"), ("th", "th_TH")),
        *(("es", "es_MX"), ("zh-hant", "zh_TW"), ("id", "id_ID"), ("ko", "ko_KR")),
    ],
)
def test_each_language_means_one_territory(code, locale):
    assert locale_with_territory(code) == locale


def test_a_piece_says_its_price_in_the_market_of_the_page(client, world):
    found = told(client, world.paths()["piece"])
    assert (found["og:type"], found["product:price:amount"], found["product:price:currency"]) == ("product", "48.00", "USD")
    assert (found["product:availability"], found["og:image:alt"]) == ("in stock", "Red bowl")
    there = told(client, f"/jp-jpy{world.paths()['piece']}")
    assert there["product:price:currency"] == "JPY" and there["og:url"] == found["og:url"]
    assert told(client, world.path_of(world.made_to_order))["product:availability"] == "available for order"


def test_without_a_picture_there_is_none_and_hostile_words_stay_words(client, world):
    hostile = '"><script>alert(1)</script>'
    found = told(client, make_story(title=hostile, intro=hostile, village=world.village)["en"].public_url)
    assert (found["og:title"], found["og:description"]) == (hostile, hostile)
    assert "og:image" not in found and found["twitter:card"] == "summary"
