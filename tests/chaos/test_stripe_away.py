"""Case 22: Stripe is slow or silent. Checkouts end with a polite page in a known time, and the rest of the shop is as
fast as ever.
"""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from marketplace.payments.models import Payment
from tests.factories import make_piece
from tests.fake_stripe.faults import ApiFault
from tests.races.buyers import Buyer, make_buyer_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
SLOW = 15.0  # seconds
PAGES = 40


def browse(url: str, product: str) -> list[float]:
    """Seconds that each page took."""
    took = []
    with requests.Session() as session:
        for number in range(PAGES):
            began = time.monotonic()
            path = (product, "/en/basket/", "/en/products/")[number % 3]
            assert session.get(url + path, timeout=30).status_code == 200
            took.append(time.monotonic() - began)
    return took


def seconds_of_pay(buyer: Buyer, url: str) -> tuple[int, float]:
    began = time.monotonic()
    return buyer.pay(url).status_code, time.monotonic() - began


@pytest.mark.parametrize(
    "fault",
    [ApiFault("timeout", count=99, seconds=SLOW), ApiFault("500", count=99), ApiFault("429", count=99)],
    ids=lambda one: one.kind,
)
def test_nobody_else_waits(fault, shop, full, fake_stripe, all_is_true):
    pieces = [make_piece(stock=5) for _piece in range(12 if full else 8)]
    buyers = [make_buyer_at_the_till(piece) for piece in pieces]
    product = f"/en/products/{pieces[0].slug}-{pieces[0].pk}/"
    browse(shop.url, product)
    calm = statistics.median(browse(shop.url, product))
    fake_stripe.faults.api.append(fault)
    began = threading.Event()
    with ThreadPoolExecutor(len(buyers)) as pool:
        paying = [pool.submit(seconds_of_pay, buyer, shop.url) for buyer in buyers]
        began.wait(0.5)
        meanwhile = browse(shop.url, product)
        answers = [one.result() for one in paying]
    assert {status for status, _took in answers} == {503}
    assert max(took for _status, took in answers) < 3 * SLOW
    # A page costs a little more beside eight checkouts, but nobody waits for Stripe.
    assert statistics.median(meanwhile) < max(3 * calm, 0.5)
    assert max(meanwhile) < 5
    assert set(Payment.objects.values_list("state", flat=True)) == {"pending"}
    fake_stripe.faults.api.clear()
    time.sleep(1)
    deadline = time.monotonic() + 60
    for buyer in buyers:
        while buyer.pay(shop.url).status_code != 303:
            assert time.monotonic() < deadline, "the shop still keeps away from Stripe"
            time.sleep(1)
    assert Payment.objects.count() == len(buyers)
    assert Payment.objects.exclude(pay_url="").count() == len(buyers)
    all_is_true()
