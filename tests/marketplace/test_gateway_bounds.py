"""A payment service that is slow, silent or broken holds a worker for a known time, and leaves some for the shop."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from marketplace.payments.backends import bounds
from marketplace.payments.gateway import (
    GatewayDown,
    GatewayRefused,
    PaymentStanding,
    forget_gateway,
    get_gateway,
)
from tests.fake_stripe.faults import ApiFault
from tests.marketplace.asking_gateway import money, page_request, paid

UNKNOWN = "pi_unknown"


@pytest.fixture
def options(settings):
    """Call it to ask with these OPTIONS."""

    def set_options(**values):
        settings.MARKETPLACE_GATEWAY = {**settings.MARKETPLACE_GATEWAY, "OPTIONS": values}
        forget_gateway()
        return get_gateway()

    return set_options


@pytest.fixture
def later(monkeypatch):
    """Call it to let so many seconds pass for the pauses."""
    passed = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed[0])
    monkeypatch.setattr(bounds, "time", clock)

    def pass_by(seconds: float) -> None:
        passed[0] += seconds

    return pass_by


def seconds_until_down(call, *given) -> float:
    began = time.monotonic()
    with pytest.raises(GatewayDown):
        call(*given)
    return time.monotonic() - began


def silent(count: int = 99) -> list[ApiFault]:
    return [ApiFault("timeout", count=count, seconds=4, method="GET")]


def requests(fake) -> int:
    return len(fake.calls("GET", f"/v1/payment_intents/{UNKNOWN}"))


@pytest.mark.parametrize("verb", ["look_up", "look_up_payment", "look_up_refund", "look_up_transfer"])
def test_a_silent_stripe_costs_its_timeout_and_is_not_asked_twice(fake_stripe, options, verb):
    gateway = options(timeout=0.3)
    fake_stripe.faults.api = silent()
    assert 0.3 <= seconds_until_down(getattr(gateway, verb), UNKNOWN) < 2
    assert len(fake_stripe.requests) == 1


def test_a_verb_of_several_calls_has_one_time_for_all(fake_stripe, options):
    """Two calls of 0.6 seconds each are more than one: the second is cut short."""
    gateway = options(timeout=1)
    payment = paid(fake_stripe, money("10.00"))
    fake_stripe.dispute(payment)
    fake_stripe.control(latency=0.6)
    assert seconds_until_down(gateway.look_up_payment, payment) >= 1
    assert [len(fake_stripe.calls("GET", path)) for path in (f"/v1/payment_intents/{payment}", "/v1/disputes")] == [1, 1]
    fake_stripe.control(latency=0)
    assert gateway.look_up_payment(payment).standing == PaymentStanding.DISPUTED


def test_after_two_silences_nobody_waits_for_a_while(fake_stripe, options, later):
    gateway = options(timeout=0.2, patience=2, pause=60)
    fake_stripe.faults.api = silent(3)
    for _turn in range(2):
        assert seconds_until_down(gateway.look_up_payment, UNKNOWN) >= 0.2
    for _turn in range(3):
        assert seconds_until_down(gateway.look_up_payment, UNKNOWN) < 0.2
    assert requests(fake_stripe) == 2
    later(60)
    # One is let through, hears nothing, and the pause begins again.
    assert seconds_until_down(gateway.look_up_payment, UNKNOWN) >= 0.2
    assert seconds_until_down(gateway.look_up_payment, UNKNOWN) < 0.2
    assert requests(fake_stripe) == 3
    later(60)
    for _turn in range(2):
        with pytest.raises(GatewayRefused):
            gateway.look_up_payment(UNKNOWN)


def test_an_answer_makes_up_for_an_earlier_silence(fake_stripe, options):
    gateway = options(timeout=0.4, patience=2, pause=60)
    for _turn in range(3):
        fake_stripe.faults.api = silent(1)
        assert seconds_until_down(gateway.look_up_payment, UNKNOWN) >= 0.4
        with pytest.raises(GatewayRefused):
            gateway.look_up_payment(UNKNOWN)


@pytest.mark.parametrize("fault", ["429", "500", "lost_response"])
def test_one_who_says_no_at_once_is_asked_again(fake_stripe, options, fault):
    gateway = options(timeout=4, patience=1, pause=60)
    for _turn in range(2):
        fake_stripe.faults.api = [ApiFault(fault, count=2)]
        assert seconds_until_down(gateway.look_up_payment, UNKNOWN) < 4
    fake_stripe.faults.api = []
    with pytest.raises(GatewayRefused):
        gateway.look_up_payment(UNKNOWN)


def test_nobody_there_is_known_at_once(options, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert seconds_until_down(options(timeout=4).look_up_payment, UNKNOWN) < 3


def test_some_threads_of_the_process_are_always_left_for_the_shop(fake_stripe, options):
    gateway = options(timeout=2, at_once=2)
    payment = paid(fake_stripe, money("10.00"))
    fake_stripe.control(latency=1)
    outcomes, line = [], threading.Barrier(5)

    def ask() -> None:
        line.wait()
        try:
            gateway.look_up_payment(payment)
            outcomes.append("answered")
        except GatewayDown as problem:
            outcomes.append(str(problem))

    threads = [threading.Thread(target=ask) for _buyer in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Too many are waiting for it already."] * 3 + ["answered"] * 2
    fake_stripe.control(latency=0)
    assert gateway.look_up_payment(payment).captured == money("10.00")


def test_nobody_queues_behind_a_silence(fake_stripe, options):
    """Whoever comes when a turn has lasted for a quarter of the time is turned away at once, not after a wait."""
    gateway = options(timeout=2, at_once=1)
    fake_stripe.faults.api = silent()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(seconds_until_down, gateway.look_up_payment, UNKNOWN)
        time.sleep(0.1)
        assert 0.2 < seconds_until_down(gateway.look_up_payment, UNKNOWN) < 0.9
        for _latecomer in range(3):
            assert seconds_until_down(gateway.look_up_payment, UNKNOWN) < 0.2
        assert first.result() >= 2
    assert requests(fake_stripe) == 1


class SlowToMake:
    """A backend that several threads can begin to make."""

    made = 0

    def __init__(self) -> None:
        time.sleep(0.1)
        SlowToMake.made += 1


def test_threads_that_come_first_together_share_one_gateway(settings):
    """Each with its own would count its own waiters alone."""
    settings.MARKETPLACE_GATEWAY = {"BACKEND": f"{__name__}.SlowToMake"}
    forget_gateway()
    with ThreadPoolExecutor(8) as pool:
        assert len({id(one) for one in pool.map(lambda _number: get_gateway(), range(8))}) == 1
    assert SlowToMake.made == 1


def test_a_turn_that_ends_in_an_error_is_given_back(fake_stripe, options):
    gateway = options(at_once=1)
    for _turn in range(3):
        with pytest.raises(GatewayRefused):
            gateway.look_up_payment(UNKNOWN)
    assert gateway.open_checkout(page_request(money("10.00"))).url


def test_a_page_that_stripe_refuses_is_an_error_in_the_log_and_down_for_the_buyer(caplog):
    with pytest.raises(GatewayDown):
        get_gateway().open_checkout(page_request(money("0.10")))
    assert [(record.levelname, record.message) for record in caplog.records if "no page" in record.message] == [
        ("ERROR", "no page for order V-7Q2M: amount_too_small: That is less than the payment service moves.")
    ]
