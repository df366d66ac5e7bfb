"""What a message says and what it may touch; disputes as Stripe tells them; deadlines of slow methods."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.payments.gateway import (
    BadEvent,
    DisputeKind,
    DisputeStanding,
    PaymentStanding,
    RefundStanding,
    Standing,
    forget_gateway,
    get_gateway,
)
from tests.marketplace.asking_gateway import (
    ORDER,
    money,
    page_request,
    paid,
    read,
    refund_request,
    reversal_request,
    transfer_request,
)


def test_a_refunds_message_names_the_refund_and_its_payment(fake_stripe):
    payment = paid(fake_stripe, money("25.99"))
    refund = get_gateway().refund(refund_request(payment, money("10.00")))
    for kind in ("refund.created", "refund.updated"):
        event = read(fake_stripe, kind)
        assert (event.refund.refund_id, event.refund.standing) == (refund.refund_id, RefundStanding.DONE)
        assert (event.refund.amount, event.refund.reference) == (money("10.00"), ORDER)
        assert (event.payment_id, event.account) == (payment, "")
        assert (event.facts, event.dispute, event.transfer) == (None, None, None)
    fake_stripe.settle_refund(refund.refund_id, status="failed")
    assert read(fake_stripe, "refund.failed").refund.standing == RefundStanding.FAILED


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "charge.refunded"])
def test_other_messages_say_which_payment_to_look_at(fake_stripe, kind):
    payment = paid(fake_stripe, money("25.99"))
    get_gateway().refund(refund_request(payment, money("10.00")))
    event = read(fake_stripe, kind)
    assert (event.payment_id, event.facts, event.refund) == (payment, None, None)


def test_a_transfers_messages_name_the_transfer(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99", "SGD"))
    wish = transfer_request(fake_stripe.connect("SG")["id"], money("10.00", "SGD"), payment_id=payment)
    transfer = gateway.transfer(wish)
    assert read(fake_stripe, "transfer.created").transfer == transfer
    gateway.reverse_transfer(reversal_request(transfer.transfer_id, money("4.00", "SGD")))
    event = read(fake_stripe, "transfer.reversed")
    assert (event.transfer.transfer_id, event.transfer.reversed) == (transfer.transfer_id, money("4.00", "SGD"))
    assert event.payment_id == ""


@pytest.mark.parametrize("kind", ["checkout.session.completed", "charge.refunded", "refund.created"])
def test_a_message_about_another_account_touches_no_payment(fake_stripe, kind):
    """Whatever ids it carries: a workshop can make such messages with what it knows of an order."""
    payment = paid(fake_stripe, money("25.99"))
    get_gateway().refund(refund_request(payment, money("10.00")))
    ours = next(event for event in fake_stripe.events if event["type"] == kind)
    fake_stripe.send_event(kind, ours["data"]["object"], account="acct_stranger")
    event = read(fake_stripe, kind)
    assert event.account == "acct_stranger"
    assert (event.facts, event.refund, event.dispute, event.transfer, event.payment_id) == (None, None, None, None, "")


def test_an_accounts_own_message_says_whose_it_is(fake_stripe):
    workshop = fake_stripe.connect("SG")["id"]
    event = read(fake_stripe, "account.updated")
    assert (event.account, event.payload["data"]["object"]["id"]) == (workshop, workshop)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("refund.updated", {}),
        ("refund.updated", {"id": "re_1", "status": "failed", "amount": 1, "currency": "xts"}),
        ("charge.dispute.created", {"id": "du_1", "status": None, "amount": 1, "currency": "usd"}),
        ("transfer.created", {"id": "tr_1", "amount": "1", "currency": "usd", "amount_reversed": None}),
        ("charge.refunded", None),
    ],
)
def test_a_signed_message_that_makes_no_sense_is_unreadable(fake_stripe, kind, thing):
    fake_stripe.send_event(kind, thing)
    with pytest.raises(BadEvent, match="Unreadable"):
        read(fake_stripe, kind)


def test_a_word_of_stripes_that_is_new_to_us_is_no_end(fake_stripe):
    payment = paid(fake_stripe, money("25.99"))
    refund = get_gateway().refund(refund_request(payment, money("10.00"))).refund_id
    fake_stripe.state.tables["refunds"][refund]["status"] = "resting"
    assert get_gateway().look_up_refund(refund).standing == RefundStanding.PENDING


# Disputes


def test_a_dispute_from_the_first_letter_to_the_loss(fake_stripe):
    fake_stripe.control(dispute_fee=1500)
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00"))
    dispute = fake_stripe.dispute(payment, amount=4000, reason="product_not_received")["id"]
    event = read(fake_stripe, "charge.dispute.created")
    assert (event.dispute.dispute_id, event.payment_id, event.account) == (dispute, payment, "")
    facts = gateway.look_up_dispute(dispute)
    assert (facts.standing, facts.kind, facts.reason) == (
        DisputeStanding.OPEN,
        DisputeKind.CHARGEBACK,
        "product_not_received",
    )
    assert (facts.amount, facts.taken, facts.fee) == (money("40.00"), money("40.00"), money("15.00"))
    assert timedelta(days=8) < facts.due_by - datetime.now(UTC) <= timedelta(days=9)
    assert not facts.refundable
    whole = gateway.look_up_payment(payment)
    assert (whole.standing, whole.disputes) == (PaymentStanding.DISPUTED, (facts,))
    fake_stripe.change_dispute(dispute, "under_review")
    assert read(fake_stripe, "charge.dispute.updated").dispute.standing == DisputeStanding.OPEN
    fake_stripe.change_dispute(dispute, "lost")
    assert read(fake_stripe, "charge.dispute.closed").dispute.standing == DisputeStanding.LOST
    assert gateway.look_up_payment(payment).standing == PaymentStanding.LOST


def test_a_dispute_that_is_won_brings_the_money_back_without_the_fee(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00"))
    dispute = fake_stripe.dispute(payment)["id"]
    fake_stripe.change_dispute(dispute, "won")
    facts = gateway.look_up_dispute(dispute)
    assert (facts.standing, facts.taken, facts.fee) == (DisputeStanding.WON, money("0.00"), money("15.00"))
    assert gateway.look_up_payment(payment).standing == PaymentStanding.PAID


def test_an_inquiry_takes_nothing_and_ends_with_a_refund(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00"))
    dispute = fake_stripe.dispute(payment, inquiry=True)["id"]
    facts = gateway.look_up_dispute(dispute)
    assert (facts.kind, facts.taken, facts.fee, facts.refundable) == (DisputeKind.INQUIRY, None, None, True)
    assert read(fake_stripe, "charge.dispute.created").dispute.kind == DisputeKind.INQUIRY
    assert gateway.look_up_payment(payment).standing == PaymentStanding.DISPUTED
    gateway.refund(refund_request(payment, money("100.00")))
    fake_stripe.change_dispute(dispute, "warning_closed")
    assert gateway.look_up_payment(payment).standing == PaymentStanding.REFUNDED


def test_an_inquiry_may_become_a_chargeback(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00"))
    dispute = fake_stripe.dispute(payment, inquiry=True)["id"]
    fake_stripe.change_dispute(dispute, "needs_response")
    facts = gateway.look_up_dispute(dispute)
    assert (facts.kind, facts.taken, facts.refundable) == (DisputeKind.CHARGEBACK, money("100.00"), False)


# Slow methods


@pytest.mark.parametrize(
    ("currency", "amount", "method", "zone"),
    [
        ("JPY", "1200", "konbini", "Asia/Tokyo"),
        ("MXN", "250.00", "oxxo", "America/Mexico_City"),
        ("BRL", "80.00", "boleto", "America/Sao_Paulo"),
    ],
)
def test_a_voucher_is_on_its_way_until_the_end_of_its_last_day(fake_stripe, currency, amount, method, zone):
    gateway = get_gateway()
    session = gateway.open_checkout(page_request(money(amount, currency))).session_id
    assert (gateway.look_up(session).method, gateway.look_up(session).pay_by) == ("", None)
    fake_stripe.pay(session, "delayed")
    facts = gateway.look_up(session)
    assert (facts.standing, facts.method) == (Standing.PROCESSING, method)
    local = facts.pay_by.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert local.date() == datetime.now(ZoneInfo(zone)).date() + timedelta(days=3)
    whole = gateway.look_up_payment(facts.payment_id)
    assert (whole.standing, whole.method, whole.pay_by) == (PaymentStanding.PROCESSING, method, facts.pay_by)
    seconds = int((facts.pay_by - datetime.now(UTC)).total_seconds())
    fake_stripe.advance(seconds - 60)
    assert gateway.look_up(session).standing == Standing.PROCESSING
    fake_stripe.advance(120)
    lapsed = gateway.look_up(session)
    assert (lapsed.standing, lapsed.pay_by) == (Standing.FAILED, None)


def test_a_debit_states_no_deadline(fake_stripe):
    session = get_gateway().open_checkout(page_request(money("20.00", "EUR"))).session_id
    fake_stripe.pay(session, "delayed")
    facts = get_gateway().look_up(session)
    assert (facts.standing, facts.method, facts.pay_by) == (Standing.PROCESSING, "sepa_debit", None)
    fake_stripe.settle(session)
    assert (get_gateway().look_up(session).standing, get_gateway().look_up(session).method) == (Standing.PAID, "sepa_debit")


def test_the_shop_may_choose_the_methods_and_the_vouchers_days(fake_stripe, settings):
    settings.MARKETPLACE_GATEWAY = {
        **settings.MARKETPLACE_GATEWAY,
        "OPTIONS": {"methods": ["konbini"], "voucher_days": 5},
    }
    forget_gateway()
    gateway = get_gateway()
    session = gateway.open_checkout(page_request(money("1200", "JPY"))).session_id
    assert fake_stripe.sessions[session]["payment_method_types"] == ["konbini"]
    fake_stripe.pay(session, "delayed")
    local = gateway.look_up(session).pay_by.astimezone(ZoneInfo("Asia/Tokyo"))
    assert local.date() == datetime.now(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=5)


def test_left_to_stripe_the_page_offers_what_the_dashboard_says(fake_stripe):
    get_gateway().open_checkout(page_request(money("1200", "JPY")))
    (asked,) = fake_stripe.calls("POST", "/v1/checkout/sessions")
    assert not {"allowed_payment_method_types", "payment_method_options", "payment_method_types"} & set(asked.params)
