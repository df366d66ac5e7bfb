"""Case 67: PostgreSQL stands still under load. Requests end with 503 in a known time; afterwards all goes on by itself."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.db import connection

from marketplace.payments.models import InboxEvent, Payment
from tests.factories import make_piece
from tests.ledger import stock_of
from tests.marketplace.paying import now, open_page, paid_event
from tests.races.buyers import Buyer, make_buyer_at_the_till
from tests.races.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
WAITS = 2.0  # seconds that a request waits for the database in this drill
# Two statements' patience, and that of a new connection.
BOUND = 12


@pytest.fixture(scope="module")
def impatient(django_db_setup, _stripe) -> Iterator[Server]:
    with Server(_stripe.url, workers=2, threads=4, MARKETPLACE_DATABASE_SECONDS=str(WAITS)) as server:
        yield server


def first_of_postgres() -> int:
    """The process id of the tests' own server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    if "TEST_DATABASE_URL" in os.environ or not Path(f"/proc/{backend}/stat").exists():
        pytest.fail("This drill stops a PostgreSQL of its own: run it on Linux, without TEST_DATABASE_URL.")
    return _parent(backend)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def standing_still(first: int) -> Iterator[None]:
    """The server's first process is stopped before the others are counted: it makes no new ones then."""
    stopped = [first]
    os.kill(first, signal.SIGSTOP)
    try:
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            if _parent(pid) == first:
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


def timed_pay(buyer: Buyer, url: str) -> tuple[requests.Response, float]:
    began = time.monotonic()
    return buyer.pay(url), time.monotonic() - began


def test_the_database_stands_still_while_buyers_pay(impatient, full, fake_stripe, all_is_true):
    pieces = [make_piece(stock=5) for _piece in range(16 if full else 8)]
    buyers = [make_buyer_at_the_till(piece) for piece in pieces]
    onlooker = make_buyer_at_the_till(make_piece(stock=5))
    with ThreadPoolExecutor(8) as pool:
        # Every thread has its connection by now.
        assert {page.status_code for page in pool.map(lambda buyer: buyer.look(impatient.url), buyers * 2)} == {200}
        first = first_of_postgres()
        under_way = [pool.submit(timed_pay, buyer, impatient.url) for buyer in buyers]
        time.sleep(0.15)
        with standing_still(first):
            time.sleep(BOUND)
            # Whoever pressed before or during the standstill has an answer by now, or waits for a thread.
            answered = [one for one in under_way if one.done()]
            assert len(answered) >= 8
            began = time.monotonic()
            page = onlooker.look(impatient.url)
            assert (page.status_code, page.headers["Retry-After"]) == (503, "15")
            assert "Please come back in a moment" in page.text
            assert time.monotonic() - began < BOUND
        answers = [one.result() for one in under_way]
    refused = [buyer for buyer, (answer, _took) in zip(buyers, answers, strict=True) if answer.status_code == 503]
    assert refused
    assert {answer.status_code for answer, _took in answers} <= {303, 503}
    assert max(took for _answer, took in answers) < 2 * BOUND
    # Nobody restarts anything.
    deadline = time.monotonic() + BOUND
    while requests.get(f"{impatient.url}/en/basket/", timeout=BOUND).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert {buyer.pay(impatient.url).status_code for buyer in refused} == {303}
    assert Payment.objects.count() == len(fake_stripe.sessions) == len(buyers)
    assert {piece.stockrecords.get().num_allocated for piece in pieces} == {1}
    all_is_true()


def test_an_event_that_comes_meanwhile_comes_again(impatient, fake_stripe, all_is_true):
    """Case 35: never 2xx without a stored row, so Stripe repeats it."""
    payment = open_page(piece := make_piece(stock=5))
    body = json.dumps(paid_event(fake_stripe, payment)).encode()

    def deliver() -> requests.Response:
        headers = {"Stripe-Signature": fake_stripe.sign(body), "Content-Type": "application/json"}
        return requests.post(f"{impatient.url}/webhooks/stripe/", body, headers=headers, timeout=2 * BOUND)

    first = first_of_postgres()
    with standing_still(first):
        began = time.monotonic()
        answer = deliver()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
        assert time.monotonic() - began < BOUND
    assert not InboxEvent.objects.exists()
    assert (now(payment).state, stock_of(piece)) == ("pending", (5, 1))
    deadline = time.monotonic() + BOUND
    while (again := deliver()).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert (again.status_code, again.text) == (200, "done")
    assert InboxEvent.objects.get().outcome == "done"
    assert (now(payment).state, stock_of(piece)) == ("paid", (4, 0))
    all_is_true()


def test_a_buyer_who_hangs_with_the_lock_does_not_keep_the_others(impatient, all_is_true):
    """Somebody else's process stops in the middle of an order: others are told, and it is over when it ends."""
    piece = make_piece(stock=5)
    buyer, held, over = make_buyer_at_the_till(piece), threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            list(piece.stockrecords.select_for_update())
            held.set()
            over.wait(BOUND)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(BOUND)
    try:
        answer, took = timed_pay(buyer, impatient.url)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
        assert WAITS <= took < BOUND
    finally:
        over.set()
        thread.join()
    assert not Payment.objects.exists()
    assert buyer.pay(impatient.url).status_code == 303
    all_is_true()
