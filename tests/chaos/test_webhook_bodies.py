"""Case 36: large and slow bodies at the door for events."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
import requests

from storefront.slow_bodies import IN_TIME
from tests.ledger import nothing_changes
from tests.races.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
MB = 1024 * 1024
PATH = "/webhooks/stripe/"
WITHIN = 2.0  # seconds for an answer
THREADS = 4


@pytest.fixture(scope="module")
def small(django_db_setup, _stripe) -> Iterator[Server]:
    """One process, so that it is known whose memory and whose threads these are."""
    with Server(_stripe.url, workers=1, threads=THREADS) as server:
        yield server


def address_of(server: Server) -> tuple[str, int]:
    host, _colon, port = server.url.removeprefix("http://").partition(":")
    return host, int(port)


def head(size: int) -> bytes:
    lines = [f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {size}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def post(server: Server, size: int) -> tuple[int, float]:
    """The status of a body of so many bytes and the seconds until it came, even where the rest is not read any more."""
    began = time.monotonic()
    with closing(socket.create_connection(address_of(server), timeout=WITHIN * 5)) as sender:
        sender.sendall(head(size))
        try:
            for _turn in range(0, size, MB):
                sender.sendall(b" " * MB)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = sender.recv(200)
    return int(re.match(rb"HTTP/1\.1 (\d{3})", answer).group(1)), time.monotonic() - began


def resident(server: Server) -> dict[int, int]:
    """Bytes in memory by process: gunicorn's first one and its children."""
    first = server._process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    found = {}
    for pid in (first, *map(int, children)):
        text = Path(f"/proc/{pid}/status").read_text()
        found[pid] = int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024
    assert len(found) == 2
    return found


def test_twenty_megabytes_are_refused_unread(small):
    assert post(small, 20 * MB)[0] == 413
    before = resident(small)
    with nothing_changes():
        answers = [post(small, 20 * MB) for _turn in range(10)]
    assert {status for status, _took in answers} == {413}
    assert max(took for _status, took in answers) < WITHIN
    grown = {pid: memory - before[pid] for pid, memory in resident(small).items()}
    assert max(grown.values()) < 20 * MB
    assert requests.get(f"{small.url}/en/basket/", timeout=5).status_code == 200


def test_who_sends_a_byte_a_second_keeps_nobody_for_long(small):
    """As many as there are threads: they are sent away in a known time, and everybody else is served again."""
    senders = [socket.create_connection(address_of(small), timeout=2 * IN_TIME) for _thread in range(THREADS)]
    began, over = time.monotonic(), threading.Event()
    with ExitStack() as stack, nothing_changes():
        for sender in senders:
            stack.enter_context(closing(sender))
            sender.sendall(head(1000))

        def trickle() -> None:
            while not over.wait(1):
                for sender in senders:
                    with suppress(OSError):
                        sender.sendall(b"x")

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            page = requests.get(f"{small.url}/en/basket/", timeout=2 * IN_TIME)
            waited = time.monotonic() - began
            statuses = {int(sender.recv(200).split()[1]) for sender in senders}
        finally:
            over.set()
            thread.join()
    assert page.status_code == 200
    # They did keep all threads, and not longer than they may.
    assert IN_TIME - 2 < waited < IN_TIME + 5
    assert statuses == {408}
