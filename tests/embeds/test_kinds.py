"""The kinds of cards, each by its card and by oEmbed; one more is one entry in the registry."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from storefront.embeds import coasts, sizes
from storefront.embeds.kinds import kinds
from storefront.embeds.kinds.maps import economy_of_number, number_of_economy
from storefront.embeds.subjects import Subject
from tests.embeds.conftest import SITE
from tests.factories import (
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_visit_day,
    make_workshop,
)


def card_of(client, url: str, **options) -> tuple[BeautifulSoup, str]:
    """The card that oEmbed names for ``url``, and its address (path)."""
    answer = client.get("/oembed/", {"url": url, **options})
    assert answer.status_code == 200, url
    address = BeautifulSoup(answer.json()["html"], "html.parser").iframe["src"].removeprefix(SITE)
    card = client.get(address)
    assert card.status_code == 200
    assert "X-Frame-Options" not in card and not card.cookies
    return BeautifulSoup(card.content, "html.parser"), address


def test_a_kind_of_ones_own_gets_oembed_and_a_card(client, db, fresh):
    """As exhibitions will be added: one entry, and nothing else."""

    def locate(place):
        found = re.fullmatch(r"fairs/[a-z-]+-([0-9]+)/", place.path)
        return int(found[1]) if found else None

    @kinds.register("fair", call="See the fair", locate=locate)
    def fair(language: str, pk: int) -> Subject | None:
        if pk != 7:
            return None
        return Subject("fair", language, pk, "spring", "/en/fairs/spring-7/", "Spring fair", language, text="Come <b>all</b>")

    try:
        html, address = card_of(client, f"{SITE}/en/fairs/spring-7/", theme="dark")
        assert address == "/embed/v1/en/fair/spring-7/?theme=dark"
        assert html.h1.text == "Spring fair"
        assert html.find(class_="text").text == "Come <b>all</b>"
        assert html.find(id="act").text == "See the fair"
        assert html.body["data-card"] == "fair-7"
        assert client.get("/oembed/", {"url": f"{SITE}/en/fairs/spring-8/"}).status_code == 404
        assert client.get("/embed/v1/en/fair/old-7/")["Location"] == "/embed/v1/en/fair/spring-7/"
    finally:
        kinds.unregister("fair")
        fresh()
    assert client.get("/embed/v1/en/fair/spring-7/").status_code == 404


def test_a_village_shows_its_shelf(client, world):
    for number in range(7):
        make_piece(world.workshop, title={"en": f"Bowl {number}"})
    html, _address = card_of(client, SITE + world.village.public_url)
    assert [name.text for name in html.select(".pieces .name")] == [f"Bowl {number}" for number in (6, 5, 4, 3, 2, 1)]


def test_a_workshop(client, world):
    pages = make_place_page(world.workshop)
    page = pages["en"]
    html, address = card_of(client, SITE + page.public_url)
    assert address == f"/embed/v1/en/workshop/{page.slug}-{page.pk}/"
    assert html.find(id="act").text == "Visit the workshop"
    assert html.find(class_="place").text == "Sao Mai · Viet Nam"
    assert [name.text for name in html.select(".pieces .name")] == ["Red bowl"]
    for twin in pages.values():
        twin.unpublish()
    gone = client.get(address)
    assert gone.status_code == 410
    assert BeautifulSoup(gone.content, "html.parser").find(class_="act").a["href"] == SITE + world.village.public_url


def test_numbers_of_maps_are_their_economies_letters():
    assert (number_of_economy("VN"), number_of_economy("")) == (1139, 0)
    assert [economy_of_number(number) for number in (1139, 0, 35, 36, 1295, 1296, 999_999_999)] == [
        "VN", "", "", "", "ZZ", "", ""
    ]  # fmt: skip


def make_villages():
    """Two villages in Thailand, one without a known place, and one in Japan, each with its page."""
    places = [
        ("Ban Fai", "TH", "16.8", "102.8"), ("Ban Rim Nam", "TH", "14.4", "100.5"), ("Ban Nowhere", "TH", None, None),
        ("Kasumidani", "JP", "36.4", "136.6"),
    ]  # fmt: skip
    pages = {}
    for name, economy, latitude, longitude in places:
        village = make_village(name=name, economy=economy)
        village.latitude, village.longitude = latitude, longitude
        village.save()
        pages[name] = make_place_page(village, title=name)["en"]
    return pages


def test_a_map_of_all_villages_and_of_an_economys(client, db, recorded):
    pages = recorded(make_villages)
    index = f"{SITE}/en/villages/"
    html, address = card_of(client, index)
    assert address == "/embed/v1/en/map/villages-0/"
    assert [name.text for name in html.select(".villages .name")] == ["Ban Fai", "Ban Rim Nam", "Kasumidani", "Ban Nowhere"]
    assert [spot.text for spot in html.select("svg .spot")] == ["1", "2", "3"]
    thai = card_of(client, f"{index}?economy=TH")
    assert thai == card_of(client, f"{SITE}{pages['Ban Fai'].public_url}?card=map")
    html, address = thai
    assert address == f"/embed/v1/en/map/thailand-{number_of_economy('TH')}/"
    assert html.h1.text == "Villages of Thailand"
    assert [link["href"] for link in html.select(".villages a")] == [
        SITE + pages[name].public_url for name in ("Ban Fai", "Ban Rim Nam", "Ban Nowhere")
    ]
    assert [number.text for number in html.select(".villages .number")] == ["1", "2", ""]
    assert html.svg["role"] == "img" and html.svg["aria-label"]
    assert html.svg.find("path", class_="land")["d"].startswith("M")


def test_a_map_without_villages(client, db, recorded, commit):
    pages = recorded(make_villages)
    address = f"/embed/v1/en/map/japan-{number_of_economy('JP')}/"
    assert client.get(address).status_code == 200
    pages["Kasumidani"].unpublish()
    commit()
    assert client.get(address).status_code == 410
    assert client.get(f"/embed/v1/en/map/x-{number_of_economy('QQ')}/").status_code == 404
    assert client.get("/embed/v1/en/map/x-999999999/").status_code == 404
    assert client.get("/oembed/", {"url": f"{SITE}/en/villages/?economy=QQ"}).status_code == 404
    # Nonsense counts as not asked for.
    assert card_of(client, f"{SITE}/en/villages/?economy=%22%3E&card=none")[1] == "/embed/v1/en/map/villages-0/"


def test_every_village_has_a_link_with_the_code(client, db, recorded):
    from tests.factories import make_agency

    make_agency("agency7")
    recorded(make_villages)
    html = BeautifulSoup(client.get("/embed/v1/en/map/villages-0/?via=agency7").content, "html.parser")
    queries = {link["href"].partition("?")[2] for link in html.find_all("a")}
    # The card's own links, and those to what it shows, which say on which card they stand.
    assert queries == {"via=agency7", "via=agency7&placement=map-0"}


def test_spots_lie_where_they_are():
    drawn = coasts.draw([(102.8, 16.8), (100.5, 14.4)])
    (first_x, first_y), (second_x, second_y) = drawn["spots"]
    assert first_x > second_x and first_y < second_y, "east is right, north is up"
    for x, y in drawn["spots"]:
        assert 0 < x < drawn["width"] and 0 < y < drawn["height"]


def test_across_the_date_line_the_short_way_is_taken():
    fiji, samoa = (178.4, -18.1), (-171.8, -13.8)
    drawn = coasts.draw([fiji, samoa])
    assert drawn["spots"][0][0] < drawn["spots"][1][0]
    window = coasts.window_for([fiji, samoa])
    assert window.span[0] < 40
    wide = coasts.window_for([(-70.0, -33.0), (140.0, 36.0)])
    assert 150 < wide.span[0] < 300


def visits_of(client, world) -> BeautifulSoup:
    return card_of(client, f"{SITE}{world.village.public_url}?card=visits")[0]


def test_visit_days_on_the_villages_own_clock(client, world):
    village = world.workshop.village
    soon = timezone.now().astimezone(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=5)
    make_visit_day(village, starts_at=soon, name={"en": "Indigo morning", "ja": "藍の朝"})
    make_visit_day(village, starts_at=soon + timedelta(days=1), name={"en": "Market"}, price="35.00", currency="USD")
    make_visit_day(village, starts_at=soon - timedelta(days=30), name={"en": "Long ago"})
    make_visit_day(village, starts_at=soon, name={"en": "Not yet told"}, is_published=False)
    make_visit_day(name={"en": "Of another village"}, starts_at=soon)
    html = visits_of(client, world)
    assert html.h1.text == "Visit days in Sao Mai"
    assert [name.text for name in html.select(".days .name")] == ["Indigo morning", "Market"]
    assert html.time["datetime"] == f"{soon:%Y-%m-%d}T09:00:00+07:00"
    assert "9:00\u202fAM – 1:00\u202fPM GMT+07:00" in html.select_one(".when").text
    said = [what.text.split("\n")[-1].strip() for what in html.select(".what .state")]
    assert said == ["Free of charge", "$35.00\u00a0USD per person"]


def test_a_visit_day_that_was_called_off_says_so_and_why(client, world, commit):
    day = make_visit_day(world.workshop.village, starts_at=timezone.now() + timedelta(days=5), name={"en": "Market"})
    assert "Called off" not in visits_of(client, world).text
    day.called_off_at = timezone.now()
    day.save()
    text = day.texts.get()
    text.why_called_off = "The river is <high>"
    text.save()
    commit()
    row = visits_of(client, world).select_one(".days .off")
    assert "Called off" in row.text and "The river is <high>" in row.text
    assert "Free of charge" not in row.text


def test_no_visit_days_are_said(client, world):
    assert "No visit days are announced at the moment." in visits_of(client, world).text


def test_a_day_that_is_over_is_gone_the_next_day(client, world, monkeypatch):
    make_visit_day(world.workshop.village, starts_at=timezone.now() + timedelta(days=2), name={"en": "Market"})
    assert "Market" in visits_of(client, world).text
    later = timezone.now() + timedelta(days=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Market" not in visits_of(client, world).text


def test_pages_announce_the_card_that_their_address_asks_for(client, world):
    plain, visits = client.get(world.village.public_url), client.get(f"{world.village.public_url}?card=visits")
    assert "card%3D" not in plain["Link"]
    assert visits["Link"].count("card%3Dvisits") == 2
    nonsense = client.get(f"{world.village.public_url}?card=%22%3E")
    assert nonsense["Link"] == plain["Link"]
    for link in re.findall(r"<([^>]+)>", visits["Link"]):
        assert "/embed/v1/en/visits/" in client.get(link.removeprefix(SITE)).text


def test_the_card_shows_the_days_that_the_villages_page_shows(client, world, fresh):
    """No day in a workshop that is not open, and the last day of one that goes on."""
    starts = timezone.now() + timedelta(days=3)
    make_visit_day(world.workshop.village, name="Long market", starts_at=starts, hours=40)
    make_visit_day(world.workshop.village, name="At the loom", starts_at=starts, workshop=world.workshop)
    assert "At the loom" in visits_of(client, world).text
    type(world.workshop).objects.filter(pk=world.workshop.pk).update(stage="closed")
    fresh()
    html, page = visits_of(client, world), client.get(world.village.public_url).text
    assert "At the loom" not in html.text and "At the loom" not in page
    assert "Long market" in html.text and "Long market" in page
    assert " – " in html.select_one(".days time").text


@pytest.mark.parametrize("kind", ["map", "visits"])
def test_a_story_has_no_card_of_that_kind(client, world, kind):
    assert "/embed/v1/en/story/" in card_of(client, f"{world.url}?card={kind}")[1]


def test_a_card_by_the_address_of_its_page(client, world):
    for path in (world.story.public_url, world.village.public_url, f"/en/products/{world.piece.slug}-{world.piece.pk}/"):
        _html, address = card_of(client, SITE + path)
        by_address = client.get("/embed/v1/card", {"url": SITE + path})
        assert by_address.content == client.get(address).content
    japanese = client.get("/embed/v1/card", {"url": world.url, "lang": "ja-JP"})
    assert BeautifulSoup(japanese.content, "html.parser").html["lang"] == "ja"


@pytest.mark.parametrize(
    "url", ["", "x", "https://elsewhere.example/en/stories/x/", "file:///etc/passwd", "http://[", f"{SITE}/en/", f"{SITE}/admin/"]
)
def test_no_card_for_an_address_that_has_none(client, db, url):
    answer = client.get("/embed/v1/card", {"url": url})
    assert answer.status_code == 404
    assert "X-Frame-Options" not in answer
    assert "There is nothing to show here" in answer.text


def test_a_card_by_the_address_of_a_page_that_was_taken_back(client, world, commit):
    address = {"url": world.url}
    draft = make_story(title="A draft", slug="a-draft")["en"]
    type(draft).objects.filter(pk=draft.pk).update(live=False, first_published_at=None)
    assert client.get("/embed/v1/card", {"url": f"{SITE}/en/stories/a-draft/"}).status_code == 404
    world.story.unpublish()
    commit()
    gone = client.get("/embed/v1/card", address)
    assert gone.status_code == 410
    assert SITE + world.village.public_url in gone.text


def test_the_frame_has_room_for_what_a_kind_shows_of_its_own(client, world):
    for number in range(3):
        make_visit_day(world.workshop.village, starts_at=datetime(2099, 2, 6 + number, 2, tzinfo=UTC))
    plain = client.get("/oembed/", {"url": SITE + world.village.public_url, "maxwidth": 360}).json()
    visits = client.get("/oembed/", {"url": f"{SITE}{world.village.public_url}?card=visits", "maxwidth": 360}).json()
    assert visits["height"] > plain["height"]
    assert visits["height"] <= sizes.TALLEST


def test_makers_of_another_village_are_not_on_the_shelf(client, world):
    make_piece(make_workshop(), title={"en": "Elsewhere"})
    assert "Elsewhere" not in card_of(client, SITE + world.village.public_url)[0].text


@pytest.mark.parametrize(
    ("asked", "language"),
    [("zh-TW", "zh-hant"), ("zh-HK", "zh-hant"), ("es-PE", "es"), ("jp", "en"), ("x" * 500, "en")],
)
def test_a_language_as_pages_say_it_of_themselves(client, world, asked, language):
    answer = client.get("/embed/v1/card", {"url": world.url, "lang": asked})
    assert (answer.status_code, answer["Content-Language"]) == (200, language)
