"""Villages as GeoJSON and visit days as iCalendar."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from marketplace.workshops.models import Village, VisitDay, Workshop
from tests.factories import make_piece, make_place_page, make_village, make_visit_day, make_workshop
from tests.feeds.world import SITE, soup, thing

MAP, VISITS = "/en/feeds/villages.geojson", "/en/feeds/visits.ics"


@pytest.fixture
def soon() -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=5)


def features(client, path: str = MAP) -> list[dict]:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    found = json.loads(answer.content)
    assert set(found) == {"type", "features"} and found["type"] == "FeatureCollection"
    return found["features"]


def events(client, path: str = VISITS) -> list:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_village_is_a_point_with_east_first(client, world, soon):
    make_visit_day(world.village, starts_at=soon, called_off_at=timezone.now())
    make_visit_day(world.village, starts_at=soon + timedelta(days=1))
    [found] = features(client)
    assert (found["type"], found["id"]) == ("Feature", "sao-mai")
    assert found["geometry"] == {"type": "Point", "coordinates": [105.9, 21.1]}
    told = found["properties"]
    assert (told["name"], told["region"], told["economy"], told["economy_code"]) == ("Sao Mai", "Delta", "Viet Nam", "VN")
    assert told["url"] == SITE + world.paths()["village"]
    assert told["next_visit"] == (soon + timedelta(days=1)).astimezone(VisitDay.objects.first().zone).isoformat()
    assert told["picture"].startswith(SITE) and told["picture_alt"] == "A bowl on a dyke"
    assert features(client, "/ja/feeds/villages.geojson")[0]["properties"]["name"] == "サオマイ"


def test_only_places_that_are_public_and_known_are_on_the_map(client, world):
    make_village("no-page")
    unknown, secret = make_village("unknown"), make_village("secret", name="<b>Secret</b>")
    Village.objects.filter(pk=unknown.pk).update(latitude=None)
    make_place_page(unknown)
    for page in make_place_page(secret).values():
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert [row["id"] for row in features(client)] == ["sao-mai"]


def test_a_visit_day_is_an_event_at_its_moment(client, world, soon):
    day = make_visit_day(
        world.village, starts_at=soon, name={"en": "Indigo; morning, early", "ja": "藍の朝"}, summary="Dip\nand dye.",
        workshop=world.workshop, price="12.50", currency="USD", seats=8,
    )
    day.texts.update(meeting_point="At the ferry")
    [found] = events(client)
    assert str(found["UID"]) == str(day.uuid)
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (soon, soon + timedelta(hours=4))
    assert found.decoded("DTSTART").tzinfo is UTC or found.decoded("DTSTART").utcoffset() == timedelta(0)
    assert (str(found["SUMMARY"]), found["SUMMARY"].params["LANGUAGE"]) == ("Indigo; morning, early", "en")
    assert str(found["STATUS"]) == "CONFIRMED"
    assert str(found["LOCATION"]) == "At the ferry, Sao Mai, Delta, Viet Nam"
    assert (found["GEO"].latitude, found["GEO"].longitude) == (21.1, 105.9)
    assert found["URL"] == f"{SITE}{world.paths()['village']}#visit-{day.pk}"
    words = str(found["DESCRIPTION"]).split("\n")
    assert words[:2] == ["Dip", "and dye."] and words[-3:] == ["Sao Mai Lacquer", "$12.50 per person", "Room for 8 visitors"]
    assert str(events(client, "/ja/feeds/visits.ics")[0]["SUMMARY"]) == "藍の朝"


def test_an_event_keeps_its_name_and_counts_its_changes(client, world, soon, commit):
    day = make_visit_day(world.village, starts_at=soon)
    [before] = events(client)
    day.called_off_at, day.starts_at = timezone.now(), soon + timedelta(hours=1)
    day.save()
    VisitDay.objects.filter(pk=day.pk).update(changed_at=day.changed_at + timedelta(seconds=2))
    day.texts.get().save()
    day.texts.update(why_called_off="The river is high.")
    commit()
    [after] = events(client)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"] >= 0
    assert str(after["STATUS"]) == "CANCELLED"
    assert str(after["DESCRIPTION"]).startswith("Called off: The river is high.")


def test_calendars_hold_what_is_public_and_not_long_over(client, world, soon):
    now = timezone.now()
    make_visit_day(world.village, starts_at=soon, name="Hidden", is_published=False)
    make_visit_day(make_village(), starts_at=soon, name="At a village without a page")
    make_visit_day(world.village, starts_at=now - timedelta(days=40), name="Long over")
    make_visit_day(world.village, starts_at=now - timedelta(days=2), name="Just over")
    make_visit_day(world.village, starts_at=soon, name="At a closed workshop", workshop=world.workshop)
    Workshop.objects.filter(pk=world.workshop.pk).update(stage="closed")
    other = make_village("other")
    make_place_page(other)
    make_visit_day(other, starts_at=soon, name="Elsewhere")
    assert [str(event["SUMMARY"]) for event in events(client)] == ["Just over", "Elsewhere"]
    assert [str(event["SUMMARY"]) for event in events(client, "/en/feeds/villages/other.ics")] == ["Elsewhere"]
    assert client.get("/en/feeds/villages/nowhere.ics").status_code == 404
    assert "Just over" not in client.get(world.paths()["village"]).content.decode()


def test_words_in_any_script_and_any_sign_fold_by_bytes(client, world, soon):
    name = "ผ้าไหมทอมือ藍染め🧵" * 6
    day = make_visit_day(world.village, starts_at=soon, name=name, summary="END:VEVENT\r\nBEGIN:VEVENT\rX:\x07y" + "字" * 200)
    [found] = events(client)
    assert str(found["SUMMARY"]) == name == day.texts.get().name
    assert str(found["DESCRIPTION"]).startswith("END:VEVENT\nBEGIN:VEVENT\nX:y字字")


@pytest.mark.parametrize("path", [MAP, VISITS, "/en/feeds/villages/sao-mai.ics"])
def test_a_reader_who_has_it_gets_304(client, world, path):
    first = client.get(path)
    assert "public" in first["Cache-Control"] and not first.cookies and "Vary" not in first
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["Access-Control-Allow-Origin"]) == (304, b"", "*")
    for known in (f"W/{first['ETag']}", "*"):
        assert client.get(path, headers={"If-None-Match": known}).status_code == 304, known
    assert client.delete(path).status_code == 405


def test_a_calendar_that_invites_nobody_has_no_method(client, world, soon):
    make_visit_day(world.village, starts_at=soon)
    calendar = Calendar.from_ical(client.get(VISITS).content)
    assert calendar["VERSION"] == "2.0" and "METHOD" not in calendar


def test_a_village_is_named_as_the_page_that_is_linked_names_it(client, db, soon):
    names = {"en": "Ban Fai", "th": "บ้านฝ้าย", "ja": "バーンファーイ"}
    village = make_village("ban-fai", name=names, summary={"en": "Cotton.", "th": "ฝ้าย", "ja": "木綿。"})
    workshop = make_workshop("fai", village=village, name={"en": "Fai Weavers", "th": "กลุ่มทอฝ้าย"})
    make_place_page(village, title={"en": "Ban Fai", "ja": "バーンファーイ"})
    make_visit_day(village, starts_at=soon)
    piece = make_piece(workshop, title="Cloth")
    told = {}
    for code in ("en", "th", "ja"):
        page = client.get(f"/{code}/villages/ban-fai/")
        [feature] = features(client, f"/{code}/feeds/villages.geojson")
        [event] = events(client, f"/{code}/feeds/visits.ics")
        listed = json.loads(client.get(f"/api/v1/villages/ban-fai/?lang={code}").content)["item"]
        shown = json.loads(client.get(f"/api/v1/pieces/{piece.pk}/?lang={code}").content)["item"]["village"]
        there = [thing(page, "TouristAttraction"), thing(page, "Event")["location"]]
        assert {row["name"] for row in there} == {soup(page).h1.get_text()}
        assert len({row["url"] for row in there}) == 1
        for row in (feature["properties"], listed, shown):
            told.setdefault(code, set()).add((row["name"], row["lang"]))
        assert [row["summary"] for row in (feature["properties"], listed)] == [{"ja": "木綿。"}.get(code, "Cotton.")] * 2
        assert soup(page).h1.get_text() in str(event["LOCATION"])
    assert told == {"en": {("Ban Fai", "en")}, "th": {("Ban Fai", "en")}, "ja": {("バーンファーイ", "ja")}}
    # What has no page is named in the reader's language, as where its link leads.
    maker = json.loads(client.get(f"/api/v1/pieces/{piece.pk}/?lang=th").content)["item"]["maker"]
    assert (maker["name"], maker["lang"]) == ("กลุ่มทอฝ้าย", "th")
