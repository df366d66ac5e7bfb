"""Money to the workshops' own accounts at Stripe, and back: where it may go, once per key, never more than there is."""

import pytest

from marketplace.payments.gateway import AccountFacts, GatewayDown, GatewayRefused, get_gateway
from tests.fake_stripe.faults import ApiFault
from tests.marketplace.asking_gateway import ORDER, money, paid, reversal_request, transfer_request

TRANSFERS = "/v1/transfers"


def refusal(call, *given) -> GatewayRefused:
    with pytest.raises(GatewayRefused) as caught:
        call(*given)
    return caught.value


@pytest.fixture
def workshop(fake_stripe) -> str:
    """The account of a workshop in Singapore, where the shop is."""
    return fake_stripe.connect("SG")["id"]


@pytest.mark.parametrize(("amount", "currency"), [("60.01", "SGD"), ("7001", "JPY"), ("12.34", "USD"), ("800.45", "TWD")])
def test_a_workshop_gets_its_part_of_a_payment_to_the_unit(fake_stripe, workshop, amount, currency):
    payment = paid(fake_stripe, money("9000", currency))
    wish = transfer_request(workshop, money(amount, currency), payment_id=payment)
    facts = get_gateway().transfer(wish)
    assert (facts.account, facts.amount, facts.reversed) == (workshop, money(amount, currency), facts.amount - facts.amount)
    assert (facts.reference, facts.key) == (ORDER, "transfer:1")
    (row,) = fake_stripe.transfers.values()
    assert (row["id"], row["transfer_group"]) == (facts.transfer_id, ORDER)
    assert row["source_transaction"] == fake_stripe.intents[payment]["latest_charge"]
    assert get_gateway().look_up_transfer(facts.transfer_id) == facts


def test_no_more_than_the_payment_goes_to_its_workshops(fake_stripe, workshop):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    gateway.transfer(transfer_request(workshop, money("70.00", "SGD"), payment_id=payment))
    wish = transfer_request(workshop, money("30.01", "SGD"), "transfer:2", payment_id=payment)
    assert refusal(gateway.transfer, wish).code == "amount_too_large"
    assert len(fake_stripe.transfers) == 1


def test_without_a_payment_the_balance_is_the_limit(fake_stripe, workshop):
    fake_stripe.control(fee_percent=0, fee_fixed=0, available_after=3600)
    gateway = get_gateway()
    paid(fake_stripe, money("100.00", "SGD"))
    wish = transfer_request(workshop, money("100.00", "SGD"))
    no = refusal(gateway.transfer, wish)
    assert no.code == "balance_insufficient"
    assert no.sentence.startswith("There is not enough money on the account")
    fake_stripe.advance(3601)
    # Stripe repeats its no for this key; a new attempt is a new key.
    assert refusal(gateway.transfer, wish).code == "balance_insufficient"
    assert gateway.transfer(transfer_request(workshop, money("100.00", "SGD"), "transfer:2")).amount == wish.amount
    assert refusal(gateway.transfer, transfer_request(workshop, money("0.01", "SGD"), "transfer:3")).code == no.code


def test_a_transfer_is_in_the_currency_in_which_the_payment_settled(fake_stripe, workshop):
    fake_stripe.control(settles_in="sgd", exchange_rate=0.9)
    gateway, payment = get_gateway(), paid(fake_stripe, money("12000", "JPY"))
    no = refusal(gateway.transfer, transfer_request(workshop, money("100", "JPY"), payment_id=payment))
    assert no.code == "refused" and "balance transaction" in no.sentence
    wish = transfer_request(workshop, money("108.00", "SGD"), "transfer:2", payment_id=payment)
    assert gateway.transfer(wish).amount == money("108.00", "SGD")


def test_an_unpaid_payment_has_nothing_to_give(fake_stripe, workshop):
    gateway = get_gateway()
    payment = paid(fake_stripe, money("10.00", "SGD"))
    fake_stripe.state.tables["intents"][payment]["latest_charge"] = None
    no = refusal(gateway.transfer, transfer_request(workshop, money("1.00", "SGD"), payment_id=payment))
    assert no.code == "not_paid"
    assert fake_stripe.transfers == {}


# Where it may go


@pytest.mark.parametrize(
    ("shop", "maker", "reaches"),
    [
        *[(economy, economy, True) for economy in ("AU", "JP", "MX", "MY", "NZ", "SG", "US", "CA")],
        *[("US", "CA", True), ("CA", "US", True)],
        *[("SG", "MY", False), ("JP", "SG", False), ("US", "MX", False), ("HK", "HK", False), ("TH", "TH", False)],
    ],
)
def test_money_goes_only_where_stripe_sends_it(fake_stripe, shop, maker, reaches):
    fake_stripe.control(economy=shop)
    gateway, account = get_gateway(), fake_stripe.connect(maker)
    currency = account["default_currency"].upper()
    payment = paid(fake_stripe, money("500", currency))
    wish = transfer_request(account["id"], money("100", currency), payment_id=payment)
    if reaches:
        assert gateway.transfer(wish).amount == money("100", currency)
        return
    no = refusal(gateway.transfer, wish)
    assert no.code == "transfers_not_allowed"
    assert no.sentence.endswith("Choose another route of payout.")
    assert fake_stripe.transfers == {}


