"""The card of visit days: what it says of prices and of translations, and where it leads."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from catalogue.models import TranslationRecord
from catalogue.provenance import writing_as
from tests.embeds.conftest import SITE
from tests.embeds.test_currency import rates  # noqa: F401 - a fixture
from tests.factories import make_agency, make_craft, make_place_page, make_story, make_village, make_visit_day

OWN = "Prices are shown in the currency in which they are paid."


def visits_card(client, page, query: str = "", language: str = "en") -> BeautifulSoup:
    return card_of(client, page, f"&card=visits{query}", language)


def card_of(client, page, query: str = "", language: str = "en") -> BeautifulSoup:
    asked = f"{SITE}{page.public_url}" + ("?card=visits" if "card=visits" in query else "")
    parameters = dict(part.split("=") for part in query.split("&") if part and not part.startswith("card="))
    answer = client.get("/embed/v1/card", {"url": asked, "lang": language, **parameters})
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def priced(world):
    village = world.workshop.village
    make_visit_day(village, starts_at=timezone.now() + timedelta(days=3), price="35.00", currency="USD")
    return world.village


def test_prices_of_visits_stay_and_the_card_says_so(client, priced, rates):  # noqa: F811
    card = visits_card(client, priced, "&currency=KRW")
    assert "$35.00\u00a0USD" in card.select_one(".days").text and card.select_one(".note").text == OWN
    for query in ("", "&currency=USD"):
        assert visits_card(client, priced, query).select_one(".note") is None
    assert visits_card(client, priced, "&currency=XXA").select_one(".note").text == OWN


def test_nothing_is_said_of_prices_where_there_are_none(client, world, rates):  # noqa: F811
    make_visit_day(world.workshop.village, starts_at=timezone.now() + timedelta(days=3))
    assert visits_card(client, world.village, "&currency=KRW").select_one(".note") is None


def test_a_translated_text_says_who_translated_it_as_the_villages_card_does(client, db, recorded):
    def make():
        with writing_as(TranslationRecord.WrittenBy.MACHINE):
            return make_place_page(make_village(), title={"en": "Sao Mai", "ja": "サオマイ"}, intro="A village.")

    page = recorded(make)["ja"]
    labels = [label.text for label in card_of(client, page, language="ja").select(".lead .label")]
    assert labels and [label.text for label in visits_card(client, page, language="ja").select(".lead .label")] == labels
    # In a language without a page the card shows none of its words, so there is nothing to label.
    assert visits_card(client, page, language="th").select(".lead .label") == []


def test_with_days_it_leads_to_them_and_without_any_to_the_village(client, world, commit):
    make_agency("agency7")
    act = visits_card(client, world.village, "&via=agency7").find(id="act")
    assert (act.text, act["href"]) == ("Visit the village", f"{SITE}{world.village.public_url}?via=agency7")
    make_visit_day(world.workshop.village, starts_at=timezone.now() + timedelta(days=3))
    commit()
    card = visits_card(client, world.village, "&via=agency7")
    act = card.find(id="act")
    assert (act.text, act["href"]) == ("Plan your visit", f"{SITE}{world.village.public_url}?via=agency7#visits")
    assert "#" not in card.find("link", rel="canonical")["href"]
    assert 'id="visits"' in client.get(world.village.public_url).text


def test_a_days_name_place_and_weekday(client, world):
    starts = datetime(2099, 2, 7, 2, tzinfo=UTC)
    day = make_visit_day(world.workshop.village, starts_at=starts, name="Kiln day", workshop=world.workshop)
    day.texts.update(meeting_point="At the ferry")
    card = visits_card(client, world.village)
    assert card.time.text == "Sat, Feb 7, 2099"
    assert card.select_one(".what > .name").text == "Kiln day"
    assert card.select_one(".where").text == "Sao Mai Lacquer · At the ferry · Free of charge"
    dots = card.select(".dot")
    assert dots and {dot.text for dot in dots} == {" ·"}, "kept in a line with what they follow by the style sheet"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/embed/v1/", "en"), ("/embed/v2/", "en"), ("/embed/v2/ja/story/x-1/", "ja"), ("/embed/v1/ja/nonsense/x-1/", "ja"),
        ("/embed/v1/xx/story/x-1/", "en"), ("/embed/v12/th/", "th"), ("/embed/v1/vi/story/", "vi"),
    ],
)  # fmt: skip
def test_whatever_is_asked_for_below_embed_is_a_small_card(client, db, path, language):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "X-Frame-Options" not in answer and "frame-ancestors" not in answer["Content-Security-Policy"]
    assert not answer.cookies and answer["Content-Language"] == language
    card = BeautifulSoup(answer.content, "html.parser")
    assert card.body["data-card"] == "notice" and card.html["lang"] == language


def test_other_addresses_below_embed_stay_the_shops(client, db):
    for path in ("/embed/", "/embed/x/", "/embed/vv/x/"):
        answer = client.get(path)
        assert answer.status_code == 404 and answer["X-Frame-Options"] == "SAMEORIGIN", path


def test_a_page_that_is_not_translated_goes_by_its_subjects_own_name(client, db, recorded, fresh):
    def make():
        names = {"en": "Kasumidani", "zh-hant": "霞谷"}
        village = make_village(name=names)
        craft = make_craft(name={"en": "Indigo", "zh-hant": "藍染"})
        pages = [make_place_page(one, title={"en": "The English title"}, intro="Words.")["en"] for one in (village, craft)]
        return [*pages, make_story(title={"en": "A story"}, village=village)["en"]]

    village, craft, story = recorded(make)
    for page, name in ((village, "霞谷"), (craft, "藍染")):
        card = card_of(client, page, language="zh-hant")
        assert (card.h1.text, card.h1.get("lang")) == (name, None), "in the language of the card itself"
        assert card.select_one(".text")["lang"] == "en" and card.select_one(".lead .label")
        answer = client.get("/oembed/", {"url": SITE + page.public_url, "lang": "zh-hant"})
        assert answer.json()["title"] == name
        assert card_of(client, page, language="ja").h1.text == card_of(client, page).h1.text == "The English title"
    assert card_of(client, story, language="zh-hant").h1.text == "A story"
