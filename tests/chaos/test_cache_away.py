"""Case 68: the cache (Redis) is away, or answers nothing. It holds no truth, so orders go on."""

import contextlib
import shutil
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from marketplace.payments.models import Payment
from tests.chaos.conftest import say_loudly
from tests.factories import make_piece
from tests.races.buyers import make_buyer_at_the_till
from tests.races.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]


@contextlib.contextmanager
def nobody_there() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"redis://127.0.0.1:{port}"


@contextlib.contextmanager
def silence() -> Iterator[str]:
    """A Redis that was stopped: connections are made, and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("redis", [nobody_there, silence])
def test_orders_go_on(redis, django_db_setup, fake_stripe, all_is_true):
    if not shutil.which("redis-server"):
        say_loudly("This machine has no redis-server: its absence is practised with sockets of our own.")
    buyers = [make_buyer_at_the_till(make_piece(stock=5)) for _buyer in range(4)]
    with redis() as url, Server(fake_stripe.url, workers=1, threads=4, RACE_REDIS_URL=url) as server:
        began = time.monotonic()
        assert [buyer.pay(server.url).status_code for buyer in buyers] == [303] * 4
        assert {requests.get(server.url + path, timeout=20).status_code for path in ("/en/", "/en/products/")} == {200}
        assert time.monotonic() - began < 20
    assert Payment.objects.count() == len(fake_stripe.sessions) == 4
    all_is_true()
