"""A request to an address that somebody else named: to public hosts only, over TLS, bounded, and nowhere further.

The name is looked up once and the connection goes to just that address, so that a name which answers differently the
second time gains nothing. Redirects are not followed. All of it together takes no longer than is said, also where the
other side sends one byte at a time.
"""

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import certifi

SECONDS = 10.0
LONGEST_URL = 1000
# A translated IPv4 address stands in the last four bytes of these (RFC 6052, RFC 3056 is refused as a whole).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
PORTS = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """Not an address that we ask anything of."""


class NoAnswer(Exception):
    """Nobody answered in time, or not in a way that can be understood."""


class Answer(NamedTuple):
    status: int
    body: bytes


def check(url: str, *, trusted: Collection[str] = ()) -> SplitResult:
    """The parts of an address that may be asked, as far as its text tells. Raises BadAddress.

    ``trusted``: origins that the operator named, such as "http://push.local:8080": they may be inside of the network.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadAddress("this is no address") from None
    if _origin(parts) in trusted:
        return parts
    if len(url) > LONGEST_URL or not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise BadAddress("this is no address")
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc:
        raise BadAddress("only https, on its usual port")
    if "." not in host.strip(".") or host.rsplit(".", 1)[-1].isdigit() or host.endswith((".local", ".internal", ".localhost")):
        # Neither addresses in numbers, whatever way they are written, nor names of one's own network.
        raise BadAddress("only public names")
    return parts


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    most_bytes: int = 0,
    seconds: float | None = None,
    trusted: Collection[str] = (),
) -> Answer:
    """The status, and of the body at most ``most_bytes``. Raises BadAddress, NoAnswer."""
    parts = check(url, trusted=trusted)
    until = time.monotonic() + (SECONDS if seconds is None else seconds)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    is_trusted = _origin(parts) in trusted
    address = host if is_trusted else _public_address(host, port, until)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        with _connected(address, port, until) as (sock, over):
            if parts.scheme == "https":
                sock = _tls().wrap_socket(sock, server_hostname=host)
            connection = http.client.HTTPConnection(host, port)
            connection.sock = sock
            with sock:
                connection.request(method, path, body=body, headers={"Host": parts.netloc, "Connection": "close", **headers})
                answer = connection.getresponse()
                found = Answer(answer.status, answer.read(most_bytes) if most_bytes else b"")
            if over.is_set():
                # What was cut off looks like an answer that ended.
                raise TimeoutError
            return found
    except (OSError, http.client.HTTPException, ValueError) as problem:
        late = isinstance(problem, TimeoutError) or time.monotonic() >= until
        raise NoAnswer("Timeout" if late else type(problem).__name__) from None


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


@contextmanager
def _connected(address: str, port: int, until: float) -> Iterator[tuple[socket.socket, threading.Event]]:
    """A connection that is cut at ``until`` (monotonic), whatever is going on in it then; the event tells that it was."""
    sock = socket.create_connection((address, port), timeout=_left(until))
    # A socket that TLS is put around gives up its number; this one stays.
    grip, over = sock.dup(), threading.Event()
    timer = threading.Timer(_left(until), _cut, [grip, over])
    timer.daemon = True
    timer.start()
    try:
        yield sock, over
    finally:
        timer.cancel()
        sock.close()
        grip.close()


def _cut(sock: socket.socket, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _public_address(host: str, port: int, until: float) -> str:
    """An address of ``host``. Raises BadAddress when any of them is not public, NoAnswer when there is none in time."""
    answers: queue.SimpleQueue = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.put([])

    # The system's own resolver cannot be told how long to try.
    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=_left(until))
    except queue.Empty:
        found = []
    if not found:
        raise NoAnswer("unknown host")
    addresses = [str(row[4][0]) for row in found]
    if not all(is_public(address) for address in addresses):
        raise BadAddress("only public hosts")
    return addresses[0]


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"
