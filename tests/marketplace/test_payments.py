"""Confirm and expire: what the facts make of an order, its stock and its buyer."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Product
from marketplace.money import Money
from marketplace.payments import stock
from marketplace.payments.attention import CannotAnswer, give_answer
from marketplace.payments.cancelling import cancel_order
from marketplace.payments.gateway import Standing
from marketplace.payments.models import Attention, OutboxMessage, Payment, Refund
from marketplace.payments.refund_news import take_refund
from marketplace.payments.refunds import Wish, ask_refund
from marketplace.payments.services import apply_facts
from marketplace.signals import order_expired, order_paid
from tests.factories import make_basket, make_order, make_piece, make_user, pay_order
from tests.ledger import OrderLine, StockRecord, assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import assert_balanced, facts, now, open_page, refund_facts

pytestmark = pytest.mark.django_db
State = Payment.State


@pytest.fixture
def bowl(recorded):
    return recorded(make_bowl)


def make_bowl():
    return make_piece(stock=5)


def bring_to(payment: Payment, state: str) -> None:
    """By its real ways, each from a fresh order of two."""
    if state == State.PROCESSING:
        apply_facts(payment=payment, facts=facts(payment, Standing.PROCESSING))
    elif state == State.EXPIRED:
        apply_facts(payment=payment, facts=facts(payment, Standing.EXPIRED))
    elif state == State.CANCELLED:
        cancel_order(payment=payment, key="c", by=None, as_="buyer")
    elif state == State.ATTENTION:
        StockRecord.objects.filter(product=payment.order.lines.get().product).update(num_in_stock=None)
        pay_order(payment)
    elif state in (State.PAID, State.REFUNDED):
        pay_order(payment)
    if state == State.REFUNDED:
        wishes = [Wish(payment.order.consignments.get())]
        refund = ask_refund(payment=payment, wishes=wishes, reason="goodwill", key="r", as_="staff")
        take_refund(facts=refund_facts(refund))
    payment.refresh_from_db()
    assert payment.state == state


STOCK = {
    State.PENDING: (5, 2),
    State.PROCESSING: (5, 2),
    State.PAID: (3, 0),
    State.EXPIRED: (5, 0),
    State.CANCELLED: (5, 0),
    State.ATTENTION: (None, 2),
    State.REFUNDED: (3, 0),
}


def test_from_every_state_only_forward(subtests, commit, mailoutbox, bowl):
    """Any standing, any number of times; what comes late changes nothing that is settled."""
    for state in State:
        with transaction.atomic():
            payment = make_order([(bowl, 2)])
            bring_to(payment, state)
            commit()
            mailoutbox.clear()
            for standing in Standing:
                with subtests.test(f"{state} {standing}"), transaction.atomic():
                    _try_thrice(now(payment), standing, bowl)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


def _try_thrice(payment, standing: str, bowl) -> None:
    state = payment.state
    after, told = _expected(state, standing)
    for _turn in range(3):
        assert apply_facts(payment=payment, facts=facts(payment, standing)) == ""
    payment.refresh_from_db()
    assert (payment.state, payment.order.status) == (after, after)
    expected = (5, 0) if (state, after) == (State.CANCELLED, State.ATTENTION) else STOCK[after]
    assert stock_of(bowl) == expected
    assert OutboxMessage.objects.due(timezone.now()).count() == told


def _expected(state: str, standing: str) -> tuple[str, int]:
    """(state after, messages written)"""
    if state in (State.PAID, State.ATTENTION, State.REFUNDED):
        return state, 0
    if standing == Standing.PAID and state == State.CANCELLED:
        # The refund, and the mail that tells of it.
        return State.ATTENTION, 2
    if standing == Standing.PAID:
        # To the buyer and to the workshop.
        return State.PAID, 2
    if state in (State.PENDING, State.PROCESSING):
        if standing in (Standing.EXPIRED, Standing.FAILED):
            return State.EXPIRED, 1
        if standing == Standing.PROCESSING:
            return State.PROCESSING, 0
    return state, 0


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
def test_a_late_payment_for_a_piece_that_is_gone_goes_back(gone, caplog, commit, mailoutbox):
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
    payment.refresh_from_db()
    assert (payment.state, payment.order.status) == (State.ATTENTION, "attention")
    assert payment.note == "paid after the reservation ran out; the stock is gone"
    assert payment.gateway_payment == "pi_test_1"
    assert stock_of(other) == before
    assert f"order {payment.order.number} needs attention" in caplog.text
    refund, row = Refund.objects.get(), Attention.objects.get()
    assert (refund.amount, refund.reason, refund.asked_as) == (payment.amount, "late", "system")
    assert (row.kind, row.payment, row.closed_at) == ("late_payment", payment, None)
    assert payment.refunded == payment.amount
    take_refund(facts=refund_facts(refund))
    payment.refresh_from_db()
    row.refresh_from_db()
    assert (payment.state, row.answer, row.closed_by) == (State.REFUNDED, "paid_back", None)
    commit()
    assert [mail.subject for mail in mailoutbox] == [f"Your payment for order {payment.order.number} goes back to you"]
    assert_balanced()


@pytest.mark.parametrize("answer", ["send", "pay_back"])
def test_a_broken_hold_calls_a_person_who_decides(answer, caplog):
    """The database keeps staff from lowering the stock under a promise; a row without a number is still possible."""
    piece = make_piece(stock=3)
    payment = make_order([(piece, 2)])
    StockRecord.objects.filter(product=piece).update(num_in_stock=None)
    apply_facts(payment=payment, facts=facts(payment))
    payment.refresh_from_db()
    assert (payment.state, payment.order.status) == (State.ATTENTION, "attention")
    assert payment.note == "paid, but the stock was lowered below what this order held"
    assert stock_of(piece) == (None, 2)
    assert "needs attention" in caplog.text
    row = Attention.objects.get(kind="paid_without_stock")
    boss = make_user("boss@example.com", is_superuser=True)
    if answer == "send":
        with nothing_changes(), pytest.raises(CannotAnswer, match="still too low"):
            give_answer(row=row, code="send", by=boss, reason="They are on the shelf.")
        StockRecord.objects.filter(product=piece).update(num_in_stock=2)
    give_answer(row=row, code=answer, by=boss, reason="As it is.")
    payment.refresh_from_db()
    if answer == "send":
        assert (payment.state, stock_of(piece)) == (State.PAID, (0, 0))
    else:
        refund = Refund.objects.get()
        assert (refund.amount, refund.asked_by, stock_of(piece)) == (payment.amount, boss, (None, 0))
        take_refund(facts=refund_facts(refund))
        payment.refresh_from_db()
        assert payment.state == State.REFUNDED
        assert payment.order.consignments.get().state == "cancelled"
    assert_balanced()


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
