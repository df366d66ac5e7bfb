"""Pay, confirm, expire: what Stripe is asked, and what its answers make of an order."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oscar.core.loading import get_class

from catalogue.models import Product
from marketplace.money import Money, to_minor
from marketplace.payments import stock
from marketplace.payments.gateway import Facts, GatewayDown, Standing, get_gateway
from marketplace.payments.models import Payment
from marketplace.payments.placing import place_order
from marketplace.payments.services import apply_facts, start_payment
from marketplace.signals import order_expired, order_paid
from tests.factories import make_basket, make_buyer, make_order, make_piece, make_workshop, pay_order
from tests.factories.offers import make_offer
from tests.factories.texts import number
from tests.fake_stripe.faults import ApiFault
from tests.ledger import OrderLine, StockRecord, assert_books_balance, nothing_changes, stock_of
from tests.shopping import total_of

pytestmark = pytest.mark.django_db
Applicator = get_class("offer.applicator", "Applicator")
State = Payment.State
BACK = "https://shop.example/en/orders/x/"


def start(payment: Payment) -> str:
    """As the next request does it: with the payment as the database has it."""
    return start_payment(payment=Payment.objects.get(pk=payment.pk), return_url=BACK)


def started(*pieces, **fields) -> Payment:
    payment = make_order(pieces, **fields)
    start(payment)
    payment.refresh_from_db()
    return payment


def facts(payment: Payment, standing: Standing = Standing.PAID, **changes) -> Facts:
    values = {
        "session_id": payment.gateway_session or "cs_test_lost",
        "reference": payment.order.number,
        "standing": standing,
        "amount": Money(payment.amount, payment.currency),
        "payment_id": "pi_test_1",
    }
    return Facts(**values | changes)


def age(payment: Payment, minutes: float) -> Payment:
    """The order was placed so long ago."""
    past = timedelta(minutes=minutes)
    changes = {"created_at": payment.created_at - past, "expires_at": payment.expires_at - past}
    Payment.objects.filter(pk=payment.pk).update(**changes)
    payment.refresh_from_db()
    return payment


def line_items(stripe, session_id: str) -> list[dict]:
    return stripe.state.hidden[session_id]["line_items"]


def failing(fault: str) -> list[ApiFault]:
    """The next call of the SDK fails, and the repeat that it makes by itself too."""
    return [ApiFault(fault), ApiFault("500" if fault == "500" else "429")]


# What Stripe is asked


def test_stripe_is_asked_for_exactly_this_order(fake_stripe):
    lacquer = make_workshop()
    payment = started(
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
    assert session["success_url"] == session["cancel_url"] == BACK
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
    payment = started(make_piece())
    assert fake_stripe.sessions[payment.gateway_session]["expires_at"] < payment.expires_at.timestamp()


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en"), ("ja", "ja"), ("zh-hant", "zh-TW"), ("vi", "vi"), ("qu", "auto")]
)
def test_the_page_speaks_the_orders_language(fake_stripe, language, locale):
    payment = started(make_piece(), language=language)
    assert fake_stripe.sessions[payment.gateway_session]["locale"] == locale


def test_the_longest_title_is_no_obstacle(fake_stripe):
    """A variant's title is its piece's and its own; Stripe takes 250 signs."""
    piece = make_piece(variants={"大きい": ("48.00", 1)})
    piece.texts.update(title="長" * 255)
    payment = started(piece.children.get())
    assert payment.order.lines.get().title == "長" * 255
    assert line_items(fake_stripe, payment.gateway_session)[0]["description"] == "長" * 250


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
    payment = started(make_piece())
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
    failed = started(make_piece()).gateway_session
    fake_stripe.pay(failed, "delayed")
    fake_stripe.settle(failed, succeeded=False)
    assert gateway.look_up(failed).standing == Standing.FAILED
    closed = started(make_piece()).gateway_session
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
    session = started(make_piece()).gateway_session
    for deed in deeds:
        fake_stripe.pay(session, deed)
    assert get_gateway().close_checkout(session).standing == standing
    assert get_gateway().close_checkout(session).standing == standing


@pytest.mark.parametrize("verb", ["look_up", "close_checkout"])
@pytest.mark.parametrize("fault", ["429", "500", "lost_response"])
def test_a_stripe_that_does_not_answer_is_down(fake_stripe, verb, fault):
    session = started(make_piece()).gateway_session
    fake_stripe.faults.api = failing(fault)
    with pytest.raises(GatewayDown):
        getattr(get_gateway(), verb)(session)


def test_a_page_that_stripe_does_not_know_is_down_not_expired():
    """A key of another account must not expire orders that were paid."""
    with pytest.raises(GatewayDown, match="No such checkout"):
        get_gateway().close_checkout("cs_test_unknown")


# What becomes of an order


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("state", list(State))
def test_from_every_state_only_forward(state, standing, commit, mailoutbox):
    piece = make_piece(stock=5)
    payment = make_order([(piece, 2)])
    if state == State.PAID:
        pay_order(payment)
    elif state != State.PENDING:
        apply_facts(payment=payment, facts=facts(payment, Standing.EXPIRED))
    if state == State.ATTENTION:
        StockRecord.objects.filter(product=piece).update(num_in_stock=1)
        pay_order(payment)
    payment.refresh_from_db()
    assert payment.state == state
    commit()
    mailoutbox.clear()
    over = standing in (Standing.EXPIRED, Standing.FAILED)
    after = {
        State.PENDING: State.PAID if standing == Standing.PAID else State.EXPIRED if over else State.PENDING,
        State.EXPIRED: State.PAID if standing == Standing.PAID else State.EXPIRED,
        State.PAID: State.PAID,
        State.ATTENTION: State.ATTENTION,
    }[state]
    for _turn in range(3):
        assert apply_facts(payment=payment, facts=facts(payment, standing)) == ""
        commit()
        payment.refresh_from_db()
        assert payment.state == after
    assert payment.order.status == after
    expected = {State.PENDING: (5, 2), State.EXPIRED: (5, 0), State.PAID: (3, 0), State.ATTENTION: (1, 0)}[
        after
    ]
    assert stock_of(piece) == expected
    assert len(mailoutbox) == (1 if after == State.PAID and state != State.PAID else 0)
    assert_books_balance()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reference": "AAAAA-BBBBB-CCCCC"}, "another order's reference"),
        ({"session_id": "cs_test_other"}, "another session than the one we opened"),
        ({"amount": Money(Decimal("0.50"), "USD")}, "amount is 0.50 USD, the order's is 58.50 USD"),
        ({"amount": Money(Decimal("58.51"), "USD")}, "amount is 58.51 USD, the order's is 58.50 USD"),
        ({"amount": Money(Decimal("58.50"), "EUR")}, "amount is 58.50 EUR, the order's is 58.50 USD"),
        ({"amount": None}, "amount is nothing, the order's is 58.50 USD"),
    ],
)
@pytest.mark.parametrize("standing", [Standing.PAID, Standing.EXPIRED])
def test_facts_that_do_not_fit_change_nothing(changes, why, standing, commit, mailoutbox):
    payment = started(make_piece(price="48.00"))
    assert payment.amount == Decimal("58.50")
    with nothing_changes():
        assert apply_facts(payment=payment, facts=facts(payment, standing, **changes)) == why
        commit()
    assert not mailoutbox


def test_a_late_payment_is_honoured_while_the_stock_is_there():
    piece = make_piece(stock=2)
    payment = make_order([(piece, 2)])
    apply_facts(payment=payment, facts=facts(payment, Standing.EXPIRED))
    assert stock_of(piece) == (2, 0)
    pay_order(payment)
    assert (payment.state, payment.order.status, stock_of(piece)) == (State.PAID, "paid", (0, 0))
    assert_books_balance()


@pytest.mark.parametrize("gone", ["sold", "held", "deleted"])
def test_a_late_payment_for_a_piece_that_is_gone_calls_a_person(gone, caplog, commit, mailoutbox):
    piece, other = make_piece(stock=1), make_piece(stock=5)
    payment = make_order([piece, other])
    apply_facts(payment=payment, facts=facts(payment, Standing.EXPIRED))
    if gone == "deleted":
        piece.delete()
    else:
        make_order([piece], paid=gone == "sold")
    commit()
    mailoutbox.clear()
    before = stock_of(other)
    apply_facts(payment=payment, facts=facts(payment))
    commit()
    payment.refresh_from_db()
    assert (payment.state, payment.order.status) == (State.ATTENTION, "attention")
    assert payment.note == "paid after the reservation ran out; the stock is gone"
    assert payment.gateway_payment == "pi_test_1"
    assert stock_of(other) == before
    assert f"order {payment.order.number} needs attention" in caplog.text
    assert not mailoutbox


def test_stock_lowered_below_a_promise_calls_a_person(caplog):
    """Oscar's dashboard lets staff do that. Money came in, so the event must not fail for ever."""
    piece = make_piece(stock=3)
    payment = make_order([(piece, 2)])
    StockRecord.objects.filter(product=piece).update(num_in_stock=1)
    apply_facts(payment=payment, facts=facts(payment))
    payment.refresh_from_db()
    assert (payment.state, payment.order.status) == (State.ATTENTION, "attention")
    assert payment.note == "paid, but the stock was lowered below what this order held"
    assert stock_of(piece) == (1, 2)
    assert "needs attention" in caplog.text


