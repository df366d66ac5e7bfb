"""E27, the other half: the cache between processes is away. Cards keep nothing there."""

import pytest

from storefront.caching import redis_cache


@pytest.fixture
def redis_away(settings):
    """A port where nobody listens."""
    settings.CACHES = {"default": redis_cache("redis://127.0.0.1:1/0")}


def test_e27_cards_and_oembed_do_not_miss_it(client, world, redis_away):
    for _time in ("first", "kept"):
        assert client.get(f"{world.card}?currency=KRW").status_code == 200
        assert client.get("/oembed/", {"url": world.url}).status_code == 200
        assert client.get("/embed/v1/card", {"url": world.url}).status_code == 200
        assert client.get("/embed/v1/loader.js").status_code == 200
