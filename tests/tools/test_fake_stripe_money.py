"""The stand-in's transfers, reversals, accounts, disputes and balance, and its newer switches: with the real SDK, over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import stripe

from tests.fake_stripe import ApiFault, FakeStripe
from tests.fake_stripe.receiver import Receiver


@pytest.fixture(scope="module")
def server() -> Iterator[FakeStripe]:
    with FakeStripe(webhook_secret="whsec_test") as fake:
        yield fake


@pytest.fixture
def fake(server: FakeStripe) -> Iterator[FakeStripe]:
    server.control(webhook_url=None)
    server.reset()
    yield server


@pytest.fixture
def sdk(fake: FakeStripe) -> Any:
    return client(fake)


def client(fake: FakeStripe) -> Any:
    return stripe.StripeClient(fake.api_key, base_addresses={"api": fake.url}, max_network_retries=0).v1


def charge(sdk: Any, amount: int, currency: str = "sgd", **more: Any) -> Any:
    """A payment that succeeded."""
    automatic = {"enabled": True, "allow_redirects": "never"}
    params = {"amount": amount, "currency": currency, "payment_method": "pm_card_visa", "confirm": True}
    return sdk.payment_intents.create({**params, "automatic_payment_methods": automatic, **more})


def refused(call: Any, *args: Any) -> tuple[str | None, str | None]:
    """Code and parameter of the refusal."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*args)
    return caught.value.code, caught.value.param


def kinds(fake: FakeStripe) -> list[str]:
    return [event["type"] for event in fake.events]


