"""Case 26: currencies without decimals, three workshops with odd prices: nothing is lost between page and books."""

from collections import Counter
from decimal import Decimal

import pytest

from marketplace.payments import outbox
from marketplace.payments.cancelling import cancel_order
from marketplace.payments.models import ConsignmentShare, JournalEntry, Payment, Posting, Refund
from tests.factories import make_piece, make_village, make_workshop
from tests.ledger import assert_books_balance
from tests.marketplace.paying import assert_balanced, line_items, now
from tests.shopping import Shopper, deliver

pytestmark = pytest.mark.django_db
HANOI = {"city": "Hoan Kiem", "state": "Ha Noi", "postcode": "100000", "phone": "+84 24 3825 7863"}


def make_three() -> list:
    """Odd prices of workshops that are paid in currencies of their own."""
    places = [("TH", "10.01", 3), ("PE", "7.77", 1), ("VN", "33.33", 2)]
    return [
        (make_piece(make_workshop(village=make_village(economy=economy)), price=price, stock=5), quantity)
        for economy, price, quantity in places
    ]


def sums(rows) -> Counter:
    """(what of it) → signed sum."""
    found = Counter()
    for *key, amount in rows:
        found[tuple(key)] += amount
    return found


@pytest.mark.parametrize(
    ("market", "address"),
    [("jp-jpy", {}), ("kr-krw", {"economy": "KR"}), ("vn-vnd", {"economy": "VN"} | HANOI)],
)
def test_all_of_it_and_all_of_it_back(recorded, fake_stripe, market, address):
    payment = Shopper(market=f"/{market}").place(*recorded(make_three), **address)
    currency, whole = market[-3:].upper(), payment.amount.to_integral_value()
    assert (payment.currency, payment.amount) == (currency, whole)
    parts = list(payment.order.consignments.all())
    shares = ConsignmentShare.objects.filter(consignment__order=payment.order)
    assert len(parts) == shares.values("consignment").distinct().count() == 3
    for part in parts:
        own = shares.filter(consignment=part)
        assert sum(own.values_list("amount", flat=True)) == part.total == part.total.to_integral_value()
    assert sum(shares.values_list("amount", flat=True)) == payment.amount
    assert all(amount == amount.to_integral_value() for amount in shares.values_list("amount", flat=True))
    session = fake_stripe.sessions[payment.gateway_session]
    assert (session["amount_total"], session["currency"]) == (int(whole), currency.lower())
    assert len(line_items(fake_stripe, payment.gateway_session)) >= 3

    fake_stripe.pay(payment.gateway_session)
    assert set(deliver(fake_stripe)) == {200}
    assert now(payment).state == Payment.State.PAID
    cancel_order(payment=payment, key="all", by=None, as_="buyer")
    outbox.deliver()
    assert set(deliver(fake_stripe)) <= {200}
    assert (now(payment).state, now(payment).refunded) == (Payment.State.REFUNDED, whole)
    refund = Refund.objects.get()
    assert (refund.amount, refund.currency, refund.state) == (whole, currency, "done")
    assert sum(refund.parts.values_list("amount", flat=True)) == whole
    (at_stripe,) = fake_stripe.refunds.values()
    assert (at_stripe["amount"], at_stripe["currency"]) == (int(whole), currency.lower())

    rows = Posting.objects.exclude(entry__kind=JournalEntry.Kind.SETTLED)
    accounts = sums(rows.values_list("account", "holder", "currency", "amount"))
    assert len(accounts) > 6
    assert set(accounts.values()) == {Decimal(0)}, "nobody is owed a unit of it any more"
    assert set(sums(Posting.objects.values_list("currency", "amount")).values()) == {Decimal(0)}
    assert_balanced()
    assert_books_balance()
