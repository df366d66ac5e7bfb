"""The Merchant feed lists what can be bought at the prices that pages and checkout ask, and nothing else."""

import logging
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.trade.models import Restriction
from storefront.feeds.merchant import keeping, reading
from storefront.listing import version
from storefront.listing.models import ContentVersion, ProductCard
from tests.factories import make_piece, make_workshop
from tests.feeds.world import SITE, soup, thing

G = "{http://base.google.com/ns/1.0}"
NAMES = {"title", "link", "description"}


def body(response) -> bytes:
    assert response.status_code == 200, response
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return b"".join(response.streaming_content)


def items(response) -> dict[str, dict[str, str]]:
    """Id → name → text; postage is "JP 1234.00 JPY"."""
    found = {}
    for item in ElementTree.fromstring(body(response)).iter("item"):
        row = {element.tag.replace(G, ""): " ".join(element.itertext()) for element in item}
        assert row["id"] not in found
        found[row["id"]] = row
    return found


def availability(offer: dict) -> str:
    return "out_of_stock" if offer["availability"].endswith("OutOfStock") else "in_stock"


def test_a_piece_is_listed_with_all_that_the_format_wants(client, world):
    answer = client.get("/en/feeds/merchant-usd.xml")
    assert not answer.cookies and "public" in answer["Cache-Control"] and "Vary" not in answer
    row = items(answer)[str(world.piece.pk)]
    picture = row.pop("image_link")
    assert picture.startswith(f"{SITE}/media/")
    assert row == {
        "id": str(world.piece.pk),
        "title": "Red bowl",
        "description": "Red inside.",
        "link": SITE + world.paths()["piece"],
        "availability": "in_stock",
        "price": "48.00 USD",
        "condition": "new",
        "brand": "Sao Mai Lacquer",
        "identifier_exists": "no",
        "product_type": "Lacquer",
        "ships_from_country": "VN",
        "shipping_weight": "480 g",
    }
    tray = items(client.get("/en/feeds/merchant-usd.xml"))[str(world.made_to_order.pk)]
    assert (tray["availability"], tray["max_handling_time"], tray["description"]) == ("in_stock", "21", "Tray")
    assert items(client.get("/ja/feeds/merchant-usd.xml"))[str(world.piece.pk)]["title"] == "赤い椀"


@pytest.mark.parametrize("market", ["", "jp-jpy"])
def test_price_stock_and_postage_are_those_of_the_page(client, world, market):
    piece = make_piece(world.workshop, title="Set", pictures=1, variants={"Small": ("12.00", 2), "Large": ("20.00", 0)})
    make_piece(world.workshop, title="Gone", stock=0, pictures=1)
    name = f"merchant-{market}" if market else "merchant-usd"
    found = items(client.get(f"/en/feeds/{name}.xml"))
    assert len(found) == 5
    for row in found.values():
        answer = client.get(row["link"].removeprefix(SITE))
        html, offers = soup(answer), thing(answer, "Product")["offers"]
        offer = offers if isinstance(offers, dict) else next(one for one in offers if row["title"].endswith(one["name"]))
        assert row["price"] == f"{offer['price']} {offer['priceCurrency']}"
        assert row["availability"] == availability(offer)
        if market:
            rate = offer["shippingDetails"]["shippingRate"]
            if "item_group_id" not in row:
                assert row["shipping"] == f"{market[:2].upper()} {rate['value']} {rate['currency']}"
        else:
            assert "shipping" not in row and "shippingDetails" not in offer
        assert html.select_one("#maker").get_text() == row["brand"]
    small, large = (row for row in found.values() if row.get("item_group_id"))
    assert {small["item_group_id"], large["item_group_id"]} == {str(piece.pk)}
    assert (small["title"], large["title"], large["availability"]) == ("Set · Small", "Set · Large", "out_of_stock")


