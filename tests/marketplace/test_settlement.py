"""What the payment service put on the balance: read from it some minutes later, booked once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.payments import outbox
from marketplace.payments.models import JournalEntry, OutboxMessage
from tests.ledger import assert_books_balance
from tests.marketplace.paying import failing, now, open_page
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=11)


def entries() -> list[tuple]:
    rows = JournalEntry.objects.filter(kind="settled").values_list(
        "postings__account", "postings__amount", "postings__currency"
    )
    return sorted((account, str(amount), currency) for account, amount, currency in rows)


def test_fee_and_rate_of_the_service_are_booked_once(fake_stripe):
    fake_stripe.control(settles_in="EUR", exchange_rate="0.90", fee_percent="2", fee_fixed=0)
    payment = open_page()
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    assert now(payment).state == "paid"
    assert outbox.deliver()["done"] == 0 and entries() == [], "nobody asks at once"
    for _again in range(2):
        outbox.deliver(now=timezone.now() + SOON)
    amount = payment.amount
    gross = (amount * 9 / 10).quantize(amount)
    fee = (gross * 2 / 100).quantize(amount)
    assert entries() == sorted(
        [
            ("buyer_clearing", f"-{amount}", "USD"),
            ("exchange", f"{amount}", "USD"),
            ("exchange", f"-{gross}", "EUR"),
            ("buyer_clearing", f"{gross}", "EUR"),
            ("buyer_clearing", f"-{fee}", "EUR"),
            ("payment_fees", f"{fee}", "EUR"),
        ]
    )
    assert_books_balance()


def test_while_the_service_does_not_know_it_is_asked_again(fake_stripe):
    payment = open_page()
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    fake_stripe.faults.api = failing("500")
    outbox.deliver(now=timezone.now() + SOON)
    row = OutboxMessage.objects.get(kind="payment.settled")
    assert (row.state, entries()) == ("waiting", [])
