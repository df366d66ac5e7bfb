"""The basket: what goes in, what is refused with words and a status, and who may put something in."""

import pytest

from catalogue.models import Product
from tests.factories import make_order, make_piece, make_user, make_workshop
from tests.ledger import Basket, BasketLine, StockRecord, nothing_changes
from tests.people import Visitor
from tests.shopping import Shopper, told

pytestmark = pytest.mark.django_db
NOT_A_NUMBER = [
    "0",
    "-1",
    "1.5",
    "1000000000",
    "2147483648",
    "99999999999999999999",
    "１",
    "٣",
    "",
    " ",
    "one",
    "1e1",
    "0x1",
    "+1",
    "1\x00",
    "²",
]


@pytest.fixture
def shopper() -> Shopper:
    return Shopper()


def make_bowl() -> Product:
    return make_piece(title={"en": "Red bowl", "ja": "赤い椀"}, price="48.00", stock=5)


@pytest.fixture
def piece(recorded) -> Product:
    return recorded(make_bowl)


def change(shopper: Shopper, **fields):
    return shopper.client.post_from_page(shopper.url("basket/"), fields)


def line_of(piece: Product) -> BasketLine:
    return BasketLine.objects.get(product=piece)


def test_a_piece_goes_in_and_the_page_shows_it(shopper, piece):
    answer = shopper.put(piece, 2)
    assert (answer.status_code, answer["Location"]) == (302, "/en/basket/")
    page = shopper.client.get("/en/basket/")
    assert told(page) == "“Red bowl” is in your basket."
    (group,) = page.context["groups"]
    (line,) = group["lines"]
    assert (line["title"], line["quantity"], line["max_quantity"], line["problem"]) == ("Red bowl", 2, 5, "")
    assert str(page.context["total"].amount) == "96.00"
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_without_a_quantity_one_goes_in(shopper, piece):
    shopper.client.post_from_page("/en/basket/add/", {"product_id": piece.pk})
    assert line_of(piece).quantity == 1


def test_the_same_piece_again_is_added_up(shopper, piece):
    shopper.fill((piece, 2), (piece, 3))
    assert line_of(piece).quantity == 5


def test_lines_stand_under_their_workshop(shopper):
    lacquer, indigo = make_workshop(name="Sao Mai Lacquer"), make_workshop(name="Ban Fai Indigo")
    bowl, cloth, tray = (
        make_piece(lacquer, price="10.00"),
        make_piece(indigo, price="7.50"),
        make_piece(lacquer, price="20.00"),
    )
    shopper.fill(bowl, (cloth, 2), tray)
    groups = shopper.client.get("/en/basket/").context["groups"]
    assert [
        (group["workshop"]["name"], len(group["lines"]), str(group["subtotal"].amount)) for group in groups
    ] == [
        ("Sao Mai Lacquer", 2, "30.00"),
        ("Ban Fai Indigo", 1, "15.00"),
    ]


def test_a_reader_of_japanese_reads_japanese(piece):
    shopper = Shopper(language="ja").fill(piece)
    assert "赤い椀" in shopper.client.get("/ja/basket/").text
    answer = shopper.put(piece, "-1")
    assert told(answer) == "1から99までの整数を入力してください。"


# What is refused


def test_a_quantity_that_is_none_is_refused(shopper, piece, subtests):
    shopper.fill(piece)
    for quantity in NOT_A_NUMBER:
        with subtests.test(quantity=ascii(quantity)), nothing_changes():
            answer = shopper.put(piece, quantity)
            assert answer.status_code == 400
            assert told(answer) == "Please give a whole number from 1 to 99."


def test_a_changed_quantity_that_is_none_is_refused(shopper, piece, subtests):
    shopper.fill((piece, 2))
    line = line_of(piece).pk
    for quantity in NOT_A_NUMBER[1:]:
        with subtests.test(quantity=ascii(quantity)), nothing_changes():
            answer = change(shopper, **{f"line-{line}-quantity": quantity})
            assert answer.status_code == 400
            assert told(answer) == "Red bowl: Please give a whole number from 0 to 99."
            assert answer.context["groups"][0]["lines"][0]["quantity"] == 2


def test_more_than_there_is_is_refused(shopper, piece):
    shopper.fill((piece, 3))
    with nothing_changes():
        answer = shopper.put(piece, 3)
    assert answer.status_code == 409
    assert told(answer) == "Red bowl: Only 5 left."
    with nothing_changes():
        answer = change(shopper, **{f"line-{line_of(piece).pk}-quantity": "6"})
    assert answer.status_code == 409
    assert told(answer) == "Red bowl: Only 5 left."


def test_no_line_grows_beyond_the_largest_number(shopper):
    cup = make_piece(title="Cup", stock=500)
    shopper.fill((cup, 99))
    with nothing_changes():
        answer = shopper.put(cup, 1)
    assert (answer.status_code, told(answer)) == (409, "Cup: Please give a whole number from 1 to 99.")


