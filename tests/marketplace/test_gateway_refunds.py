"""Money back through the gateway: exact, once per key, and a no that says what it means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.money import MoneyError
from marketplace.payments.gateway import (
    GatewayDown,
    GatewayRefused,
    PaymentStanding,
    RefundStanding,
    forget_gateway,
    get_gateway,
)
from tests.fake_stripe.faults import ApiFault
from tests.marketplace.asking_gateway import ORDER, client, money, page_request, paid, refund_request

REFUNDS = "/v1/refunds"


def refusal(call, *given) -> GatewayRefused:
    with pytest.raises(GatewayRefused) as caught:
        call(*given)
    return caught.value


def asked(fake) -> int:
    return len(fake.calls("POST", REFUNDS))


@pytest.mark.parametrize(
    ("whole", "part", "rest", "currency"),
    [
        ("25.99", "10.00", "15.99", "USD"),
        ("1200", "401", "799", "JPY"),
        ("15000", "1", "14999", "KRW"),
        ("250000", "83333", "166667", "VND"),
        ("800.45", "0.45", "800.00", "TWD"),
        ("9990", "3330", "6660", "CLP"),
        ("5.12", "1.71", "3.41", "KWD"),
        ("50", "5", "45", "ISK"),
    ],
)
def test_a_payment_goes_back_to_its_last_unit(fake_stripe, whole, part, rest, currency):
    gateway, payment = get_gateway(), paid(fake_stripe, money(whole, currency))
    first = gateway.refund(refund_request(payment, money(part, currency), "refund:1"))
    assert (first.standing, first.amount, first.payment_id) == (RefundStanding.DONE, money(part, currency), payment)
    assert (first.reference, first.key, first.why) == (ORDER, "refund:1", "")
    assert gateway.look_up_payment(payment).refunded == money(part, currency)
    assert gateway.look_up_payment(payment).standing == PaymentStanding.PAID
    gateway.refund(refund_request(payment, money(rest, currency), "refund:2"))
    facts = gateway.look_up_payment(payment)
    assert (facts.captured, facts.refunded) == (money(whole, currency), money(whole, currency))
    assert facts.standing == PaymentStanding.REFUNDED
    assert refusal(gateway.refund, refund_request(payment, money(part, currency), "refund:3")).code == (
        "charge_already_refunded"
    )
    assert len(fake_stripe.refunds) == 2


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "USD"), ("0.5", "JPY"), ("5.124", "KWD"), ("1", "XTS")])
def test_an_amount_that_the_currency_does_not_have_never_leaves_the_house(fake_stripe, amount, currency):
    payment = paid(fake_stripe, money("25.99"))
    with pytest.raises(MoneyError):
        get_gateway().refund(refund_request(payment, money(amount, currency)))
    assert asked(fake_stripe) == 0


def test_more_than_is_left_is_refused_and_changes_nothing(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    gateway.refund(refund_request(payment, money("20.00"), "refund:1"))
    no = refusal(gateway.refund, refund_request(payment, money("6.00"), "refund:2"))
    assert no.code == "amount_too_large"
    assert no.sentence == "That is more than is left at the payment service."
    assert gateway.look_up_payment(payment).refunded == money("20.00")


# The same key


def test_the_same_key_gives_the_same_refund(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    wish = refund_request(payment, money("10.00"))
    first = gateway.refund(wish)
    assert gateway.refund(wish) == first
    assert len(fake_stripe.refunds) == asked(fake_stripe) == 1


def test_a_key_is_good_for_longer_than_stripe_remembers_it(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    wish = refund_request(payment, money("10.00"))
    first = gateway.refund(wish)
    fake_stripe.advance(3 * 24 * 3600)
    assert gateway.refund(wish) == first
    assert len(fake_stripe.refunds) == 1


def test_the_same_key_for_something_else_is_refused(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    other = paid(fake_stripe, money("30.00"), reference="V-OTHER")
    gateway.refund(refund_request(payment, money("10.00")))
    for wish in (refund_request(payment, money("11.00")), refund_request(other, money("10.00"))):
        assert refusal(gateway.refund, wish).code == "key_reused"
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [1000]


@pytest.mark.parametrize("fault", ["lost_response", "500_kept"])
def test_a_lost_answer_and_a_repeat_are_one_refund(fake_stripe, fault):
    """500_kept: Stripe has acted, and repeats its 500 under this key for a day."""
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    wish = refund_request(payment, money("10.00"))
    again = [ApiFault("429", method="POST")] if fault == "lost_response" else []
    fake_stripe.faults.api = [ApiFault(fault, method="POST"), *again]
    with pytest.raises(GatewayDown):
        gateway.refund(wish)
    assert len(fake_stripe.refunds) == 1
    done = gateway.refund(wish)
    assert (done.standing, done.amount) == (RefundStanding.DONE, money("10.00"))
    assert list(fake_stripe.refunds) == [done.refund_id]
    assert gateway.look_up_payment(payment).refunded == money("10.00")


def test_one_lost_answer_is_asked_again_at_once(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    fake_stripe.faults.api = [ApiFault("lost_response", method="POST")]
    assert gateway.refund(refund_request(payment, money("10.00"))).standing == RefundStanding.DONE
    assert (len(fake_stripe.refunds), asked(fake_stripe)) == (1, 2)


@pytest.mark.parametrize("fault", ["429", "500"])
def test_while_stripe_cannot_nothing_is_refunded(fake_stripe, fault):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    fake_stripe.faults.api = [ApiFault(fault, count=2, method="POST")]
    with pytest.raises(GatewayDown):
        gateway.refund(refund_request(payment, money("10.00")))
    assert fake_stripe.refunds == {}
    fake_stripe.faults.api = []
    assert gateway.refund(refund_request(payment, money("10.00"))).standing == RefundStanding.DONE


# Slow and failed ones


@pytest.mark.parametrize(
    ("end", "standing", "why"),
    [
        ("succeeded", RefundStanding.DONE, ""),
        ("failed", RefundStanding.FAILED, "unknown"),
        ("canceled", RefundStanding.CANCELLED, ""),
    ],
)
@pytest.mark.parametrize("start", ["pending", "requires_action"])
def test_a_refund_may_take_its_time(fake_stripe, start, end, standing, why):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    fake_stripe.control(refund_status=start)
    refund = gateway.refund(refund_request(payment, money("10.00")))
    assert refund.standing == RefundStanding.PENDING
    assert gateway.look_up_payment(payment).refunded == money("10.00")
    fake_stripe.settle_refund(refund.refund_id, status=end)
    facts = gateway.look_up_refund(refund.refund_id)
    assert (facts.standing, facts.why, facts.amount) == (standing, why, money("10.00"))
    back = "10.00" if standing == RefundStanding.DONE else "0.00"
    assert gateway.look_up_payment(payment).refunded == money(back)
    assert facts.settled == money(back)


def test_a_refund_that_succeeded_may_still_fail(fake_stripe):
    gateway, payment = get_gateway(), paid(fake_stripe, money("25.99"))
    refund = gateway.refund(refund_request(payment, money("25.99")))
    fake_stripe.settle_refund(refund.refund_id, status="failed")
    assert gateway.look_up_refund(refund.refund_id).standing == RefundStanding.FAILED
    assert gateway.look_up_payment(payment).standing == PaymentStanding.PAID
    # The same key says what became of it; another one tries anew.
    assert gateway.refund(refund_request(payment, money("25.99"))).standing == RefundStanding.FAILED
    assert gateway.refund(refund_request(payment, money("25.99"), "refund:2")).standing == RefundStanding.DONE


def test_where_the_buyer_must_name_a_bank_account_stripe_knows_whom_to_ask(fake_stripe):
    payment = paid(fake_stripe, money("1200", "JPY"))
    wish = refund_request(payment, money("1200", "JPY"), email="kenji@example.com")
    refund = get_gateway().refund(wish)
    assert fake_stripe.refunds[refund.refund_id]["instructions_email"] == "kenji@example.com"


# What a no says


@pytest.mark.parametrize(
    ("look", "thing"),
    [
        ("look_up_payment", "pi_unknown"),
        ("look_up_refund", "re_unknown"),
        ("look_up_dispute", "du_unknown"),
        ("look_up_transfer", "tr_unknown"),
        ("look_up_account", "acct_unknown"),
    ],
)
def test_what_stripe_does_not_know_is_a_definite_no(look, thing):
    no = refusal(getattr(get_gateway(), look), thing)
    assert no.code == "not_found"
    assert no.sentence.startswith("The payment service does not know this.")


def test_an_unpaid_payment_cannot_be_refunded(fake_stripe):
    gateway = get_gateway()
    session = gateway.open_checkout(page_request(money("25.99"))).session_id
    fake_stripe.pay(session, "decline")
    payment = fake_stripe.sessions[session]["payment_intent"]
    no = refusal(gateway.refund, refund_request(payment, money("1.00")))
    assert no.code == "payment_intent_unexpected_state"
    assert "does not have a successful charge" in no.sentence
    assert gateway.look_up_payment(payment).standing == PaymentStanding.OPEN


def test_a_key_of_ours_that_stripe_no_longer_takes_is_no_definite_no(fake_stripe, settings):
    payment = paid(fake_stripe, money("25.99"))
    settings.STRIPE_SECRET_KEY = "sk_revoked"
    forget_gateway()
    with pytest.raises(GatewayDown, match="AuthenticationError"):
        get_gateway().look_up_payment(payment)


# All payments


def test_every_payment_is_found_newest_first_ours_or_not(fake_stripe, monkeypatch):
    monkeypatch.setattr("marketplace.payments.backends.stripe.PAGE", 2)
    gateway = get_gateway()
    began = datetime.now(UTC) - timedelta(seconds=1)
    orders = [paid(fake_stripe, money("1200", "JPY"), reference=f"V-{number}") for number in range(4)]
    strange = client(fake_stripe).payment_intents.create({"amount": 500, "currency": "usd"}).id
    found = list(gateway.find_payments(since=began))
    assert [facts.payment_id for facts in found] == [strange, *reversed(orders)]
    assert [facts.reference for facts in found] == ["", "V-3", "V-2", "V-1", "V-0"]
    assert [facts.standing for facts in found] == [PaymentStanding.OPEN] + [PaymentStanding.PAID] * 4
    assert found[1].captured == money("1200", "JPY")
    assert len(fake_stripe.calls("GET", "/v1/payment_intents")) == 3
    assert found[1] == gateway.look_up_payment(orders[3])
    assert list(gateway.find_payments(since=datetime.now(UTC) + timedelta(minutes=1))) == []


def test_a_payment_in_an_unknown_currency_is_named_and_hides_no_other(fake_stripe):
    gateway = get_gateway()
    orders = [paid(fake_stripe, money("10.00"), reference=f"V-{number}") for number in range(3)]
    fake_stripe.state.tables["intents"][orders[1]]["currency"] = "xts"
    found = gateway.find_payments(since=datetime.now(UTC) - timedelta(minutes=1))
    assert [next(found).payment_id, next(found).payment_id] == [orders[2], orders[0]]
    no = refusal(next, found)
    assert no.code == "currency_unknown" and orders[1] in no.sentence
    assert refusal(gateway.look_up_payment, orders[1]).code == "currency_unknown"


# What arrives on our balance


def test_the_fee_and_the_net_are_told(fake_stripe):
    fake_stripe.control(fee_percent=3.4, fee_fixed=50)
    facts = get_gateway().look_up_payment(paid(fake_stripe, money("100.00")))
    assert (facts.settled, facts.fee, facts.rate) == (money("96.10"), money("3.90"), None)
    assert facts.method == "card"


def test_a_payment_in_another_currency_tells_its_rate_in_whole_units(fake_stripe):
    """Stripe's own rate is between smallest units; a yen has no hundredths."""
    fake_stripe.control(settles_in="usd", exchange_rate=0.6625, fee_percent=0, fee_fixed=30)
    gateway, payment = get_gateway(), paid(fake_stripe, money("12000", "JPY"))
    facts = gateway.look_up_payment(payment)
    assert (facts.settled, facts.fee) == (money("79.20"), money("0.30"))
    assert facts.rate == money("0.006625").amount
    # The yen has become dearer: the buyer gets back what was paid, and we lose on the way.
    fake_stripe.control(exchange_rate=0.7)
    refund = gateway.refund(refund_request(payment, money("12000", "JPY")))
    assert (refund.amount, refund.settled) == (money("12000", "JPY"), money("84.00"))


@pytest.mark.parametrize("changes", [{"reason": "x" * 501}])
def test_what_stripe_cannot_store_is_a_no_in_its_words(fake_stripe, changes):
    payment = paid(fake_stripe, money("10.00"))
    no = refusal(get_gateway().refund, replace(refund_request(payment, money("1.00")), **changes))
    assert no.code == "refused" and "500 characters" in no.sentence
    assert fake_stripe.refunds == {}
