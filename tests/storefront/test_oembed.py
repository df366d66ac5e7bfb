"""The oEmbed provider, as consumers see it. E1, E2 … are the promises of docs/embedding.md."""

import json
import re
import socket
from datetime import timedelta
from itertools import product
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import PageViewRestriction

from storefront.embeds import remembered, sizes
from storefront.embeds.kinds import kinds
from storefront.listing import directory, version
from tests.factories import (
    make_agency,
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_visit_day,
    make_workshop,
)
from tests.storefront.outage import database_away

SITE = "http://testserver"
REQUIRED = {"version", "type", "title", "provider_name", "provider_url", "author_name", "cache_age"}
RICH = {"html", "width", "height"}


@pytest.fixture(autouse=True)
def agency7(db):
    """The agency whose code the links of these tests carry."""
    return make_agency("agency7")


def make_world():
    """A story, a village, a craft and a piece, in English and Japanese: kind → path in English."""
    workshop = make_workshop()
    craft = make_craft(name={"en": "Lacquer", "ja": "漆"})
    piece = make_piece(
        workshop, title={"en": "Red bowl", "ja": "赤い椀"}, craft=craft, pictures=1, summary="Red inside."
    )
    village = make_place_page(workshop.village, hero=make_picture(size=(1200, 800)), hero_alt="A river")
    story = make_story(
        title={"en": "The bowl that waits", "ja": "待つ椀"},
        village=workshop.village,
        craft=craft,
        hero=make_picture(size=(1200, 800)),
        body=[{"type": "product", "value": {"product": piece.pk}}],
    )
    paths = {"story": story["en"].public_url, "village": village["en"].public_url}
    paths["craft"] = make_place_page(craft)["en"].public_url
    paths["product"] = f"/en/products/{piece.slug}-{piece.pk}/"
    paths["workshop"] = make_place_page(workshop)["en"].public_url
    paths["map"] = "/en/villages/"
    paths["visits"] = f"{paths['village']}?card=visits"
    make_visit_day(workshop.village, starts_at=timezone.now() + timedelta(days=3))
    return paths


@pytest.fixture
def world(db, recorded):
    return recorded(make_world)


def make_plain_story():
    """Path of a story without pictures, in English."""
    return make_story(title={"en": "The bowl that waits", "ja": "待つ椀"})["en"].public_url


@pytest.fixture
def story(db, recorded):
    return recorded(make_plain_story)


@pytest.fixture
def ask(client):
    """``ask(path, maxwidth=…)``: the endpoint's answer for a page of the shop, or for any ``url``."""

    def ask_(path: str = "", endpoint: str = "/oembed/", url: str | None = None, **parameters):
        return client.get(endpoint, {"url": SITE + path if url is None else url, **parameters})

    return ask_


def frame_of(answer) -> dict:
    """The attributes of the iframe in the html."""
    return BeautifulSoup(answer["html"], "html.parser").iframe.attrs


def test_e1_pages_announce_both_answers_in_their_heads_and_headers(client, world):
    for path in world.values():
        check_discovery(client, path)


def check_discovery(client, path: str) -> None:
    response = client.get(path)
    assert response.text.index("text/xml+oembed") < 8192
    links = BeautifulSoup(response.text, "html.parser").find_all("link", type=re.compile("oembed"))
    assert [link["type"] for link in links] == ["application/json+oembed", "text/xml+oembed"]
    in_headers = re.findall(r'<([^>]+)>; rel="alternate"; type="([^"]+)"', response["Link"])
    assert in_headers == [(link["href"], link["type"]) for link in links]
    for link in links:
        parts = urlsplit(link["href"])
        assert set(parse_qs(parts.query)) == {"url", "format"}
        answer = client.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 200
        assert answer["Content-Type"].split(";")[0] == link["type"].replace("+oembed", "")


def test_e1_a_kept_page_has_the_same_headers(client, story):
    assert client.get(story)["Link"] == client.get(story)["Link"] != ""


