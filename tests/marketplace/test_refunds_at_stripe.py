"""Refunds at Stripe: asked until answered, paid once; slow, failed, refused, bounced, or made there by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.money import Money
from marketplace.payments import outbox
from marketplace.payments.attention import give_answer
from marketplace.payments.gateway import RefundRequest, RefundStanding, get_gateway
from marketplace.payments.models import Attention, Payment, Posting, Refund
from marketplace.payments.refund_news import take_refund
from marketplace.payments.refunds import CannotRefund, Wish, ask_again, ask_refund, what_is_left
from tests.factories import make_piece, make_user
from tests.fake_stripe.faults import ApiFault
from tests.ledger import nothing_changes
from tests.marketplace.paying import assert_balanced, now, open_page, refund_facts
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
State = Payment.State


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def ask(payment: Payment, wish: Wish) -> Refund:
    return ask_refund(payment=payment, wishes=[wish], reason="goodwill", key="form", as_="staff")


@pytest.fixture
def paid(fake_stripe) -> Payment:
    payment = open_page(make_piece(price="48.00"))
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    return now(payment)


def all_of(payment: Payment) -> Wish:
    return Wish(payment.order.consignments.get())


def test_the_buyer_is_told_what_came_back(fake_stripe, paid, commit, mailoutbox):
    mailoutbox.clear()
    ask(paid, all_of(paid))
    commit()
    deliver(fake_stripe)
    (mail,) = mailoutbox
    assert mail.subject == f"Money for your order {paid.order.number} was paid back"
    for words in ("we have paid $58.50 back to you", "Goods: $48.00", "Shipping: $10.50"):
        assert words in mail.body


@pytest.mark.parametrize("fault", ["500", "429", "lost_response", "500_kept"])
def test_a_lost_answer_is_asked_for_again_and_pays_once(fake_stripe, paid, commit, fault):
    fake_stripe.faults.api = [ApiFault(fault, path="/v1/refunds", method="POST", count=2)]
    refund = ask(paid, all_of(paid))
    commit()
    for day in range(1, 4):
        outbox.deliver(now=timezone.now() + timedelta(days=day))
        commit()
    refund.refresh_from_db()
    assert refund.state == Refund.State.DONE
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [5850]
    assert_balanced()


@pytest.mark.parametrize("ends", ["succeeded", "failed"])
def test_a_slow_refund_is_waited_for(fake_stripe, paid, commit, ends, mailoutbox):
    fake_stripe.control(refund_status="pending")
    refund = ask(paid, all_of(paid))
    commit()
    deliver(fake_stripe)
    mailoutbox.clear()
    refund.refresh_from_db()
    assert (refund.state, now(paid).state) == (Refund.State.SENDING, State.PAID)
    fake_stripe.settle_refund(refund.gateway_refund, status=ends)
    deliver(fake_stripe)
    refund.refresh_from_db()
    if ends == "succeeded":
        assert (refund.state, now(paid).state, len(mailoutbox)) == (Refund.State.DONE, State.REFUNDED, 1)
    else:
        assert (refund.state, now(paid).state, len(mailoutbox)) == (Refund.State.FAILED, State.PAID, 0)
        assert now(paid).refunded == 0
        row = Attention.objects.get()
        assert (row.kind, row.refund, row.closed_at) == ("refund_failed", refund, None)
    assert_balanced()


def test_a_failed_refund_is_tried_again_by_a_person(fake_stripe, paid, commit):
    refund = ask(paid, all_of(paid))
    take_refund(facts=refund_facts(refund, RefundStanding.FAILED, why="lost_or_stolen_card"))
    row = Attention.objects.get(kind="refund_failed")
    assert what_is_left(all_of(paid).consignment).total == usd("58.50")
    boss = make_user("boss@example.com", is_superuser=True)
    give_answer(row=row, code="again", by=boss, reason="The buyer has a new card.")
    commit()
    again = Refund.objects.get(key=f"again:{refund.number}")
    assert (again.amount, again.asked_by, again.state) == (Decimal("58.50"), boss, Refund.State.DONE)
    assert now(paid).state == State.REFUNDED
    with nothing_changes(), pytest.raises(CannotRefund, match="Only a refund that failed"):
        ask_again(refund=again)
    assert_balanced()


def test_a_refund_that_bounces_after_it_arrived_calls_a_person(paid):
    refund = ask(paid, all_of(paid))
    take_refund(facts=refund_facts(refund))
    assert now(paid).state == State.REFUNDED
    for _turn in range(2):
        assert take_refund(facts=refund_facts(refund, RefundStanding.FAILED)) == ""
    assert (now(paid).state, now(paid).refunded) == (State.ATTENTION, Decimal("0.00"))
    assert Attention.objects.filter(kind="refund_failed").count() == 1
    assert_balanced()
    take_refund(facts=refund_facts(ask_again(refund=refund)))
    assert now(paid).state == State.REFUNDED
    assert_balanced()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount": Money(Decimal("58.49"), "USD")}, "the refund is 58.49 USD, ours 58.50 USD"),
        ({"payment_id": "pi_other"}, "a refund of another payment"),
    ],
)
def test_facts_that_do_not_fit_change_nothing(paid, changes, why):
    refund = ask(paid, all_of(paid))
    with nothing_changes():
        assert take_refund(facts=refund_facts(refund, **changes)) == why
    refund.refresh_from_db()
    assert refund.state == Refund.State.REQUESTED


def test_what_stripe_refuses_is_booked_back(fake_stripe, paid, commit):
    """Somebody paid it back at Stripe's own pages a moment before."""
    get_gateway().refund(RefundRequest(paid.gateway_payment, usd("58.50"), "goodwill", paid.order.number, "by hand"))
    refund = ask(paid, all_of(paid))
    commit()
    refund.refresh_from_db()
    assert (refund.state, now(paid).refunded) == (Refund.State.FAILED, Decimal("0.00"))
    assert refund.note
    assert_balanced()


def test_a_refund_made_at_stripe_calls_a_person_and_the_books_follow(fake_stripe, paid, commit):
    request = RefundRequest(paid.gateway_payment, usd("20.00"), "goodwill", paid.order.number, "by hand")
    made = get_gateway().refund(request)
    with_books = Posting.objects.count()
    assert set(deliver(fake_stripe)) == {200}
    row = Attention.objects.get()
    assert (row.kind, row.details["amount"], now(paid).refunded) == ("refund_unasked", "20.00 USD", Decimal("0.00"))
    assert Posting.objects.count() == with_books
    give_answer(row=row, code="count", by=make_user("boss@example.com", is_superuser=True), reason="A dent.")
    refund = Refund.objects.get()
    assert (refund.state, refund.gateway_refund, refund.amount) == (Refund.State.DONE, made.refund_id, Decimal("20.00"))
    assert now(paid).refunded == Decimal("20.00")
    commit()
    deliver(fake_stripe)
    assert len(fake_stripe.refunds) == 1
    assert_balanced()
