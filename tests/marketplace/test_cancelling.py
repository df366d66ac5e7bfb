"""Cancelling: each as far as they may, paid back with shipping and taxes, on sale again once."""

import pytest
from django.utils import timezone

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import deliver as arrive
from marketplace.fulfilment.services import pack, send
from marketplace.payments.cancelling import CannotCancel, cancel_consignment, cancel_order, may_cancel
from marketplace.payments.models import Payment, Refund
from marketplace.payments.payouts.statements import statement_of
from marketplace.payments.refund_news import take_refund
from marketplace.payments.services import apply_facts
from tests.factories import (
    make_buyer,
    make_member,
    make_order,
    make_piece,
    make_user,
    make_workshop,
    pay_order,
)
from tests.fake_stripe.faults import ApiFault
from tests.ledger import assert_books_balance, nothing_changes, stock_of
from tests.marketplace.paying import assert_balanced, facts, now, open_page, refund_facts
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
State, Stage = Payment.State, Consignment.State


def make_two() -> tuple:
    """An order from two workshops, paid; a maker of the first, and staff."""
    lacquer, indigo = make_workshop(code_prefix="SML"), make_workshop(code_prefix="BFI")
    maker = make_member(lacquer, email="hoa@example.com")
    make_member(indigo, email="somjai@example.com")
    bowl, tray = make_piece(lacquer, stock=5, price="10.00"), make_piece(lacquer, stock=3, price="20.00")
    cloth = make_piece(indigo, stock=2, price="30.00")
    payment = make_order([(bowl, 2), tray, cloth], paid=True)
    boss = make_user("boss@example.com", is_superuser=True)
    return payment, {"bowl": bowl, "tray": tray, "cloth": cloth}, {"maker": maker, "staff": boss, "buyer": None}


@pytest.fixture
def two(recorded):
    payment, pieces, people = recorded(make_two)
    return now(payment), pieces, people


def part_of(payment: Payment, prefix="SML") -> Consignment:
    return payment.order.consignments.select_related("order__payment", "workshop").get(number__startswith=prefix)


def bring_to(consignment: Consignment, stage: str) -> Consignment:
    if stage != Stage.PLACED:
        pack(consignment=consignment)
    if stage in (Stage.SENT, Stage.DELIVERED):
        send(consignment=consignment, carrier="post")
    if stage == Stage.DELIVERED:
        arrive(consignment=consignment)
    consignment.refresh_from_db()
    return consignment


MAY = {
    "buyer": [Stage.PLACED],
    "maker": [Stage.PLACED, Stage.PACKED],
    "staff": [Stage.PLACED, Stage.PACKED, Stage.SENT],
}


@pytest.mark.parametrize("stage", [Stage.PLACED, Stage.PACKED, Stage.SENT, Stage.DELIVERED])
@pytest.mark.parametrize("who", MAY)
def test_each_as_far_as_they_may(two, who, stage):
    payment, pieces, people = two
    part = bring_to(part_of(payment), stage)
    wish = {"consignment": part, "key": "k", "by": people[who], "as_": who}
    assert may_cancel(part, by=people[who], as_=who) is (stage in MAY[who])
    if stage not in MAY[who]:
        with nothing_changes(), pytest.raises(CannotCancel, match="already"):
            cancel_consignment(**wish)
        assert not Refund.objects.exists()
        return
    refund = cancel_consignment(**wish)
    assert (refund.amount, refund.reason, refund.asked_as, refund.asked_by) == (part.total, "cancelled", who, people[who])
    assert cancel_consignment(**wish) == refund
    assert (part_of(payment).state, part_of(payment, "BFI").state) == (Stage.CANCELLED, Stage.PLACED)
    back = (5, 3) if stage != Stage.SENT else (3, 2)
    assert (stock_of(pieces["bowl"])[0], stock_of(pieces["tray"])[0]) == back
    assert stock_of(pieces["cloth"]) == (1, 0)
    take_refund(facts=refund_facts(refund))
    assert now(payment).state == State.PAID
    assert_balanced()
    assert_books_balance()


