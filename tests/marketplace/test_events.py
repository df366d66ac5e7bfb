"""Events in any order, any number of times, at the same moment, and without a database: one end."""

import json
import random

import pytest
from django.db import OperationalError, connections

from marketplace.payments.models import InboxEvent, Payment
from tests.factories import make_piece
from tests.ledger import assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import WEBHOOK, now, open_page, paid_event, post, send
from tests.people import Visitor
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
State = Payment.State


def make_bowl():
    return make_piece(stock=5, price="48.00")


@pytest.fixture
def piece(recorded):
    return recorded(make_bowl)


@pytest.fixture
def payment(piece) -> Payment:
    """Of two pieces, with its page open at Stripe."""
    return open_page((piece, 2))


def test_an_expired_page_gives_the_stock_back(fake_stripe, payment, piece, mailoutbox):
    assert stock_of(piece) == (5, 2)
    fake_stripe.advance(31 * 60 + 1)
    assert deliver(fake_stripe) == [200]
    assert (now(payment).state, now(payment).order.status, stock_of(piece)) == (
        State.EXPIRED,
        "expired",
        (5, 0),
    )
    assert not mailoutbox
    assert_books_balance()


@pytest.mark.parametrize("expired_first", [True, False])
def test_expired_and_completed_in_any_order_end_paid(fake_stripe, payment, piece, mailoutbox, expired_first):
    completed = paid_event(fake_stripe, payment)
    session = completed["data"]["object"] | {"status": "expired", "payment_status": "unpaid"}
    expired = completed | {
        "id": "evt_expired",
        "type": "checkout.session.expired",
        "data": {"object": session},
    }
    for event in (expired, completed) if expired_first else (completed, expired):
        assert send(fake_stripe, event).content == b"done"
    assert (now(payment).state, stock_of(piece)) == (State.PAID, (3, 0))
    assert len(mailoutbox) == 1
    assert_books_balance()


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_slow_method_is_waited_for(fake_stripe, payment, piece, mailoutbox, succeeded):
    fake_stripe.pay(payment.gateway_session, "delayed")
    assert set(deliver(fake_stripe)) == {200}
    assert (now(payment).state, stock_of(piece)) == (State.PENDING, (5, 2))
    assert not mailoutbox
    fake_stripe.settle(payment.gateway_session, succeeded=succeeded)
    assert set(deliver(fake_stripe)) == {200}
    if succeeded:
        assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.PAID, (3, 0), 1)
    else:
        assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.EXPIRED, (5, 0), 0)
    assert_books_balance()


@pytest.mark.parametrize("seed", range(10))
def test_shuffled_and_repeated_deliveries_end_the_same(fake_stripe, mailoutbox, seed):
    """Five orders with different fates; every event arrives one to three times, in any order."""
    piece = make_piece(stock=20)
    fates = {
        "pay": State.PAID,
        "3ds-complete": State.PAID,
        "delayed+": State.PAID,
        "delayed-": State.EXPIRED,
        "expire": State.EXPIRED,
    }
    orders = {fate: open_page((piece, 2)) for fate in fates}
    for fate, payment in orders.items():
        if fate == "expire":
            fake_stripe.advance(0)
            continue
        fake_stripe.pay(payment.gateway_session, fate.rstrip("+-"))
        if fate.startswith("delayed"):
            fake_stripe.settle(payment.gateway_session, succeeded=fate.endswith("+"))
    fake_stripe.advance(32 * 60)
    chance = random.Random(seed)
    events = [event for event in fake_stripe.events for _copy in range(chance.randint(1, 3))]
    chance.shuffle(events)
    assert {send(fake_stripe, event).status_code for event in events} == {200}
    assert {fate: now(payment).state for fate, payment in orders.items()} == fates
    assert stock_of(piece) == (14, 0)
    assert len(mailoutbox) == 3
    assert InboxEvent.objects.count() == len(fake_stripe.events)
    assert_books_balance()


# At the same moment, and without a database


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("copies", [10])
def test_ten_deliveries_at_once_have_one_effect(fake_stripe, live_server, mailoutbox, copies):
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    fake_stripe.control(webhook_url=f"{live_server.url}{WEBHOOK}", duplicate=copies, parallel=True)
    fake_stripe.pay(payment.gateway_session)
    assert fake_stripe.wait_idle(30)
    statuses = [one.status for one in fake_stripe.deliveries if one.kind == "checkout.session.completed"]
    assert statuses == [200] * copies
    assert InboxEvent.objects.filter(kind="checkout.session.completed").count() == 1
    assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.PAID, (3, 0), 1)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_without_a_database_stripe_is_asked_to_come_again(fake_stripe, monkeypatch):
    """Never 2xx without a stored row."""
    payment = open_page()
    body = json.dumps(paid_event(fake_stripe, payment)).encode()
    signature = fake_stripe.sign(body)
    careless = Visitor(raise_request_exception=False)
    connection = connections["default"]
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        with pytest.raises(OperationalError):
            connection.ensure_connection()
        answer = post(body, signature, careless)
        assert answer.status_code == 500
        assert b"Traceback" not in answer.content
    assert not InboxEvent.objects.exists()
    assert post(body, signature).status_code == 200
    assert now(payment).state == State.PAID


@pytest.mark.django_db(transaction=True)
def test_an_effect_that_fails_takes_its_row_back(fake_stripe, monkeypatch):
    """The row and what it caused are one transaction, so the second delivery finds nothing done."""
    payment = open_page()
    event = paid_event(fake_stripe, payment)
    body = json.dumps(event).encode()
    with monkeypatch.context() as patch:
        patch.setattr("marketplace.payments.stock.take_out", lambda order: 1 / 0)
        with nothing_changes():
            assert (
                post(body, fake_stripe.sign(body), Visitor(raise_request_exception=False)).status_code == 500
            )
    assert send(fake_stripe, event).status_code == 200
    assert now(payment).state == State.PAID
