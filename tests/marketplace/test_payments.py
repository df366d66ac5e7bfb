"""Confirm and expire: what the facts make of an order, its stock and its buyer."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from marketplace.money import Money
from marketplace.payments import stock
from marketplace.payments.gateway import Standing
from marketplace.payments.models import Payment
from marketplace.payments.services import apply_facts
from marketplace.signals import order_expired, order_paid
from tests.factories import make_basket, make_order, make_piece, pay_order
from tests.ledger import OrderLine, StockRecord, assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import facts, open_page

pytestmark = pytest.mark.django_db
State = Payment.State


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
    payment = open_page(make_piece(price="48.00"))
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
