"""A POST to an address that somebody else named, such as a browser's push service: see marketplace/public_address.py.

Of the answer only the status is looked at.
"""

from collections.abc import Mapping
from urllib.parse import SplitResult

from django.conf import settings

from marketplace import public_address
from marketplace.public_address import BadAddress, NoAnswer

__all__ = ["BadAddress", "NoAnswer", "check", "post"]


def check(url: str) -> SplitResult:
    """The parts of an address that may be sent to, as far as its text tells. Raises BadAddress."""
    return public_address.check(url, trusted=_trusted())


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it; answers the HTTP status. Raises BadAddress, NoAnswer."""
    return public_address.ask("POST", url, body=body, headers=headers, trusted=_trusted()).status


def _trusted() -> tuple[str, ...]:
    """Origins that the operator named: for a service of one's own inside of the network."""
    return tuple(settings.MARKETPLACE_PUSH.get("TRUSTED_ORIGINS", ()))
