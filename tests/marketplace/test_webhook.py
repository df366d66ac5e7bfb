"""The door for signed events: the right status, one row in the inbox, one effect, whatever comes and how often."""

import json
import random
import time
from decimal import Decimal

import pytest
from django.db import OperationalError, connections

from marketplace.payments.models import InboxEvent, Payment
from marketplace.payments.services import start_payment
from tests.factories import make_order, make_piece
from tests.ledger import assert_books_balance, ledger, nothing_changes, stock_of
from tests.people import Visitor
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
URL = "/webhooks/stripe/"
SECRET = "whsec_fake"
Outcome = InboxEvent.Outcome
State = Payment.State


@pytest.fixture
def piece():
    return make_piece(stock=5, price="48.00")


@pytest.fixture
def payment(piece) -> Payment:
    """Of two pieces, with its page open at Stripe."""
    return open_page([(piece, 2)])


def open_page(pieces=(), **fields) -> Payment:
    payment = make_order(pieces, **fields)
    start_payment(payment=payment, return_url="https://shop.example/")
    return Payment.objects.get(pk=payment.pk)


def post(body: bytes, signature: str | None, client: Visitor | None = None, **headers: str):
    headers |= {"Stripe-Signature": signature} if signature is not None else {}
    return (client or Visitor()).post(URL, body, content_type="application/json", headers=headers)


def send(stripe, event: dict | bytes):
    """An event as Stripe would sign it."""
    body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    return post(body, stripe.sign(body))


def event_of(stripe, kind: str) -> dict:
    """The last event of this kind that Stripe made."""
    return next(event for event in reversed(stripe.events) if event["type"] == kind)


def paid_event(stripe, payment: Payment) -> dict:
    """Not sent yet."""
    stripe.pay(payment.gateway_session)
    return event_of(stripe, "checkout.session.completed")


def now(payment: Payment) -> Payment:
    return Payment.objects.select_related("order").get(pk=payment.pk)


def test_a_good_event_pays_the_order(fake_stripe, payment, piece, mailoutbox):
    event = paid_event(fake_stripe, payment)
    answer = send(fake_stripe, event)
    assert (answer.status_code, answer.content) == (200, b"done")
    assert not answer.cookies
    row = InboxEvent.objects.get()
    assert (row.event_id, row.kind, row.outcome, row.reason) == (
        event["id"],
        "checkout.session.completed",
        Outcome.DONE,
        "",
    )
    assert row.payload == event
    assert row.payment == payment
    assert row.processed_at is not None
    paid = now(payment)
    assert (paid.state, paid.order.status) == (State.PAID, "paid")
    assert paid.gateway_payment == fake_stripe.sessions[payment.gateway_session]["payment_intent"]
    assert paid.paid_at is not None
    assert stock_of(piece) == (3, 0)
    assert [mail.to for mail in mailoutbox] == [["kenji@example.com"]]
    assert_books_balance()


def test_all_that_stripe_sends_about_a_payment_is_answered(fake_stripe, payment, mailoutbox):
    fake_stripe.pay(payment.gateway_session, "decline")
    fake_stripe.pay(payment.gateway_session, "3ds-fail")
    fake_stripe.pay(payment.gateway_session, "3ds-complete")
    statuses = deliver(fake_stripe)
    assert set(statuses) == {200}
    assert InboxEvent.objects.count() == len(statuses) == len(fake_stripe.events)
    assert (
        dict(InboxEvent.objects.values_list("kind", "outcome"))["payment_intent.succeeded"] == Outcome.IGNORED
    )
    assert InboxEvent.objects.filter(outcome=Outcome.DONE).get().kind == "checkout.session.completed"
    assert now(payment).state == State.PAID
    assert len(mailoutbox) == 1


def test_a_second_delivery_has_no_second_effect(fake_stripe, payment, mailoutbox):
    event = paid_event(fake_stripe, payment)
    assert send(fake_stripe, event).status_code == 200
    with nothing_changes():
        for _turn in range(3):
            assert (send(fake_stripe, event).content) == b"done"
    assert len(mailoutbox) == 1


