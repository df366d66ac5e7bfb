"""Landing from an agency's link (E24, E25): what is kept, what is not, and that nobody is led to another host."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.partnerships import counting, memory
from marketplace.partnerships.models import CardCount
from marketplace.payments.models import BasketVia, OrderVia
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_piece,
    make_place_page,
    make_story,
    make_user,
    make_workshop,
)
from tests.people import Visitor
from tests.shopping import Shopper
from tests.storefront.outage import database_away

BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
Basket = get_model("basket", "Basket")


@pytest.fixture
def agency(db):
    make_agency_terms("5", days=30)
    return make_agency("chang-thong")


@pytest.fixture(autouse=True)
def nothing_counted():
    counting.forget()


def land(address: str, visitor: Visitor | None = None, **headers):
    return (visitor or Visitor()).get(address, headers=BROWSER | headers)


def kept(visitor: Visitor) -> dict | None:
    return visitor.session.get("via") if "sessionid" in visitor.cookies else None


@pytest.mark.parametrize(
    "address, clean",
    [
        ("/?via=chang-thong", "/"),
        ("/en/?via=chang-thong", "/en/"),
        ("/en/products/?q=a%20b&via=chang-thong&craft=x%2By&placement=footer&page=2", "/en/products/?q=a%20b&craft=x%2By&page=2"),
        ("/ca-cad/en/products/?via=chang-thong&sort=price", "/ca-cad/en/products/?sort=price"),
        ("/ja/search/?q=%E6%BC%86&via=chang-thong", "/ja/search/?q=%E6%BC%86"),
    ],
)
def test_a_known_code_is_kept_and_leads_to_the_clean_address(agency, address, clean):
    visitor = Visitor()
    answer = land(address, visitor)
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (303, clean, "no-store")
    assert (kept(visitor)["code"], kept(visitor)["agency"]) == ("chang-thong", agency.pk)
    assert set(answer.cookies) == {"sessionid"}


def test_subject_and_place_of_the_link_are_kept_and_the_click_is_counted_once(agency):
    story, piece = make_story(title={"en": "Indigo village"})["en"], make_piece()
    visitor = Visitor()
    path = story.public_url
    for _again in range(3):
        assert land(f"{path}?via=chang-thong&placement=side-bar", visitor)["Location"] == path
    assert (kept(visitor)["subject"], kept(visitor)["placement"]) == (f"story-{story.pk}", "side-bar")
    land(f"/en/products/{piece.slug}-{piece.pk}/?via=chang-thong&placement=%3Cb%3E", visitor)
    assert (kept(visitor)["subject"], kept(visitor)["placement"]) == (f"product-{piece.pk}", "")
    land("/en/?via=chang-thong", visitor)
    counting.flush()
    rows = CardCount.objects.values_list("subject", "language", "views", "clicks")
    assert sorted(rows) == [("page-0", "en", 0, 1), (f"product-{piece.pk}", "en", 0, 1), (f"story-{story.pk}", "en", 0, 1)]


def test_a_piece_that_is_followed_from_a_storys_card_is_that_cards_click(agency):
    piece = make_piece()
    story = make_story(title="Indigo village", body=[{"type": "product", "value": {"product": piece.pk}}])["en"]
    card = BeautifulSoup(Visitor().get(f"/embed/v1/en/story/x-{story.pk}/?via=chang-thong", follow=True).content, "html.parser")
    [link] = [one["href"] for one in card.select(".pieces a")]
    visitor = Visitor()
    answer = land(urlsplit(link)._replace(scheme="", netloc="").geturl(), visitor)
    assert answer["Location"] == f"/en/products/{piece.slug}-{piece.pk}/"
    assert (kept(visitor)["subject"], kept(visitor)["placement"]) == (f"story-{story.pk}", f"story-{story.pk}")
    counting.flush()
    assert [(row.subject, row.clicks) for row in CardCount.objects.all()] == [(f"story-{story.pk}", 1)]


def test_a_card_that_there_is_not_is_no_card(agency):
    """Nobody fills the statistics with invented ones."""
    piece = make_piece()
    address = f"/en/products/{piece.slug}-{piece.pk}/?via=chang-thong&placement="
    for number, name in enumerate(("story-999999", "nothing-1", "product-0", "story-1-1", "page-0", "exhibition-1")):
        visitor = Visitor(REMOTE_ADDR=f"10.0.0.{number}")
        land(address + name, visitor)
        assert kept(visitor)["subject"] == f"product-{piece.pk}", name
    counting.flush()
    assert {row.subject for row in CardCount.objects.all()} == {f"product-{piece.pk}"}


HOSTILE = [
    "unknown", "", "%00", "chang-thong%00", "%0d%0aSet-Cookie:%20a=b", "<script>alert(1)</script>", "%22%3E%3Cimg%20src=x%3E",
    "a" * 41, "a" * 5000, "chang-thong'--", "CHANG-THONG", "%2e%2e%2f", "chang%252Dthong", "%F0%9F%98%80", "%ff%fe",
    "chang-thong&via=chang-thong", "chang-thong&via=other", "%E2%80%AEgnoht", "//evil.example", "\\evil.example",
]  # fmt: skip


def test_what_is_no_code_leads_to_the_clean_address_and_keeps_nothing(agency):
    for code in HOSTILE:
        visitor = Visitor()
        answer = land(f"/en/products/?page=1&via={code}", visitor)
        assert (answer.status_code, answer["Location"]) == (303, "/en/products/?page=1"), code
        assert (answer.cookies, answer.content, kept(visitor)) == ({}, b"", None), code
        assert answer["Cache-Control"] == "no-store"


def test_the_code_of_an_agency_that_is_not_open_is_nothing(db):
    for stage in ("applied", "declined", "closed"):
        make_agency(stage, stage=stage, reason="other")
        visitor = Visitor()
        assert land(f"/en/?via={stage}", visitor)["Location"] == "/en/"
        assert kept(visitor) is None, stage


def test_robots_and_head_are_led_on_and_keep_nothing(agency):
    for answer in (
        Visitor().get("/en/?via=chang-thong", headers=ROBOT),
        Visitor().get("/en/?via=chang-thong"),
        Visitor().head("/en/?via=chang-thong", headers=BROWSER),
    ):
        assert (answer.status_code, answer["Location"], answer.cookies) == (303, "/en/", {})
    counting.flush()
    assert not CardCount.objects.exists()


EVIL = ["//evil.example", "/\\evil.example", "\\evil.example", "/%5cevil.example", "%2f%2fevil.example", "/en//evil.example",
        "https:evil.example", "/https://evil.example", "/jp-jpy//evil.example/", "///evil.example", "/en/%2f/evil.example/",
        "/en/products//evil.example/", "/@evil.example", "/.//evil.example"]  # fmt: skip


def test_nobody_is_led_to_another_host(agency):
    ways = ("{0}?via=chang-thong", "{0}/?via=unknown", "/en/?next={0}&url={0}&via=chang-thong")
    for address in (way.format(path) for path in EVIL for way in ways):
        answer = Visitor().generic("GET", address, headers=BROWSER)
        for _hop in range(4):
            where = answer.get("Location", "")
            # As a browser reads it: backslashes are slashes, and what is before them does not matter.
            seen = urlsplit(re.sub(r"[\t\r\n]", "", where).replace("\\", "/"))
            assert seen.netloc in ("", "testserver") and seen.scheme in ("", "http"), (address, where)
            if not where:
                break
            answer = land(where)


def test_addresses_that_are_no_landing_are_left_alone(agency):
    """A card's own ``via``, a person's own pages and forms."""
    story = make_story(title={"en": "Indigo village"})["en"]
    card = land(f"/embed/v1/en/story/{story.slug}-{story.pk}/?via=chang-thong")
    assert (card.status_code, card.cookies) == (200, {})
    assert land("/en/account/login/?via=chang-thong").status_code == 200
    assert land("/en/products/?trivia=chang-thong").status_code == 200
    assert land("/en/products/?q=via").status_code == 200
    assert Visitor().post("/en/products/?via=chang-thong").status_code != 303


def test_a_page_without_a_code_costs_nothing(agency, django_assert_num_queries):
    path = make_place_page(make_workshop())["en"].public_url
    Visitor().get(path)
    with django_assert_num_queries(0):
        answer = Visitor().get(path, headers=BROWSER)
    assert (answer.cookies, answer.get("Vary", "")) == ({}, "")
    assert "via" not in re.search(r'<link rel="canonical"[^>]*>', land(path).text)[0]


def test_the_page_cache_never_keeps_the_redirect(agency):
    cache.clear()
    assert land("/en/products/?via=chang-thong").status_code == 303
    assert land("/en/products/").status_code == 200
    assert land("/en/products/?via=chang-thong").status_code == 303


def test_while_the_database_is_away_the_reader_is_led_on(agency):
    assert land("/en/products/").status_code == 200
    memory.forget()
    visitor = Visitor()
    with database_away():
        answer = land("/en/products/?via=chang-thong", visitor)
    assert (answer.status_code, answer["Location"], answer.cookies) == (303, "/en/products/", {})


# Baskets and orders


def buy(visitor: Visitor, *, email: str = "aiko@example.com"):
    return Shopper(visitor).place(make_piece(price="20.00", stock=3), email=email).order


def test_a_guest_buys_after_the_visit(agency):
    visitor, story = Visitor(), make_story(title={"en": "Indigo village"})["en"]
    land(f"{story.public_url}?via=chang-thong&placement=footer", visitor)
    order = buy(visitor)
    row = OrderVia.objects.get()
    assert (row.order, row.agency, row.code, row.subject) == (order, agency, "chang-thong", f"story-{story.pk}")
    assert (row.placement, row.percent, row.excluded) == ("footer", 5, "")


def test_the_visit_may_come_after_the_basket(agency):
    visitor = Visitor()
    Shopper(visitor).fill(make_piece(stock=3))
    assert not BasketVia.objects.exists()
    land("/en/?via=chang-thong", visitor)
    assert BasketVia.objects.get().code == "chang-thong"


def test_an_unknown_code_leaves_no_trace_in_the_order(agency):
    visitor = Visitor()
    for code in ("unknown", "<b>", ""):
        land(f"/en/?via={code}", visitor)
    buy(visitor)
    assert not OrderVia.objects.exists() and not BasketVia.objects.exists()


def test_an_unknown_code_does_not_take_a_known_one_away(agency):
    visitor = Visitor()
    land("/en/?via=chang-thong", visitor)
    land("/en/?via=unknown", visitor)
    buy(visitor)
    assert OrderVia.objects.get().agency == agency


def test_the_last_of_two_agencies_wins(agency):
    other, visitor = make_agency("other-trips"), Visitor()
    land("/en/?via=other-trips", visitor)
    Shopper(visitor).fill(make_piece(stock=3))
    assert BasketVia.objects.get().agency == other
    land("/en/?via=chang-thong", visitor)
    buy(visitor)
    assert OrderVia.objects.get().agency == agency


def log_in(visitor: Visitor, user) -> None:
    answer = visitor.post_from_page("/en/account/login/", {"login-username": user.email, "login-password": "Secret-word-7"}
                                    | {"username": user.email, "password": "Secret-word-7"})  # fmt: skip
    assert answer.status_code == 302, answer.text[:300]


@pytest.fixture
def buyer(db):
    user = make_user("mai@example.com")
    user.set_password("Secret-word-7")
    user.save()
    return user


def test_logging_in_brings_the_code_along(agency, buyer):
    visitor = Visitor()
    land("/en/?via=chang-thong", visitor)
    Shopper(visitor).fill(make_piece(stock=3))
    log_in(visitor, buyer)
    visitor.get("/en/basket/")
    mine = Basket.open.get(owner=buyer)
    assert (mine.via.agency, mine.lines.count()) == (agency, 1)


def test_an_anonymous_basket_brings_its_code_even_where_the_session_is_gone(agency, buyer):
    visitor = Visitor()
    land("/en/?via=chang-thong", visitor)
    Shopper(visitor).fill(make_piece(stock=3))
    del visitor.cookies["sessionid"]
    log_in(visitor, buyer)
    visitor.get("/en/basket/")
    assert Basket.open.get(owner=buyer).via.agency == agency


@pytest.mark.parametrize(
    "days_ago, wins", [pytest.param(1, "chang-thong", marks=pytest.mark.drill_only), (-1, "other-trips")]
)
def test_the_newer_visit_wins_when_baskets_become_one(agency, buyer, days_ago, wins):
    other, mine = make_agency("other-trips"), Basket.objects.create(owner=buyer)
    at = timezone.now() - timedelta(days=days_ago)
    BasketVia.objects.create(basket=mine, agency=other, code=other.code, at=at)
    visitor = Visitor()
    land("/en/?via=chang-thong", visitor)
    Shopper(visitor).fill(make_piece(stock=3))
    log_in(visitor, buyer)
    visitor.get("/en/basket/")
    assert BasketVia.objects.get(basket=mine).code == wins


def test_logging_out_ends_it_for_the_next_person_at_the_same_browser(agency, buyer):
    visitor = Visitor()
    log_in(visitor, buyer)
    land("/en/?via=chang-thong", visitor)
    visitor.post_from_page("/en/account/logout/")
    assert kept(visitor) is None
    buy(visitor, email="next@example.com")
    assert not OrderVia.objects.exists()