def test_e1_pages_that_cannot_be_embedded_announce_nothing(client, world):
    for path in ("/en/", "/en/stories/", "/en/products/", "/en/basket/"):
        response = client.get(path)
        assert "Link" not in response
        assert "oembed" not in response.text


def test_e2_both_formats_have_the_same_values(ask, world):
    assert world.keys() == {kind.name for kind in kinds}
    for path in world.values():
        check_formats(ask(path), ask(path, format="xml"))


def check_formats(by_json, by_xml) -> None:
    assert by_json["Content-Type"] == "application/json; charset=utf-8"
    assert by_xml["Content-Type"] == "text/xml; charset=utf-8"
    values = by_json.json()
    assert values.keys() >= REQUIRED | RICH
    assert (values["version"], values["type"], values["cache_age"]) == ("1.0", "rich", 86400)
    assert {"width", "height"} <= {name for name, value in values.items() if type(value) is int}
    root = ElementTree.fromstring(by_xml.content)
    assert root.tag == "oembed"
    assert {child.tag: child.text for child in root} == {name: str(value) for name, value in values.items()}


def test_e2_the_endpoints_with_an_extension(ask, story):
    assert ask(story, "/oembed.json").json() == ask(story).json()
    assert ask(story, "/oembed.xml").content == ask(story, format="xml").content


def test_what_a_story_answers(ask, world):
    values = ask(world["story"], via="agency7", theme="dark").json()
    assert (values["title"], values["author_name"]) == ("The bowl that waits", "Sao Mai")
    assert values["author_url"] == SITE + world["village"]
    html = BeautifulSoup(values["html"], "html.parser")
    assert [tag.name for tag in html.find_all(True)] == ["blockquote", "a", "iframe"]
    assert html.a["href"] == f"{SITE}{world['story']}?via=agency7"
    assert html.a.text == html.iframe["title"] == "The bowl that waits"
    assert html.iframe.contents == []
    assert html.iframe["src"].startswith(f"{SITE}/embed/v1/en/story/")
    assert html.iframe["src"].endswith("/?theme=dark&via=agency7")
    assert html.iframe["loading"] == "lazy"
    assert html.iframe["referrerpolicy"] == "strict-origin-when-cross-origin"
    assert html.iframe["allow"] == "fullscreen"


def test_the_authors_of_the_kinds(ask, world):
    authors = {kind: ask(path).json()["author_name"] for kind, path in world.items()}
    assert authors == {
        "story": "Sao Mai",
        "village": "Sao Mai",
        "craft": "Village & Hand",
        "product": "Sao Mai Lacquer",
        "workshop": "Sao Mai Lacquer",
        "map": "Village & Hand",
        "visits": "Sao Mai",
    }


def test_the_japanese_page_answers_in_japanese(ask, story):
    values = ask(story.replace("/en/", "/ja/")).json()
    assert values["title"] == "待つ椀"
    assert "/embed/v1/ja/story/" in values["html"]


def test_lang_asks_for_another_language_and_unknown_ones_change_nothing(ask, client, story):
    answer = ask(story, lang="ja")
    assert (answer.json()["title"], answer["Content-Language"]) == ("待つ椀", "ja")
    assert client.get(urlsplit(frame_of(answer.json())["src"]).path).status_code == 200
    assert ask(story, lang="xx").json() == ask(story).json()


def test_lang_in_the_pasted_address_counts_where_the_request_names_none(ask, client, story):
    japanese, english = ask(story, lang="ja").json(), ask(story).json()
    assert japanese != english
    for pasted, more, expected in (
        ("?lang=ja", {}, japanese),
        ("?theme=x&lang=ja-JP", {}, japanese),
        ("?lang=ja", {"lang": "xx"}, japanese),
        ("?lang=ja", {"lang": "en"}, english),
        ("?lang=xx", {}, english),
    ):
        assert ask(story + pasted, **more).json() == expected, (pasted, more)
        card = client.get("/embed/v1/card", {"url": SITE + story + pasted, **more})
        assert card.content == client.get(frame_of(expected)["src"].removeprefix(SITE)).content, (pasted, more)
    elsewhere = client.get("/embed/v1/card", {"url": "https://elsewhere.example/?lang=ja"})
    assert (elsewhere.status_code, elsewhere["Content-Language"]) == (404, "en")


