"""The door for signed events: the right status, one row in the inbox, one effect; and nothing for anybody else."""

import json
import time
from decimal import Decimal

import pytest

from marketplace.payments.models import Attention, InboxEvent, Payment
from tests.factories import make_piece
from tests.ledger import assert_books_balance, ledger, nothing_changes, stock_of
from tests.marketplace.paying import WEBHOOK, now, open_page, paid_event, post, send
from tests.people import Visitor
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
SECRET = "whsec_fake"
Outcome = InboxEvent.Outcome
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


def test_the_mail_speaks_the_orders_language_not_stripes(fake_stripe, mailoutbox):
    payment = open_page(language="ja")
    event = json.dumps(paid_event(fake_stripe, payment)).encode()
    english = Visitor(headers={"Accept-Language": "en"})
    assert post(event, fake_stripe.sign(event), english).status_code == 200
    assert mailoutbox[0].subject == f"ご注文 {payment.order.number} のお支払いが完了しました"


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


def test_what_is_not_stripes_is_refused(fake_stripe, payment, mailoutbox, caplog, subtests):
    good = json.dumps(paid_event(fake_stripe, payment)).encode()
    for name, make in BODIES.items():
        caplog.clear()
        with subtests.test(name), nothing_changes():
            answer = post(*make(fake_stripe, good))
            assert (answer.status_code, answer.content) == (400, b"refused")
            assert "webhook refused" in caplog.text
            assert payment.order.number not in caplog.text
    assert not mailoutbox


STRANGE = [
    "cs_test_1",
    7,
    None,
    [],
    {},
    {"id": 1, "amount_total": "much", "currency": "usd"},
    {"id": "x", "payment_intent": {"a": 1}},
]


def test_a_signed_event_of_a_shape_we_do_not_know_is_refused(fake_stripe, subtests):
    event = {"id": "evt_1", "type": "checkout.session.completed", "livemode": False}
    for thing in STRANGE:
        with subtests.test(thing=str(thing)), nothing_changes():
            assert send(fake_stripe, event | {"data": {"object": thing}}).status_code == 400


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
    assert getattr(Visitor(), method)(WEBHOOK).status_code == 405


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
    matter = Attention.objects.get()
    assert (matter.kind, matter.event, matter.details["why"], matter.closed_at) == ("event", row, reason, None)
    assert (row.outcome, row.reason) == (Outcome.QUARANTINED, reason)
    assert row.payment == (None if reason == "no such order" else payment)
    assert f"event {event['id']} put aside: {reason}" in caplog.text
    assert not mailoutbox


def test_an_event_of_another_order_cannot_pay_this_one(fake_stripe, payment):
    other = open_page(make_piece(price="48.00"))
    event = paid_event(fake_stripe, other)
    event["data"]["object"]["client_reference_id"] = payment.order.number
    assert send(fake_stripe, event).content == b"quarantined"
    assert (now(payment).state, now(other).state) == (State.PENDING, State.PENDING)


def test_what_an_events_metadata_names_is_left_alone(fake_stripe, payment, piece):
    """Case 24: only the reference that we gave to the page says whose it is."""
    other = open_page(make_piece(price="48.00"))
    event = paid_event(fake_stripe, other)
    number = payment.order.number
    event["data"]["object"]["metadata"] = {"order": number, "reference": number, "client_reference_id": number}
    assert send(fake_stripe, event).content == b"done"
    assert (now(payment).state, now(other).state) == (State.PENDING, State.PAID)
    assert (now(payment).gateway_payment, stock_of(piece)) == ("", (5, 2))
    assert InboxEvent.objects.get().payment == other
    assert_books_balance()


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


def test_what_another_account_says_touches_nothing(fake_stripe, payment):
    event = paid_event(fake_stripe, payment) | {"account": "acct_of_somebody"}
    before = ledger()
    assert send(fake_stripe, event).content == b"ignored"
    assert ledger() == before | {"events": 1}
    assert InboxEvent.objects.get().reason == "another account"


def test_kinds_that_do_not_concern_us_are_kept_and_ignored(fake_stripe):
    event = {
        "id": "evt_1",
        "type": "customer.created",
        "livemode": False,
        "data": {"object": {"id": "cus_1"}},
    }
    assert send(fake_stripe, event).content == b"ignored"
    assert InboxEvent.objects.get().outcome == Outcome.IGNORED
