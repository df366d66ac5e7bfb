"""What the API tells: stories, villages and pieces, exactly as the pages have them, and nothing that is not public."""

import json
from datetime import date, timedelta
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from catalogue.models import Product
from marketplace.trade.models import Restriction
from storefront.listing import directory, version
from storefront.models import StoryPage
from storefront.public import page_cache
from tests.factories import (
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_village,
    make_visit_day,
    make_workshop,
)
from tests.feeds.world import CHANGED, PUBLISHED, SITE, soup, thing

API = "/api/v1"


def ask(client, path: str, **query) -> dict:
    answer = client.get(f"{API}/{path}", query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer.content
    assert "public" in answer["Cache-Control"] and not answer.cookies and "Vary" not in answer
    assert answer["Content-Language"] == query.get("lang", "en")
    return json.loads(answer.content)


def titles(client, path: str, **query) -> list[str]:
    return [item["title"] for item in ask(client, path, **query)["items"]]


def test_a_story_in_the_language_that_was_asked_for(client, world):
    found = ask(client, "stories/", lang="ja")
    assert found["meta"] == {"total_count": 1, "limit": 20, "offset": 0, "lang": "ja"}
    assert found["links"] == {"self": f"{SITE}{API}/stories/?lang=ja", "next": None, "previous": None}
    [story] = found["items"]
    assert (story["id"], story["title"], story["lang"]) == (world.story["en"].pk, "待つ椀", "ja")
    assert story["url"] == SITE + world.paths("ja")["story"]
    assert story["translations"] == {code: SITE + world.paths(code)["story"] for code in ("en", "ja")}
    assert story["village"] == {"slug": "sao-mai", "name": "サオマイ", "lang": "ja", "url": SITE + world.paths("ja")["village"]}
    assert (story["published_at"], story["updated_at"]) == (PUBLISHED.isoformat(), CHANGED.isoformat())
    assert client.get(urlsplit(story["picture"]["url"]).path).status_code == 200
    # Where it is not told the fallback stands in, and says so.
    assert [(row["title"], row["lang"]) for row in ask(client, "stories/", lang="th")["items"]] == [("The bowl that waits", "en")]


def test_a_story_has_one_number_in_all_languages(client, world):
    for page in world.story.values():
        assert ask(client, f"stories/{page.pk}/", lang="ja")["item"]["title"] == "待つ椀"
        assert ask(client, f"stories/{page.pk}", lang="en")["item"]["id"] == world.story["en"].pk
    world.story["en"].unpublish()
    assert ask(client, f"stories/{world.story['en'].pk}/")["item"]["title"] == "待つ椀"


def test_a_storys_text_is_html_that_stands_alone(client, world):
    picture = make_picture(size=(1300, 900))
    text = f'<p>See <a linktype="page" id="{world.story["en"].pk}">it</a>.</p>'
    body = [
        {"type": "text", "value": {"heading": "A & B", "text": text}},
        {"type": "picture", "value": {"image": picture.pk, "alt": 'A "bowl"', "caption": "<b>Old</b>", "credit": "Hoa"}},
        {"type": "quote", "value": {"quote": "Wait.", "speaker": "Hoa", "role": "lacquerer"}},
        {"type": "steps", "value": {"title": "How", "steps": [_step("Coil"), _step("Paint")]}},
        {"type": "product", "value": {"product": world.piece.pk}},
    ]
    page = make_story(title="All blocks", slug="all", village=world.village, body=body)["en"]
    item = ask(client, f"stories/{page.pk}/")["item"]
    html = BeautifulSoup(item["html"], "html.parser")
    assert [row.get_text() for row in html.find_all("h2")] == ["A & B", "How"]
    assert html.p.a["href"] == SITE + world.paths()["story"]
    assert (html.img["alt"], html.figcaption.get_text()) == ('A "bowl"', "<b>Old</b> · Hoa")
    assert html.img["src"].startswith(f"{SITE}/media/")
    assert html.blockquote.get_text() == "Wait."
    assert [row.get_text() for row in html.ol.find_all("h3")] == ["Coil", "Paint"]
    assert html.ul.a["href"] == SITE + world.paths()["piece"]
    assert {name for tag in html.find_all(True) for name in tag.attrs} <= {"href", "src", "alt", "width", "height"}
    assert [piece["id"] for piece in item["pieces"]] == [world.piece.pk]


def _step(title: str) -> dict:
    value = {"title": title, "text": "So.", "picture": None, "alt": "", "credit": ""}
    return {"type": "item", "value": value, "id": f"0-{title}"}


HOSTILE = [
    "<script>alert(1)</script><p>Fine</p>",
    '<p onclick="alert(1)" style="x">Fine</p>',
    '<p><a href="javascript:alert(1)">Fine</a></p>',
    '<p><a href="//evil.example/">Fine</a></p>',
    "<p>Fine</p><![CDATA[ > <img src=x onerror=alert(1)> ]]>",
    "<p>Fine</p><!-- > <img src=x onerror=alert(1)> -->",
    "<svg onload=alert(1)><p>Fine</p></svg>",
    "<style>p{}</style><p>Fine</p><iframe src=//evil.example></iframe>",
]


def test_nothing_runs_in_a_storys_html(client, world):
    body = [{"type": "text", "value": {"heading": "<i>", "text": text}} for text in HOSTILE]
    page = make_story(title="Hostile", slug="hostile", body=body)["en"]
    html = ask(client, f"stories/{page.pk}/", fields="html")["item"]["html"]
    found = BeautifulSoup(html, "html.parser")
    assert [row.get_text() for row in found.find_all("p")] == ["Fine"] * len(HOSTILE)
    assert [row.get_text() for row in found.find_all("h2")] == ["<i>"] * len(HOSTILE)
    for word in ("alert", "<script", "<img", "<svg", "<style", "<iframe", "onclick", "style=", "javascript", "evil", "<!"):
        assert word not in html
    assert b"<" not in client.get(f"{API}/stories/{page.pk}/").content


def test_a_piece_costs_what_its_page_says(client, world):
    item = ask(client, f"pieces/{world.piece.pk}/", lang="ja", currency="JPY")["item"]
    page = client.get(item["url"].removeprefix(SITE))
    offer = thing(page, "Product")["offers"]
    assert (item["price"]["amount"], item["price"]["currency"]) == (offer["price"], "JPY")
    assert item["price"]["text"] == soup(page).select_one(".buy-box .price").get_text()
    assert (item["title"], item["lang"], item["availability"], item["code"]) == ("赤い椀", "ja", "in_stock", "SM-1")
    assert item["maker"]["slug"] == "sao-mai-lacquer" and item["economy"] == {"code": "VN", "name": "ベトナム"}
    plain = ask(client, f"pieces/{world.piece.pk}/")["item"]
    assert plain["price"] == {"amount": "48.00", "currency": "USD", "text": "$48.00", "is_from": False}
    assert plain["url"] == SITE + world.paths()["piece"]
    assert (plain["summary"], plain["origin"]["code"], plain["net_weight_g"]) == ("Red inside.", "VN", 400)
    # A story's pieces are the same.
    shown = ask(client, f"stories/{world.story['en'].pk}/", currency="JPY")["item"]["pieces"][0]
    assert shown["code"] == "SM-1" and shown["price"]["amount"] == offer["price"]


def test_a_piece_that_does_not_go_to_where_the_currency_is_at_home_cannot_be_had(client, world):
    Restriction.objects.create(
        code="NO-POTS", destination="JP", hs="6912", action="prohibit", text="No stoneware.", state="live",
        effective_from=date(2020, 1, 1), review_by=date(2099, 1, 1), source="A test",
    )
    family = make_piece(world.workshop, title="Set", variants={"Small": ("12.00", 2), "Large": ("20.00", 0)})
    fan = make_piece(world.workshop, title="Fan", hs_code="")
    Product.objects.filter(pk=fan.pk).update(hs_code="460219")
    there = {row["id"]: row["availability"] for row in ask(client, "pieces/", currency="JPY")["items"]}
    assert there == {**dict.fromkeys((world.piece.pk, world.made_to_order.pk, family.pk), "not_sent"), fan.pk: "in_stock"}
    for pk, said in there.items():
        page = client.get(urlsplit(ask(client, f"pieces/{pk}/", currency="JPY")["item"]["url"]).path)
        assert ("offers" in thing(page, "Product")) == (said != "not_sent")
        assert ask(client, f"pieces/{pk}/", currency="JPY")["item"]["availability"] == said
    assert [row["id"] for row in ask(client, "pieces/", currency="JPY", available="true")["items"]] == [fan.pk]
    variants = ask(client, f"pieces/{family.pk}/", currency="JPY")["item"]["variants"]
    assert [row["availability"] for row in variants] == ["not_sent", "sold_out"]
    story = f"stories/{world.story['en'].pk}/"
    shown = ask(client, story, currency="JPY", fields="pieces")["item"]["pieces"]
    assert {row["id"]: row["availability"] for row in shown} == there
    mentioned = thing(client.get(f"/jp-jpy{world.paths()['story']}"), "Article")["mentions"]
    assert mentioned and not [row for row in mentioned if "availability" in row["offers"]]
    # Elsewhere nothing of it is said.
    for query in ({}, {"currency": "CAD"}):
        assert not [row for row in ask(client, "pieces/", **query)["items"] if row["availability"] == "not_sent"]


def test_variants_and_what_has_no_price(client, world):
    piece = make_piece(world.workshop, title="Set", variants={"Small": ("12.00", 2), "Large": ("20.00", 0)})
    item = ask(client, f"pieces/{piece.pk}/")["item"]
    assert (item["price"]["amount"], item["price"]["is_from"]) == ("12.00", True)
    told = [(row["label"], row["price"]["amount"], row["availability"]) for row in item["variants"]]
    assert told == [("Small", "12.00", "in_stock"), ("Large", "20.00", "sold_out")]
    assert ask(client, f"pieces/{make_piece(world.workshop, price='0.00').pk}/")["item"]["price"] is None


def test_pieces_are_filtered_and_sorted(client, world):
    other = make_workshop("ban-fai-indigo", village=make_village("ban-fai", economy="TH"))
    make_piece(other, title="Scarf", price="30.00", stock=0)
    newest = ["Scarf", "Tray", "Red bowl"]
    assert titles(client, "pieces/") == newest
    assert titles(client, "pieces/", sort="price") == ["Scarf", "Red bowl", "Tray"]
    assert titles(client, "pieces/", sort="-price") == ["Tray", "Red bowl", "Scarf"]
    for query in ({"village": "ban-fai"}, {"workshop": "ban-fai-indigo"}, {"economy": "TH"}):
        assert titles(client, "pieces/", **query) == ["Scarf"]
    assert titles(client, "pieces/", craft="lacquer") == titles(client, "pieces/", available="true") == newest[1:]
    assert titles(client, "pieces/", village="nowhere") == titles(client, "pieces/", economy="PE") == []


def test_stories_are_filtered(client, world):
    make_story(title="Elsewhere", village=make_village(economy="TH"))
    for query in ({"village": "sao-mai"}, {"craft": "lacquer"}, {"workshop": "sao-mai-lacquer"}, {"economy": "VN"}):
        assert titles(client, "stories/", **query) == ["The bowl that waits"]
    assert titles(client, "stories/", economy="TH") == ["Elsewhere"]
    assert titles(client, "stories/") == ["Elsewhere", "The bowl that waits"]


def test_a_list_is_walked_in_parts(client, world):
    for number in range(5):
        make_piece(world.workshop, title=f"Piece {number}")
    seen, path, query = [], "pieces/", {"limit": "3"}
    while path:
        found = ask(client, path, **query)
        assert found["meta"]["total_count"] == 7
        seen += [item["id"] for item in found["items"]]
        path, query = (found["links"]["next"] or "").removeprefix(f"{SITE}{API}/"), {}
    assert len(seen) == len(set(seen)) == 7
    second = ask(client, "pieces/", limit="3", offset="3")
    assert second["links"]["previous"] == f"{SITE}{API}/pieces/?limit=3"


def test_only_the_fields_that_were_asked_for(client, world):
    assert ask(client, "pieces/", fields="title,id")["items"][0] == {"id": world.made_to_order.pk, "title": "Tray"}
    assert set(ask(client, f"stories/{world.story['en'].pk}/", fields="html,title")["item"]) == {"title", "html"}


def test_villages_with_their_visit_days(client, world):
    make_village("no-page")
    starts = timezone.now().replace(microsecond=0) + timedelta(days=2)
    day = make_visit_day(world.village, starts_at=starts, price="9.50", currency="USD", workshop=world.workshop, seats=6)
    [village] = ask(client, "villages/", lang="ja")["items"]
    assert (village["slug"], village["name"], village["lang"], village["region"]) == ("sao-mai", "サオマイ", "ja", "Delta")
    assert village["geo"] == {"latitude": 21.1, "longitude": 105.9}
    [visit] = ask(client, "villages/sao-mai/")["item"]["visits"]
    assert (visit["id"], visit["name"], visit["price"]["amount"], visit["seats"]) == (str(day.uuid), "Indigo morning", "9.50", 6)
    assert timezone.datetime.fromisoformat(visit["starts_at"]) == starts and visit["starts_at"].endswith("+07:00")
    assert client.get(urlsplit(village["calendar_url"]).path).status_code == 200
    assert ask(client, "villages/", economy="TH")["items"] == []


def test_what_is_not_public_is_not_there(client, world, commit):
    secret = make_story(title="Secret", slug="secret")["en"]
    draft = make_story(title="Draft", slug="draft")["en"]
    draft.unpublish()
    hidden = make_piece(world.workshop, title="Hidden", is_public=False)
    away = make_village("away")
    for page in (secret, *make_place_page(away).values()):
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    make_visit_day(away, starts_at=timezone.now() + timedelta(days=1))
    commit()
    assert titles(client, "stories/") == ["The bowl that waits"]
    assert "Hidden" not in titles(client, "pieces/")
    assert [row["slug"] for row in ask(client, "villages/")["items"]] == ["sao-mai"]
    paths = [f"stories/{secret.pk}/", f"stories/{draft.pk}/", f"pieces/{hidden.pk}/", "villages/away/", "villages/no-page/"]
    answers = [client.get(f"{API}/{path}") for path in paths]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    # A number of something else is no story.
    other = StoryPage.objects.get(slug="the-bowl-that-waits", locale__language_code="en").get_parent()
    assert client.get(f"{API}/stories/{other.pk}/").status_code == 404


# Statements in a worker that remembers nothing.
COSTS = {"stories/": 7, "stories/{story}/": 10, "pieces/": 5, "pieces/{piece}/": 9, "villages/": 4, "villages/sao-mai/": 5}
COSTS["pieces/?currency=JPY"] = 10


def cost(client, address: str) -> int:
    ask(client, address)
    for kept in (version, directory):
        kept.forget()
    page_cache.clear()
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        ask(client, address)
    with CaptureQueriesContext(connection) as again:
        ask(client, address)
    assert len(again) == 0
    return len(captured)


def test_a_few_statements_however_many_things(client, world, steady):
    paths = {path: path.format(story=world.story["en"].pk, piece=world.piece.pk) for path in COSTS}
    assert {path: cost(client, address) for path, address in paths.items()} == COSTS
    tomorrow = timezone.now() + timedelta(days=1)
    for number in range(2):
        make_piece(world.workshop, title=f"More {number}", pictures=1)
        village = make_village()
        make_place_page(village, title="Only English", hero=make_picture())
        for place in (village, world.village):
            make_visit_day(place, starts_at=tomorrow)
        make_story(title={"en": f"S{number}", "vi": f"T{number}"}, slug=f"s{number}", village=world.village, hero=make_picture())
    assert {path: cost(client, address) for path, address in paths.items()} == COSTS
