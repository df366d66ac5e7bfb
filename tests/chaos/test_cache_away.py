"""Case 68: the cache (Redis) stands still, is killed, or was never there. It holds no truth, so orders go on."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from marketplace.payments.models import Payment
from tests.chaos.conftest import say_loudly
from tests.factories import make_piece, make_story
from tests.races.buyers import make_buyer_at_the_till
from tests.races.server import Server
from tests.redis_server import Redis, nobody_there, program, silence

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
# The longest that a page may take without its cache, in seconds.
BOUND = 10


@pytest.fixture
def redis() -> Iterator[Redis]:
    if not program():
        say_loudly("There is no redis-server here and no wheel of it for this Python: its absence is not practised.")
        pytest.skip("no redis-server")
    with Redis() as server:
        yield server


@pytest.mark.parametrize("away", [nobody_there, silence])
def test_orders_go_on_where_it_never_was(away, django_db_setup, fake_stripe, all_is_true):
    buyers = [make_buyer_at_the_till(make_piece(stock=5)) for _buyer in range(4)]
    with away() as url, Server(fake_stripe.url, workers=1, threads=4, RACE_REDIS_URL=url) as server:
        began = time.monotonic()
        assert [buyer.pay(server.url).status_code for buyer in buyers] == [303] * 4
        assert {requests.get(server.url + path, timeout=20).status_code for path in ("/en/", "/en/products/")} == {200}
        assert time.monotonic() - began < 20
    assert Payment.objects.count() == len(fake_stripe.sessions) == 4
    all_is_true()


def stand_still(redis: Redis) -> None:
    redis.stand_still()


def kill(redis: Redis) -> None:
    redis.end()


@pytest.mark.parametrize("away", [stand_still, kill])
def test_orders_and_pages_go_on(away: Callable, redis, django_db_setup, fake_stripe, full, all_is_true):
    story = make_story()["en"]
    buyers = [make_buyer_at_the_till(make_piece(stock=5)) for _buyer in range(16 if full else 4)]
    pages = ["/en/", f"/en/stories/{story.slug}/", "/en/products/", "/en/basket/", "/admin/login/"]
    with Server(fake_stripe.url, workers=2, threads=4, RACE_REDIS_URL=redis.url) as server, ThreadPoolExecutor(8) as pool:

        def look(path: str) -> tuple[int, float]:
            began = time.monotonic()
            return requests.get(server.url + path, timeout=60).status_code, time.monotonic() - began

        def cache_is() -> str:
            """What /readyz says of it. The database of a test has no migrations, so of those it says nothing good."""
            return requests.get(f"{server.url}/readyz", timeout=5).json()["checks"]["cache"]

        assert [status for status, _took in pool.map(look, pages)] == [200] * len(pages)
        before = redis.commands()
        assert cache_is() == "ok"
        # The shop does speak to this Redis.
        assert redis.commands() > before + 1
        under_way = [pool.submit(buyer.pay, server.url) for buyer in buyers]
        time.sleep(0.15)
        away(redis)
        assert {answer.result().status_code for answer in under_way} == {303}
        looked = list(pool.map(look, pages))
        assert [status for status, _took in looked] == [200] * len(pages)
        assert max(took for _status, took in looked) < BOUND
        assert cache_is() == "failed"
        if away is stand_still:
            redis.go_on()
            # Who asks while a look of before still hangs shares its answer; the next asks anew.
            assert any(cache_is() == "ok" for _again in range(3))
    assert Payment.objects.count() == len(fake_stripe.sessions) == len(buyers)
    all_is_true()