def test_strangers_cancel_nothing(two):
    payment, _pieces, people = two
    stranger, first = make_user("x@example.com"), part_of(payment)
    for consignment, user, as_ in [
        (part_of(payment, "BFI"), people["maker"], "maker"),
        (first, stranger, "maker"),
        (first, None, "maker"),
        (first, people["maker"], "staff"),
        (first, None, "staff"),
        (first, people["staff"], "system"),
    ]:
        assert not may_cancel(consignment, by=user, as_=as_)
        with nothing_changes(), pytest.raises(CannotCancel, match="not yours"):
            cancel_consignment(consignment=consignment, key="k", by=user, as_=as_)
    theirs = make_order(buyer=make_buyer(user=make_user("owner@example.com")), paid=True)
    with nothing_changes(), pytest.raises(CannotCancel, match="not yours"):
        cancel_order(payment=theirs, key="k", by=stranger, as_="buyer")
    assert not Refund.objects.exists()


def test_a_maker_cannot_make_one_of_the_pieces(two, commit, mailoutbox):
    """It leaves the papers; the rest is sent, so its shipping stays paid. A broken piece does not go on sale again."""
    payment, pieces, people = two
    part = part_of(payment)
    bowls, tray = part.lines
    commit()
    mailoutbox.clear()
    wish = {"consignment": part, "by": people["maker"], "as_": "maker"}
    refund = cancel_consignment(**wish, key="one", lines=[tray.pk], back_on_sale=False)
    assert refund.amount == tray.line_price_incl_tax
    assert (part_of(payment).state, list(part_of(payment).lines)) == (Stage.PLACED, [bowls])
    assert (stock_of(pieces["bowl"]), stock_of(pieces["tray"])) == ((3, 0), (2, 0))
    with nothing_changes(), pytest.raises(CannotCancel, match="cancelled already"):
        cancel_consignment(**wish, key="two", lines=[tray.pk])
    take_refund(facts=refund_facts(refund))
    commit()
    assert [mail.subject for mail in mailoutbox if "part of" in mail.subject] == [
        f"A part of your order {payment.order.number} will not be sent"
    ]
    rest = cancel_consignment(**wish, key="three", lines=[bowls.pk])
    assert refund.amount + rest.amount == part.total
    assert (part_of(payment).state, stock_of(pieces["bowl"])) == (Stage.CANCELLED, (5, 0))
    assert_balanced()
    assert_books_balance()


def test_each_line_of_a_statement_names_its_piece(two, commit):
    payment, pieces, people = two
    consignment = part_of(payment)
    _bowls, line = consignment.lines
    Product.objects.filter(pk=pieces["tray"].pk).update(title="Tray")
    cancel_consignment(consignment=consignment, key="k", by=people["maker"], as_=Refund.As.MAKER, lines=[line.pk])
    day, (currency,) = timezone.now(), {row.own_currency for row in consignment.shares.filter(party="workshop")}
    lines = statement_of(consignment.workshop, currency, day.year, day.month).lines
    bowl, tray = pieces["bowl"].title, "Tray"
    told = [row.text for row in lines if "ostage" not in row.text]
    assert told == [
        f"Your share of a paid order: {bowl}", f"Your share of a paid order: {tray}",
        f"Taken back: the buyer got money back ({Refund.objects.get().get_reason_display()}: {tray})",
    ]  # fmt: skip


def test_a_whole_order_once(two, commit, mailoutbox):
    payment, pieces, _people = two
    commit()
    mailoutbox.clear()
    for _turn in range(2):
        cancel_order(payment=payment, key="k", by=None, as_="buyer")
    with nothing_changes(), pytest.raises(CannotCancel, match="cancelled already"):
        cancel_order(payment=payment, key="another", by=None, as_="buyer")
    refund = Refund.objects.get()
    assert refund.amount == payment.amount
    assert [stock_of(piece) for piece in pieces.values()] == [(5, 0), (3, 0), (2, 0)]
    take_refund(facts=refund_facts(refund))
    assert (now(payment).state, now(payment).order.status) == (State.REFUNDED, "refunded")
    commit()
    told = sorted((mail.to[0], mail.subject.split(" ")[0]) for mail in mailoutbox)
    buyer, hoa, somjai = "kenji@example.com", "hoa@example.com", "somjai@example.com"
    assert told == [(hoa, "Please"), (buyer, "A"), (buyer, "A"), (buyer, "Money"), (somjai, "Please")]
    assert_balanced()
    assert_books_balance()