def control(fake: FakeStripe, path: str, **values: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{fake.url}/_control/{path}", json.dumps(values).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)


# Objects


@pytest.mark.parametrize(
    ("table", "cls"),
    [
        ("transfers", stripe.Transfer),
        ("reversals", stripe.TransferReversal),
        ("accounts", stripe.Account),
        ("disputes", stripe.Dispute),
        ("balance", stripe.BalanceTransaction),
        ("refunds", stripe.Refund),
    ],
)
def test_no_object_has_a_field_the_sdk_does_not_know(fake: FakeStripe, sdk: Any, table: str, cls: type) -> None:
    intent = charge(sdk, 5000)
    account = sdk.accounts.create({"country": "SG", "capabilities": {"transfers": {"requested": True}}})
    fake.change_account(account.id)
    params = {"amount": 900, "currency": "sgd", "destination": account.id, "source_transaction": intent.latest_charge}
    sdk.transfers.reversals.create(sdk.transfers.create(params).id, {"amount": 100})
    sdk.refunds.create({"payment_intent": intent.id, "amount": 100})
    fake.dispute(intent.id)
    (first, *_rest) = fake.state.rows(table)
    assert set(first) <= set(cls.__annotations__)


def test_parameters_are_those_of_the_sdk(fake: FakeStripe, sdk: Any) -> None:
    account = fake.connect("SG")["id"]
    good = {"amount": 100, "currency": "sgd", "destination": account}
    assert refused(sdk.transfers.create, {**good, "reason": "x"}) == ("parameter_unknown", "reason")
    assert refused(sdk.transfers.create, {"amount": 100, "destination": account}) == ("parameter_missing", "currency")
    assert refused(sdk.transfers.create, {**good, "amount": 0}) == ("parameter_invalid_integer", "amount")
    assert refused(sdk.transfers.create, {**good, "destination": "acct_x"}) == ("resource_missing", "destination")
    assert refused(sdk.transfers.create, {**good, "currency": "zzz"}) == (None, "currency")
    assert refused(sdk.accounts.create, {"country": "SG"}) == ("parameter_missing", "capabilities")
    wanted = {"capabilities": {"transfers": {"requested": True}}}
    assert refused(sdk.accounts.create, {**wanted, "kind": "x"}) == ("parameter_unknown", "kind")
    assert fake.transfers == {} and list(fake.accounts) == [account]


@pytest.mark.parametrize("economy", ["KR", "CL", "TW", "CN", "PH", "VN", "PE", "BN", "PG", "RU", "ID"])
def test_there_are_no_accounts_in_these_economies(fake: FakeStripe, sdk: Any, economy: str) -> None:
    wanted = {"country": economy, "capabilities": {"transfers": {"requested": True}}}
    assert refused(sdk.accounts.create, wanted) == ("country_unsupported", "country")
    assert fake.accounts == {}


def test_a_new_account_receives_only_after_stripe_has_looked(fake: FakeStripe, sdk: Any) -> None:
    wanted = {"country": "SG", "email": "maker@example.com", "capabilities": {"transfers": {"requested": True}}}
    account = sdk.accounts.create(wanted)
    assert (account.capabilities.transfers, account.payouts_enabled, account.default_currency) == ("inactive", False, "sgd")
    params = {"amount": 100, "currency": "sgd", "destination": account.id}
    charge(sdk, 5000)
    assert refused(sdk.transfers.create, params)[0] == "insufficient_capabilities_for_transfer"
    fake.change_account(account.id)
    (event,) = [event for event in fake.events if event["type"] == "account.updated"]
    assert event["account"] == account.id
    assert sdk.accounts.retrieve(account.id).requirements.currently_due == []
    assert sdk.transfers.create(params).amount == 100


# The balance


def test_the_balance_adds_up(fake: FakeStripe, sdk: Any) -> None:
    fake.control(fee_percent=3.4, fee_fixed=50, dispute_fee=1500)
    intent = charge(sdk, 10000)
    account = fake.connect("SG")["id"]
    params = {"amount": 4000, "currency": "sgd", "destination": account, "source_transaction": intent.latest_charge}
    transfer = sdk.transfers.create({**params, "transfer_group": "V-1"})
    sdk.transfers.reversals.create(transfer.id, {"amount": 1500})
    refund = sdk.refunds.create({"payment_intent": intent.id, "amount": 2000})
    fake.settle_refund(refund.id, status="failed")
    fake.change_dispute(fake.dispute(intent.id, amount=3000)["id"], "won")
    rows = [(row["type"], row["amount"], row["fee"], row["net"]) for row in fake.balance]
    assert rows == [
        ("charge", 10000, 390, 9610),
        ("transfer", -4000, 0, -4000),
        ("transfer_refund", 1500, 0, 1500),
        ("refund", -2000, 0, -2000),
        ("refund_failure", 2000, 0, 2000),
        ("adjustment", -3000, 1500, -4500),
        ("adjustment", 3000, 0, 3000),
    ]
    (left,) = sdk.balance.retrieve().available
    assert (left.amount, left.currency) == (5610, "sgd")
    listed = sdk.balance_transactions.list({"type": "charge"}).data
    assert [row.id for row in listed] == [fake.charges[intent.latest_charge]["balance_transaction"]]
    whole = sdk.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    assert whole.latest_charge.balance_transaction.net == 9610
    assert [row.id for row in sdk.transfers.list({"transfer_group": "V-1"})] == [transfer.id]
    assert sdk.transfers.list({"transfer_group": "V-2"}).data == []


def test_money_by_hand_arrives_when_it_is_captured(fake: FakeStripe, sdk: Any) -> None:
    intent = charge(sdk, 5000, capture_method="manual")
    assert fake.balance == []
    account = fake.connect("SG")["id"]
    params = {"amount": 100, "currency": "sgd", "destination": account, "source_transaction": intent.latest_charge}
    assert refused(sdk.transfers.create, params) == (None, "source_transaction")
    sdk.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
    (row,) = fake.balance
    assert (row["amount"], row["source"]) == (3000, intent.latest_charge)


def test_the_rate_is_between_smallest_units(fake: FakeStripe, sdk: Any) -> None:
    fake.control(settles_in="usd", exchange_rate=0.6625)
    charge(sdk, 12000, "jpy")
    (row,) = fake.balance
    assert (row["amount"], row["currency"], row["exchange_rate"]) == (7950, "usd", 0.6625)


# Disputes


def test_a_dispute_forbids_a_refund_unless_it_only_asks(fake: FakeStripe, sdk: Any) -> None:
    first, second = charge(sdk, 5000), charge(sdk, 5000)
    dispute = fake.dispute(first.id)["id"]
    assert sdk.charges.retrieve(first.latest_charge).disputed is True
    assert refused(sdk.refunds.create, {"payment_intent": first.id})[0] == "charge_disputed"
    fake.dispute(second.id, inquiry=True)
    assert sdk.refunds.create({"payment_intent": second.id}).amount == 5000
    assert [row.id for row in sdk.disputes.list({"payment_intent": first.id})] == [dispute]
    fake.change_dispute(dispute, "lost")
    with pytest.raises(Exception, match="is lost"):
        fake.change_dispute(dispute, "won")
    with pytest.raises(ValueError, match="status must be"):
        fake.change_dispute(dispute, "maybe")


def test_a_dispute_tells_each_step(fake: FakeStripe, sdk: Any) -> None:
    intent = charge(sdk, 5000)
    before = len(fake.events)
    dispute = control(fake, "dispute", payment=intent.id, amount=2000, reason="fraudulent")
    assert (dispute["amount"], dispute["reason"], dispute["status"]) == (2000, "fraudulent", "needs_response")
    control(fake, "change_dispute", dispute=dispute["id"], status="under_review")
    control(fake, "change_dispute", dispute=dispute["id"], status="won")
    assert kinds(fake)[before:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


# Switches


def test_accounts_and_events_by_control(fake: FakeStripe, sdk: Any) -> None:
    account = control(fake, "connect", economy="NZ")
    assert control(fake, "change_account", account=account["id"], transfers=False)["payouts_enabled"] is True
    assert control(fake, "empty_account", account=account["id"]) == {"ok": True}
    payout = {"id": "po_1", "object": "payout", "amount": 100, "currency": "nzd"}
    control(fake, "event", type="payout.paid", object=payout, fields={"account": account["id"]})
    assert (fake.events[-1]["type"], fake.events[-1]["account"]) == ("payout.paid", account["id"])
    for path, values in (("connect", {"economy": "VN"}), ("dispute", {"payment": "pi_x"}), ("empty_account", {})):
        with pytest.raises(HTTPError) as caught:
            control(fake, path, **values)
        assert caught.value.code == 400
        caught.value.close()


def test_unknown_switches_change_nothing(fake: FakeStripe) -> None:
    with pytest.raises(ValueError, match="unknown switches: economie"):
        fake.control(economie="JP", settles_in="usd")
    assert (fake.state.merchant.economy, fake.state.merchant.settles_in) == ("SG", "")


@pytest.mark.parametrize("status", ["pending", "requires_action", "failed", "succeeded"])
def test_a_refund_starts_as_told(fake: FakeStripe, sdk: Any, status: str) -> None:
    fake.control(refund_status=status)
    intent = charge(sdk, 5000)
    assert sdk.refunds.create({"payment_intent": intent.id, "amount": 2000}).status == status
    counted = 0 if status == "failed" else 2000
    assert fake.charges[intent.latest_charge]["amount_refunded"] == counted
    assert sum(row["net"] for row in fake.balance if row["type"].startswith("refund")) == -counted
    assert ("refund.failed" in kinds(fake)) is (status == "failed")


def test_half_a_body_and_an_old_recording_carry_no_good_signature(fake: FakeStripe, sdk: Any) -> None:
    with Receiver() as shop:
        fake.control(webhook_url=shop.url, cut_body=True, webhook_attempts=1)
        charge(sdk, 5000)
        assert fake.wait_idle()
        (cut,) = shop.received
        with pytest.raises((stripe.SignatureVerificationError, ValueError)):
            stripe.Webhook.construct_event(cut.body, cut.signature, "whsec_test")
        fake.control(cut_body=False)
        for age in (10, 310):
            fake.replay(fake.events[0]["id"], age=age)
            assert fake.wait_idle()
        inside, outside = shop.received[1:]
        assert inside.body == outside.body
        assert stripe.Webhook.construct_event(inside.body, inside.signature, "whsec_test").id == fake.events[0]["id"]
        with pytest.raises(stripe.SignatureVerificationError, match="outside the tolerance"):
            stripe.Webhook.construct_event(outside.body, outside.signature, "whsec_test")


@pytest.mark.parametrize("verb", ["refunds", "transfers", "reversals"])
def test_the_first_answer_is_kept_under_its_key(fake: FakeStripe, sdk: Any, verb: str) -> None:
    """The same answer, other parameters refused, an error 500 repeated: for each verb that moves money."""
    intent = charge(sdk, 5000)
    account = fake.connect("SG")["id"]
    sent = {"amount": 3000, "currency": "sgd", "destination": account, "source_transaction": intent.latest_charge}
    first = sdk.transfers.create(sent).id

    def move(amount: int, key: str) -> Any:
        options = {"idempotency_key": key}
        if verb == "refunds":
            return sdk.refunds.create({"payment_intent": intent.id, "amount": amount}, options)
        if verb == "transfers":
            return sdk.transfers.create({**sent, "amount": amount}, options)
        return sdk.transfers.reversals.create(first, {"amount": amount}, options)

    before = len(getattr(fake, verb))
    assert move(100, "k1").id == move(100, "k1").id
    with pytest.raises(stripe.IdempotencyError):
        move(101, "k1")
    assert len(getattr(fake, verb)) == before + 1
    fake.faults.api = [ApiFault("500_kept")]
    for _turn in range(2):
        with pytest.raises(stripe.APIError):
            move(200, "k2")
    fake.faults.api = [ApiFault("lost_response")]
    with pytest.raises(stripe.APIConnectionError):
        move(300, "k3")
    assert move(300, "k3").amount == 300
    assert [row["amount"] for row in getattr(fake, verb).values()][before:] == [100, 200, 300]
    with pytest.raises(stripe.InvalidRequestError) as no:
        move(99999, "k4")
    assert no.value.code == "amount_too_large"


def test_a_restart_keeps_transfers_and_disputes(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with FakeStripe(state_file=path) as fake:
        intent = charge(client(fake), 5000)
        account = fake.connect("SG")["id"]
        sent = {"amount": 300, "currency": "sgd", "destination": account}
        transfer, dispute = client(fake).transfers.create(sent).id, fake.dispute(intent.id)["id"]
    with FakeStripe(state_file=path) as fake:
        assert (list(fake.transfers), list(fake.disputes), list(fake.accounts)) == ([transfer], [dispute], [account])
        assert client(fake).transfers.reversals.create(transfer, {"amount": 300}).amount == 300
