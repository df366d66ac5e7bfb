"""The stand-in for Stripe behaves as the shop relies on: tried with the real SDK, over HTTP."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
import stripe

from tests.fake_stripe import ApiFault, FakeStripe, Faults
from tests.fake_stripe.receiver import Receiver

SESSIONS = "/v1/checkout/sessions"
MOBILE = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.5"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


BROWSER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def browse(url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str, str]:
    """Return status, text and Location, without following redirects."""
    data = urlencode(form).encode() if form is not None else None
    try:
        with BROWSER.open(urllib.request.Request(url, data, headers)) as answer:
            return answer.status, answer.read().decode(), ""
    except HTTPError as answer:
        return answer.code, answer.read().decode(), answer.headers.get("Location", "")


def press(url: str, outcome: str) -> tuple[int, str, str]:
    """Open a hosted page and press one of its buttons."""
    return browse(url, {"nonce": nonce_of(url), "outcome": outcome})


def nonce_of(url: str) -> str:
    nonce = re.search(r'name="nonce" value="([^"]+)"', browse(url)[1])
    assert nonce, "the page has no form"
    return nonce[1]


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def fake(shop: Receiver) -> Iterator[FakeStripe]:
    with FakeStripe(webhook_url=shop.url, webhook_secret="whsec_test") as fake:
        fake.control(webhook_backoff=0.05)
        yield fake


@pytest.fixture
def sdk(fake: FakeStripe) -> Any:
    return client(fake).v1


def client(fake: FakeStripe, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(fake.api_key, base_addresses={"api": fake.url}, max_network_retries=retries)


def order(currency: str = "jpy", amount: int = 1200, quantity: int = 2, **more: Any) -> dict[str, Any]:
    line = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Bowl <b>“Sao”</b>"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": line, "quantity": quantity}],
        "success_url": "https://shop.test/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.test/basket",
        "client_reference_id": "V-1001",
        "metadata": {"order": "V-1001"},
        "payment_intent_data": {"metadata": {"order": "V-1001"}},
        **more,
    }


def refused(error: type[Exception], call: Any, *args: Any, **kwargs: Any) -> Any:
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    return caught.value


def invalid(call: Any, *args: Any, **kwargs: Any) -> Any:
    return refused(stripe.InvalidRequestError, call, *args, **kwargs)


def kinds(fake: FakeStripe) -> list[str]:
    return [event["type"] for event in fake.events]


# Sessions


def test_session_carries_what_the_shop_reads(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order(customer_email="kenji@example.com", locale="ja"))
    assert (session.object, session.livemode, session.mode) == ("checkout.session", False, "payment")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency) == (2400, "jpy")
    assert session.client_reference_id == "V-1001" and session.metadata.order == "V-1001"
    assert session.url == f"{fake.url}/pay/{session.id}"
    assert session.expires_at - session.created == 24 * 3600
    again = sdk.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert again.line_items.data[0].amount_total == 2400
    assert [s.id for s in sdk.checkout.sessions.list({"limit": 1})] == [session.id]
    assert sdk.checkout.sessions.line_items.list(session.id).data[0].quantity == 2


@pytest.mark.parametrize(
    ("table", "cls"),
    [
        ("sessions", stripe.checkout.Session),
        ("intents", stripe.PaymentIntent),
        ("charges", stripe.Charge),
        ("refunds", stripe.Refund),
        ("events", stripe.Event),
    ],
)
def test_no_object_has_a_field_the_sdk_does_not_know(
    fake: FakeStripe, sdk: Any, table: str, cls: type
) -> None:
    session = sdk.checkout.sessions.create(order())
    fake.pay(session.id)
    sdk.refunds.create({"payment_intent": fake.sessions[session.id]["payment_intent"]})
    (item, *_) = fake.state.rows(table)
    assert set(item) <= set(cls.__annotations__) | {"id", "object"}


def test_zero_decimal_yen_is_charged_as_it_is_written(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order("jpy", 50, 1))
    assert session.amount_total == 50
    assert "JPY 50<" in browse(session.url)[1]
    assert "ISK 5<" in browse(sdk.checkout.sessions.create(order("isk", 500, 1)).url)[1]


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"surprise": 1}, "parameter_unknown", "surprise"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"payment_intent_data": {"metdata": {}, "x": "1"}}, "parameter_unknown", "payment_intent_data[x]"),
        (order("jpy", 49, 1), "amount_too_small", "line_items"),
        (order("zzz"), None, "line_items[0][price_data][currency]"),
        (order("kwd", 5124), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (order(amount="12.5"), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (order(quantity=0), "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"success_url": "/thanks"}, "url_invalid", "success_url"),
        ({"customer_email": ""}, "parameter_invalid_empty", "customer_email"),
        ({"locale": "xx"}, None, "locale"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"discounts": [{"coupon": "x"}]}, "fake_stripe_not_imitated", "discounts"),
    ],
)
def test_session_refuses_what_stripe_refuses(
    fake: FakeStripe, sdk: Any, change: dict[str, Any], code: str | None, param: str
) -> None:
    error = invalid(sdk.checkout.sessions.create, {**order(), **change})
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert fake.sessions == {} and fake.events == []


@pytest.mark.parametrize("seconds", [29 * 60, 24 * 3600 + 60])
def test_expiry_is_between_half_an_hour_and_a_day(sdk: Any, seconds: int) -> None:
    when = int(time.time()) + seconds
    assert invalid(sdk.checkout.sessions.create, order(expires_at=when)).param == "expires_at"


def test_session_expires_by_itself_and_by_call(fake: FakeStripe, sdk: Any) -> None:
    short = sdk.checkout.sessions.create(order(expires_at=int(time.time()) + 31 * 60))
    long = sdk.checkout.sessions.create(order())
    fake.advance(32 * 60)
    assert sdk.checkout.sessions.retrieve(short.id).status == "expired"
    assert sdk.checkout.sessions.expire(long.id).status == "expired"
    assert "expired" in invalid(sdk.checkout.sessions.expire, long.id).user_message
    assert kinds(fake) == ["checkout.session.expired"] * 2
    assert browse(short.url)[0] == 410 and fake.pay(short.id) == short.url


def test_only_test_keys_open_the_door(fake: FakeStripe) -> None:
    live = stripe.StripeClient("sk_live_x", base_addresses={"api": fake.url}, max_network_retries=0)
    refused(stripe.AuthenticationError, live.v1.checkout.sessions.list)
    assert browse(f"{fake.url}{SESSIONS}")[0] == 401


def test_unknown_address_and_object(sdk: Any) -> None:
    assert invalid(sdk.checkout.sessions.retrieve, "cs_test_none").code == "resource_missing"
    assert invalid(sdk.customers.create).http_status == 404


# The hosted page


def test_buyer_pays_on_the_page_and_a_double_click_has_one_effect(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    for status, _, location in (press(session.url, "pay"), (303, "", fake.pay(session.id))):
        assert (status, location) == (303, f"https://shop.test/thanks?session={session.id}")
    paid = sdk.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.payment_intent.status, paid.payment_intent.amount_received) == ("succeeded", 2400)
    assert paid.payment_intent.metadata.order == "V-1001"
    assert paid.payment_intent.latest_charge.amount_captured == 2400
    assert kinds(fake) == ["payment_intent.succeeded", "checkout.session.completed"]
    assert "This payment is complete" in browse(session.url)[1]


def test_clicks_at_the_same_time_charge_once(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    gate = threading.Barrier(8)

    def click() -> None:
        gate.wait()
        fake.pay(session.id)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake.charges) == 1 and len(fake.events) == 2


def test_declined_card_keeps_the_session_open(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    assert press(session.url, "decline")[2] == session.url
    assert "The card was declined" in browse(session.url)[1]
    assert kinds(fake) == ["payment_intent.payment_failed"]
    fake.pay(session.id)
    assert len(fake.intents) == 1 and fake.sessions[session.id]["payment_status"] == "paid"


def test_3d_secure_passes_or_fails_on_its_own_page(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    bank = press(session.url, "3ds")[2]
    assert "3-D Secure check" in browse(bank)[1]
    assert press(bank, "3ds-fail")[2] == session.url
    assert "check failed" in browse(session.url)[1]
    bank = press(session.url, "3ds")[2]
    assert press(bank, "3ds-complete")[2].startswith("https://shop.test/thanks")
    assert browse(bank)[2].startswith("https://shop.test/thanks")
    assert kinds(fake) == [
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_walking_away_changes_nothing(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    page = browse(session.url)[1]
    assert 'href="https://shop.test/basket"' in page
    assert fake.sessions[session.id]["status"] == "open" and fake.events == []


def test_page_is_honest_escaped_and_in_the_readers_language(sdk: Any) -> None:
    url = sdk.checkout.sessions.create(order()).url
    page = browse(url)[1]
    assert '<html lang="en">' in page and "Fake Stripe – no real money" in page
    assert "Bowl &lt;b&gt;" in page and "Bowl <b>" not in page
    assert '<html lang="ja">' in browse(url, **MOBILE)[1]
    japanese = sdk.checkout.sessions.create(order(locale="ja")).url
    assert '<html lang="ja">' in browse(japanese)[1]


def test_form_without_the_nonce_is_refused(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    assert browse(session.url, {"outcome": "pay", "nonce": "guess"})[0] == 403
    assert fake.sessions[session.id]["status"] == "open"
    assert browse(f"{fake.url}/pay/cs_test_none")[0] == 404


def test_delayed_method_is_complete_before_it_is_paid(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order())
    press(session.url, "delayed")
    assert fake.sessions[session.id]["payment_status"] == "unpaid"
    press(session.url, "arrive")
    assert fake.sessions[session.id]["payment_status"] == "paid"
    late = sdk.checkout.sessions.create(order("usd"))
    fake.pay(late.id, "delayed")
    fake.settle(late.id, succeeded=False)
    assert fake.sessions[late.id]["payment_status"] == "unpaid"
    assert [kind for kind in kinds(fake) if kind.startswith("checkout")] == [
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.async_payment_failed",
    ]


def test_allowed_methods_filter_the_outcomes(fake: FakeStripe, sdk: Any) -> None:
    session = sdk.checkout.sessions.create(order(allowed_payment_method_types=["card"]))
    assert session.payment_method_types == ["card"]
    refused(ValueError, fake.pay, session.id, "delayed")
    assert 'value="delayed"' not in browse(session.url)[1]


# PaymentIntents and refunds


def intent(sdk: Any, card: str = "pm_card_visa", **more: Any) -> Any:
    automatic = {"enabled": True, "allow_redirects": "never"}
    params = {"amount": 2599, "currency": "usd", "automatic_payment_methods": automatic}
    return sdk.payment_intents.create({**params, "confirm": True, "payment_method": card, **more})


def test_intent_is_confirmed_captured_and_cancelled(sdk: Any) -> None:
    done = intent(sdk)
    assert (done.status, done.amount_received) == ("succeeded", 2599)
    assert invalid(sdk.payment_intents.cancel, done.id).code == "payment_intent_unexpected_state"
    held = intent(sdk, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 2599)
    assert sdk.payment_intents.capture(held.id, {"amount_to_capture": 1000}).amount_received == 1000
    waiting = sdk.payment_intents.create({"amount": 500, "currency": "usd"})
    assert (
        "return_url"
        in invalid(sdk.payment_intents.confirm, waiting.id, {"payment_method": "pm_card_visa"}).user_message
    )
    assert sdk.payment_intents.cancel(waiting.id).status == "canceled"
    assert [row.id for row in sdk.payment_intents.list()] == [waiting.id, held.id, done.id]


def test_test_cards_decline_and_ask_for_3d_secure(fake: FakeStripe, sdk: Any) -> None:
    error = refused(stripe.CardError, intent, sdk, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (error.code, error.error.decline_code) == ("card_declined", "insufficient_funds")
    assert error.error.payment_intent.status == "requires_payment_method"
    asked = intent(sdk, "pm_card_threeDSecure2Required", return_url="https://shop.test/back")
    assert asked.status == "requires_action"
    form = {"nonce": nonce_of(asked.next_action.redirect_to_url.url), "outcome": "3ds-complete"}
    for _ in range(2):
        back = browse(asked.next_action.redirect_to_url.url, form)[2]
        assert back.startswith(f"https://shop.test/back?payment_intent={asked.id}")
    assert len(fake.charges) == 1
    assert sdk.payment_intents.retrieve(asked.id).status == "succeeded"
    assert invalid(intent, sdk, "pm_none").code == "resource_missing"


def test_refunds_never_exceed_what_was_captured(fake: FakeStripe, sdk: Any) -> None:
    paid = intent(sdk)
    for _ in range(2):
        assert sdk.refunds.create({"payment_intent": paid.id, "amount": 1000}).status == "succeeded"
    too_much = invalid(sdk.refunds.create, {"payment_intent": paid.id, "amount": 1000})
    assert (too_much.code, too_much.param) == ("amount_too_large", "amount")
    assert sdk.refunds.create({"charge": paid.latest_charge}).amount == 599
    code = invalid(sdk.refunds.create, {"payment_intent": paid.id}).code
    assert code == "charge_already_refunded"
    charge = sdk.charges.retrieve(paid.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (2599, True)
    assert len(sdk.refunds.list({"payment_intent": paid.id}).data) == 3
    assert kinds(fake).count("charge.refunded") == kinds(fake).count("refund.updated") == 3


def test_parallel_refunds_do_not_both_pass(fake: FakeStripe, sdk: Any) -> None:
    paid = intent(sdk)
    codes: list[str] = []

    def give_back() -> None:
        try:
            client(fake).v1.refunds.create({"payment_intent": paid.id, "amount": 1500})
        except stripe.InvalidRequestError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=give_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["amount_too_large"] and len(fake.refunds) == 1


def test_failed_refund_may_be_made_again(fake: FakeStripe, sdk: Any) -> None:
    paid = intent(sdk)
    fake.faults.refund_status = "pending"
    refund = sdk.refunds.create({"payment_intent": paid.id})
    assert refund.status == "pending"
    fake.settle_refund(refund.id, status="failed")
    assert fake.charges[paid.latest_charge]["amount_refunded"] == 0
    assert sdk.refunds.create({"payment_intent": paid.id}).amount == 2599


# Idempotency and faults of the API


def test_same_key_and_parameters_replay_the_first_answer(fake: FakeStripe, sdk: Any) -> None:
    first, second = (sdk.checkout.sessions.create(order(), {"idempotency_key": "k1"}) for _ in range(2))
    assert first.id == second.id and len(fake.sessions) == 1
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    calls = fake.calls("POST", SESSIONS)
    assert [(call.idempotency_key, call.replayed) for call in calls] == [("k1", False), ("k1", True)]
    assert calls[0].params["client_reference_id"] == "V-1001"


def test_same_key_with_other_parameters_is_refused(fake: FakeStripe, sdk: Any) -> None:
    options = {"idempotency_key": "k1"}
    sdk.checkout.sessions.create(order(), options)
    error = refused(stripe.IdempotencyError, sdk.checkout.sessions.create, order(amount=1300), options)
    assert error.http_status == 400
    refused(stripe.IdempotencyError, sdk.payment_intents.create, {"amount": 1, "currency": "usd"}, options)
    assert len(fake.sessions) == 1
    fake.advance(24 * 3600 + 1)
    assert sdk.checkout.sessions.create(order(amount=1300), options).amount_total == 2600


def test_refused_parameters_do_not_use_up_a_key_but_declines_do(fake: FakeStripe, sdk: Any) -> None:
    options = {"idempotency_key": "k1"}
    invalid(sdk.checkout.sessions.create, order("zzz"), options)
    assert sdk.checkout.sessions.create(order(), options).status == "open"
    params = {"amount": 500, "currency": "usd", "confirm": True, "return_url": "https://shop.test/"}
    for _ in range(2):
        card = {"payment_method": "pm_card_visa_chargeDeclined"}
        refused(stripe.CardError, sdk.payment_intents.create, {**params, **card}, {"idempotency_key": "k2"})
    assert kinds(fake) == ["payment_intent.payment_failed"]


def test_key_in_use_is_a_conflict(fake: FakeStripe, sdk: Any) -> None:
    fake.faults.api.append(ApiFault("timeout", seconds=0.5))
    options = {"idempotency_key": "k1"}
    slow = threading.Thread(target=sdk.checkout.sessions.create, args=(order(), options))
    slow.start()
    time.sleep(0.2)
    error = refused(stripe.APIError, sdk.checkout.sessions.create, order(), options)
    slow.join()
    assert error.http_status == 409 and len(fake.sessions) == 1
    assert sdk.checkout.sessions.create(order(), options).id in fake.sessions


def test_sdk_retries_a_500_and_a_lost_response_into_one_session(fake: FakeStripe) -> None:
    patient = client(fake, retries=2).v1.checkout.sessions
    fake.faults.api = [ApiFault("500", method="POST", path=SESSIONS), ApiFault("lost_response")]
    session = patient.create(order())
    assert list(fake.sessions) == [session.id]
    assert [call.status for call in fake.calls("POST", SESSIONS)] == [500, 200, 200]
    assert len({call.idempotency_key for call in fake.requests}) == 1


def test_lost_response_then_own_retry_with_the_key_gives_one_session(fake: FakeStripe, sdk: Any) -> None:
    fake.faults.api.append(ApiFault("lost_response"))
    options = {"idempotency_key": "order-1:pay:1"}
    refused(stripe.APIConnectionError, sdk.checkout.sessions.create, order(), options)
    assert [sdk.checkout.sessions.create(order(), options).id] == list(fake.sessions)


def test_a_kept_500_is_replayed_and_429_is_not(fake: FakeStripe, sdk: Any) -> None:
    options = {"idempotency_key": "k1"}
    fake.faults.api = [ApiFault("429"), ApiFault("500_kept")]
    refused(stripe.RateLimitError, sdk.checkout.sessions.create, order(), options)
    for _ in range(2):
        assert refused(stripe.APIError, sdk.checkout.sessions.create, order(), options).http_status == 500
    assert len(fake.sessions) == 1


# Webhooks


def test_webhook_signature_is_one_the_sdk_accepts(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    session = sdk.checkout.sessions.create(order())
    fake.pay(session.id)
    assert fake.wait_idle()
    events = [stripe.Webhook.construct_event(r.body, r.signature, "whsec_test") for r in shop.received]
    assert [event.type for event in events] == ["payment_intent.succeeded", "checkout.session.completed"]
    assert events[1].data.object.id == session.id and events[1].api_version == stripe.api_version
    assert sdk.events.retrieve(events[1].id).pending_webhooks == 0
    assert len(sdk.events.list({"types": ["checkout.session.*"]}).data) == 1
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(shop.received[0].body + b" ", shop.received[0].signature, "whsec_test")
    old = fake.sign(b"{}", timestamp=int(time.time()) - 301)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(b"{}", old, "whsec_test")


def sent(shop: Receiver) -> list[str]:
    return [json.loads(received.body)["id"] for received in shop.received]


def pay_some(fake: FakeStripe, sdk: Any, count: int = 1) -> list[str]:
    for _ in range(count):
        fake.pay(sdk.checkout.sessions.create(order()).id)
    return [event["id"] for event in fake.events]


@pytest.mark.parametrize("parallel", [False, True])
def test_duplicates(fake: FakeStripe, sdk: Any, shop: Receiver, parallel: bool) -> None:
    fake.control(duplicate=3, parallel=parallel)
    ids = pay_some(fake, sdk)
    assert fake.wait_idle() and sorted(sent(shop)) == sorted(ids * 3)


def test_held_events_arrive_shuffled_the_same_way_for_the_same_seed(
    fake: FakeStripe, sdk: Any, shop: Receiver
) -> None:
    orders = []
    for _ in range(2):
        shop.received.clear()
        fake.reset()
        fake.control(hold=6, seed=3)
        ids = pay_some(fake, sdk, 3)
        assert fake.wait_idle() and sorted(sent(shop)) == sorted(ids) and sent(shop) != ids
        orders.append([ids.index(event_id) for event_id in sent(shop)])
    assert orders[0] == orders[1]
    fake.faults.hold = 100
    pay_some(fake, sdk)
    assert len(shop.received) == 6 and fake.deliver_held() == 2
    assert fake.wait_idle() and len(shop.received) == 8


def test_dropped_events_are_known_to_the_api_only(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    fake.faults = Faults(drop=["checkout.session.completed"])
    pay_some(fake, sdk)
    assert fake.wait_idle() and len(shop.received) == 1 and len(sdk.events.list().data) == 2
    fake.redeliver(fake.events[1]["id"])
    assert fake.wait_idle() and len(shop.received) == 2


def test_delay(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    fake.faults.delay = 0.4
    pay_some(fake, sdk)
    time.sleep(0.1)
    assert shop.received == [] and fake.wait_idle() and len(shop.received) == 2


def test_corrupt_signature_and_wrong_amount(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    fake.control(corrupt_signature=True, wrong_amount=1, wrong_currency="usd")
    pay_some(fake, sdk)
    assert fake.wait_idle()
    for received in shop.received:
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(received.body, received.signature, "whsec_test")
    item = json.loads(shop.received[1].body)["data"]["object"]
    assert (item["amount_total"], item["currency"]) == (2401, "usd")
    assert fake.sessions[item["id"]]["amount_total"] == 2400


def test_failed_delivery_is_tried_again(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    shop.answers = [500, 302]
    ids = pay_some(fake, sdk)
    assert fake.wait_idle() and sorted(sent(shop)) == sorted(ids * 2)
    assert [d.status for d in fake.deliveries] == [500, 302, 200, 200]


def test_without_an_address_events_wait_for_the_test_client() -> None:
    with FakeStripe() as fake:
        session = client(fake).v1.checkout.sessions.create(order())
        fake.pay(session.id)
        fake.send_event("invoice.paid", {"id": "in_1", "object": "invoice"}, livemode=True)
        seen: list[Any] = []

        def post(body: bytes, signature: str) -> int:
            seen.append(stripe.Webhook.construct_event(body, signature, "whsec_fake"))
            return 200

        assert fake.pump(post) == [200, 200, 200] and fake.pump(post) == []
        assert [event.type for event in seen][2] == "invoice.paid" and seen[2].livemode


# Control over HTTP, and restarts


def control(fake: FakeStripe, path: str, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        f"{fake.url}{path}", json.dumps(values).encode(), {"Content-Type": "application/json"}
    )
    try:
        with BROWSER.open(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as answer:
        return answer.code, json.load(answer)


def test_control_switches_and_state(fake: FakeStripe, sdk: Any, shop: Receiver) -> None:
    switches = {"hold": 50, "api": [{"kind": "429", "count": 1}], "webhook_secret": "whsec_other"}
    assert control(fake, "/_control", switches)[0] == 200
    refused(stripe.RateLimitError, sdk.checkout.sessions.list)
    session = sdk.checkout.sessions.create(order())
    location = control(fake, "/_control/pay", {"session": session.id, "outcome": "delayed"})[1]["location"]
    assert location.startswith("https://shop.test/thanks")
    assert control(fake, "/_control/settle", {"session": session.id})[0] == 200
    assert control(fake, "/_control/deliver", {})[1] == {"delivered": 4}
    assert fake.wait_idle()
    stripe.Webhook.construct_event(shop.received[0].body, shop.received[0].signature, "whsec_other")
    state = json.loads(browse(f"{fake.url}/_state")[1])
    assert state["sessions"][0]["payment_status"] == "paid" and "whsec" not in json.dumps(state["webhooks"])
    assert control(fake, "/_control", {"nonsense": 1})[0] == 400
    assert control(fake, "/_control/pay", {"session": "cs_test_none"})[0] == 400
    assert browse(f"{fake.url}/_control/reset", {"form": "1"})[0] == 415
    assert control(fake, "/_control/reset", {})[0] == 200
    assert fake.sessions == {} and fake.requests == [] and fake.faults == Faults()


def test_a_restart_keeps_sessions_keys_and_unconfirmed_events(shop: Receiver, tmp_path: Path) -> None:
    path = tmp_path / "stripe.json"
    options = {"idempotency_key": "k1"}
    with FakeStripe(state_file=path) as fake:
        session = client(fake).v1.checkout.sessions.create(order(), options)
        fake.pay(session.id)
    with FakeStripe(state_file=path, webhook_url=shop.url) as fake:
        sdk = client(fake).v1
        assert sdk.checkout.sessions.retrieve(session.id).payment_status == "paid"
        assert sdk.checkout.sessions.create(order(), options).id == session.id
        assert fake.wait_idle() and len(shop.received) == 2
    with FakeStripe(state_file=path, webhook_url=shop.url) as fake:
        assert fake.wait_idle() and len(shop.received) == 2


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_and_ends_within_a_second(tmp_path: Path, sign: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.fake_stripe", "--port", "0", "--state-file", tmp_path / "s.json"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        base = stripe.StripeClient("sk_test_x", base_addresses={"api": url}).v1
        assert base.checkout.sessions.create(order()).url.startswith(url)
        process.send_signal(sign)
        assert process.wait(1) == 0
    assert "cs_test_" in (tmp_path / "s.json").read_text()