def test_e3_the_card_stays_within_the_maxima(ask, world):
    for path, maxwidth, maxheight in product(world.values(), (None, 200, 320, 600, 2000), (None, 200, 400)):
        given = {"maxwidth": maxwidth, "maxheight": maxheight}
        given = {name: value for name, value in given.items() if value}
        values = ask(path, **given).json()
        assert sizes.SMALLEST <= values["width"] <= given.get("maxwidth", sizes.USUAL_WIDTH)
        assert sizes.SMALLEST <= values["height"] <= given.get("maxheight", sizes.TALLEST)
        frame = frame_of(values)
        assert (frame["width"], frame["height"]) == (str(values["width"]), str(values["height"]))


def test_e3_a_thumbnail_is_whole_or_absent_and_within_the_maxima(ask, world):
    names = {"thumbnail_url", "thumbnail_width", "thumbnail_height"}
    for path in world.values():
        for maxima in ({}, {"maxwidth": 700}, {"maxwidth": 479}, {"maxheight": 330}, {"maxheight": 200}):
            values = ask(path, **maxima).json()
            assert values.keys() & names in (set(), names)
            assert values.get("thumbnail_width", 0) <= maxima.get("maxwidth", 9999)
            assert values.get("thumbnail_height", 0) <= maxima.get("maxheight", 9999)
    assert ask(world["story"]).json()["thumbnail_width"] == 960
    assert ask(world["story"], maxwidth=700).json()["thumbnail_width"] == 480
    for maxima in ({"maxwidth": 479}, {"maxwidth": 0}, {"maxheight": 0}, {"maxwidth": 0, "maxheight": 0}):
        assert not ask(world["story"], **maxima).json().keys() & names


def test_e3_too_little_room_for_a_card_gives_a_link(ask, story):
    for maxima in ({"maxwidth": 199}, {"maxheight": 100}, {"maxwidth": 0}):
        values = ask(story, **maxima).json()
        assert values["type"] == "link"
        assert not values.keys() & RICH


FOREIGN = [
    "https://elsewhere.example/en/stories/x/",
    "http://testserver.elsewhere.example/en/stories/x/",
    "http://testserver@elsewhere.example/en/",
    "http://someone@testserver{story}",
    "http://testserver:8000{story}",
    "file:///etc/passwd",
    "http:elsewhere.example",
    "javascript:alert(1)",
    SITE,
    SITE + "/",
    SITE + "/en/",
    SITE + "/en/stories/",
    SITE + "/en/workshops/",
    SITE + "/en/account/login/",
    SITE + "/admin/login/",
    SITE + "/en/stories/../{story}",
    SITE + "/en/%2e%2e{story}",
    SITE + "//{story}",
    SITE + "/xx{story}",
    SITE + "/en/stories/never-was/",
    SITE + "/en/products/never-was-999999/",
    SITE + "/en/products/never-was-99999999999999999999/",
    SITE + "/en/stories/\x00/",
]


def test_e4_what_is_not_ours_is_404_with_one_body(ask, story):
    nothing = ask(url=SITE + "/en/nothing/").content
    for url in FOREIGN:
        answer = ask(url=url.replace("{story}", story))
        assert (answer.status_code, answer.content) == (404, nothing), url


def test_e4_the_server_connects_to_nobody(ask, db):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        port = listener.getsockname()[1]
        for url in (f"http://127.0.0.1:{port}/en/stories/x/", f"http://localhost:{port}/"):
            assert ask(url=url).status_code == 404
        with pytest.raises(TimeoutError):
            listener.accept()


