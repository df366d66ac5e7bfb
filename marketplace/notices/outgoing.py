"""A POST to an address that somebody else named: to public hosts only, over TLS, bounded, and nowhere further.

The name is looked up once and the connection goes to just that address, so that a name which answers differently the
second time gains nothing. Redirects are not followed. Of the answer only the status is looked at.
"""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from django.conf import settings

SECONDS = 10.0
LONGEST_URL = 1000
# A translated IPv4 address stands in the last four bytes of these (RFC 6052, RFC 3056 is refused as a whole).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


class BadAddress(ValueError):
    """Not an address that we send anything to."""


class NoAnswer(Exception):
    """Nobody answered in time."""


def check(url: str) -> SplitResult:
    """The parts of an address that may be sent to, as far as its text tells. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadAddress("this is no address") from None
    if _is_trusted(parts):
        return parts
    if len(url) > LONGEST_URL or not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise BadAddress("this is no address")
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc:
        raise BadAddress("only https, on its usual port")
    if "." not in host.strip(".") or host.rsplit(".", 1)[-1].isdigit() or host.endswith((".local", ".internal", ".localhost")):
        # Neither addresses in numbers, whatever way they are written, nor names of one's own network.
        raise BadAddress("only public names")
    return parts


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it; answers the HTTP status. Raises BadAddress, NoAnswer."""
    parts = check(url)
    host, trusted = parts.hostname or "", _is_trusted(parts)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = host if trusted else _public_address(host, port)
    timeout = urllib3.Timeout(connect=SECONDS / 2, read=SECONDS)
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, server_hostname=host, assert_hostname=host, ca_certs=certifi.where()
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    with pool:
        try:
            answer = pool.request(
                "POST",
                path,
                body=body,
                headers={"Host": parts.netloc, **headers},
                redirect=False,
                retries=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError as problem:
            raise NoAnswer(type(problem).__name__) from None
        answer.close()
        return answer.status


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet, also when it wraps one of IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        elif found in SIX_TO_FOUR or found.teredo:
            return False
        else:
            found = found.ipv4_mapped or found
    return found.is_global and not found.is_multicast


def _public_address(host: str, port: int) -> str:
    """An address of ``host``. Raises BadAddress when any of them is not public, NoAnswer when there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("unknown host") from None
    addresses = [str(row[4][0]) for row in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise BadAddress("only public hosts")
    return addresses[0]


def _is_trusted(parts: SplitResult) -> bool:
    """Whether the operator named this origin: for a service of one's own inside of the network."""
    return f"{parts.scheme}://{parts.netloc}" in settings.MARKETPLACE_PUSH.get("TRUSTED_ORIGINS", ())
