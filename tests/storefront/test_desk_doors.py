"""Who may open which door of the desk. A refusal changes nothing and tells nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment, Message
from marketplace.workshops.models import Member
from tests.factories import make_member, make_order, make_piece, make_workshop
from tests.factories.places import PASSWORD

StockRecord = get_model("partner", "StockRecord")
pytestmark = pytest.mark.django_db


def make_house(cast):
    """One order with pieces of two workshops: the cast's maker and the other one."""
    house = type("House", (), {})()
    house.mine = make_piece(cast.maker.workshop, title="Red bowl", stock=5, pictures=1)
    house.theirs = make_piece(cast.other_maker.workshop, title="Blue scarf", price="77.00", stock=5)
    house.payment = make_order([(house.mine, 2), house.theirs], paid=True)
    house.consignment = house.payment.order.consignments.get(workshop=cast.maker.workshop)
    house.slug = cast.maker.workshop.slug
    return house


@pytest.fixture
def house(cast, recorded):
    return recorded(make_house, cast)


DOORS = range(16)


def doors(house) -> list[tuple[str, dict | None]]:
    """Every address of the desk of ``house``: path, and what to POST (None: GET)."""

    def url(name: str, **kwargs) -> str:
        return reverse(f"desk:{name}", kwargs={"workshop": house.slug, **kwargs})

    consignment, piece = url("consignment", pk=house.consignment.pk), url("piece", pk=house.mine.pk)
    return [
        (url("workshop"), None),
        (url("consignments"), None),
        (consignment, None),
        (consignment, {"action": "pack", "weight": "2 kg"}),
        (consignment, {"action": "send", "carrier": "Post", "tracking": "X1"}),
        (url("pieces"), None),
        (url("pieces"), {"action": "stock", "piece": house.mine.pk, "stock": "9"}),
        (url("pieces"), {"action": "hide", "piece": house.mine.pk}),
        (url("piece-add"), None),
        (url("piece-add"), {"title": "New"}),
        (piece, None),
        (piece, {"title": "Changed"}),
        (url("conversation", pk=house.consignment.pk), None),
        (
            url("conversation", pk=house.consignment.pk),
            {"key": "0e5d4d0c-64a3-4d6e-8f6b-3d3a0d3f8a11", "language": "en", "text": "Hello"},
        ),
        (url("conversation", pk=house.consignment.pk), {"action": "read"}),
        (consignment, {"action": "unpack"}),
    ]


def knock(client, path: str, data: dict | None):
    return client.get(path) if data is None else client.post(path, data)


def state_of_things() -> list:
    return [
        list(Product.objects.order_by("pk").values_list("pk", "title", "is_public")),
        list(StockRecord.objects.order_by("pk").values_list("pk", "num_in_stock", "price")),
        list(Consignment.objects.order_by("pk").values_list("pk", "state", "carrier")),
        list(Message.objects.order_by("pk").values_list("pk", "side", "read_at")),
    ]


@pytest.mark.parametrize("number", DOORS)
def test_members_come_in_by_every_door(house, cast, number):
    for person in (cast.maker, cast.helper):
        path, data = doors(house)[number]
        if data is None:
            assert person.client.get(path).status_code == 200, (person, path)
        else:
            assert person.client.post(path, data).status_code in (302, 400), (person, path)


@pytest.mark.parametrize("number", DOORS)
def test_others_find_every_door_shut(house, cast, number):
    path, data = doors(house)[number]
    before = state_of_things()
    for person in cast.all_but("maker", "helper"):
        response = knock(person.client, path, data)
        expected = {"other_maker": 404, "stranger": 302}.get(person.name, 403)
        assert response.status_code == expected, (person, path)
        assert "Red bowl" not in response.text and "Mori Kenji" not in response.text
        if person.name == "stranger":
            assert response["Location"].startswith("/en/account/login/?next=")
    assert state_of_things() == before


@pytest.mark.parametrize(
    "came_from, back",
    [
        ("http://testserver{page}", "{page}"),
        ("http://testserver{page}?a=1&b=2#problems", "{page}?a=1&b=2"),
        ("https://evil.example{page}", "/en/desk/"),
        ("http://testserver.evil.example/x", "/en/desk/"),
        ("http://testserver@evil.example/x", "/en/desk/"),
        ("http://testserver//evil.example/", "/en/desk/"),
        ("http://testserver/\\evil.example/", "/en/desk/"),
        ("javascript:alert(1)", "/en/desk/"),
        ("", "/en/desk/"),
        (None, "/en/desk/"),
    ],
)
def test_who_was_signed_out_comes_back_to_the_form_and_nowhere_else(house, cast, came_from, back):
    """Also where the form's own address only takes forms."""
    page = reverse("desk:conversation", kwargs={"workshop": house.slug, "pk": house.consignment.pk})
    headers = {} if came_from is None else {"Referer": came_from.format(page=page)}
    for path, data in ((page, {"action": "write", "text": "x"}), doors(house)[3]):
        answer = cast.stranger.client.post(path, data, headers=headers)
        there = parse_qs(urlsplit(answer["Location"]).query)["next"]
        assert (answer.status_code, there) == (302, [back.format(page=page)])


@pytest.mark.parametrize("number", [3, 4, 6, 7, 9, 11, 13, 14, 15])
def test_a_form_without_its_token_is_refused(house, cast, number):
    path, data = doors(house)[number]
    before, client = state_of_things(), Client(enforce_csrf_checks=True)
    client.force_login(cast.maker.user)
    assert client.post(path, data).status_code == 403
    assert state_of_things() == before