def test_what_was_paid_back_before_is_not_paid_twice(two):
    payment, _pieces, people = two
    part = part_of(payment)
    staff = {"by": people["staff"], "as_": "staff"}
    cancel_consignment(consignment=part, key="one", **staff)
    cancel_order(payment=payment, key="two", **staff)
    assert sum(Refund.objects.values_list("amount", flat=True)) == payment.amount
    assert_balanced()


# Before it is paid


def test_an_unpaid_order_is_cancelled_after_its_page_is_closed(fake_stripe, commit, mailoutbox):
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    cancel_order(payment=payment, key="k", by=None, as_="buyer")
    commit()
    assert fake_stripe.sessions[payment.gateway_session]["status"] == "expired"
    assert (now(payment).state, stock_of(piece)) == (State.CANCELLED, (5, 0))
    assert [mail.subject for mail in mailoutbox] == [f"Your order {payment.order.number} is cancelled"]
    assert set(deliver(fake_stripe)) == {200}
    assert now(payment).state == State.CANCELLED
    assert not Refund.objects.exists()
    assert_books_balance()


def test_paid_in_the_moment_of_cancelling_is_paid_back(fake_stripe, commit):
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    fake_stripe.pay(payment.gateway_session)
    cancel_order(payment=payment, key="k", by=None, as_="buyer")
    commit()
    assert (now(payment).state, stock_of(piece)) == (State.REFUNDED, (5, 0))
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [int(payment.amount * 100)]
    assert_balanced()


def test_a_cancelled_order_that_is_paid_after_all_is_paid_back(fake_stripe, commit, mailoutbox):
    """On a page of which we never learnt, so that it could not be closed. The pieces may be there: she cancelled them."""
    piece = make_piece(stock=5)
    payment = open_page((piece, 2))
    Payment.objects.filter(pk=payment.pk).update(gateway_session="", pay_url="")
    cancel_order(payment=now(payment), key="k", by=None, as_="buyer")
    commit()
    mailoutbox.clear()
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    assert (now(payment).state, stock_of(piece)) == (State.REFUNDED, (5, 0))
    assert [mail.subject for mail in mailoutbox] == [f"Your payment for order {payment.order.number} goes back to you"]
    assert_balanced()


def test_without_stripe_an_open_page_is_not_cancelled(fake_stripe):
    payment = open_page()
    fake_stripe.faults.api = [ApiFault("500", count=9)]
    with nothing_changes(fake_stripe), pytest.raises(CannotCancel, match="could not reach"):
        cancel_order(payment=payment, key="k", by=None, as_="buyer")


def test_a_payment_on_its_way_is_waited_for(fake_stripe):
    payment = open_page()
    fake_stripe.pay(payment.gateway_session, "delayed")
    with pytest.raises(CannotCancel, match="on its way"):
        cancel_order(payment=payment, key="k", by=None, as_="buyer")
    assert now(payment).state == State.PROCESSING


# Others at the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_cancel_and_one_who_buys(rival):
    """Of a unique piece: it is on sale again once, and sold once."""
    piece = make_piece(stock=1, supply=Product.Supply.ONE_OF_A_KIND)
    payment = make_order([piece], paid=True)
    part = part_of(payment, "")
    boss = make_user("boss@example.com", is_superuser=True)
    rival.before(
        "marketplace.payments.cancelling._cancel_order",
        lambda: cancel_consignment(consignment=part, key="rival", by=boss, as_="staff"),
    )
    with pytest.raises(CannotCancel, match="cancelled already"):
        cancel_order(payment=payment, key="ours", by=None, as_="buyer")
    assert rival.acted == 1
    assert Refund.objects.get().amount == payment.amount
    assert stock_of(piece) == (1, 0)
    again = make_order([piece], paid=True)
    assert (now(again).state, stock_of(piece)) == (State.PAID, (0, 0))
    assert_balanced()
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_a_message_and_a_cancellation_cross(rival):
    piece = make_piece(stock=3)
    payment = make_order([piece])
    rival.before("marketplace.payments.cancelling._cancel_order", lambda: pay_order(payment))
    cancel_order(payment=payment, key="k", by=None, as_="buyer")
    assert Refund.objects.get().amount == payment.amount
    assert stock_of(piece) == (3, 0)
    assert apply_facts(payment=payment, facts=facts(now(payment))) == ""
    assert_balanced()
    assert_books_balance()
