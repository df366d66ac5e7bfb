"""Checkout over HTTP: the walk from the basket to the paid order, the address, and what stops on the way."""

import logging
from decimal import Decimal

import pytest

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment, ShippingRate
from marketplace.money import Money, to_minor
from marketplace.payments.models import Payment
from marketplace.payments.placing import Country
from tests.factories import make_piece, make_village, make_workshop
from tests.factories.offers import make_offer
from tests.fake_stripe.faults import ApiFault
from tests.ledger import assert_books_balance, nothing_changes, stock_of
from tests.shopping import Shopper, deliver, hidden_fields, told

pytestmark = pytest.mark.django_db
SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def shopper() -> Shopper:
    return Shopper()


def make_bowl() -> Product:
    return make_piece(title={"en": "Red bowl", "ja": "赤い椀"}, price="48.00", stock=5)


@pytest.fixture
def piece(recorded) -> Product:
    return recorded(make_bowl)


def the_payment() -> Payment:
    return Payment.objects.get()


# The walk


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_guest_buys_from_two_makers(fake_stripe, mailoutbox, language):
    lacquer = make_workshop(name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"})
    indigo = make_workshop(
        village=make_village(economy="TH"), name={"en": "Ban Fai Indigo", "ja": "バンファイ藍染"}
    )
    bowl, cloth = make_piece(lacquer, price="48.00", stock=2), make_piece(indigo, price="19.99", stock=3)
    shopper = Shopper(language=language).fill((bowl, 2), cloth)
    assert shopper.client.get(shopper.url("checkout/")).status_code == 200
    assert shopper.give_address().headers["Location"] == f"/jp-usd{shopper.url('checkout/review/')}"
    page = shopper.client.get(f"/jp-usd{shopper.url('checkout/review/')}")
    shown = page.context
    assert [part["goods"].amount for part in shown["consignments"]] == [Decimal("96.00"), Decimal("19.99")]
    assert sum(part["total"].amount for part in shown["consignments"]) == shown["total"].amount
    assert shown["goods_total"] + shown["shipping_total"] == shown["total"]
    form = hidden_fields(page.text)
    assert form["expected_total"] == f"{shown['total'].amount} USD"
    answer = shopper.pay(form)
    payment = the_payment()
    assert (answer.status_code, answer["Location"]) == (303, payment.pay_url)
    assert (payment.amount, payment.language, payment.order.guest_email) == (
        shown["total"].amount,
        language,
        "aiko@example.com",
    )
    session = fake_stripe.sessions[payment.gateway_session]
    assert session["amount_total"] == to_minor(shown["total"])
    order_page = f"http://testserver/{language}/orders/{payment.order.number}/"
    assert (session["success_url"], session["cancel_url"]) == (f"{order_page}?paying=done", order_page)
    assert shopper.see(payment).context["state"] == "awaiting_payment"
    back = fake_stripe.pay(payment.gateway_session)
    assert back == session["success_url"]
    assert shopper.see(payment).context["state"] == "awaiting_payment", "the return page only reads"
    deliver(fake_stripe)
    assert shopper.see(payment).context["state"] == "paid"
    assert Consignment.objects.payable().count() == 2
    assert (stock_of(bowl), stock_of(cloth)) == ((0, 0), (2, 0))
    assert [mail.to for mail in mailoutbox] == [["aiko@example.com"]]
    assert shopper.basket() == {}
    assert_books_balance()


def test_an_account_buys_and_finds_the_order_there(cast, piece, fake_stripe):
    shopper = Shopper(cast.buyer.client)
    payment = shopper.place(piece)
    assert payment.order.user == cast.buyer.user
    (row,) = cast.buyer.client.get("/en/account/orders/").context["orders"]
    assert (row["number"], row["total"]) == (payment.order.number, Money(payment.amount, "USD"))
    assert cast.agency.client.get("/en/account/orders/").context["orders"] == []


def test_the_address_is_remembered_and_can_be_changed(shopper, piece):
    shopper.fill(piece).give_address()
    assert shopper.client.get("/en/checkout/").context["form"].initial["city"] == "Yokohama"
    shopper.give_address(economy="KR", line1="161 Sajik-ro")
    page = shopper.client.get("/en/checkout/review/", follow=True)
    assert page.context["address_lines"] == ["Sato Aiko", "161 Sajik-ro", "Jongno-gu", "Seoul", "03045", "Korea"]
    shopper.pay(shopper.review())
    assert the_payment().order.shipping_address.line4 == "Jongno-gu"


def test_an_offer_is_shown_charged_and_stored_the_same(shopper, fake_stripe):
    make_offer("Percentage", "10")
    shopper.fill((make_piece(price="9.99", stock=9), 3), make_piece(price="48.00"))
    assert str(shopper.client.get("/en/basket/").context["total"].amount) == "70.17"
    shopper.give_address()
    page = shopper.client.get("/jp-usd/en/checkout/review/")
    assert page.context["goods_total"] == Money(Decimal("70.17"), "USD")
    assert shopper.pay(hidden_fields(page.text)).status_code == 303
    payment = the_payment()
    assert payment.amount == page.context["total"].amount
    assert fake_stripe.sessions[payment.gateway_session]["amount_total"] == to_minor(page.context["total"])
    assert_books_balance()


def test_an_offer_that_ends_after_the_review_is_not_charged_silently(shopper, fake_stripe):
    offer = make_offer("Percentage", "10")
    form = shopper.go_to_review(make_piece(price="48.00"))
    offer.delete()
    with nothing_changes(fake_stripe):
        answer = shopper.pay(form)
    assert answer["Location"] == "/en/checkout/review/"
    assert shopper.pay(shopper.review()).status_code == 303
    assert the_payment().amount - the_payment().order.shipping_incl_tax == Decimal("48.00")


@pytest.mark.parametrize("path", ["basket/", "checkout/", "checkout/review/"])
def test_nothing_of_it_is_kept_by_caches(shopper, piece, path):
    shopper.go_to_review(piece)
    answer = shopper.client.get(shopper.url(path), follow=True)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_the_log_knows_no_person(shopper, piece, fake_stripe, caplog):
    caplog.set_level(logging.INFO)
    fake_stripe.faults.api = [ApiFault("429", count=1, path=SESSIONS)]
    form = shopper.go_to_review(piece)
    shopper.pay(form)
    shopper.pay(form)
    payment = the_payment()
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    shopper.see(payment)
    assert "payment page not opened" in caplog.text
    for secret in (
        "aiko",
        "Sato",
        "Minato",
        "Yokohama",
        "220-0012",
        "4567",
        "sk_test",
        "whsec",
        payment.pay_url,
    ):
        assert secret not in caplog.text, secret


# The address


BAD_FIELDS = [
    ("email", ""),
    ("email", "aiko"),
    ("email", "aiko@example.com\nBcc: x@example.com"),
    ("email", "a" * 200 + "@example.com"),
    ("economy", ""),
    ("economy", "XX"),
    ("economy", "jp"),
    ("economy", "JP' OR 1=1"),
    ("economy", "\x00"),
    ("full_name", ""),
    ("full_name", "   "),
    ("full_name", "Sato\x00Aiko"),
    ("full_name", "Sato\r\nAiko"),
    ("full_name", "A" * 121),
    ("line1", ""),
    ("line1", "A" * 201),
    ("city", ""),
    ("postcode", ""),
    ("postcode", "1" * 21),
    ("phone", "12"),
    ("phone", "+81 nonsense"),
    ("notes", "n" * 501),
    ("notes", "\x00"),
]


def test_an_address_that_cannot_be_is_refused_with_the_field_marked(shopper, piece, subtests):
    shopper.fill(piece)
    for field, value in BAD_FIELDS:
        with subtests.test(field=field, value=ascii(value)), nothing_changes():
            answer = shopper.give_address(**{field: value})
            assert answer.status_code == 400
            assert list(answer.context["form"].errors) == [field]
    assert shopper.client.get("/en/checkout/review/")["Location"] == "/en/checkout/", "nothing was remembered"


def test_a_place_that_is_not_sent_to_is_not_offered(shopper, piece):
    Country.objects.filter(pk="FR").update(is_shipping_country=False)
    assert shopper.fill(piece).give_address(economy="FR", postcode="75001").status_code == 400


def test_long_and_foreign_addresses_arrive_whole(shopper, piece):
    latin = {"latin_given": "Aiko", "latin_family": "Sato", "latin_line1": "Minato " * 28, "latin_city": "Yokohama"}
    payment = shopper.place(
        piece, full_name="佐藤 愛子", line1="港" * 200, city="横浜市", notes="呼び鈴\r\n二回", **latin
    )
    to = payment.order.shipping_address
    assert (to.last_name, to.line1, to.line4, to.notes) == (
        "佐藤 愛子",
        "港" * 200,
        "横浜市",
        "呼び鈴\r\n二回",
    )
    assert {name: getattr(to.recipient, name) for name in latin} == latin | {"latin_line1": ("Minato " * 28).strip()}


@pytest.mark.parametrize(("path", "goal"), [("checkout/", "basket/"), ("checkout/review/", "basket/")])
def test_with_an_empty_basket_there_is_nothing_to_check_out(shopper, path, goal):
    assert shopper.client.get(shopper.url(path))["Location"] == shopper.url(goal)


def test_without_an_address_there_is_nothing_to_review_or_pay(shopper, piece, fake_stripe):
    shopper.fill(piece)
    assert shopper.client.get("/en/checkout/review/")["Location"] == "/en/checkout/"
    with nothing_changes(fake_stripe):
        answer = shopper.pay({"idempotency_key": "k" * 32, "expected_total": "58.50 USD"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/checkout/")


def test_what_cannot_be_sent_leads_back_to_the_address_with_the_reason(shopper, fake_stripe):
    ShippingRate.objects.filter(origin="TH").delete()
    thai = make_piece(make_workshop(village=make_village(economy="TH")))
    shopper.fill(thai, make_piece()).give_address()
    with nothing_changes(fake_stripe):
        answer = shopper.client.get("/jp-usd/en/checkout/review/")
        assert answer["Location"] == "/jp-usd/en/checkout/"
        assert told(shopper.client.get("/en/checkout/")) == (
            "Sao Mai Lacquer (“Red bowl”): We cannot send from Thailand to Japan yet."
        )
        answer = shopper.pay({"idempotency_key": "k" * 32, "expected_total": "1.00 USD"})
    # There was never a quote, so there is nothing to pay: back to the review, and from there to the reason.
    assert (answer.status_code, answer["Location"]) == (302, "/en/checkout/review/")
