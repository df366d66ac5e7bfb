"""JSON-LD says what the page shows, in the words of schema.org, and stays inert whatever an editor writes."""

import json
import re
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.economies.names import economy_name
from marketplace.money import Money
from storefront.linked_data import nodes
from storefront.linked_data.script import as_script
from storefront.models import StoryPage
from tests.factories import make_piece, make_story, make_visit_day
from tests.feeds.world import CHANGED, PUBLISHED, SITE, expanded, soup, thing, things

STORY_NEEDS = {
    *("headline", "image", "datePublished", "dateModified", "author", "inLanguage", "about", "mentions", "url"),
    *("workTranslation", "publisher", "description"),
}


def crumbs(found: dict) -> list[tuple]:
    assert [row["position"] for row in found["itemListElement"]] == list(range(1, len(found["itemListElement"]) + 1))
    return [(row["name"], row.get("item")) for row in found["itemListElement"]]


def cards(html) -> dict[str, str]:
    """Title → price, as the page shows pieces."""
    return {card.h3.get_text(strip=True): card.select_one(".price").contents[0].strip() for card in html.select(".card")}


def test_a_story_is_an_article_that_says_what_the_page_says(client, world):
    answer = client.get(world.paths()["story"])
    html, found = soup(answer), thing(answer, "Article")
    assert set(found) >= STORY_NEEDS
    assert found["headline"] == html.h1.get_text()
    assert found["description"] == html.select_one(".lead").get_text()
    assert found["url"] == html.select_one("link[rel=canonical]")["href"] == f"{SITE}{world.paths()['story']}"
    assert found["inLanguage"] == html.html["lang"] == "en"
    assert found["datePublished"] == PUBLISHED.isoformat()
    assert found["datePublished"].startswith(html.select_one("time")["datetime"])
    assert found["dateModified"] == CHANGED.isoformat()
    shown = html.select_one(".story-head img")["srcset"]
    assert found["image"][0] == html.select_one('meta[property="og:image"]')["content"]
    assert found["image"][1].removeprefix(SITE) in shown
    assert (found["author"]["name"], found["publisher"]["name"]) == ("Sao Mai", "Village & Hand")
    place, craft, workshop = found["about"]
    kicker = html.select_one(".drop .kicker").get_text()
    assert kicker == f"{place['name']} · {economy_name(place['address']['addressCountry'])} · {craft['name']}"
    assert (place["@type"], place["touristType"]) == ("TouristAttraction", ["Lacquer"])
    assert "description" not in place and "description" not in workshop  # the page does not show them
    assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 21.1, "longitude": 105.9}
    assert workshop["name"] in html.select_one(".story-maker").get_text()
    assert crumbs(thing(answer, "BreadcrumbList")) == [("Stories", f"{SITE}/en/stories/"), ("The bowl that waits", None)]


def test_the_pieces_of_a_story_are_those_that_it_shows_at_their_prices(client, world):
    answer = client.get(world.paths()["story"])
    mentioned = thing(answer, "Article")["mentions"]
    assert [(row["name"], row["offers"]["price"], row["offers"]["priceCurrency"]) for row in mentioned] == [
        ("Red bowl", "48.00", "USD"),
        ("Tray", "90.50", "USD"),
    ]
    assert [row["offers"]["availability"].rpartition("/")[2] for row in mentioned] == ["InStock", "MadeToOrder"]
    assert cards(soup(answer)) == {"Red bowl": "$48.00", "Tray": "$90.50"}
    assert mentioned[0]["url"] == SITE + world.paths()["piece"]


def test_a_translation_names_its_source_and_the_source_its_translations(client, world):
    english, japanese = (thing(client.get(world.paths(code)["story"]), "Article") for code in ("en", "ja"))
    ja_url, en_url = (SITE + world.paths(code)["story"] for code in ("ja", "en"))
    assert english["workTranslation"] == [{"@type": "Article", "url": ja_url, "inLanguage": "ja"}]
    assert "translationOfWork" not in english
    assert japanese["translationOfWork"] == {"@type": "Article", "url": en_url, "inLanguage": "en"}
    assert (japanese["headline"], japanese["inLanguage"]) == ("待つ椀", "ja")
    # Where it is not told, the English one stands in: it says so, and is no translation.
    thai = thing(client.get(world.paths("th")["story"]), "Article")
    assert (thai["inLanguage"], thai["url"]) == ("en", en_url)


