"""“Where your money goes” on the page of a piece: the parts add up to the shown price, in every currency, at no cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.economies import versions
from marketplace.payments.models import ShareRule
from marketplace.payments.share_views import SHARES
from storefront.listing import shares
from storefront.listing.cards import card_path
from storefront.public import page_cache
from tests.factories import make_piece, make_workshop
from tests.people import Visitor

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def nothing_remembered():
    shares.forget()
    page_cache.clear()


def decide(commission: str, fund: str, **fields) -> ShareRule:
    values = {"valid_from": TODAY - timedelta(days=9), "source": "Assembly of 3 May"} | fields
    rule = ShareRule.objects.create(commission=Decimal(commission), village_fund=Decimal(fund), **values)
    versions.touch(SHARES)
    return rule


def see(piece, market: str = "", language: str = "en"):
    page = Visitor().get(market + card_path(piece.card, language))
    assert page.status_code == 200
    return page


def parts(page) -> list[tuple[str, str, str]]:
    rows = page.context["shares"]
    return [(str(row["who"]), row["percent"], f"{row['amount'].amount} {row['amount'].currency}") for row in rows]


def test_maker_village_fund_and_shop_add_up():
    decide("12.5", "2.5")
    workshop = make_workshop(name="Sao Mai Lacquer")
    page = see(make_piece(workshop, price="10.01"))
    village = workshop.village.text().name
    assert parts(page) == [
        ("Sao Mai Lacquer", "85 %", "8.51 USD"),
        (f"Village fund of {village}", "2.5 %", "0.25 USD"),
        ("This shop", "12.5 %", "1.25 USD"),
    ]
    assert "Where your money goes" in page.text


@pytest.mark.parametrize("market", ["", "/jp-jpy", "/ca-cad", "/au-aud"])
@pytest.mark.parametrize("price", ["0.99", "48.00", "333.33"])
def test_the_parts_are_the_shown_price_in_every_market(market, price):
    decide("33.33", "33.33")
    page = see(make_piece(price=price), market)
    shown = page.context["price"]
    assert sum(row["amount"].amount for row in page.context["shares"]) == shown.amount
    assert {row["amount"].currency for row in page.context["shares"]} == {shown.currency}


def test_without_a_rule_the_maker_keeps_all_and_who_gets_nothing_is_not_named():
    workshop = make_workshop(name="Sao Mai Lacquer")
    piece = make_piece(workshop, price="30.00")
    assert parts(see(piece)) == [("Sao Mai Lacquer", "100 %", "30.00 USD")]
    decide("10", "0")
    page_cache.clear()
    assert [row[1] for row in parts(see(piece))] == ["90 %", "10 %"]


def test_a_rule_is_seen_at_once_and_costs_no_statement_of_a_view(steady, commit):
    piece = make_piece(price="30.00")
    address = card_path(piece.card, "en")
    Visitor().get(address)
    page_cache.clear()
    with CaptureQueriesContext(connection) as queries:
        Visitor().get(address)
    assert not [row["sql"] for row in queries if "sharerule" in row["sql"].lower()]
    decide("20", "0")
    commit()
    assert [row[1] for row in parts(see(piece))] == ["80 %", "20 %"]


def test_a_hostile_name_is_text():
    decide("10", "0")
    page = see(make_piece(make_workshop(name="<script>alert(1)</script>"), price="30.00"))
    assert "<script>alert(1)" not in page.text
