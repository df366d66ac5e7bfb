"""Others at the same moment: two reconcilers, a message while we ask, a buyer at the very last second."""

import pytest

from marketplace.payments.models import Payment
from marketplace.payments.services import reconcile, start_payment
from tests.factories import make_order, make_piece, pay_order
from tests.ledger import assert_books_balance, stock_of
from tests.marketplace.paying import BACK, age, counts, later, now, open_page, start
from tests.shopping import deliver

# A rival has a connection of its own and must see what the tests write.
pytestmark = pytest.mark.django_db(transaction=True)
State = Payment.State


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize(
    "moment",
    ["marketplace.payments.reconcile._reconcile_one", "marketplace.payments.reconcile.apply_facts"],
    ids=["early", "late"],
)
def test_two_reconcilers_at_once_have_one_effect(fake_stripe, rival, mailoutbox, paid, moment):
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    if paid:
        fake_stripe.pay(payment.gateway_session)
    rival.before(moment, lambda: reconcile(now=later()))
    outcome = counts(**{"paid" if paid else "expired": 1})
    assert reconcile(now=later()) == outcome
    assert rival.acted == 1
    assert rival.answer == outcome
    assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (
        (State.PAID, (3, 0), 1) if paid else (State.EXPIRED, (5, 0), 1)
    )
    assert_books_balance()


@pytest.mark.parametrize("overdue", [True, False])
def test_the_message_arrives_while_we_ask(fake_stripe, rival, mailoutbox, overdue):
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    fake_stripe.pay(payment.gateway_session)
    rival.before("marketplace.payments.reconcile.apply_facts", lambda: deliver(fake_stripe))
    assert reconcile(now=later() if overdue else None) == counts(paid=1)
    assert set(rival.answer) == {200}
    assert (now(payment).state, stock_of(piece), len(mailoutbox)) == (State.PAID, (3, 0), 1)
    assert_books_balance()


def test_the_page_is_opened_while_its_reservation_is_taken_back(fake_stripe, rival):
    """A buyer retries at the very last moment: she gets a page that works, or none."""
    piece = make_piece(stock=5)
    payment = make_order([(piece, 2)])
    rival.after(
        "marketplace.payments.backends.stripe.StripeGateway.open_checkout", lambda: reconcile(now=later())
    )
    assert start_payment(payment=payment, return_url=BACK) == ""
    assert rival.answer == counts(expired=1)
    (session,) = fake_stripe.sessions.values()
    assert session["status"] == "expired"
    assert (now(payment).state, stock_of(piece)) == (State.EXPIRED, (5, 0))


def test_two_clicks_that_ask_for_different_pages_leave_one(fake_stripe, rival):
    """The clock's step lies between them, so Stripe takes them for different wishes."""
    payment = make_order()
    rival.after(
        "marketplace.payments.backends.stripe.StripeGateway.open_checkout",
        lambda: start(age(now(payment), 2)),
    )
    url = start(payment)
    assert url == rival.answer == now(payment).pay_url
    first, second = fake_stripe.sessions.values()
    assert (first["status"], second["status"]) == ("expired", "open")
    assert second["id"] == now(payment).gateway_session
    fake_stripe.pay(second["id"])
    deliver(fake_stripe)
    assert now(payment).state == State.PAID
    assert_books_balance()


def test_the_page_is_opened_just_before_its_reservation_is_taken_back(fake_stripe, rival):
    piece = make_piece(stock=5)
    payment = make_order([(piece, 2)])
    rival.before(
        "marketplace.payments.reconcile._reconcile_unopened",
        lambda: start_payment(payment=now(payment), return_url=BACK),
    )
    assert reconcile(now=later()) == counts(waiting=1)
    assert rival.answer == now(payment).pay_url
    assert reconcile(now=later()) == counts(expired=1)
    assert fake_stripe.sessions[now(payment).gateway_session]["status"] == "expired"
    assert stock_of(piece) == (5, 0)


def test_somebody_buys_the_piece_while_a_late_payment_is_honoured(fake_stripe, rival):
    """The late payer had it, or the other buyer has it: never both."""
    piece = make_piece(stock=1)
    payment = make_order([piece])
    reconcile(now=later())
    rival.before("marketplace.payments.stock.hold_again", lambda: make_order([piece]))
    pay_order(payment)
    assert now(payment).state == State.ATTENTION
    assert now(payment).refunds.get().reason == "late"
    assert stock_of(piece) == (1, 1)
    assert_books_balance()