def test_the_price_is_what_the_basket_asks(client, world):
    row = items(client.get("/en/feeds/merchant-jp-jpy.xml"))[str(world.piece.pk)]
    client.post_from_page("/jp-jpy/en/basket/add/", {"product_id": world.piece.pk})
    shown = soup(client.get("/jp-jpy/en/basket/")).get_text()
    amount, currency = row["price"].split()
    assert currency == "JPY" and f"¥{Decimal(amount):,}" in shown


def test_every_public_piece_and_no_other_is_listed(client, world, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 3)
    pieces = [make_piece(world.workshop, title=f"Piece {number}", pictures=1) for number in range(7)]
    hidden = make_piece(world.workshop, title="Hidden", is_public=False, pictures=1)
    listed = {int(pk) for pk in items(client.get("/en/feeds/merchant-usd.xml"))}
    assert listed == set(ProductCard.objects.filter(visible=True).values_list("pk", flat=True))
    assert listed == {world.piece.pk, world.made_to_order.pk, *(piece.pk for piece in pieces)}
    assert hidden.pk not in listed


def test_what_has_no_picture_is_left_out_and_reported(client, world, caplog):
    bare = make_piece(world.workshop, title="Bare", code="BARE-1")
    family = make_piece(world.workshop, title="Set", variants={"Small": ("12.00", 2), "Odd": ("0.00", 1)})
    with caplog.at_level(logging.WARNING, logger="storefront.feeds"):
        text = body(client.get("/en/feeds/merchant-usd.xml")).decode()
    small = family.children.get(title="Small")
    assert f"2 left out for want of a picture: BARE-1, {small.upc}" in caplog.text
    assert "<!-- 2 items; 1 left out for want of a price; 2 left out for want of a picture -->" in text
    for pk in (bare.pk, small.pk):
        assert f"<g:id>{pk}</g:id>" not in text
    assert text.count("<item>") == text.count("<g:image_link>") == 2


def test_what_has_no_price_is_left_out_and_reported(client, world, caplog):
    free = make_piece(world.workshop, title="Gift", price="0.00", code="FREE-1")
    unpriced = make_piece(world.workshop, title="Unpriced", code="NONE-1")
    unpriced.stockrecords.all().delete()
    odd = make_piece(world.workshop, title="Set", pictures=1, variants={"Small": ("12.00", 2), "Odd": ("0.00", 1)})
    with caplog.at_level(logging.WARNING, logger="storefront.feeds"):
        text = body(client.get("/en/feeds/merchant-usd.xml")).decode()
    codes = odd.children.get(title="Odd").upc
    assert f"left out for want of a price: FREE-1, {codes}, NONE-1" in caplog.text
    assert "<!-- 3 items; 3 left out for want of a price; 0 left out for want of a picture -->" in text
    assert f"<g:id>{free.pk}</g:id>" not in text and f"<g:id>{unpriced.pk}</g:id>" not in text
    assert not re.search(r"<g:price>0+(\.0+)? ", text)


def test_a_piece_that_does_not_go_to_a_market_is_not_in_stock_there(client, world):
    Restriction.objects.create(
        code="NO-POTS", destination="JP", hs="6912", action="prohibit", text="No stoneware.", state="live",
        effective_from=date(2020, 1, 1), review_by=date(2099, 1, 1), source="A test",
    )
    row = items(client.get("/en/feeds/merchant-jp-jpy.xml"))[str(world.piece.pk)]
    assert row["availability"] == "out_of_stock"
    page = client.get(f"/jp-jpy{world.paths()['piece']}")
    assert "offers" not in thing(page, "Product")
    assert soup(page).find("meta", property="product:availability")["content"] == "out of stock"
    assert items(client.get("/en/feeds/merchant-ca-cad.xml"))[str(world.piece.pk)]["availability"] == "in_stock"


def test_a_currency_means_its_own_market(client, world):
    by_currency, by_market = (items(client.get(f"/en/feeds/merchant-{name}.xml")) for name in ("jpy", "jp-jpy"))
    assert by_currency == by_market
    for name in ("xxx", "usdt", "zz-usd", "jp-xxx", "JPY"):
        assert client.get(f"/en/feeds/merchant-{name}.xml").status_code == 404