def test_what_others_are_paying_for_is_not_there(shopper, piece):
    make_order([(piece, 4)])
    with nothing_changes():
        assert told(shopper.put(piece, 2)) == "Red bowl: Only 1 left."
    make_order([piece])
    with nothing_changes():
        answer = shopper.put(piece, 1)
    assert (answer.status_code, told(answer)) == (409, "Red bowl: This piece is sold out.")


def test_a_piece_that_is_not_there_is_refused(shopper, piece, subtests):
    for product_id in ("0", "999999", "9999999999", "-1", "1.5", "one", "", "１", "1 OR 1=1", "\x00"):
        with subtests.test(product_id=ascii(product_id)), nothing_changes():
            answer = shopper.put(product_id)
            assert answer.status_code == 404
            assert told(answer) == "This piece is no longer for sale."


def test_nothing_at_all_is_refused(shopper):
    with nothing_changes():
        assert shopper.client.post_from_page("/en/basket/add/").status_code == 404


def test_a_piece_that_is_not_for_sale_is_refused(shopper, piece):
    Product.objects.filter(pk=piece.pk).update(is_public=False)
    with nothing_changes():
        assert shopper.put(piece).status_code == 404


@pytest.mark.parametrize(
    "change_", [{"price": None}, {"price_currency": "EUR"}], ids=["no price", "another currency"]
)
def test_a_piece_without_a_price_in_the_shops_currency_is_refused(shopper, piece, change_):
    StockRecord.objects.filter(product=piece).update(**change_)
    with nothing_changes():
        answer = shopper.put(piece)
    assert (answer.status_code, told(answer)) == (409, "Red bowl: This piece is no longer for sale.")


def test_of_a_piece_with_variants_only_a_variant_goes_in(shopper):
    piece = make_piece(variants={"Small": ("10.00", 2), "Large": ("15.00", 1)})
    small, _large = piece.children.order_by("pk")
    with nothing_changes():
        answer = shopper.put(piece)
    assert (answer.status_code, told(answer)) == (400, "Please choose one of the kinds of this piece first.")
    shopper.fill((small, 2))
    (line,) = shopper.client.get("/en/basket/").context["groups"][0]["lines"]
    assert (line["title"], line["variant_label"], line["max_quantity"]) == ("Red bowl", "Small", 2)
    Product.objects.filter(pk=piece.pk).update(is_public=False)
    with nothing_changes():
        assert shopper.put(small).status_code == 404


def test_made_to_order_needs_no_stock(shopper):
    chair = make_piece(supply=Product.Supply.MADE_TO_ORDER)
    shopper.fill((chair, 99))
    assert shopper.basket() == {chair.pk: 99}


# What happens to what is in


def test_a_line_is_changed_and_taken_out(shopper, piece):
    tray = make_piece(title="Tray")
    shopper.fill((piece, 2), tray)
    bowls, trays = line_of(piece).pk, line_of(tray).pk
    assert (
        change(shopper, **{f"line-{bowls}-quantity": "4", f"line-{trays}-quantity": "1"}).status_code == 302
    )
    assert shopper.basket() == {piece.pk: 4, tray.pk: 1}
    assert change(shopper, remove=str(trays), **{f"line-{bowls}-quantity": "2"}).status_code == 302
    assert shopper.basket() == {piece.pk: 4}
    assert change(shopper, **{f"line-{bowls}-quantity": "0"}).status_code == 302
    assert shopper.basket() == {}
    assert "Your basket is empty." in shopper.client.get("/en/basket/").text


def test_one_mistake_does_not_lose_the_other_changes(shopper, piece):
    tray = make_piece(title="Tray")
    shopper.fill((piece, 2), tray)
    answer = change(
        shopper, **{f"line-{line_of(piece).pk}-quantity": "x", f"line-{line_of(tray).pk}-quantity": "3"}
    )
    assert answer.status_code == 400
    assert shopper.basket() == {piece.pk: 2, tray.pk: 3}


def test_the_basket_of_somebody_else_is_out_of_reach(shopper, piece):
    shopper.fill((piece, 2))
    line = line_of(piece).pk
    thief = Shopper()
    with nothing_changes():
        for fields in ({"remove": str(line)}, {f"line-{line}-quantity": "1"}, {f"line-{line}-quantity": "0"}):
            assert change(thief, **fields).status_code == 302
    thief.fill(make_piece(title="Tray"))
    with nothing_changes():
        change(thief, remove=str(line))


def test_a_forged_basket_cookie_opens_nothing(shopper, piece):
    shopper.fill(piece)
    thief = Visitor()
    thief.cookies["oscar_open_basket"] = str(Basket.objects.get().pk) + ":forged"
    assert thief.get("/en/basket/").context["groups"] == []


