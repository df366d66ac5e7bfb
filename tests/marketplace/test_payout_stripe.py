"""Transfers through the real SDK to the fake Stripe: one per consignment, reversed at most by what they were."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import deliver, pack, send
from marketplace.money import Money
from marketplace.payments import ledger, outbox
from marketplace.payments.invariants import check
from marketplace.payments.models import (
    Account,
    Attention,
    ConsignmentShare,
    OutboxMessage,
    PayoutTransfer,
    Refund,
    RefundPart,
    ShareRule,
)
from marketplace.payments.payouts import stripe_transfer
from marketplace.payments.payouts.payees import approve_payee, change_payee
from marketplace.payments.payouts.preparing import prepare
from marketplace.payments.refunds import Wish, ask_refund
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_member,
    make_piece,
    make_seat,
    make_village,
    make_workshop,
)
from tests.marketplace.asking_gateway import money, paid
from tests.marketplace.payouts import (
    LONG_AGO,
    approve,
    clerks,
    earn,
    make_payee,
    make_terms,
    owed,
    prepared,
    take_back,
    zero_sum,
)
from tests.storefront.paying import paid as paid_order

pytestmark = pytest.mark.django_db


def make_shop():
    make_terms("SG")
    maker, checker = clerks()
    workshop = make_workshop(village=make_village(economy="SG"), code_prefix="TPY")
    make_member(workshop)
    return workshop, maker, checker


@pytest.fixture
def shop(settings, recorded, db, fake_stripe):
    """A workshop in Singapore with a connected account; the shop's own account is there, too."""
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    settings.MARKETPLACE_SETTLEMENT_CURRENCY = "SGD"
    workshop, maker, checker = recorded(make_shop)
    account = fake_stripe.connect("SG")["id"]
    make_payee(workshop, by=checker, route="stripe_transfer", account=account)
    return workshop, maker, checker


def sell(workshop, amount: str, stripe):
    """A delivered consignment, paid at Stripe."""
    consignment = earn(workshop, amount)
    payment = consignment.order.payment
    payment.gateway_payment = paid(stripe, money(amount, "SGD"), reference=consignment.order.number)
    payment.save(update_fields=["gateway_payment"])
    return consignment


def refund(consignment, amount: str) -> Money | None:
    """Books first, then the reversals, as refunds.ask_refund does it."""
    take_back(consignment, amount)
    row = Refund.objects.create(
        payment=consignment.order.payment, key=f"k{Refund.objects.count()}", number=f"R-{Refund.objects.count()}",
        amount=amount, currency="SGD", reason="returned", asked_as="staff",
    )  # fmt: skip
    share = ConsignmentShare.objects.create(
        consignment=consignment, part="goods", party="workshop", holder=consignment.workshop.code_prefix,
        amount=consignment.goods, currency="SGD", own_amount=consignment.goods, own_currency="SGD",
    )  # fmt: skip
    RefundPart.objects.create(refund=row, share=share, amount=amount, own_amount=amount)
    asked = stripe_transfer.take_back(refund=row)
    assert stripe_transfer.take_back(refund=row) is None
    return asked


def pay(shop, stripe, *amounts: str):
    workshop, maker, checker = shop
    sold = [sell(workshop, amount, stripe) for amount in amounts]
    approve(batch := prepared("SGD", maker, "stripe_transfer"), checker)
    return batch, sold


def test_one_transfer_per_consignment_out_of_its_payment(shop, fake_stripe):
    batch, sold = pay(shop, fake_stripe, "60.00", "25.50")
    assert fake_stripe.transfers == {}
    assert outbox.deliver()["done"] >= 2
    rows = list(fake_stripe.transfers.values())
    assert [(row["amount"], row["transfer_group"]) for row in rows] == [
        (6000, sold[0].order.number), (2550, sold[1].order.number),
    ]  # fmt: skip
    assert all(row["source_transaction"] for row in rows)
    batch.refresh_from_db()
    assert (batch.payouts.get().state, batch.state, owed(shop[0])) == ("paid", "settled", 0)
    assert ledger.balance(Account.PAYOUTS_IN_TRANSIT, currency="SGD").amount == 0
    zero_sum()


def test_asked_again_after_a_lost_answer_there_is_one_transfer(shop, fake_stripe):
    pay(shop, fake_stripe, "60.00")
    outbox.deliver()
    # As if the process had died before the answer was written down.
    PayoutTransfer.objects.update(state="waiting", gateway_transfer="")
    messages = OutboxMessage.objects.filter(kind=stripe_transfer.SEND)
    messages.update(state="waiting", done_at=None, attempts=0, next_at=timezone.now())
    outbox.deliver()
    assert len(fake_stripe.transfers) == 1
    assert PayoutTransfer.objects.get().gateway_transfer in fake_stripe.transfers
    zero_sum()


def test_refused_by_stripe_it_is_owed_again_and_a_person_is_called(shop, fake_stripe):
    workshop, maker, checker = shop
    earn(workshop, "60.00")  # no payment of this name at Stripe
    approve(batch := prepared("SGD", maker, "stripe_transfer"), checker)
    outbox.deliver()
    assert (fake_stripe.transfers, owed(workshop), batch.payouts.get().state) == ({}, Decimal("60.00"), "failed")
    assert Attention.objects.open().get().kind == "transfer_refused"
    zero_sum()