def test_a_door_says_the_same_of_what_is_missing_and_what_is_not_yours(house, cast):
    path, _data = doors(house)[2]
    pages = [
        cast.other_maker.client.get(path),
        cast.other_maker.client.get(path.replace(house.slug, "no-such-workshop")),
        cast.other_maker.client.get(path.replace(house.slug, cast.other_maker.workshop.slug)),
        cast.other_maker.client.get(path.replace(house.slug, cast.other_maker.workshop.slug) + "99999"),
    ]
    assert {page.status_code for page in pages} == {404}
    # Links to the same page in another language repeat the address; nothing else may differ.
    assert len({page.text.replace(page.request["PATH_INFO"].removeprefix("/en"), "") for page in pages}) == 1


@pytest.mark.parametrize("field", ["consignment", "piece"])
def test_another_workshops_number_at_ones_own_desk_is_missing(house, cast, field):
    own = cast.other_maker.workshop.slug
    pk = house.consignment.pk if field == "consignment" else house.mine.pk
    path = reverse(f"desk:{field}", kwargs={"workshop": own, "pk": pk})
    before = state_of_things()
    assert cast.other_maker.client.get(path).status_code == 404
    assert cast.other_maker.client.post(path, {"action": "pack", "title": "Mine now"}).status_code == 404
    pieces = reverse("desk:pieces", kwargs={"workshop": own})
    for action in ("stock", "hide", "show"):
        data = {"action": action, "piece": house.mine.pk, "stock": "0"}
        assert cast.other_maker.client.post(pieces, data).status_code == 404
    assert state_of_things() == before


@pytest.mark.parametrize("piece", ["", "0", "-1", "1.5", "x", "１", "9" * 30, "1 OR 1=1", "\x00"])
def test_nonsense_instead_of_a_number_is_missing(cast, piece):
    path = reverse("desk:pieces", kwargs={"workshop": cast.maker.workshop.slug})
    assert cast.maker.client.post(path, {"action": "stock", "piece": piece, "stock": "1"}).status_code == 404


def test_a_number_too_large_for_any_database_is_missing(cast):
    for name in ("consignment", "piece"):
        path = reverse(f"desk:{name}", kwargs={"workshop": cast.maker.workshop.slug, "pk": 10**30})
        assert cast.maker.client.get(path).status_code == 404


def test_a_removed_member_is_out_at_the_next_request(house, cast):
    path, _data = doors(house)[0]
    assert cast.helper.client.get(path).status_code == 200
    Member.objects.filter(user=cast.helper.user).delete()
    assert cast.helper.client.get(path).status_code == 403
    assert cast.maker.client.get(path).status_code == 200


def test_a_disabled_user_is_out_at_the_next_request(house, cast):
    path, _data = doors(house)[0]
    get_user_model().objects.filter(pk=cast.maker.user.pk).update(is_active=False)
    assert cast.maker.client.get(path).status_code == 302


def test_the_desk_leads_to_the_only_workshop_or_asks_which(cast):
    home, slug = reverse("desk:home"), cast.maker.workshop.slug
    assert cast.maker.client.get(home)["Location"] == reverse("desk:workshop", kwargs={"workshop": slug})
    second = make_workshop("second-workshop", name="Second Workshop")
    Member.objects.create(workshop=second, user=cast.maker.user, is_owner=True)
    page = cast.maker.client.get(home)
    assert page.status_code == 200 and "Second Workshop" in page.text
    own = cast.maker.client.get(reverse("desk:workshop", kwargs={"workshop": slug}))
    assert "Second Workshop" in own.text, "the switcher"
    assert (
        cast.helper.client.get(reverse("desk:workshop", kwargs={"workshop": second.slug})).status_code == 404
    )


def test_whoever_is_no_member_reads_what_the_desk_is(cast):
    page = cast.buyer.client.get(reverse("desk:home"))
    assert page.status_code == 403 and "makers’ desk" in page.text
    assert cast.stranger.client.get(reverse("desk:home")).status_code == 302


def test_makers_land_on_the_desk_after_signing_in(cast, client):
    user = make_member(cast.maker.workshop, email="new@example.com")
    answer = client.post("/en/account/login/", {"username": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("desk:home")


def test_desk_pages_are_not_kept_by_caches(house, cast):
    for path, data in doors(house):
        if data is None:
            assert "no-store" in cast.maker.client.get(path)["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_desk_answers_in_the_languages_of_the_shop(house, cast, language):
    for path, data in doors(house):
        if data is None:
            page = cast.maker.client.get(path.replace("/en/", f"/{language}/", 1))
            assert page.status_code == 200 and f'<html lang="{language}"' in page.text


def test_lists_ask_no_more_of_the_database_when_they_grow(house, cast, steady):
    # Whether the content's version is looked up hangs on the second of the clock.

    def count(path: str) -> int:
        cast.maker.client.get(path)
        with CaptureQueriesContext(connection) as queries:
            cast.maker.client.get(path)
        return len(queries)

    lists = [doors(house)[number][0] for number in (0, 1, 5)]
    before = [count(path) for path in lists]
    for number in range(4):
        piece = make_piece(
            cast.maker.workshop, title=f"Piece {number}", variants={"S": ("5.00", 2), "L": ("6.00", 3)}
        )
        make_order([piece.children.first()], paid=True)
    after = [count(path) for path in lists]
    # The first variants cost one statement more, once.
    assert all(new <= old + 1 for new, old in zip(after, before, strict=True)), (before, after)