def test_an_account_without_its_papers_receives_nothing(fake_stripe, workshop):
    gateway, payment = get_gateway(), paid(fake_stripe, money("10.00", "SGD"))
    assert gateway.look_up_account(workshop) == AccountFacts(workshop, "SG", "SGD", True, True)
    fake_stripe.change_account(workshop, transfers=False)
    facts = gateway.look_up_account(workshop)
    assert (facts.can_receive, facts.can_pay_out) == (False, True)
    assert facts.missing == ("external_account", "tos_acceptance.date")
    no = refusal(gateway.transfer, transfer_request(workshop, money("1.00", "SGD"), payment_id=payment))
    assert no.code == "insufficient_capabilities_for_transfer"
    assert fake_stripe.transfers == {}


# The same key


@pytest.mark.parametrize("fault", ["lost_response", "500_kept"])
def test_a_lost_answer_and_a_repeat_are_one_transfer(fake_stripe, workshop, fault):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    wish = transfer_request(workshop, money("40.00", "SGD"), payment_id=payment)
    fake_stripe.faults.api = [ApiFault(fault, method="POST"), ApiFault("429", method="POST")]
    with pytest.raises(GatewayDown):
        gateway.transfer(wish)
    fake_stripe.faults.api = []
    fake_stripe.advance(3 * 24 * 3600)
    done = gateway.transfer(wish)
    assert list(fake_stripe.transfers) == [done.transfer_id]
    assert gateway.transfer(wish) == done
    assert sum(row["amount"] for row in fake_stripe.balance if row["type"] == "transfer") == -4000


def test_the_same_key_for_something_else_is_refused(fake_stripe, workshop):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    other = fake_stripe.connect("SG")["id"]
    gateway.transfer(transfer_request(workshop, money("40.00", "SGD"), payment_id=payment))
    for account, amount in ((workshop, "41.00"), (other, "40.00")):
        wish = transfer_request(account, money(amount, "SGD"), payment_id=payment)
        assert refusal(gateway.transfer, wish).code == "key_reused"
    assert len(fake_stripe.transfers) == 1


# And back


def test_a_transfer_comes_back_in_parts_and_no_further(fake_stripe, workshop):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    sent = gateway.transfer(transfer_request(workshop, money("40.00", "SGD"), payment_id=payment)).transfer_id
    back = gateway.reverse_transfer(reversal_request(sent, money("15.01", "SGD")))
    assert (back.transfer_id, back.amount, back.key) == (sent, money("15.01", "SGD"), "reversal:1")
    assert gateway.reverse_transfer(reversal_request(sent, money("15.01", "SGD"))) == back
    assert refusal(gateway.reverse_transfer, reversal_request(sent, money("15.00", "SGD"))).code == "key_reused"
    no = refusal(gateway.reverse_transfer, reversal_request(sent, money("25.00", "SGD"), "reversal:2"))
    assert no.code == "amount_too_large"
    gateway.reverse_transfer(reversal_request(sent, money("24.99", "SGD"), "reversal:3"))
    assert gateway.look_up_transfer(sent).reversed == money("40.00", "SGD")
    assert [row["amount"] for row in fake_stripe.reversals.values()] == [1501, 2499]


def test_what_the_workshop_has_already_been_paid_does_not_come_back(fake_stripe, workshop):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    sent = gateway.transfer(transfer_request(workshop, money("40.00", "SGD"), payment_id=payment)).transfer_id
    fake_stripe.empty_account(workshop)
    no = refusal(gateway.reverse_transfer, reversal_request(sent, money("1.00", "SGD")))
    assert no.code == "balance_insufficient"
    assert gateway.look_up_transfer(sent).reversed == money("0.00", "SGD")


@pytest.mark.parametrize("fault", ["lost_response", "500_kept"])
def test_a_lost_answer_and_a_repeat_are_one_reversal(fake_stripe, workshop, fault):
    gateway, payment = get_gateway(), paid(fake_stripe, money("100.00", "SGD"))
    sent = gateway.transfer(transfer_request(workshop, money("40.00", "SGD"), payment_id=payment)).transfer_id
    wish = reversal_request(sent, money("10.00", "SGD"))
    fake_stripe.faults.api = [ApiFault(fault, method="POST"), ApiFault("429", method="POST")]
    with pytest.raises(GatewayDown):
        gateway.reverse_transfer(wish)
    fake_stripe.faults.api = []
    assert gateway.reverse_transfer(wish).amount == money("10.00", "SGD")
    assert gateway.look_up_transfer(sent).reversed == money("10.00", "SGD")