def test_another_event_about_the_same_payment_has_no_second_effect(fake_stripe, payment, piece, mailoutbox):
    event = paid_event(fake_stripe, payment)
    send(fake_stripe, event)
    assert send(fake_stripe, event | {"id": "evt_again"}).content == b"done"
    assert InboxEvent.objects.count() == 2
    assert stock_of(piece) == (3, 0)
    assert len(mailoutbox) == 1


def signed(stripe, body: bytes) -> tuple[bytes, str]:
    return body, stripe.sign(body)


BODIES = {
    "no header": lambda stripe, body: (body, None),
    "empty header": lambda stripe, body: (body, ""),
    "wrong secret": lambda stripe, body: (body, stripe.sign(body, "whsec_of_another_shop")),
    "other body": lambda stripe, body: (body.replace(b"111", b"001") + b" ", stripe.sign(body)),
    "stale": lambda stripe, body: (body, stripe.sign(body, timestamp=int(time.time()) - 301)),
    "old scheme only": lambda stripe, body: (body, stripe.sign(body).replace("v1=", "v0=")),
    "no time": lambda stripe, body: (body, stripe.sign(body).split(",")[1]),
    "not a time": lambda stripe, body: (body, "t=soon,v1=aa"),
    "another time": lambda stripe, body: (
        body,
        f"t={int(time.time()) - 5},{stripe.sign(body).split(',')[1]}",
    ),
    "signs that no signature has": lambda stripe, body: (body, f"t={int(time.time())},v1=é"),
    "nonsense": lambda stripe, body: (body, ",,,===,"),
    "invalid UTF-8": lambda stripe, body: signed(stripe, b"\xff\xfe" + body),
    "not JSON": lambda stripe, body: signed(stripe, b"{"),
    "empty": lambda stripe, body: signed(stripe, b""),
    "a list": lambda stripe, body: signed(stripe, b"[]"),
    "a text": lambda stripe, body: signed(stripe, b'"x"'),
    "no data": lambda stripe, body: signed(stripe, b'{"id": "evt_1", "type": "checkout.session.completed"}'),
    "open brackets": lambda stripe, body: signed(stripe, b"[" * 100_000),
    "nested too deep": lambda stripe, body: signed(stripe, b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
}


@pytest.mark.parametrize("name", list(BODIES))
def test_what_is_not_stripes_is_refused(fake_stripe, payment, mailoutbox, caplog, name):
    body = json.dumps(paid_event(fake_stripe, payment)).encode()
    with nothing_changes():
        answer = post(*BODIES[name](fake_stripe, body))
    assert (answer.status_code, answer.content) == (400, b"refused")
    assert not mailoutbox
    assert "webhook refused" in caplog.text
    assert payment.order.number not in caplog.text


@pytest.mark.parametrize(
    "thing",
    [
        "cs_test_1",
        7,
        None,
        [],
        {},
        {"id": 1, "amount_total": "much", "currency": "usd"},
        {"id": "x", "payment_intent": {"a": 1}},
    ],
    ids=str,
)
def test_a_signed_event_of_a_shape_we_do_not_know_is_refused(fake_stripe, thing):
    event = {
        "id": "evt_1",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": thing},
    }
    with nothing_changes():
        assert send(fake_stripe, event).status_code == 400


def test_a_captured_request_is_worth_nothing(fake_stripe, payment, mailoutbox):
    """Replayed within the tolerance it has no second effect, after it it is refused."""
    body = json.dumps(paid_event(fake_stripe, payment)).encode()
    early, late = fake_stripe.sign(body), fake_stripe.sign(body, timestamp=int(time.time()) - 301)
    assert post(body, early).status_code == 200
    with nothing_changes():
        assert post(body, early).status_code == 200
        assert post(body, late).status_code == 400
    assert len(mailoutbox) == 1


def test_the_secret_can_be_changed_without_a_gap(fake_stripe, payment, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    event = paid_event(fake_stripe, payment)
    body = json.dumps(event).encode()
    assert post(body, fake_stripe.sign(body, "whsec_new")).status_code == 200
    assert post(body, fake_stripe.sign(body, SECRET)).status_code == 200
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new"]
    assert post(body, fake_stripe.sign(body, SECRET)).status_code == 400
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert post(body, fake_stripe.sign(body, "")).status_code == 400


def test_two_signatures_in_one_header_are_stripes_way_to_change_a_secret(fake_stripe, payment):
    body = json.dumps(paid_event(fake_stripe, payment)).encode()
    signed = fake_stripe.sign(body)
    assert post(body, signed.replace(",v1=", f",v1={'0' * 64},v1=")).status_code == 200
    assert now(payment).state == State.PAID


@pytest.mark.parametrize("size", [512 * 1024 + 1, 20 * 1024 * 1024])
def test_a_large_body_is_refused_unread(fake_stripe, size):
    body = b" " * size
    with nothing_changes():
        assert post(body, fake_stripe.sign(body)).status_code == 413


def test_the_largest_event_fits(fake_stripe, payment):
    body = json.dumps(paid_event(fake_stripe, payment)).encode()
    body += b" " * (512 * 1024 - len(body))
    assert post(body, fake_stripe.sign(body)).status_code == 200
    assert now(payment).state == State.PAID


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options"])
def test_only_post_enters(method):
    assert getattr(Visitor(), method)(URL).status_code == 405


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount_total": 50}, "amount is 0.50 USD, the order's is 111.50 USD"),
        ({"currency": "eur"}, "amount is 111.50 EUR, the order's is 111.50 USD"),
        ({"currency": "jpy"}, "amount is 11150 JPY, the order's is 111.50 USD"),
        ({"currency": "zzz"}, "amount is nothing, the order's is 111.50 USD"),
        ({"amount_total": None}, "amount is nothing, the order's is 111.50 USD"),
        ({"client_reference_id": "AAAAA-BBBBB-CCCCC"}, "no such order"),
        ({"client_reference_id": None}, "no such order"),
        ({"client_reference_id": ""}, "no such order"),
        ({"id": "cs_test_another"}, "another session than the one we opened"),
    ],
)
def test_an_event_that_does_not_fit_its_order_is_put_aside(
    fake_stripe, payment, mailoutbox, caplog, changes, reason
):
    assert payment.amount == Decimal("111.50")
    event = paid_event(fake_stripe, payment)
    event["data"]["object"] |= changes
    before = ledger()
    answer = send(fake_stripe, event)
    assert (answer.status_code, answer.content) == (200, b"quarantined")
    assert ledger() == before | {"events": 1}
    row = InboxEvent.objects.get()
    assert (row.outcome, row.reason) == (Outcome.QUARANTINED, reason)
    assert row.payment == (None if reason == "no such order" else payment)
    assert f"event {event['id']} put aside: {reason}" in caplog.text
    assert not mailoutbox


