"""The pay button: one order for what was shown, however often and by whomever it is pressed, and nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests
from django.utils import timezone

from catalogue.models import Product
from marketplace.fulfilment.models import ShippingRate
from marketplace.payments.models import ConsignmentShare, Payment, ShareRule
from tests.factories import make_order, make_piece
from tests.fake_stripe.faults import ApiFault
from tests.ledger import Basket, StockRecord, assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import age
from tests.people import Visitor
from tests.shopping import ADDRESS, Shopper, deliver, told

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


TAMPERED = [
    "0.01 USD", "-58.50 USD", "58.49 USD", "58.50 VND", "58.50 usd", "58.50", "USD", "", "NaN USD", "sNaN USD",
    "Infinity USD", "58,50 USD", "5850e-2", "1e999999 USD", "9" * 5000, "58.50 USD; DROP TABLE", "\x00",
]  # fmt: skip


def test_a_tampered_total_is_not_charged(shopper, piece, fake_stripe, caplog, subtests):
    form = shopper.go_to_review(piece)
    assert form["expected_total"] == "58.50 USD"
    for total in TAMPERED:
        caplog.clear()
        with subtests.test(total=ascii(total)[:30]), nothing_changes(fake_stripe):
            answer = shopper.pay(form | {"expected_total": total})
            assert (answer.status_code, answer["Location"]) == (302, "/en/checkout/review/")
            assert "total changed" in caplog.text
            page = shopper.client.get("/en/checkout/review/", follow=True)
            assert told(page) == "The total is now $58.50. Please look at it again before you pay."


def test_a_total_without_its_field_is_not_charged(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    with nothing_changes(fake_stripe):
        assert shopper.pay({"idempotency_key": form["idempotency_key"]}).status_code == 302


def test_prices_and_ids_that_a_form_makes_up_are_ignored(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    line = Basket.objects.get().lines.get()
    made_up = {
        "price": "0.01", "amount": "1", "unit_amount": "1", "currency": "VND", "total": "0.01", "shipping": "0.00",
        "shipping_id": "1",
        "shipping_rate": str(ShippingRate.objects.order_by("amount").first().pk), "shipping_method": "free", "discount": "99",
        "quantity": "0", f"line-{line.pk}-quantity": "0", f"line-{line.pk}-price": "0.01", "product_id": "1", "partner": "1",
        "email": "thief@example.com", "user": "1", "status": "paid", "state": "paid", "language": "xx",
        "order_number": "AAAAA-BBBBB-CCCCC", "return_url": "https://evil.example/", "success_url": "https://evil.example/",
        "next": "https://evil.example/",
    }  # fmt: skip
    assert shopper.pay(form | made_up).status_code == 303
    payment = the_payment()
    assert (payment.amount, payment.currency, payment.state, payment.language) == (
        Decimal("58.50"),
        "USD",
        "pending",
        "en",
    )
    assert (payment.order.guest_email, payment.order.status, payment.order.user) == (
        "aiko@example.com",
        "pending",
        None,
    )
    session = fake_stripe.sessions[payment.gateway_session]
    assert (session["amount_total"], session["currency"], session["customer_email"]) == (
        5850,
        "usd",
        "aiko@example.com",
    )
    assert session["success_url"].startswith("http://testserver/en/orders/")


def test_what_the_address_of_the_button_says_is_ignored(shopper, piece, fake_stripe):
    """Case 24: the same in the query."""
    ShareRule.objects.create(commission=10, village_fund=0, valid_from=timezone.localdate(), source="Test")
    form = shopper.go_to_review(piece)
    query = "price=0.01&currency=VND&commission=0&expected_total=0.01+USD&shipping=0&state=paid&status=paid"
    assert shopper.client.post_from_page(f"/en/checkout/pay/?{query}", form).status_code == 303
    payment = the_payment()
    assert (payment.amount, payment.currency, payment.state) == (Decimal("58.50"), "USD", "pending")
    session = fake_stripe.sessions[payment.gateway_session]
    assert (session["amount_total"], session["currency"]) == (5850, "usd")
    goods = ConsignmentShare.objects.filter(consignment__order=payment.order, part="goods")
    assert dict(goods.values_list("party", "amount")) == {"workshop": Decimal("43.20"), "commission": Decimal("4.80")}
    assert_books_balance()


def test_a_key_that_no_review_page_made_is_refused(shopper, piece, fake_stripe, subtests):
    form = shopper.go_to_review(piece)
    for key in (
        "",
        "short",
        "k" * 19,
        "k" * 65,
        "k" * 30 + " ",
        "\x00" * 32,
        "é" * 32,
        "'; DROP TABLE x; ------",
    ):
        with subtests.test(key=ascii(key)), nothing_changes(fake_stripe):
            answer = shopper.pay(form | {"idempotency_key": key})
            assert (answer.status_code, answer["Location"]) == (302, "/en/checkout/review/")


def test_every_review_has_a_key_of_its_own(shopper, piece):
    first = shopper.go_to_review(piece)
    assert first["idempotency_key"] != shopper.review()["idempotency_key"]


@pytest.mark.parametrize("path", ["checkout/", "checkout/pay/"])
def test_forms_need_their_token(piece, fake_stripe, path):
    shopper = Shopper(Visitor(enforce_csrf_checks=True)).fill(piece)
    with nothing_changes(fake_stripe):
        answer = shopper.client.post_from_page(
            shopper.url(path), ADDRESS | {"idempotency_key": "k" * 32, "expected_total": "1 USD"}
        )
    assert answer.status_code == 403


def test_paying_is_a_post(shopper):
    assert shopper.client.get("/en/checkout/pay/").status_code == 405


@pytest.mark.parametrize(
    "path", ["/xx/checkout/", "/ko/checkout/review/", "/xx/checkout/pay/", "/EN/orders/AAAAA-BBBBB-CCCCC/"]
)
def test_an_unknown_language_is_a_404(path):
    assert Visitor().get(path).status_code == 404


# Refused at the last step


def refused_at_pay(shopper: Shopper, form: dict, stripe) -> list[str]:
    with nothing_changes(stripe):
        answer = shopper.pay(form)
    assert answer.status_code == 409
    assert "Your basket is as you left it, and nothing has been charged." in answer.text
    assert not stripe.calls("POST", SESSIONS)
    return [str(message) for message in answer.context["messages"]]


def test_the_last_piece_went_to_somebody_else(shopper, fake_stripe):
    piece = make_piece(stock=1, supply=Product.Supply.ONE_OF_A_KIND)
    form = shopper.go_to_review(piece)
    make_order([piece])
    assert refused_at_pay(shopper, form, fake_stripe)[-1] == "“Red bowl” is sold out."
    assert shopper.basket() == {piece.pk: 1}


def test_a_piece_was_withdrawn(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    Product.objects.filter(pk=piece.pk).update(is_public=False)
    assert refused_at_pay(shopper, form, fake_stripe)[-1] == "“Red bowl” is no longer for sale."


def test_a_deleted_piece_is_no_longer_in_the_total(shopper, piece, fake_stripe):
    tray = make_piece(title="Tray", price="20.00")
    form = shopper.go_to_review(piece, tray)
    piece.delete()
    with nothing_changes(fake_stripe):
        assert shopper.pay(form)["Location"] == "/en/checkout/review/"
    assert shopper.basket() == {tray.pk: 1}


def test_a_dearer_piece_is_shown_before_it_is_charged(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    StockRecord.objects.filter(product=piece).update(price="50.00")
    with nothing_changes(fake_stripe):
        assert shopper.pay(form)["Location"] == "/en/checkout/review/"
    assert shopper.pay(shopper.review()).status_code == 303
    assert the_payment().amount == Decimal("60.50")


# More than once


def test_ten_clicks_make_one_order(shopper, piece, fake_stripe, mailoutbox):
    form = shopper.go_to_review(piece)
    answers = [shopper.pay(form) for _click in range(10)]
    payment = the_payment()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, payment.pay_url)}
    assert (len(fake_stripe.sessions), len(fake_stripe.calls("POST", SESSIONS))) == (1, 1)
    assert stock_of(piece) == (5, 1)


def test_back_and_again_after_paying_leads_to_the_order(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    shopper.pay(form)
    payment = the_payment()
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    with nothing_changes(fake_stripe):
        answer = shopper.pay(form)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{payment.order.number}/")


def test_back_and_again_after_the_reservation_leads_to_the_order(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    shopper.pay(form)
    payment = age(the_payment(), 36)
    with nothing_changes(fake_stripe):
        answer = shopper.pay(form)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{payment.order.number}/")


def test_the_second_tab_finds_the_order_of_the_first(shopper, piece, fake_stripe):
    first = shopper.go_to_review(piece)
    second = shopper.review()
    assert shopper.pay(first).status_code == 303
    with nothing_changes(fake_stripe):
        answer = shopper.pay(second)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{the_payment().order.number}/")


def test_a_basket_changed_in_another_tab_is_shown_before_it_is_charged(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    shopper.put(piece)
    with nothing_changes(fake_stripe):
        assert shopper.pay(form)["Location"] == "/en/checkout/review/"


def test_what_goes_into_the_basket_while_paying_is_another_order(shopper, piece):
    payment = shopper.place(piece)
    tray = make_piece(title="Tray")
    shopper.fill(tray)
    assert [line.product for line in payment.order.lines.all()] == [piece]
    assert shopper.basket() == {tray.pk: 1}
    second = shopper.place()
    assert second.order != payment.order
    assert [line.product for line in second.order.lines.all()] == [tray]


def test_an_unpaid_order_is_shown_in_the_basket_to_its_buyer_alone(shopper, piece, fake_stripe):
    """The way back from a payment page that she left."""
    payment = shopper.place(piece)

    def shown(who: Shopper) -> list[dict]:
        return who.client.get("/en/basket/", follow=True).context["unpaid"]

    assert shown(shopper) == [
        {"number": payment.order.number, "url": f"/jp-usd/en/orders/{payment.order.number}/"},
    ]
    assert shown(Shopper()) == []
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    assert shown(shopper) == []
    second = age(shopper.place(piece), 36)
    assert shown(shopper) == []
    assert second.state == "pending"


def test_with_nothing_in_the_basket_and_no_order_there_is_nothing_to_pay(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    Basket.objects.get().lines.all().delete()
    with nothing_changes(fake_stripe):
        answer = shopper.pay(form)
    assert (answer.status_code, told(answer)) == (409, "Your basket is empty.")


# At the same moment, through a real server


def browser_of(shopper: Shopper, server: str) -> dict:
    """What a browser would send with each of its clicks."""
    cookies = {name: morsel.value for name, morsel in shopper.client.cookies.items()}
    token = "t" * 32
    return {
        "cookies": cookies | {"csrftoken": token},
        "headers": {"Origin": server, "Referer": server + "/", "X-CSRFToken": token},
    }


def click_together(url: str, forms: list[dict], browser: dict) -> list[requests.Response]:
    def click(form: dict) -> requests.Response:
        return requests.post(url, data=form, allow_redirects=False, timeout=60, **browser)

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(click, forms))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("clicks", [6])
def test_clicks_at_the_same_moment_make_one_order(fake_stripe, live_server, settings, clicks):
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    piece = make_piece(stock=5)
    shopper = Shopper()
    form = shopper.go_to_review(piece)
    answers = click_together(
        f"{live_server.url}/en/checkout/pay/", [form] * clicks, browser_of(shopper, live_server.url)
    )
    payment = the_payment()
    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [
        (303, payment.pay_url)
    ] * clicks
    assert len(fake_stripe.sessions) == 1
    assert stock_of(piece) == (5, 1)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_tabs_at_the_same_moment_make_one_order(fake_stripe, live_server, settings):
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    piece = make_piece(stock=5)
    shopper = Shopper()
    forms = [shopper.go_to_review(piece), *(shopper.review() for _tab in range(4))]
    answers = click_together(
        f"{live_server.url}/en/checkout/pay/", forms, browser_of(shopper, live_server.url)
    )
    payment = the_payment()
    goals = sorted((answer.status_code, answer.headers.get("Location")) for answer in answers)
    assert goals == [(302, f"/en/orders/{payment.order.number}/")] * 4 + [(303, payment.pay_url)]
    assert len(fake_stripe.sessions) == 1
    assert_books_balance()


# Stripe does not answer


@pytest.mark.parametrize("minutes", [0, 3, 20])
@pytest.mark.parametrize("fault", ["429", "500"])
def test_without_stripe_everything_is_kept_and_the_retry_works(shopper, piece, fake_stripe, fault, minutes):
    form = shopper.go_to_review(piece)
    fake_stripe.faults.api = [ApiFault(fault, count=99)]
    answer = shopper.pay(form)
    payment = the_payment()
    assert answer.status_code == 503
    assert answer.context["title"] == "The payment page does not answer"
    assert f'action="/en/orders/{payment.order.number}/pay/"' in answer.text
    assert (payment.state, payment.gateway_session, stock_of(piece)) == ("pending", "", (5, 1))
    retry = f"/en/orders/{payment.order.number}/pay/"
    with nothing_changes(fake_stripe):
        assert shopper.pay(form).status_code == 503
        assert shopper.client.post_from_page(retry).status_code == 503
    fake_stripe.faults.api = []
    age(payment, minutes)
    answer = shopper.client.post_from_page(retry)
    assert (answer.status_code, answer["Location"]) == (303, the_payment().pay_url)
    assert len(fake_stripe.sessions) == 1
    fake_stripe.pay(the_payment().gateway_session)
    deliver(fake_stripe)
    assert the_payment().state == "paid"
    assert_books_balance()


def test_a_lost_answer_and_a_retry_in_another_language_open_one_page(shopper, piece, fake_stripe):
    form = shopper.go_to_review(piece)
    fake_stripe.faults.api = [ApiFault("lost_response", path=SESSIONS), ApiFault("429", path=SESSIONS)]
    assert shopper.pay(form).status_code == 503
    assert len(fake_stripe.sessions) == 1
    answer = shopper.client.post_from_page(f"/ja/orders/{the_payment().order.number}/pay/")
    assert answer.status_code == 303
    assert len(fake_stripe.sessions) == 1
