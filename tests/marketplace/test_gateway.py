"""The hosted page: what Stripe is asked, once, and how its answers are read."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from oscar.core.loading import get_class

from marketplace.money import Money, to_minor
from marketplace.payments import starting
from marketplace.payments.gateway import Facts, GatewayDown, Standing, get_gateway
from marketplace.payments.models import Payment
from marketplace.payments.placing import place_order
from marketplace.payments.services import apply_facts, start_payment
from tests.factories import make_basket, make_buyer, make_order, make_piece, make_workshop
from tests.factories.offers import make_offer
from tests.factories.texts import number
from tests.fake_stripe.checkout import MOST_LINES
from tests.fake_stripe.faults import ApiFault
from tests.ledger import assert_books_balance, nothing_changes
from tests.marketplace.paying import BACK, age, facts, failing, line_items, open_page, start
from tests.shopping import total_of

pytestmark = pytest.mark.django_db
Applicator = get_class("offer.applicator", "Applicator")
State = Payment.State


# What Stripe is asked


def test_stripe_is_asked_for_exactly_this_order(fake_stripe):
    lacquer = make_workshop()
    payment = open_page(
        (make_piece(lacquer, title="Bowl", price="48.00"), 2),
        make_piece(title="Cloth", price="7.50"),
        language="ja",
    )
    (session,) = fake_stripe.sessions.values()
    assert session["id"] == payment.gateway_session
    assert session["url"] == payment.pay_url
    assert session["client_reference_id"] == payment.order.number
    assert session["metadata"] == {"order": payment.order.number}
    assert (session["amount_total"], session["currency"]) == (to_minor(Money(payment.amount, "USD")), "usd")
    assert (session["customer_email"], session["locale"]) == ("kenji@example.com", "ja")
    assert (session["success_url"], session["cancel_url"]) == (f"{BACK}?paying=done", BACK)
    assert session["expires_at"] == int((payment.created_at + timedelta(minutes=31)).timestamp())
    (asked,) = fake_stripe.calls("POST", "/v1/checkout/sessions")
    assert asked.params["adaptive_pricing"] == {"enabled": "false"}
    assert asked.params["payment_intent_data"] == {"metadata": {"order": payment.order.number}}
    rows = [
        (row["description"], row["price"]["unit_amount"], row["quantity"])
        for row in line_items(fake_stripe, session["id"])
    ]
    shipping = to_minor(Money(payment.order.shipping_incl_tax, "USD"))
    assert rows == [("Bowl", 4800, 2), ("Cloth", 750, 1), (rows[2][0], shipping, 1)]


def test_the_page_closes_before_the_reservation_does(fake_stripe):
    payment = open_page(make_piece())
    assert fake_stripe.sessions[payment.gateway_session]["expires_at"] < payment.expires_at.timestamp()


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en"), ("ja", "ja"), ("zh-hant", "zh-TW"), ("vi", "vi"), ("qu", "auto")]
)
def test_the_page_speaks_the_orders_language(fake_stripe, language, locale):
    payment = open_page(make_piece(), language=language)
    assert fake_stripe.sessions[payment.gateway_session]["locale"] == locale


def test_the_longest_title_is_no_obstacle(fake_stripe):
    """A variant's title is its piece's and its own; Stripe takes 250 signs."""
    piece = make_piece(variants={"大きい": ("48.00", 1)})
    piece.texts.update(title="長" * 255)
    payment = open_page(piece.children.get())
    assert payment.order.lines.get().title == "長" * 255
    assert line_items(fake_stripe, payment.gateway_session)[0]["description"] == "長" * 250


def test_an_address_that_only_mail_understands_is_no_obstacle(fake_stripe):
    """Stripe's page asks for one then; our own mail goes to the order's."""
    payment = open_page(make_piece(), buyer=make_buyer(email="kenji@例え.jp"))
    assert fake_stripe.sessions[payment.gateway_session]["customer_email"] is None


def test_more_pieces_than_the_page_has_rows_are_shown_as_a_sum(fake_stripe, monkeypatch):
    assert starting.MOST_LINES + 1 == MOST_LINES
    monkeypatch.setattr(starting, "MOST_LINES", 2)
    pieces = [make_piece(price="1.01") for _piece in range(3)]
    for bought, rows in ((pieces[:2], 3), (pieces, 2)):
        payment = open_page(*bought)
        assert len(line_items(fake_stripe, payment.gateway_session)) == rows
        total = fake_stripe.sessions[payment.gateway_session]["amount_total"]
        assert total == to_minor(Money(payment.amount, "USD"))


@pytest.mark.parametrize(
    "offer",
    [("Percentage", "10"), ("Percentage", "33.33"), ("Absolute", "10.01"), ("Percentage", "100"), None],
)
def test_stripe_asks_for_the_payments_amount_whatever_is_bought(fake_stripe, offer):
    chance = random.Random(str(offer))
    if offer:
        make_offer(*offer)
    pieces = [make_piece(price=price, stock=1000) for price in ("0.01", "9.99", "48.00", "3333.33")]
    for _turn in range(3):
        basket = make_basket(
            *((piece, chance.randint(1, 7)) for piece in chance.sample(pieces, chance.randint(1, 4)))
        )
        Applicator().apply(basket)
        total = total_of(basket)
        payment = place_order(
            basket=basket,
            buyer=make_buyer(),
            language="en",
            idempotency_key=f"turn-{number():020}",
            expected_total=total,
        )
        start(payment)
        payment.refresh_from_db()
        session = fake_stripe.sessions[payment.gateway_session]
        assert payment.amount == total.amount
        assert session["amount_total"] == to_minor(total)
        assert sum(
            row["price"]["unit_amount"] * row["quantity"] for row in line_items(fake_stripe, session["id"])
        ) == to_minor(total)
    assert_books_balance()


def test_ten_percent_off_is_exact_to_the_cent():
    make_offer("Percentage", "10")
    basket = make_basket((make_piece(price="9.99"), 3), make_piece(price="0.05"))
    Applicator().apply(basket)
    payment = place_order(
        basket=basket,
        buyer=make_buyer(),
        language="en",
        idempotency_key="k" * 24,
        expected_total=total_of(basket),
    )
    bought = [
        (line.line_price_before_discounts_incl_tax, line.line_price_incl_tax)
        for line in payment.order.lines.order_by("pk")
    ]
    assert bought == [(Decimal("29.97"), Decimal("26.97")), (Decimal("0.05"), Decimal("0.05"))]
    assert payment.amount - payment.order.shipping_incl_tax == Decimal("27.02")
    assert_books_balance()


def test_an_offer_on_shipping_changes_nothing_and_breaks_nothing(fake_stripe):
    make_offer("Shipping percentage", "50")
    basket = make_basket(make_piece(price="48.00"))
    before = total_of(basket)
    Applicator().apply(basket)
    payment = place_order(
        basket=basket, buyer=make_buyer(), language="en", idempotency_key="k" * 24, expected_total=before
    )
    assert payment.amount == before.amount
    assert_books_balance()


# Opening the page once


def test_a_second_start_finds_the_first_page(fake_stripe):
    payment = make_order()
    assert start(payment) == start(payment)
    assert len(fake_stripe.calls("POST", "/v1/checkout/sessions")) == 1


def test_two_starts_at_once_open_one_page(fake_stripe):
    payment = make_order()
    first, second = Payment.objects.get(pk=payment.pk), Payment.objects.get(pk=payment.pk)
    assert start_payment(payment=first, return_url=BACK) == start_payment(payment=second, return_url=BACK)
    assert len(fake_stripe.calls("POST", "/v1/checkout/sessions")) == 2
    assert len(fake_stripe.sessions) == 1


def test_the_one_who_is_turned_away_finds_the_others_page(fake_stripe):
    payment = make_order()
    stale = Payment.objects.get(pk=payment.pk)
    url = start(payment)
    fake_stripe.control(api=[{"kind": "429", "count": 9}])
    assert start_payment(payment=stale, return_url=BACK) == url


@pytest.mark.parametrize("fault", ["lost_response", "500", "500_kept", "429"])
def test_when_stripe_fails_nothing_changes_and_the_retry_opens_one_page(fake_stripe, fault):
    payment = make_order()
    fake_stripe.faults.api = failing(fault)
    with nothing_changes(), pytest.raises(GatewayDown):
        start(payment)
    fake_stripe.faults.api = []
    if fault == "500_kept":
        # Stripe repeats its 500 for this key; the next step of the clock asks with another.
        with nothing_changes(), pytest.raises(GatewayDown):
            start(payment)
        age(payment, 2)
    url = start(payment)
    payment.refresh_from_db()
    assert (payment.state, payment.pay_url) == (State.PENDING, url)
    assert url == fake_stripe.sessions[payment.gateway_session]["url"]
    assert len(fake_stripe.sessions) == (2 if fault == "500_kept" else 1)


def test_one_lost_answer_is_asked_again_at_once(fake_stripe):
    payment = make_order()
    fake_stripe.faults.api = [ApiFault("lost_response", path="/v1/checkout/sessions")]
    assert start(payment)
    assert len(fake_stripe.sessions) == 1
    assert len(fake_stripe.calls("POST", "/v1/checkout/sessions")) == 2


@pytest.mark.parametrize("minutes", [0, 0.9, 2, 12, 30, 34])
def test_the_page_can_be_opened_at_any_time_of_the_reservation(fake_stripe, minutes):
    """Stripe refuses a page that closes within thirty minutes."""
    payment = age(make_order(), minutes)
    assert start(payment)
    (session,) = fake_stripe.sessions.values()
    assert 30 * 60 <= session["expires_at"] - timezone.now().timestamp() <= 36 * 60


def test_a_late_repeat_finds_the_page_of_the_lost_answer(fake_stripe):
    payment = age(make_order(), 12)
    fake_stripe.faults.api = failing("lost_response")
    with pytest.raises(GatewayDown):
        start(payment)
    assert start(payment)
    assert len(fake_stripe.sessions) == 1


@pytest.mark.parametrize("state", [State.PAID, State.EXPIRED, State.ATTENTION])
def test_a_payment_that_is_over_opens_no_page(fake_stripe, state):
    payment = make_order()
    Payment.objects.filter(pk=payment.pk).update(state=state)
    with nothing_changes(fake_stripe):
        assert start(payment) == ""
    assert not fake_stripe.requests


def test_after_the_reservation_no_page_is_opened(fake_stripe):
    payment = age(make_order(), 35)
    with nothing_changes(fake_stripe):
        assert start(payment) == ""
    assert not fake_stripe.requests


def test_a_page_opened_while_the_reservation_ran_out_is_closed_again(fake_stripe, monkeypatch):
    payment = make_order([make_piece(stock=1)])
    gateway = get_gateway()
    real = gateway.open_checkout

    def open_slowly(request):
        page = real(request)
        apply_facts(payment=payment, facts=facts(payment, Standing.EXPIRED))
        return page

    monkeypatch.setattr(gateway, "open_checkout", open_slowly)
    assert start(payment) == ""
    payment.refresh_from_db()
    assert (payment.state, payment.pay_url) == (State.EXPIRED, "")
    (session,) = fake_stripe.sessions.values()
    assert session["status"] == "expired"
    assert_books_balance()


# What Stripe says


def test_every_standing_is_read_from_stripe(fake_stripe):
    gateway = get_gateway()
    payment = open_page(make_piece())
    session = payment.gateway_session
    assert gateway.look_up(session) == Facts(
        session, payment.order.number, Standing.OPEN, Money(payment.amount, "USD"), ""
    )
    fake_stripe.pay(session, "decline")
    assert gateway.look_up(session).standing == Standing.OPEN
    fake_stripe.pay(session, "delayed")
    assert gateway.look_up(session).standing == Standing.PROCESSING
    fake_stripe.settle(session, succeeded=True)
    assert gateway.look_up(session).standing == Standing.PAID
    assert gateway.look_up(session).payment_id == fake_stripe.sessions[session]["payment_intent"]
    failed = open_page(make_piece()).gateway_session
    fake_stripe.pay(failed, "delayed")
    fake_stripe.settle(failed, succeeded=False)
    assert gateway.look_up(failed).standing == Standing.FAILED
    closed = open_page(make_piece()).gateway_session
    assert gateway.close_checkout(closed).standing == Standing.EXPIRED
    assert gateway.look_up(closed).standing == Standing.EXPIRED


@pytest.mark.parametrize(
    ("deeds", "standing"),
    [
        ([], Standing.EXPIRED),
        (["decline"], Standing.EXPIRED),
        (["3ds"], Standing.EXPIRED),
        (["pay"], Standing.PAID),
        (["3ds-complete"], Standing.PAID),
        (["delayed"], Standing.PROCESSING),
    ],
)
def test_closing_a_page_tells_what_is_true_after(fake_stripe, deeds, standing):
    session = open_page(make_piece()).gateway_session
    for deed in deeds:
        fake_stripe.pay(session, deed)
    assert get_gateway().close_checkout(session).standing == standing
    assert get_gateway().close_checkout(session).standing == standing


@pytest.mark.parametrize("verb", ["look_up", "close_checkout"])
@pytest.mark.parametrize("fault", ["429", "500", "lost_response"])
def test_a_stripe_that_does_not_answer_is_down(fake_stripe, verb, fault):
    session = open_page(make_piece()).gateway_session
    fake_stripe.faults.api = failing(fault)
    with pytest.raises(GatewayDown):
        getattr(get_gateway(), verb)(session)


def test_a_page_that_stripe_does_not_know_is_down_not_expired():
    """A key of another account must not expire orders that were paid."""
    with pytest.raises(GatewayDown, match="No such checkout"):
        get_gateway().close_checkout("cs_test_unknown")
