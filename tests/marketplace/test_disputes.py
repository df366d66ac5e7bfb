"""Disputes: opened, changed, won and lost, in any order; meanwhile nothing of the order is paid out."""

from decimal import Decimal

import pytest

from marketplace.money import Money
from marketplace.payments.disputes import frozen_orders, payouts_frozen, take_dispute
from marketplace.payments.gateway import DisputeFacts, DisputeKind, DisputeStanding
from marketplace.payments.models import Attention, Dispute, Payment, Posting, Refund
from marketplace.payments.reconcile import reconcile
from marketplace.payments.refund_news import take_refund
from marketplace.payments.refunds import CannotRefund, Wish, ask_refund
from tests.factories import make_order, make_piece
from tests.ledger import assert_books_balance, nothing_changes
from tests.marketplace.paying import assert_balanced, now, open_page, refund_facts
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
State = Payment.State


@pytest.fixture
def paid(fake_stripe) -> Payment:
    payment = open_page(make_piece(price="48.00"))
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    return now(payment)


def said(payment: Payment, standing=DisputeStanding.OPEN, **fields) -> DisputeFacts:
    values = {
        "dispute_id": "dp_1",
        "payment_id": payment.gateway_payment,
        "amount": Money(Decimal("58.50"), "USD"),
        "standing": standing,
        "reason": "product_not_received",
        "due_by": None,
        "kind": DisputeKind.CHARGEBACK,
    }
    return DisputeFacts(**values | fields)


def sum_of(account: str) -> Decimal:
    return sum(Posting.objects.filter(account=account).values_list("amount", flat=True), Decimal(0))


@pytest.mark.parametrize("ends", ["won", "lost"])
def test_a_dispute_at_stripe_from_its_first_word_to_its_last(fake_stripe, paid, ends):
    other = make_order(paid=True)
    dispute = fake_stripe.dispute(paid.gateway_payment)
    assert set(deliver(fake_stripe)) == {200}
    row = Attention.objects.get()
    assert (row.kind, row.closed_at, row.details["amount"]) == ("dispute", None, "58.50 USD")
    assert (payouts_frozen(now(paid).order), payouts_frozen(other.order)) == (True, False)
    assert list(frozen_orders().values_list("payment__order", flat=True)) == [paid.order_id]
    assert sum_of("disputes") == Decimal("58.50")
    with nothing_changes(), pytest.raises(CannotRefund, match="bank"):
        wish = Wish(paid.order.consignments.get())
        ask_refund(payment=paid, wishes=[wish], reason="goodwill", key="k", as_="staff")
    fake_stripe.change_dispute(dispute["id"], ends)
    assert set(deliver(fake_stripe)) == {200}
    row.refresh_from_db()
    assert (row.answer, row.closed_by) == (ends, None)
    assert sum_of("disputes") == 0
    if ends == "won":
        assert (now(paid).state, payouts_frozen(now(paid).order)) == (State.PAID, False)
        assert not Refund.objects.exists()
    else:
        refund = Refund.objects.get()
        assert (refund.reason, refund.state, refund.amount) == ("dispute", "done", Decimal("58.50"))
        assert now(paid).state == State.REFUNDED
        assert not Posting.objects.filter(entry__payment=paid, account="buyer_clearing").exclude(
            entry__kind__in=["paid", "dispute", "settled"]
        ).exists()
        owed = Posting.objects.filter(entry__payment=paid, account="workshop_payable")
        assert sum(owed.values_list("amount", flat=True)) == 0
        # The bank took it; nothing is asked of Stripe.
        assert not fake_stripe.refunds
    assert_balanced()
    assert_books_balance()


def test_a_question_takes_no_money_until_it_becomes_a_chargeback(paid):
    assert take_dispute(facts=said(paid, kind=DisputeKind.INQUIRY)) == ""
    assert (sum_of("disputes"), payouts_frozen(paid.order)) == (0, True)
    assert take_dispute(facts=said(paid)) == ""
    assert sum_of("disputes") == Decimal("58.50")
    for _turn in range(2):
        assert take_dispute(facts=said(paid, DisputeStanding.WON)) == ""
    assert (sum_of("disputes"), payouts_frozen(paid.order)) == (0, False)
    assert "was won and is now lost" in take_dispute(facts=said(paid, DisputeStanding.LOST))
    assert_balanced()


def test_a_question_that_ends_well_moved_nothing(paid):
    before = Posting.objects.count()
    take_dispute(facts=said(paid, kind=DisputeKind.INQUIRY))
    take_dispute(facts=said(paid, DisputeStanding.WON, kind=DisputeKind.INQUIRY))
    assert Posting.objects.count() == before
    assert not Attention.objects.open().exists()


def test_lost_after_a_part_had_gone_back(paid):
    """The bank takes all of it: never more than was paid counts for the order, and a person sees the rest."""
    wish = Wish(paid.order.consignments.get(), amount=Money(Decimal("20.00"), "USD"))
    refund = ask_refund(payment=paid, wishes=[wish], reason="goodwill", key="k", as_="staff")
    take_refund(facts=refund_facts(refund))
    assert take_dispute(facts=said(paid, DisputeStanding.LOST)) == ""
    assert [row.amount for row in Refund.objects.order_by("pk")] == [Decimal("20.00"), Decimal("38.50")]
    assert (now(paid).state, now(paid).refunded) == (State.REFUNDED, Decimal("58.50"))
    row = Attention.objects.open().get()
    assert (row.kind, row.details["left"]) == ("dispute_over", "20.00 USD")
    # What the bank took beyond it stands where it can be seen.
    assert sum_of("disputes") == Decimal("20.00")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"payment_id": "pi_unknown"}, "no such payment"),
        ({"amount": Money(Decimal("58.50"), "EUR")}, "disputed in EUR, paid in USD"),
    ],
)
def test_facts_that_do_not_fit_change_nothing(paid, changes, why):
    with nothing_changes():
        assert take_dispute(facts=said(paid, **changes)) == why
    assert not Dispute.objects.exists()


def test_a_dispute_of_which_no_message_came_is_found(fake_stripe, paid):
    fake_stripe.control(drop=True)
    dispute = fake_stripe.dispute(paid.gateway_payment)
    assert reconcile()["strays"] == 1
    assert payouts_frozen(now(paid).order)
    fake_stripe.change_dispute(dispute["id"], "won")
    assert reconcile()["disputes"] == 1
    assert not payouts_frozen(now(paid).order)
    assert_balanced()
