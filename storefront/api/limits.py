"""How often the API may be asked: so many requests a minute for each key, and fewer for each address without one.

Counted in the cache: with Redis for all workers together, without it for each process. While Redis is away nobody is
refused; what the API answers is public.
"""

import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from marketplace.partnerships.models import ApiKey
from storefront.security import address_of

MINUTE = 60  # seconds
clock = time.time


@dataclass(frozen=True)
class Standing:
    """After a request was counted: ``most`` a minute, ``left`` of them, new ones in ``seconds``."""

    most: int
    used: int
    seconds: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def exceeded(self) -> bool:
        return self.used > self.most

    @property
    def headers(self) -> dict[str, str]:
        """draft-ietf-httpapi-ratelimit-headers, in the form that programs know."""
        told = {"Limit": self.most, "Remaining": self.left, "Reset": self.seconds}
        found = {f"RateLimit-{name}": str(value) for name, value in told.items()}
        return found | ({"Retry-After": str(self.seconds)} if self.exceeded else {})


def take(request: HttpRequest, key: ApiKey | None) -> Standing:
    """Count one request of the key's holder, or of the visitor's address."""
    who = f"key {key.pk}" if key else f"address {_network(address_of(request))}"
    most = key.per_minute if key else settings.MARKETPLACE_API["PER_MINUTE"]
    now = int(clock())
    return Standing(most, _count(who, now // MINUTE), MINUTE - now % MINUTE)


def _count(who: str, window: int) -> int:
    """Addresses are kept for a minute or two, as a fingerprint that tells nobody what they were."""
    name = "api:" + salted_hmac("storefront.api.limits", f"{who} {window}", algorithm="sha256").hexdigest()
    cache.add(name, 0, 2 * MINUTE)
    try:
        return cache.incr(name) or 0
    except ValueError:
        # It was thrown out of the cache in this moment.
        return 1


def _network(address: str) -> str:
    """A household or office has one IPv4 address, or 2⁶⁴ of IPv6: those count as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or int(found) >> 64)
