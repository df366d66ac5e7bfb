"""Atom and RSS of stories, as readers that are not ours see them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from storefront import pictures
from storefront.listing import directory, version
from storefront.models import StoryPage
from storefront.public import page_cache
from tests.factories import make_picture, make_story, make_village
from tests.feeds.world import CHANGED, PUBLISHED, SITE, soup

ATOM, RSS = "/en/feeds/stories.atom", "/en/feeds/stories.rss"
ALL = ("en", "ja", "vi", "th", "es", "zh-hant")
HOSTILE = "</title><script>alert(1)</script> & \x0b\x00 ]]> ผ้า 🧵"


def read(response):
    """What feedparser understands; it must have nothing to complain about."""
    assert response.status_code == 200, response
    found = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not found.bozo, found.bozo_exception
    return found


@pytest.mark.parametrize(("path", "version_"), [(ATOM, "atom10"), (RSS, "rss20")])
def test_a_story_is_an_entry_with_name_dates_and_picture(client, world, path, version_):
    found = read(client.get(path))
    assert found.version == version_
    [entry] = found.entries
    assert (entry.title, entry.summary) == ("The bowl that waits", "It waits for damp air.")
    assert entry.link == f"{SITE}/en/stories/the-bowl-that-waits/"
    assert entry.id == f"tag:testserver,2026:story-{world.story['en'].pk}"
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == PUBLISHED
    assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == CHANGED
    assert entry.author == "Sao Mai"
    assert [tag.term for tag in entry.tags] == ["Lacquer"]
    [picture] = entry.media_content
    assert (picture["width"], picture["height"], picture["medium"]) == ("1200", "630", "image")
    assert client.get(urlsplit(picture["url"]).path).status_code == 200


def test_atom_names_itself_and_the_same_in_other_languages(client, world):
    found = read(client.get(ATOM)).feed
    assert (found.title, found.language, found.id) == ("Stories · Village & Hand", "en", "tag:testserver,2026:en/stories")
    links = {(link.rel, link.get("hreflang")): link.href for link in found.links}
    assert links["self", None] == SITE + ATOM
    assert found.link == links["alternate", None] == f"{SITE}/en/stories/"
    assert {code for rel, code in links if rel == "alternate" and code} == set(ALL) - {"en"}
    assert datetime(*found.updated_parsed[:6], tzinfo=UTC) == CHANGED
    for code in ALL:
        assert read(client.get(f"/{code}/feeds/stories.atom")).feed.language == code


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_an_entry_names_its_translations_and_its_picture(client, world, kind):
    [english], [japanese] = (read(client.get(f"/{code}/feeds/stories.{kind}")).entries for code in ("en", "ja"))
    both = [("en", f"{SITE}/en/stories/the-bowl-that-waits/"), ("ja", f"{SITE}/ja/stories/the-bowl-that-waits/")]
    assert [english.link, japanese.link] == [url for _code, url in both]
    assert [(link.hreflang, link.href) for link in english.links if link.get("hreflang")] == both[::-1]
    assert [(link.hreflang, link.href) for link in japanese.links if link.get("hreflang")] == both
    assert {link.rel for link in english.links if link.get("hreflang")} == {"alternate"}
    assert english.links[0].href == english.link
    assert japanese.title == "待つ椀"
    [enclosure] = english.enclosures
    assert (enclosure.type, enclosure.href) == ("image/jpeg", english.media_content[0]["url"])
    if kind == "rss":
        file = client.get(urlsplit(enclosure.href).path)
        assert int(enclosure.length) == len(b"".join(file.streaming_content)) > 1000


def test_without_its_file_a_picture_is_no_enclosure(client, world, fresh):
    [entry] = read(client.get(RSS)).entries
    default_storage.delete(urlsplit(entry.enclosures[0].href).path.removeprefix("/media/"))
    pictures._bytes.cache_clear()
    fresh()
    [entry] = read(client.get(RSS)).entries
    assert (entry.title, entry.enclosures) == ("The bowl that waits", [])


def test_a_feed_holds_only_what_is_told_in_its_language_and_is_for_everybody(client, world):
    make_story(title="English only", slug="only")
    secret = make_story(title="Secret", slug="secret")["en"]
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    make_story(title="Draft", slug="draft")["en"].unpublish()
    found = {code: read(client.get(f"/{code}/feeds/stories.atom")).entries for code in ("en", "ja", "th")}
    titles = {code: [entry.title for entry in entries] for code, entries in found.items()}
    assert titles == {"en": ["English only", "The bowl that waits"], "ja": ["待つ椀"], "th": []}


def test_villages_and_crafts_have_feeds_of_their_own(client, world):
    make_story(title="Elsewhere", slug="elsewhere", village=make_village(name="Elsewhere"))
    for path, title in (("villages/sao-mai", "Stories: Sao Mai"), ("crafts/lacquer", "Stories: Lacquer")):
        found = read(client.get(f"/en/feeds/{path}.atom"))
        assert found.feed.title == f"{title} · Village & Hand"
        assert [entry.title for entry in found.entries] == ["The bowl that waits"]
    assert client.get("/en/feeds/villages/nowhere.atom").status_code == 404
    assert client.get("/en/feeds/crafts/sao-mai.atom").status_code == 404


def test_pages_lead_to_their_feeds(client, world):
    def feeds(path: str) -> dict[str, str]:
        return {link["href"]: link["title"] for link in soup(client.get(path)).find_all("link", type="application/atom+xml")}

    assert feeds("/ja/products/") == {"/ja/feeds/stories.atom": "物語 · Village & Hand"}
    assert set(feeds(world.paths()["village"])) == {ATOM, "/en/feeds/villages/sao-mai.atom"}
    assert set(feeds(f"/jp-jpy{world.paths()['craft']}")) == {ATOM, "/en/feeds/crafts/lacquer.atom"}
    for path in feeds(world.paths()["village"]):
        assert client.get(path).status_code == 200


def test_a_reader_who_has_it_gets_304_by_etag_and_by_date(client, world):
    first = client.get(ATOM)
    assert "public" in first["Cache-Control"] and not first.cookies and "Vary" not in first
    assert first["Access-Control-Allow-Origin"] == "*"
    by_etag = client.get(ATOM, headers={"If-None-Match": first["ETag"]})
    by_date = client.get(ATOM, headers={"If-Modified-Since": first["Last-Modified"]})
    assert [(answer.status_code, answer.content) for answer in (by_etag, by_date)] == [(304, b"")] * 2
    assert client.get(ATOM, headers={"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]}).status_code == 200
    head = client.head(ATOM)
    assert (head.status_code, head["ETag"], head.content) == (200, first["ETag"], b"")
    assert client.post(ATOM).status_code == 405


def test_what_was_taken_away_is_a_change(client, world, fresh):
    first = client.get(ATOM)
    world.story["en"].unpublish()
    StoryPage.objects.filter(pk=world.story["en"].pk).update(last_published_at=CHANGED + timedelta(days=1))
    fresh()
    second = client.get(ATOM, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, read(second).entries) == (200, [])
    assert second["ETag"] != first["ETag"]


def test_hostile_words_are_words(client, world):
    make_story(title="Plain", slug="hostile", intro=HOSTILE.replace("\x00", ""), village=world.village)
    StoryPage.objects.filter(slug="hostile").update(title=HOSTILE.replace("\x00", ""))
    said = HOSTILE.replace("\x00", "").replace("\x0b", "")
    for path in (ATOM, RSS):
        answer = client.get(path)
        assert b"<script" not in answer.content
        assert read(answer).entries
        root = ElementTree.fromstring(answer.content)
        words = [element.text for element in root.iter() if element.text and "alert" in element.text]
        # The title is text; the summary is HTML, so it is escaped once more.
        assert words == [said, said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]


def test_a_feed_costs_a_few_statements_however_many_stories(client, world, steady):
    def cost() -> int:
        client.get(ATOM)
        for kept in (version, directory):
            kept.forget()
        page_cache.clear()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            client.get(ATOM)
        return len(captured)

    few = cost()
    for number in range(4):
        make_story(title={"en": f"Story {number}", "vi": f"Truyện {number}"}, slug=f"story-{number}", hero=make_picture())
    assert cost() == few == 7
    with CaptureQueriesContext(connection) as captured:
        client.get(ATOM)
    assert len(captured) == 0


def test_an_empty_feed_stays_the_same(client, db, fresh):
    first = client.get("/th/feeds/stories.atom")
    fresh()
    assert read(first).entries == []
    assert client.get("/th/feeds/stories.atom").content == first.content


def test_under_a_market_a_feed_leads_to_its_own_address(client, world):
    answer = client.get(f"/jp-jpy{ATOM}")
    assert (answer.status_code, answer["Location"]) == (301, ATOM)
