"""Events in any order, any number of times, at the same moment, and without a database: one end."""

import json
import random
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from marketplace.money import Money
from marketplace.payments import outbox
from marketplace.payments.confirming import apply_facts
from marketplace.payments.gateway import RefundRequest, Standing, get_gateway
from marketplace.payments.models import Attention, InboxEvent, OutboxMessage, Payment, Posting
from marketplace.payments.reconcile import reconcile
from tests.factories import make_order, make_piece
from tests.ledger import assert_books_balance, ledger, nothing_changes, stock_of
from tests.marketplace.paying import (
    WEBHOOK,
    assert_balanced,
    counts,
    facts,
    now,
    open_page,
    paid_event,
    post,
    send,
)
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
    assert [mail.subject for mail in mailoutbox] == [f"Your order {payment.order.number} was not paid in time"]
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
    assert len(mailoutbox) == 1 + expired_first
    assert_books_balance()


def three_days_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's clock, and that of the signatures."""
    days, now_, time_ = timedelta(days=3), timezone.now, time.time
    monkeypatch.setattr(timezone, "now", lambda: now_() + days)
    monkeypatch.setattr(time, "time", lambda: time_() + days.total_seconds())


def test_three_days_later_a_paid_order_stays_as_it_is(fake_stripe, payment, piece, mailoutbox, monkeypatch):
    """Cases 29 and 31: the same event again, and a late word that its page had run out, each signed anew."""
    completed = paid_event(fake_stripe, payment)
    assert send(fake_stripe, completed).content == b"done"
    assert outbox.deliver(now=timezone.now() + timedelta(hours=2))["done"] == 1
    old = fake_stripe.sign(json.dumps(completed, ensure_ascii=False).encode())
    ran_out = completed["data"]["object"] | {"status": "expired", "payment_status": "unpaid"}
    expired = completed | {"id": "evt_expired", "type": "checkout.session.expired", "data": {"object": ran_out}}
    before = ledger(fake_stripe), Posting.objects.count(), OutboxMessage.objects.count(), len(mailoutbox)
    three_days_on(monkeypatch)
    assert post(json.dumps(completed, ensure_ascii=False).encode(), old).status_code == 400
    for event in (completed, expired, completed, expired):
        assert send(fake_stripe, event).content == b"done"
    assert reconcile() == counts()
    known, *rest = before
    after = ledger(fake_stripe), Posting.objects.count(), OutboxMessage.objects.count(), len(mailoutbox)
    assert after == (known | {"events": 2}, *rest)
    assert set(InboxEvent.objects.values_list("event_id", "outcome")) == {(completed["id"], "done"), ("evt_expired", "done")}
    assert (now(payment).state, now(payment).order.status, stock_of(piece)) == (State.PAID, "paid", (3, 0))
    assert not Attention.objects.exists()
    assert_books_balance()


@pytest.mark.parametrize("gone", [False, True], ids=["still there", "sold meanwhile"])
def test_delivered_for_the_first_time_three_days_late(fake_stripe, payment, piece, monkeypatch, gone):
    """Case 31: Stripe has the money, the shop heard nothing and let the pieces go."""
    completed = paid_event(fake_stripe, payment)
    three_days_on(monkeypatch)
    apply_facts(payment=payment, facts=facts(now(payment), Standing.EXPIRED))
    assert (now(payment).state, stock_of(piece)) == (State.EXPIRED, (5, 0))
    if gone:
        make_order([(piece, 5)], paid=True)
    assert send(fake_stripe, completed).content == b"done"
    deliver(fake_stripe)
    assert (now(payment).state, stock_of(piece)) == ((State.REFUNDED, (0, 0)) if gone else (State.PAID, (3, 0)))
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [11150] * gone
    assert_balanced()
    assert_books_balance()


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_slow_method_is_waited_for(fake_stripe, payment, piece, mailoutbox, succeeded):
    fake_stripe.pay(payment.gateway_session, "delayed")
    assert set(deliver(fake_stripe)) == {200}
    assert (now(payment).state, stock_of(piece)) == (State.PROCESSING, (5, 2))
    # Without a word from Stripe on how long its voucher lives, as long as the setting says.
    assert now(payment).expires_at - payment.created_at == timedelta(days=settings.MARKETPLACE_SLOW_METHOD_DAYS)
    assert not mailoutbox
    fake_stripe.settle(payment.gateway_session, succeeded=succeeded)
    assert set(deliver(fake_stripe)) == {200}
    if succeeded:
        assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.PAID, (3, 0), 1)
    else:
        assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.EXPIRED, (5, 0), 1)
    assert_books_balance()