def test_paid_is_announced_once_and_after_the_commit(commit):
    heard = []

    def hear(sender, payment, **kwargs):
        heard.append((payment.order.number, payment.state))

    for signal in (order_paid, order_expired):
        signal.connect(hear)
    try:
        bought, left = make_order(), make_order()
        pay_order(bought)
        apply_facts(payment=left, facts=facts(left, Standing.EXPIRED))
        assert heard == []
        commit()
        pay_order(bought)
        apply_facts(payment=left, facts=facts(left, Standing.EXPIRED))
        commit()
    finally:
        for signal in (order_paid, order_expired):
            signal.disconnect(hear)
    assert heard == [(bought.order.number, "paid"), (left.order.number, "expired")]


# Stock


def test_stock_goes_back_and_out_once():
    piece, made = make_piece(stock=5), make_piece(supply=Product.Supply.MADE_TO_ORDER)
    order = make_order([(piece, 2), made]).order
    stock.give_back(order)
    stock.give_back(order)
    assert stock_of(piece) == (5, 0)
    assert stock.hold_again(order)
    assert stock_of(piece) == (5, 2)
    assert stock.take_out(order)
    assert stock.take_out(order)
    stock.give_back(order)
    assert (stock_of(piece), stock_of(made)) == ((3, 0), (None, 0))
    assert not OrderLine.objects.filter(num_allocated__gt=0).exists()


def test_holding_again_is_all_or_nothing():
    piece, other = make_piece(stock=5), make_piece(stock=1)
    order = make_order([(piece, 2), other]).order
    stock.give_back(order)
    make_order([other])
    with nothing_changes():
        assert not stock.hold_again(order)


def test_the_rows_of_all_variants_are_locked_in_the_order_of_their_ids():
    piece = make_piece(variants={"S": ("1.00", 5), "M": ("1.00", 5), "L": ("1.00", 5)})
    small, _medium, large = piece.children.order_by("pk")
    lines = list(make_basket(large, make_piece(), small).all_lines())
    with CaptureQueriesContext(connection) as queries:
        stock.lock_and_check(lines)
    (locking,) = [row["sql"] for row in queries.captured_queries if "FOR UPDATE" in row["sql"]]
    assert 'ORDER BY "partner_stockrecord"."id" ASC FOR UPDATE' in locking
    records = StockRecord.objects.filter(product__parent=piece)
    assert all(str(pk) in locking for pk in records.values_list("pk", flat=True))