def test_an_event_of_another_order_cannot_pay_this_one(fake_stripe, payment):
    other = open_page([make_piece(price="48.00")])
    event = paid_event(fake_stripe, other)
    event["data"]["object"]["client_reference_id"] = payment.order.number
    assert send(fake_stripe, event).content == b"quarantined"
    assert (now(payment).state, now(other).state) == (State.PENDING, State.PENDING)


@pytest.mark.parametrize(
    ("key", "live", "outcome"),
    [
        ("sk_test_fake", True, "quarantined"),
        ("sk_live_x", False, "quarantined"),
        ("rk_live_x", False, "quarantined"),
        ("sk_live_x", True, "done"),
        ("sk_test_fake", False, "done"),
    ],
)
def test_live_and_test_mode_do_not_mix(fake_stripe, payment, settings, key, live, outcome):
    event = paid_event(fake_stripe, payment) | {"livemode": live}
    settings.STRIPE_SECRET_KEY = key
    assert send(fake_stripe, event).content.decode() == outcome
    assert now(payment).state == (State.PAID if outcome == "done" else State.PENDING)


def test_kinds_that_do_not_concern_us_are_kept_and_ignored(fake_stripe):
    event = {
        "id": "evt_1",
        "type": "customer.created",
        "livemode": False,
        "data": {"object": {"id": "cus_1"}},
    }
    assert send(fake_stripe, event).content == b"ignored"
    assert InboxEvent.objects.get().outcome == Outcome.IGNORED


# Order of arrival


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
    orders = {fate: open_page([(piece, 2)]) for fate in fates}
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
    payment = open_page([(piece, 2)])
    fake_stripe.control(webhook_url=f"{live_server.url}{URL}", duplicate=copies, parallel=True)
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