def test_e4_drafts_and_what_was_taken_back_are_404(ask, db):
    pages = {
        state: make_story(title="Secret")["en"] for state in ("draft", "expired", "unpublished", "deleted")
    }
    nothing = ask(url=SITE + "/en/nothing/").content
    pages["draft"].unpublish()
    type(pages["draft"]).objects.filter(pk=pages["draft"].pk).update(first_published_at=None)
    type(pages["expired"]).objects.filter(pk=pages["expired"].pk).update(
        expired=True, live=False, expire_at=timezone.now()
    )
    pages["unpublished"].unpublish()
    pages["deleted"].delete()
    for page in pages.values():
        answer = ask(page.public_url)
        assert (answer.status_code, answer.content) == (404, nothing)


def test_e4_a_hidden_piece_is_404(ask, db):
    piece = make_piece(is_public=False)
    assert ask(f"/en/products/{piece.slug}-{piece.pk}/").status_code == 404


@pytest.mark.parametrize("on", ["page", "parent"])
def test_e5_a_restricted_story_is_401_and_tells_nothing(ask, client, db, on):
    page = make_story(title="The secret bowl", intro="Nobody may read this.", hero=make_picture())["en"]
    assert ask(page.public_url).status_code == 200
    target = page if on == "page" else page.get_parent()
    PageViewRestriction.objects.create(page=target, restriction_type="password", password="sesame")
    answer = ask(page.public_url)
    assert answer.status_code == 401
    assert "secret" not in answer.text.lower()
    assert "picture" not in answer.text
    shown = client.get(page.public_url)
    assert "Nobody may read this." not in shown.text
    assert "private" in shown["Cache-Control"]


def test_e5_a_restricted_page_is_not_kept_for_others(client, cast):
    page = make_story(title="The secret bowl")["en"]
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert "The secret bowl" in cast.buyer.client.get(page.public_url).text
    assert client.get(page.public_url).status_code == 302


WRONG = [
    ({"format": "yaml"}, 501),
    ({"url": ""}, 400),
    ({"url": "not a url"}, 400),
    ({"url": "//testserver/en/stories/x/"}, 400),
    ({"url": "http://[broken/"}, 400),
    ({"url": "http://testserver:port/"}, 400),
    ({"maxwidth": "abc"}, 400),
    ({"maxwidth": "-5"}, 400),
    ({"maxheight": "1.5"}, 400),
    ({"maxwidth": "²"}, 400),
    ({"maxwidth": "9" * 5000}, 400),
]


def test_e6_what_is_asked_wrongly(ask, story):
    for parameters, status in WRONG:
        answer = ask(story, **parameters)
        assert answer.status_code == answer.json()["status"] == status, parameters
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_e6_no_url_at_all(client, db):
    assert client.get("/oembed/").status_code == 400
    answer = client.get("/oembed.xml")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/xml; charset=utf-8")
    assert ElementTree.fromstring(answer.content).tag == "error"


def test_e6_other_methods_are_405(client, db):
    client.handler.enforce_csrf_checks = True
    for method in ("post", "put", "patch", "delete", "options"):
        answer = getattr(client, method)("/oembed/")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_e6_callback_and_dnt_change_nothing(ask, story):
    assert ask(story, callback="x", dnt="1", foo="bar").content == ask(story).content


def test_e7_a_wild_title_stays_inert(ask, db):
    title = '"><script>alert(1)</script>\u202e שלום 🏺 & ' + "long " * 50
    path = make_story(title=title[:255])["en"].public_url
    by_json, by_xml = ask(path), ask(path, format="xml")
    assert b"<" not in by_json.content
    assert ElementTree.fromstring(by_xml.content).find("title").text == by_json.json()["title"] == title[:255]
    html = BeautifulSoup(by_json.json()["html"], "html.parser")
    assert [tag.name for tag in html.find_all(True)] == ["blockquote", "a", "iframe"]
    assert html.a.text == html.iframe["title"] == title[:255]