def test_a_village_is_an_attraction_with_its_visit_days(client, world):
    starts = timezone.now().replace(microsecond=0) + timedelta(days=3)
    make_visit_day(
        world.village, starts_at=starts, name="Open drying rooms", workshop=world.workshop, price="12.50", currency="USD", seats=8
    )
    off = make_visit_day(world.village, starts_at=starts + timedelta(days=1), name="Ferry day", called_off_at=timezone.now())
    answer = client.get(world.paths()["village"])
    html, found = soup(answer), thing(answer, "TouristAttraction")
    assert found["name"] == html.h1.get_text()
    assert found["description"] == html.select_one(".lead").get_text()
    assert found["geo"]["latitude"] == 21.1
    assert found["touristType"] == ["Lacquer"]
    assert html.select_one(".drop .kicker").get_text() == f"{found['address']['addressRegion']} · Viet Nam"
    first, second = [row for row in things(answer) if row["@type"] == "Event"]
    rows = html.select(".visits li")
    assert [row.h3.get_text() for row in rows] == [first["name"], second["name"]] == ["Open drying rooms", "Ferry day"]
    assert [row.time["datetime"] for row in rows] == [first["startDate"], second["startDate"]]
    assert first["startDate"].endswith("+07:00")
    assert timezone.datetime.fromisoformat(first["startDate"]) == starts
    assert (first["offers"]["price"], first["offers"]["priceCurrency"]) == ("12.50", "USD")
    assert "$12.50 per person · Room for 8 visitors" in " ".join(rows[0].get_text().split())
    assert first["organizer"]["name"] == "Sao Mai Lacquer" == rows[0].a.get_text()
    assert [row["eventStatus"].rpartition("/")[2] for row in (first, second)] == ["EventScheduled", "EventCancelled"]
    assert second["isAccessibleForFree"] is True
    assert rows[1]["id"] == f"visit-{off.pk}" and "Called off" in rows[1].get_text()


def test_crafts_and_workshops_say_what_they_are(client, world):
    craft = thing(client.get(world.paths()["craft"]), "CollectionPage")
    assert craft["about"] == {"@type": "DefinedTerm", "name": "Lacquer"}
    assert {row["name"] for row in craft["mentions"]} == {"Red bowl", "Tray"}
    maker = thing(client.get(world.paths()["workshop"]), "Organization")
    assert (maker["name"], maker["foundingDate"], maker["location"]["name"]) == ("Sao Mai Lacquer", "1987", "Sao Mai")


def test_a_piece_is_a_product_with_the_offer_of_the_page(client, world):
    answer = client.get(world.paths()["piece"])
    html, found = soup(answer), thing(answer, "Product")
    offer = found["offers"]
    assert found["name"] == html.h1.get_text()
    assert found["description"] == html.select_one(".product-head .lead").get_text() == "Red inside."
    assert offer["price"] == "48.00" and html.select_one(".buy-box .price").get_text() == "$48.00"
    assert offer["priceCurrency"] == "USD"
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["itemCondition"] == "https://schema.org/NewCondition"
    assert offer["seller"]["name"] == html.select_one("#maker").get_text() == "Sao Mai Lacquer"
    assert offer["url"] == found["url"] == SITE + world.paths()["piece"]
    assert "shippingDetails" not in offer
    facts = {row.dt.get_text(): row.dd.get_text() for row in html.select(".facts dl div")}
    assert facts["Made in"] == economy_name(found["countryOfOrigin"])
    assert facts["Piece code"] == found["sku"]
    assert found["image"][0].removeprefix(SITE) in html.select_one(".gallery img, .product img")["srcset"]
    assert not {"aggregateRating", "review"} & set(found)
    trail = [crumb.get_text(strip=True) for crumb in html.select(".breadcrumbs li")]
    assert [name for name, _url in crumbs(thing(answer, "BreadcrumbList"))] == trail