def test_an_antique_and_a_bar_code_are_said(client, world):
    piece = make_piece(world.workshop, title="Old", pictures=1, contains=["antique"], gtin="4006381333931")
    row = items(client.get("/en/feeds/merchant-usd.xml"))[str(piece.pk)]
    assert (row["condition"], row["gtin"]) == ("used", "4006381333931")
    assert "identifier_exists" not in row
    assert thing(client.get(world.path_of(piece)), "Product")["offers"]["itemCondition"].endswith("/UsedCondition")


def test_hostile_and_long_words_stay_words(client, world):
    title = "]]></title><script>&amp; \x0b\x1f🧵" + "ผ" * 200
    Product.objects.filter(pk=world.piece.pk).update(title=title)
    card = ProductCard.objects.get(pk=world.piece.pk)
    card.texts["en"]["title"] = title
    card.save()
    answer = client.get("/en/feeds/merchant-usd.xml")
    row = items(answer)[str(world.piece.pk)]
    assert row["title"] == title.replace("\x0b", "").replace("\x1f", "")[:150]


def test_a_reader_who_has_it_gets_304_until_something_changes(client, world, fresh):
    path = "/en/feeds/merchant-usd.xml"
    first = client.get(path)
    body(first)
    with CaptureQueriesContext(connection) as captured:
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, len(captured)) == (304, b"", 0)
    head = client.head(path)
    assert (head.status_code, head["ETag"], head.content) == (200, first["ETag"], b"")
    assert client.get("/ja/feeds/merchant-usd.xml")["ETag"] != first["ETag"]
    world.piece.stockrecords.update(price="50.00")
    world.piece.save()
    fresh()
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert items(changed)[str(world.piece.pk)]["price"] == "50.00 USD"
    assert client.post(path).status_code == 405


def test_while_the_bytes_stay_the_etag_stays(client, world, fresh):
    path = "/en/feeds/merchant-usd.xml"
    first = client.get(path)
    whole, before = body(first), version.current()
    world.story["en"].save_revision().publish()
    ContentVersion.objects.update(number=F("number") + 1)
    fresh()
    assert version.current() != before
    for known in (first["ETag"], f"W/{first['ETag']}", "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), known
    other = client.get(path)
    assert (body(other), other["ETag"]) == (whole, first["ETag"])


def test_a_feed_that_takes_long_is_sent_at_once_and_its_bytes_count_from_then_on(client, world, fresh, monkeypatch):
    path = "/en/feeds/merchant-usd.xml"
    whole = body(client.get(path))
    cache.clear()
    monkeypatch.setattr(keeping, "PATIENCE", 0)
    early = client.get(path)
    assert body(early) == whole
    assert client.get(path, headers={"If-None-Match": early["ETag"]}).status_code == 304
    later = client.get(path)
    assert body(later) == whole and later["ETag"] != early["ETag"]
    ContentVersion.objects.update(number=F("number") + 1)
    fresh()
    monkeypatch.undo()
    assert client.get(path, headers={"If-None-Match": later["ETag"]}).status_code == 304


def batches(language: str = "en", market: MarketChoice | None = None) -> Iterator[list]:
    return (batch for batch in reading.goods(language, market) if batch)


def cost(market: MarketChoice | None) -> int:
    # Names and rules are read again when something was added; that is not counted.
    list(batches(market=market))
    with CaptureQueriesContext(connection) as captured:
        assert len(list(batches(market=market))) == 1
    return len(captured)


def test_statements_grow_with_the_batches_not_with_the_pieces(world, steady):
    markets = (None, MarketChoice("JP", "JPY"))
    few = [cost(market) for market in markets]
    for number in range(3):
        other = make_workshop(village=world.village) if number % 2 else world.workshop
        make_piece(other, title=f"More {number}", variants={"A": ("5.00", 1), "B": ("6.00", 1)})
        make_piece(other, title=f"Order {number}", supply="made_to_order", month_capacity=3)
    assert [cost(market) for market in markets] == [number + 2 for number in few]  # the variants and their stock
