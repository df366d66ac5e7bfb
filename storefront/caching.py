"""The cache between processes. It holds no truth: while it is away, a value is missing and no page is."""

WAIT = 1  # seconds, for a connection and for an answer


def redis_cache(url: str) -> dict:
    """A row of Django's CACHES for the Redis at ``url``. Its errors count as "not there", and are not raised."""
    options = {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": WAIT, "SOCKET_TIMEOUT": WAIT}
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}