def test_the_hold_outlives_the_voucher_and_late_money_is_honoured(fake_stripe, payment, piece):
    """Its shop reports a day later; some days after the voucher's end the pieces are free, and money is late money."""
    fake_stripe.pay(payment.gateway_session, "delayed")
    deliver(fake_stripe)
    voucher_ends = timezone.now() + timedelta(days=3)
    waiting = facts(now(payment), Standing.PROCESSING, pay_by=voucher_ends)
    # A first word without the voucher's end held for longer than it lives: that is set right.
    assert apply_facts(payment=payment, facts=waiting) == ""
    held_until = voucher_ends + timedelta(days=settings.MARKETPLACE_SLOW_METHOD_GRACE_DAYS)
    assert now(payment).expires_at == held_until
    assert reconcile(now=held_until - timedelta(minutes=1))["waiting"] == 1
    assert stock_of(piece) == (5, 2)
    assert reconcile(now=held_until)["expired"] == 1
    assert (now(payment).state, stock_of(piece)) == (State.EXPIRED, (5, 0))
    fake_stripe.settle(payment.gateway_session)
    # The message is lost; reconciling asks about slow methods long after they ran out.
    assert reconcile(now=held_until + timedelta(days=1))["paid"] == 1
    assert (now(payment).state, stock_of(piece)) == (State.PAID, (3, 0))
    assert_books_balance()


def few_or_many(config) -> int:
    return 100 if "drill" in config.option.markexpr else 2


FATES = {
    "pay": State.PAID,
    "3ds-complete": State.PAID,
    "delayed+": State.PAID,
    "delayed-": State.EXPIRED,
    "expire": State.EXPIRED,
    "dashboard": State.PAID,
    "lost": State.REFUNDED,
    "won": State.PAID,
}


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_events_in_any_order_and_number_end_the_same(fake_stripe, pytestconfig, subtests):
    """Eight orders with different fates; every event arrives one to three times, in any order, from many seeds."""
    piece = make_piece(stock=20, price="48.00")
    orders = {fate: open_page(piece) for fate in FATES}
    for fate, payment in orders.items():
        _meet(fake_stripe, fate, payment)
    fake_stripe.advance(32 * 60)
    assert len(fake_stripe.events) >= 20
    ends = []
    for seed in range(few_or_many(pytestconfig)):
        with subtests.test(seed=seed), transaction.atomic():
            chance = random.Random(seed)
            events = [event for event in fake_stripe.events for _copy in range(chance.randint(1, 3))]
            chance.shuffle(events)
            assert {send(fake_stripe, event).status_code for event in events} == {200}
            ends.append(_end(orders, piece))
            assert InboxEvent.objects.count() == len(fake_stripe.events)
            assert_books_balance()
            assert_balanced()
            transaction.set_rollback(True)
    assert ends == [ends[0]] * len(ends)
    assert ends[0]["states"] == FATES


def _meet(stripe, fate: str, payment: Payment) -> None:
    if fate == "expire":
        return
    usual = fate in ("dashboard", "lost", "won")
    stripe.pay(payment.gateway_session, "pay" if usual else fate.rstrip("+-"))
    intent = stripe.sessions[payment.gateway_session]["payment_intent"]
    if fate.startswith("delayed"):
        stripe.settle(payment.gateway_session, succeeded=fate.endswith("+"))
    elif fate in ("lost", "won"):
        dispute = stripe.dispute(intent)
        stripe.change_dispute(dispute["id"], fate)
    elif fate == "dashboard":
        amount = Money(Decimal("5.00"), payment.currency)
        get_gateway().refund(RefundRequest(intent, amount, "goodwill", payment.order.number, "by hand"))


def _end(orders: dict, piece) -> dict:
    return {
        "states": {fate: now(payment).state for fate, payment in orders.items()},
        "stock": stock_of(piece),
        "mails": sorted(OutboxMessage.objects.values_list("key", flat=True)),
        "books": sorted(Posting.objects.values_list("entry__payment", "entry__kind", "account", "amount")),
        "open": sorted(Attention.objects.open().values_list("kind", flat=True)),
    }


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
        assert answer.status_code == 503
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