def test_e7_signs_that_xml_cannot_hold_are_left_out(ask, db):
    path = make_story(title="A\x0bB\x01C")["en"].public_url
    assert ElementTree.fromstring(ask(path, format="xml").content).find("title").text == "ABC"


def test_headers_of_an_answer(ask, client, cast, story):
    answer = ask(story)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "public, max-age=3600, stale-if-error=604800"
    assert answer["Content-Language"] == "en"
    assert "Vary" not in answer
    assert not answer.cookies
    known = cast.buyer.client.get("/oembed/", {"url": SITE + story})
    for response in (known, answer):
        # Every request has a number of its own.
        del response.headers["X-Request-ID"]
    assert (known.content, known.headers) == (answer.content, answer.headers)
    again = client.get("/oembed/", {"url": SITE + story}, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


def test_e24_a_code_that_is_none_is_left_out(ask, story):
    for via in ('"><script>', "a b", "x" * 41, "é", "a&b=c", "//evil.example"):
        assert ask(story, via=via).content == ask(story).content


def test_e26_the_address_from_before_a_rename_still_answers(ask, db):
    page = make_story(title="A story", slug="old-name")["en"]
    old = page.public_url
    page.slug = "new-name"
    page.save_revision().publish()
    values = ask(old).json()
    assert f"{SITE}/en/stories/new-name/" in values["html"]


def test_the_host_of_the_request_counts_only_in_debug(client, settings, story):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    parameters = {"url": f"http://localhost{story}"}
    assert client.get("/oembed/", parameters, headers={"Host": "localhost"}).status_code == 404
    settings.DEBUG = True
    assert client.get("/oembed/", parameters, headers={"Host": "localhost"}).status_code == 200


def test_few_statements_cold_and_none_on_a_hit(
    ask, world, steady, django_assert_max_num_queries, django_assert_num_queries
):
    ask(world["story"])  # draws the pictures
    remembered.forget()
    with django_assert_max_num_queries(6):
        assert ask(world["story"]).status_code == 200
    for memory in (remembered, directory, version):
        memory.forget()
    with django_assert_max_num_queries(11):
        assert ask(world["story"], via="agency7").status_code == 200
    with django_assert_num_queries(0):
        assert ask(world["story"], maxwidth=320, via="agency7").status_code == 200


def test_e27_without_a_database_known_answers_stay_and_others_are_503(ask, world, client):
    kept = ask(world["story"]).content
    with database_away():
        assert ask(world["story"]).content == kept
        assert ask(world["story"], maxwidth=300).status_code == 200
        for path in (world["village"], "/en/stories/never-was/", "/nowhere/"):
            answer = ask(path)
            assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (
                503,
                "30",
                "no-store",
            )
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert "Traceback" not in answer.text
        assert ask(url="https://elsewhere.example/").status_code == 503
        assert ask(url="").status_code == 400
        assert json.loads(ask(world["story"], format="yaml").content)["status"] == 501
    assert ask(world["village"]).status_code == 200


@pytest.mark.parametrize("kind", ["story", "product"])
def test_who_follows_the_pages_links_gets_the_looks_of_its_address(client, world, kind):
    """Without the code: the page's own address does not have it any more. What is no look is left out."""
    page = client.get(f"{world[kind]}?theme=dark&accent=%23AB12CD&currency=jpy&x=1&theme2=%22%3E")
    json_link, xml_link = re.findall(r"<([^>]+)>", page["Link"])
    assert parse_qs(urlsplit(json_link).query)["url"] == [f"{SITE}{world[kind]}?currency=JPY&theme=dark&accent=ab12cd"]
    html = client.get(json_link.removeprefix(SITE)).json()["html"]
    assert "?currency=JPY&amp;theme=dark&amp;accent=ab12cd" in html
    assert json_link.replace("&", "&amp;") in page.text and xml_link.replace("&", "&amp;") in page.text
    nonsense = client.get(f"{world[kind]}?theme=blue&accent=red")
    assert nonsense["Link"] == client.get(world[kind])["Link"]