def test_what_the_shop_states_about_returns_is_said_and_nothing_otherwise(client, world, settings, fresh):
    assert "hasMerchantReturnPolicy" not in thing(client.get(world.paths()["piece"]), "Product")["offers"]
    settings.MARKETPLACE_RETURNS = {"DAYS": 30, "PAGE": "https://shop.example/returns/"}
    fresh()
    answer = client.get(f"/jp-jpy{world.paths()['piece']}")
    found = thing(answer, "Product")["offers"]["hasMerchantReturnPolicy"]
    assert (found["merchantReturnDays"], found["applicableCountry"]) == (30, "JP")
    [link] = soup(answer).select(f'.buy-box a[href="{found["merchantReturnLink"]}"]')
    assert link.parent.get_text().startswith("You can send it back within 30 days after it arrived.")


def test_in_a_market_the_offer_has_its_price_and_its_postage(client, world):
    answer = client.get(f"/jp-jpy{world.paths('ja')['piece']}")
    html, offer = soup(answer), thing(answer, "Product")["offers"]
    assert offer["priceCurrency"] == "JPY"
    digits = re.sub(r"\D", "", html.select_one(".buy-box .price").get_text())
    assert offer["price"] == digits and int(digits) > 1000
    shipping = offer["shippingDetails"]
    assert shipping["shippingDestination"]["addressCountry"] == "JP"
    rate = shipping["shippingRate"]
    assert rate["currency"] == "JPY" and rate["value"] in re.sub(r"[,\s]", "", html.select_one(".door").get_text())
    assert offer["url"] == f"{SITE}/jp-jpy{world.paths('ja')['piece']}"
    assert thing(answer, "Product")["url"] == SITE + world.paths("ja")["piece"]


def test_variants_are_offers_of_their_own_and_what_costs_nothing_is_none(client, world):
    piece = make_piece(world.workshop, title="Set", variants={"Small": ("12.00", 2), "Large": ("20.00", 0), "Odd": ("0.00", 1)})
    offers = thing(client.get(world.path_of(piece)), "Product")["offers"]
    told = [(row["name"], row["price"], row["availability"].rpartition("/")[2]) for row in offers]
    assert told == [("Small", "12.00", "InStock"), ("Large", "20.00", "OutOfStock")]
    free = make_piece(world.workshop, title="Gift", price="0.00")
    answer = client.get(world.path_of(free))
    assert "offers" not in thing(answer, "Product")
    assert b"product:price" not in answer.content


def test_json_ld_expands_to_full_names(client, world):
    for kind, path in world.paths().items():
        found = expanded(client.get(path))
        assert len(found) >= 2, kind
        assert all(name.startswith(("https://schema.org/", "@")) for row in found for name in row), kind


HOSTILE = "</script><img src=x onerror=alert(1)> & \u2028 <!--"


def test_hostile_words_stay_inert_and_come_out_as_they_were_written(client, world):
    path = make_story(title=HOSTILE, slug="hostile", village=world.village, intro=HOSTILE)["en"].public_url
    answer = client.get(path)
    [script] = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', answer.content, re.S)
    assert not {b"<", b">", b"&", "\u2028".encode()} & {script[i : i + 1] for i in range(len(script))}
    assert "\u2028".encode() not in script
    assert soup(answer).find("img", src="x") is None
    article = next(row for row in json.loads(script)["@graph"] if row["@type"] == "Article")
    assert (article["headline"], article["description"]) == (HOSTILE, HOSTILE)


def test_every_sign_that_could_end_a_script_is_escaped():
    text = as_script([{"name": "<>&\u2028\u2029"}])
    assert r'"name":"\u003c\u003e\u0026\u2028\u2029"' in text
    assert as_script([]) == ""


def test_an_amount_has_the_digits_of_its_currency():
    """A price that is kept in memory may have been 50 when it was first asked for; 50.00 is equal to it."""
    given = [("50", "USD"), ("50.00", "USD"), ("7200.00", "JPY"), ("0.5", "USD")]
    assert [nodes.amount(Money(Decimal(text), code)) for text, code in given] == ["50.00", "50.00", "7200", "0.50"]


def test_a_hidden_piece_is_mentioned_nowhere(client, world, commit):
    world.piece.is_public = False
    world.piece.save()
    commit()
    assert "Red bowl" not in client.get(world.paths()["story"]).content.decode()
    assert StoryPage.objects.filter(slug="the-bowl-that-waits", live=True).count() == 2
