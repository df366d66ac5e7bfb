"""The cache between processes may be away: then a value is missing, and nothing waits long for it."""

import time

import pytest
from django.core.cache import caches

from storefront.caching import WAIT, redis_cache
from tests.redis_server import Redis, nobody_there, program, silence


@pytest.mark.parametrize("away", [nobody_there, silence])
def test_where_it_never_was_a_value_is_missing(settings, away):
    with away() as url:
        settings.CACHES = {"default": redis_cache(url)}
        began = time.monotonic()
        caches["default"].set("price", 1)
        assert caches["default"].get("price", 7) == 7
        assert time.monotonic() - began < 2 * WAIT + 1


@pytest.fixture
def redis(settings):
    with Redis() as server:
        settings.CACHES = {"default": redis_cache(server.url)}
        yield server


@pytest.mark.skipif(not program(), reason="There is no redis-server here, and no wheel of it for this Python.")
def test_what_a_missing_redis_knew_is_missing_for_a_while(redis):
    cache = caches["default"]
    cache.set("price", 1)
    assert cache.get("price") == 1
    redis.stand_still()
    began = time.monotonic()
    assert (cache.get("price"), cache.get("price", 7)) == (None, 7)
    cache.set("price", 2)
    cache.delete("price")
    assert time.monotonic() - began < 4 * WAIT + 1
    redis.go_on()
    cache.set("price", 3)
    assert cache.get("price") == 3
    redis.end()
    assert cache.get("price") is None
    cache.set("price", 4)
