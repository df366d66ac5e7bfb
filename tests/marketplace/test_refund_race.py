"""Two refunds at the same moment: without the lock more goes back than was paid; with it, never."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from marketplace.money import Money
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refunds import CannotRefund, Wish, ask_refund
from tests.factories import make_piece
from tests.marketplace.paying import assert_balanced, now, open_page
from tests.shopping import deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payment(fake_stripe) -> Payment:
    payment = open_page(make_piece(price="15.49"))
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    assert (now(payment).state, payment.amount) == ("paid", Decimal("25.99"))
    return now(payment)


def ask(payment: Payment, key: str) -> str:
    wish = Wish(payment.order.consignments.get(), amount=Money(Decimal("15.00"), "USD"))
    try:
        ask_refund(payment=payment, wishes=[wish], reason="goodwill", key=key, as_="staff")
    except CannotRefund as problem:
        return str(problem)
    return "asked"


def together(payment: Payment) -> list[str]:
    barrier, answers = threading.Barrier(2), []

    def run(key: str) -> None:
        barrier.wait(10)
        try:
            answers.append(ask(payment, key))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[key]) for key in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def asked_for(payment: Payment) -> Decimal:
    return sum(Refund.objects.filter(payment=payment).values_list("amount", flat=True), Decimal(0))


def test_without_the_lock_more_goes_back_than_was_paid(settings, rival, payment):
    """The positive control: it proves that the test below would notice."""
    settings.MARKETPLACE_TEST_SKIP_REFUND_LOCK = True
    rival.before("marketplace.payments.refunds._write", lambda: ask(payment, "rival"))
    assert ask(payment, "ours") == "asked"
    assert rival.answer == "asked"
    assert asked_for(payment) == Decimal("30.00") > payment.amount


def test_with_the_lock_one_of_two_is_refused(fake_stripe, settings, payment):
    """Trap 17: two at once of 15 of 25.99."""
    # Long enough for the other one to come in between, if it could.
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.2
    answers = sorted(together(payment))
    assert answers[1] == "asked"
    assert "at most $10.99" in answers[0]
    assert asked_for(payment) == now(payment).refunded == Decimal("15.00")
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [1500]
    assert_balanced()