@pytest.mark.parametrize("how", ["sold", "withdrawn", "parent withdrawn", "deleted", "fewer", "dearer"])
def test_what_happens_to_a_piece_is_said_and_stops_the_checkout(shopper, how):
    piece = make_piece(title="Red bowl", price="10.00", stock=3)
    if how == "parent withdrawn":
        parent = make_piece(title="Red bowl", variants={"Small": ("10.00", 3)})
        piece = parent.children.get()
        shopper.fill((piece, 2))
        Product.objects.filter(pk=parent.pk).update(is_public=False)
    else:
        shopper.fill((piece, 2))
    if how == "sold":
        make_order([(piece, 3)], paid=True)
    elif how == "withdrawn":
        Product.objects.filter(pk=piece.pk).update(is_public=False)
    elif how == "fewer":
        make_order([(piece, 2)])
    elif how == "dearer":
        StockRecord.objects.filter(product=piece).update(price="11.00")
    elif how == "deleted":
        piece.delete()
    page = shopper.client.get("/en/basket/")
    assert page.status_code == 200
    problems = {
        "sold": ["Red bowl: This piece is sold out."],
        "withdrawn": ["Red bowl: This piece is no longer for sale."],
        "parent withdrawn": ["Red bowl: This piece is no longer for sale."],
        "fewer": ["Red bowl: Only 1 left."],
        "dearer": [],
        "deleted": [],
    }[how]
    assert page.context["problems"] == problems
    with nothing_changes():
        answer = shopper.client.get("/en/checkout/")
    if how == "dearer":
        assert str(page.context["total"].amount) == "22.00"
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer["Location"]) == (302, "/en/basket/")


def test_a_guests_basket_comes_along_when_she_logs_in(piece):
    user = make_user("aiko@example.com")
    shopper = Shopper().fill((piece, 2))
    shopper.client.force_login(user)
    assert shopper.basket() == {piece.pk: 2}
    assert Basket.objects.get(lines__product=piece).owner == user


# Who may put something in


OURS = [
    {"Origin": "http://testserver"},
    {"Referer": "http://testserver/en/products/"},
    {"Sec-Fetch-Site": "same-origin"},
]
NOT_OURS = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver@evil.example"},
    {"Origin": "http://testserver:8000"},
    {"Origin": "http://["},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "https://evil.example", "Referer": "http://testserver/"},
    {"Referer": "https://evil.example/http://testserver/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {},
]


def add_from(headers: dict[str, str], piece: Product):
    client = Visitor(enforce_csrf_checks=True)
    return client.post("/en/basket/add/", {"product_id": piece.pk}, headers=headers)


def test_our_own_pages_put_something_in(piece, subtests):
    for headers in OURS:
        with subtests.test(headers=headers):
            assert add_from(headers, piece).status_code == 302
    assert list(BasketLine.objects.values_list("product", "quantity")) == [(piece.pk, 1)] * len(OURS)


def test_other_sites_put_nothing_in(piece, subtests):
    for headers in NOT_OURS:
        with subtests.test(headers=headers), nothing_changes():
            answer = add_from(headers, piece)
            assert answer.status_code == 403
            assert not answer.cookies


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_adding_is_a_post(method, piece):
    with nothing_changes():
        assert getattr(Visitor(), method)("/en/basket/add/").status_code == 405


def test_changing_the_basket_needs_its_token(piece):
    shopper = Shopper(Visitor(enforce_csrf_checks=True)).fill(piece)
    with nothing_changes():
        assert change(shopper, remove=str(line_of(piece).pk)).status_code == 403


def test_an_unknown_language_is_a_404(piece):
    with nothing_changes():
        for path in ("/xx/basket/add/", "/ko/basket/add/", "/EN/basket/add/"):
            assert Visitor().post_from_page(path, {"product_id": piece.pk}).status_code == 404


# What the header asks for


def test_the_summary_counts_pieces_and_knows_who_is_there(cast, piece):
    stranger = Shopper().fill((piece, 2))
    assert stranger.client.get("/en/basket/summary.json").json() == {
        "count": 2,
        "name": None,
        "desk": False,
        "officer": False,
        "agency": False,
    }
    assert cast.buyer.client.get("/en/basket/summary.json").json() == {
        "count": 0,
        "name": "Kenji",
        "desk": False,
        "officer": False,
        "agency": False,
    }
    assert cast.maker.client.get("/en/basket/summary.json").json() == {
        "count": 0,
        "name": "Hoa",
        "desk": True,
        "officer": False,
        "agency": False,
    }


def test_looking_at_an_empty_basket_writes_nothing():
    client = Visitor()
    for path in ("/en/basket/", "/en/basket/summary.json"):
        assert client.get(path).status_code == 200
    assert not Basket.objects.exists()
    assert "oscar_open_basket" not in client.cookies


def test_a_number_typed_just_before_the_checkout_is_not_lost(shopper, piece):
    shopper.fill((piece, 1))
    (line,) = shopper.client.get("/en/basket/").context["groups"][0]["lines"]
    answer = shopper.client.post("/en/basket/", {f"line-{line['id']}-quantity": "3", "go": "checkout"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/checkout/")
    (line,) = shopper.client.get("/en/basket/").context["groups"][0]["lines"]
    assert line["quantity"] == 3
