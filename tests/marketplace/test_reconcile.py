"""Reconcile: what a lost message, a crash or a closed laptop left behind is finished, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from marketplace.payments import stock
from marketplace.payments.gateway import get_gateway
from marketplace.payments.models import Attention, InboxEvent, Payment
from marketplace.payments.services import reconcile
from tests.factories import make_order, make_piece
from tests.fake_stripe.faults import ApiFault
from tests.ledger import assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import NOTHING, counts, later, now, open_page
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
State = Payment.State


def make_bowl():
    return make_piece(stock=5)


@pytest.fixture
def piece(recorded):
    return recorded(make_bowl)


@pytest.fixture
def payment(piece) -> Payment:
    """Of two pieces, with its page open at Stripe, whose messages get lost."""
    return open_page((piece, 2))


@pytest.fixture(autouse=True)
def lost(fake_stripe):
    fake_stripe.control(drop=True)


def test_without_orders_there_is_nothing_to_do(fake_stripe):
    assert reconcile() == NOTHING
    assert [row.path for row in fake_stripe.requests] == ["/v1/payment_intents"]


def test_a_lost_message_is_made_up_for(fake_stripe, payment, piece, commit, mailoutbox):
    fake_stripe.pay(payment.gateway_session)
    assert deliver(fake_stripe) == []
    assert reconcile() == counts(paid=1)
    commit()
    assert (now(payment).state, now(payment).order.status, stock_of(piece)) == (State.PAID, "paid", (3, 0))
    assert now(payment).gateway_payment == fake_stripe.sessions[payment.gateway_session]["payment_intent"]
    assert len(mailoutbox) == 1
    with nothing_changes(fake_stripe):
        assert reconcile() == NOTHING
    commit()
    assert len(mailoutbox) == 1
    assert_books_balance()


def test_the_message_that_comes_after_all_changes_nothing(fake_stripe, payment, commit, mailoutbox):
    fake_stripe.control(drop=False)
    fake_stripe.pay(payment.gateway_session)
    reconcile()
    commit()
    assert set(deliver(fake_stripe)) == {200}
    assert InboxEvent.objects.get(kind="checkout.session.completed").outcome == InboxEvent.Outcome.DONE
    assert len(mailoutbox) == 1


def test_an_unpaid_order_in_time_waits(fake_stripe, payment):
    with nothing_changes(fake_stripe):
        assert reconcile(now=later(34)) == counts(waiting=1)


def test_an_unpaid_order_that_is_overdue_gives_its_stock_back(
    fake_stripe, payment, piece, commit, mailoutbox
):
    assert reconcile(now=later()) == counts(expired=1)
    commit()
    assert fake_stripe.sessions[payment.gateway_session]["status"] == "expired"
    assert (now(payment).state, now(payment).order.status, stock_of(piece)) == (
        State.EXPIRED,
        "expired",
        (5, 0),
    )
    with nothing_changes(fake_stripe):
        assert reconcile(now=later()) == NOTHING
    commit()
    assert [mail.subject for mail in mailoutbox] == [f"Your order {payment.order.number} was not paid in time"]
    assert_books_balance()


def test_the_shelf_is_filled_only_after_stripe_has_closed_the_page(fake_stripe, payment, piece, monkeypatch):
    """Else somebody could pay for a piece that is sold again."""
    seen = []
    real = stock.give_back

    def give_back(order):
        seen.append(fake_stripe.sessions[payment.gateway_session]["status"])
        real(order)

    monkeypatch.setattr(stock, "give_back", give_back)
    reconcile(now=later())
    assert seen == ["expired"]


def test_a_page_that_closed_by_itself_is_noticed_early(fake_stripe, payment, piece):
    fake_stripe.advance(31 * 60 + 1)
    assert reconcile() == counts(expired=1)
    assert (now(payment).state, stock_of(piece)) == (State.EXPIRED, (5, 0))


@pytest.mark.parametrize("outcome", ["pay", "3ds-complete"])
def test_overdue_but_paid_at_the_last_moment_is_paid(fake_stripe, payment, piece, outcome):
    fake_stripe.pay(payment.gateway_session, outcome)
    assert reconcile(now=later()) == counts(paid=1)
    assert (now(payment).state, stock_of(piece)) == (State.PAID, (3, 0))


def test_paid_between_our_look_at_the_clock_and_our_call_is_paid(fake_stripe, payment, piece, monkeypatch):
    gateway = get_gateway()
    real = gateway.close_checkout

    def close(session_id):
        fake_stripe.pay(session_id)
        return real(session_id)

    monkeypatch.setattr(gateway, "close_checkout", close)
    assert reconcile(now=later()) == counts(paid=1)
    assert (now(payment).state, stock_of(piece)) == (State.PAID, (3, 0))


@pytest.mark.parametrize(("succeeded", "state"), [(True, State.PAID), (False, State.EXPIRED)])
def test_a_slow_method_keeps_its_stock_until_it_is_decided(fake_stripe, payment, piece, succeeded, state):
    fake_stripe.pay(payment.gateway_session, "delayed")
    assert reconcile(now=later(60 * 24)) == counts(waiting=1)
    assert (now(payment).state, stock_of(piece)) == (State.PROCESSING, (5, 2))
    with nothing_changes(fake_stripe):
        assert reconcile(now=later(60 * 24)) == counts(waiting=1)
    fake_stripe.settle(payment.gateway_session, succeeded=succeeded)
    assert reconcile(now=later(60 * 24)) == counts(**{state: 1})
    assert (now(payment).state, stock_of(piece)) == (state, (3, 0) if succeeded else (5, 0))
    assert_books_balance()


# Crashes and lost answers


def test_a_crash_before_the_page_was_opened_ends_with_the_reservation(fake_stripe, piece):
    payment = make_order([(piece, 2)])
    with nothing_changes(fake_stripe):
        assert reconcile(now=later(34)) == counts(waiting=1)
    assert reconcile(now=later()) == counts(expired=1)
    assert (now(payment).state, stock_of(piece)) == (State.EXPIRED, (5, 0))
    assert not fake_stripe.sessions


def test_a_payment_on_a_page_whose_address_we_never_learnt_is_honoured(fake_stripe, piece):
    """The answer got lost, yet the buyer reached the page: only the message tells us."""
    payment = open_page((piece, 2))
    Payment.objects.filter(pk=payment.pk).update(gateway_session="", pay_url="")
    fake_stripe.control(drop=False)
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    assert (now(payment).state, now(payment).gateway_session) == (State.PAID, payment.gateway_session)


@pytest.mark.parametrize("gone", [False, True])
def test_a_payment_after_the_reservation_is_honoured_or_paid_back(fake_stripe, gone, commit, mailoutbox):
    piece = make_piece(stock=2)
    payment = open_page((piece, 2))
    Payment.objects.filter(pk=payment.pk).update(gateway_session="", pay_url="")
    assert reconcile(now=later()) == counts(expired=1)
    if gone:
        make_order([piece], paid=True)
    commit()
    mailoutbox.clear()
    fake_stripe.control(drop=False)
    fake_stripe.pay(payment.gateway_session)
    assert set(deliver(fake_stripe)) == {200}
    if gone:
        assert (now(payment).state, now(payment).order.status, stock_of(piece)) == (State.REFUNDED, "refunded", (1, 0))
        assert now(payment).note
        (refund,) = fake_stripe.refunds.values()
        assert (refund["payment_intent"], refund["amount"]) == (now(payment).gateway_payment, 2 * 4800 + 1550)
        (mail,) = mailoutbox
        assert mail.subject == f"Your payment for order {payment.order.number} goes back to you"
    else:
        assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.PAID, (0, 0), 1)
    assert_books_balance()


# A Stripe that does not answer, an order that cannot be


@pytest.mark.parametrize("fault", ["429", "500"])
@pytest.mark.parametrize("minutes", [0, 35])
def test_without_stripe_nothing_changes(fake_stripe, payment, fault, minutes, caplog):
    """Overdue stock is not given back while nobody can say whether it was paid."""
    fake_stripe.faults.api = [ApiFault(fault, count=9)]
    with nothing_changes(fake_stripe):
        assert reconcile(now=later(minutes)) == counts(unreachable=1)
    assert f"order {payment.order.number}: " in caplog.text
    fake_stripe.faults.api = []
    assert reconcile(now=later()) == counts(expired=1)


def test_without_stripe_it_is_asked_once_and_what_needs_no_answer_goes_on(fake_stripe, piece):
    """Else a run with a hundred open orders would wait for a hundred answers that do not come."""
    waiting = [open_page(piece), open_page(piece)]
    unopened = make_order([piece])
    fake_stripe.faults.api = [ApiFault("500", count=99)]
    before = len(fake_stripe.requests)
    assert reconcile(now=later()) == counts(unreachable=2, expired=1)
    # The SDK repeats a call once by itself.
    assert len(fake_stripe.requests) - before == 2
    assert [now(row).state for row in (*waiting, unopened)] == [State.PENDING, State.PENDING, State.EXPIRED]


def test_one_order_stripe_cannot_tell_about_keeps_no_other_waiting_for_long(fake_stripe, piece):
    first, second, third = (open_page(piece) for _turn in range(3))
    fake_stripe.pay(second.gateway_session)
    fake_stripe.faults.api = [ApiFault("429", path=f"/v1/checkout/sessions/{first.gateway_session}", count=99)]
    for minute in range(3):
        assert reconcile(now=later(35 + minute))["unreachable"]
    assert [now(row).state for row in (first, second, third)] == [State.PENDING, State.PAID, State.EXPIRED]
    assert_books_balance()


def test_an_order_that_fails_keeps_no_other_waiting(fake_stripe, piece, monkeypatch, caplog):
    broken, good = open_page(piece), open_page(piece)
    real = stock.give_back

    def give_back(order):
        if order == broken.order:
            raise RuntimeError("broken row")
        real(order)

    monkeypatch.setattr(stock, "give_back", give_back)
    assert reconcile(now=later()) == counts(failed=1, expired=1)
    assert (now(broken).state, now(good).state) == (State.PENDING, State.EXPIRED)
    assert f"order {broken.order.number} could not be reconciled" in caplog.text
    assert_books_balance()


def test_a_page_of_another_amount_is_a_mismatch_and_changes_nothing(fake_stripe, payment, caplog):
    fake_stripe.pay(payment.gateway_session)
    with fake_stripe.state.lock:
        fake_stripe.state.tables["sessions"][payment.gateway_session]["amount_total"] = 50
    with nothing_changes(fake_stripe):
        assert reconcile(now=later()) == counts(mismatch=1, strays=1)
        assert reconcile(now=later()) == counts(mismatch=1)
    # Money is there that fits no order: a person must look.
    assert Attention.objects.get().kind == "stray_payment"
    assert "amount is 0.50 USD" in caplog.text


# The command


def run(**options) -> str:
    out = StringIO()
    call_command("reconcile_payments", stdout=out, **options)
    return out.getvalue()


def told(**expected: int) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts(**expected).items()) + "\n"


def test_the_command_prints_what_it_did(fake_stripe, piece):
    bought, _waiting = open_page(piece), open_page(piece)
    fake_stripe.pay(bought.gateway_session)
    assert run() == told(paid=1, waiting=1)


def test_the_command_ends_well_without_stripe(fake_stripe, payment):
    fake_stripe.faults.api = [ApiFault("500", count=9)]
    with nothing_changes():
        assert "unreachable 1" in run()


def test_the_command_fails_when_an_order_does(payment, monkeypatch):
    monkeypatch.setattr("marketplace.payments.reconcile.apply_facts", lambda **kwargs: 1 / 0)
    with pytest.raises(CommandError, match="The log says why"):
        run()


def test_the_command_goes_on_when_asked(fake_stripe, payment, monkeypatch):
    """With --every it speaks only when something happened."""

    class Enough(Exception):
        pass

    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            fake_stripe.pay(payment.gateway_session)
        if len(pauses) == 4:
            raise Enough

    monkeypatch.setattr("marketplace.payments.management.commands.reconcile_payments.time.sleep", sleep)
    monkeypatch.setattr(
        "marketplace.payments.management.commands.reconcile_payments.close_old_connections", lambda: None
    )
    out = StringIO()
    with pytest.raises(Enough):
        call_command("reconcile_payments", every=7, stdout=out)
    assert pauses == [7] * 4
    assert out.getvalue() == told(paid=1)