@pytest.mark.parametrize(("back", "asked", "left"), [("20.00", 20, 0), ("60.00", 60, 0), ("75.00", 60, -15)])
def test_a_refund_after_the_transfer_takes_back_at_most_the_transfer(shop, fake_stripe, back, asked, left):
    _batch, (sold,) = pay(shop, fake_stripe, "60.00")
    outbox.deliver()
    assert refund(sold, back) == money(f"{asked}.00", "SGD")
    assert owed(shop[0]) == -Decimal(back)
    outbox.deliver()
    (row,) = fake_stripe.transfers.values()
    assert (row["amount_reversed"], owed(shop[0])) == (asked * 100, left)
    zero_sum()


def test_a_refund_of_a_real_order_takes_the_workshops_share_back(shop, fake_stripe):
    """Case 28, from the order on: nobody but ask_refund asks for the reversal."""
    workshop, maker, checker = shop
    fake_stripe.control(settles_in="sgd", exchange_rate=1.5)
    payment = paid_order(fake_stripe, [make_piece(workshop, price="48.00")])
    consignment = payment.order.consignments.get()
    pack(consignment=consignment)
    send(consignment=consignment, carrier="post")
    deliver(consignment=consignment)
    long_ago = timezone.now() - timedelta(days=LONG_AGO)
    Consignment.objects.filter(pk=consignment.pk).update(delivered_at=long_ago)
    share = sum(row.own_amount for row in ConsignmentShare.objects.filter(consignment=consignment, party="workshop"))
    assert owed(workshop) == share > 0
    approve(prepared("SGD", maker, "stripe_transfer"), checker)
    outbox.deliver()
    (row,) = fake_stripe.transfers.values()
    assert (row["amount"], row["amount_reversed"], owed(workshop)) == (share * 100, 0, 0)
    ask_refund(payment=payment, wishes=[Wish(consignment)], reason="returned", key="form", by=maker, as_="staff")
    outbox.deliver()
    (row,) = fake_stripe.transfers.values()
    assert (row["amount_reversed"], owed(workshop)) == (share * 100, 0)
    assert [one["amount"] for one in fake_stripe.refunds.values()] == [payment.amount * 100]
    zero_sum()


def test_workshop_and_agency_are_each_paid_out_of_one_payment_and_each_gives_back_its_own(shop, fake_stripe):
    workshop, maker, checker = shop
    fake_stripe.control(settles_in="sgd", exchange_rate=1.5)
    ShareRule.objects.create(commission="20", village_fund="0", valid_from="2026-01-01", source="Assembly")
    make_agency_terms("15")
    agency = make_agency("harbour-walks", economy="SG")
    values = {"route": "stripe_transfer", "currency": "SGD", "holder_name": "Harbour Walks"}
    row = change_payee(owner=agency, by=make_seat(agency), account=fake_stripe.connect("SG")["id"], **values)
    approve_payee(payee=row, by=checker)
    payment = paid_order(fake_stripe, [make_piece(workshop, price="480.00")], agency=agency)
    consignment = payment.order.consignments.get()
    long_ago = timezone.now() - timedelta(days=LONG_AGO)
    Consignment.objects.filter(pk=consignment.pk).update(state="delivered", delivered_at=long_ago)
    account = {"account": Account.AGENCY_PAYABLE, "holder": agency.code, "currency": "SGD"}
    whole = {"agency": -ledger.balance(**account).amount, "workshop": owed(workshop)}
    approve(prepared("SGD", maker, "stripe_transfer"), checker)
    outbox.deliver()
    assert sorted(one["amount"] for one in fake_stripe.transfers.values()) == sorted(100 * amount for amount in whole.values())
    assert not any(one.count for one in check())
    ask_refund(payment=payment, wishes=[Wish(consignment)], reason="returned", key="form", by=maker, as_="staff")
    outbox.deliver()
    assert all(one["amount_reversed"] == one["amount"] for one in fake_stripe.transfers.values())
    assert (ledger.balance(**account).amount, owed(workshop)) == (0, 0)
    outbox.deliver()
    assert not any(one.count for one in check())
    zero_sum()


def test_two_refunds_take_back_each_unit_once(shop, fake_stripe):
    _batch, (sold,) = pay(shop, fake_stripe, "60.00")
    outbox.deliver()
    assert refund(sold, "50.00") == money("50.00", "SGD")
    outbox.deliver()
    assert PayoutTransfer.objects.get().reversed == 50


def test_a_refund_before_the_transfer_leaves_nothing_to_take_back(shop, fake_stripe):
    workshop, maker, checker = shop
    sold = sell(workshop, "60.00", fake_stripe)
    assert refund(sold, "20.00") is None
    approve(prepared("SGD", maker, "stripe_transfer"), checker)
    outbox.deliver()
    (row,) = fake_stripe.transfers.values()
    assert (row["amount"], row["amount_reversed"], owed(workshop)) == (4000, 0, 0)


def test_what_could_not_be_taken_back_is_netted_within_the_next_transfers(shop, fake_stripe):
    _batch, (sold,) = pay(shop, fake_stripe, "60.00")
    outbox.deliver()
    refund(sold, "75.00")
    outbox.deliver()
    pay(shop, fake_stripe, "40.00")
    outbox.deliver()
    assert [row["amount"] for row in fake_stripe.transfers.values()] == [6000, 2500]
    assert owed(shop[0]) == 0
    zero_sum()


def test_outside_of_its_region_the_route_does_not_exist(shop, fake_stripe, settings):
    workshop, maker, _checker = shop
    sell(workshop, "60.00", fake_stripe)
    settings.MARKETPLACE_PLATFORM_ECONOMY = "US"
    assert prepare(route="stripe_transfer", currency="SGD", by=maker) is None
    assert owed(workshop) == 60
