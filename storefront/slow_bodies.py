"""How long a thread waits for what a sender sends: a body that trickles must not keep it from everybody else.

gunicorn's threads wait for a body as long as it takes. A proxy that reads whole requests first makes this superfluous;
it is for the shop that stands without one, and for the day on which the proxy is misconfigured.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import SHUT_RD, socket
from typing import Any

CHUNK = 64 * 1024  # bytes
# For each chunk, in seconds: a telephone that sends 5 kB a second is in time.
IN_TIME = 15.0


class TooSlow(TimeoutError):
    """The next part of a body did not arrive in time. Django makes an UnreadablePostError of it (faults.py answers)."""


def in_time(application: Callable, seconds: float = IN_TIME) -> Callable:
    """``application`` (WSGI) with bodies of which every CHUNK arrives within ``seconds``, or reading them fails."""

    def limited(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        # Only gunicorn says which socket it is; other servers have limits of their own.
        sender = environ.get("gunicorn.socket")
        if sender is not None and environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
            environ["wsgi.input"] = _Body(environ["wsgi.input"], sender, seconds)
        return application(environ, start_response)

    return limited


class _Body:
    """What Django reads a request's body from."""

    def __init__(self, body: Any, sender: socket, seconds: float) -> None:
        self._body, self._sender, self._seconds = body, sender, seconds
        self._over = threading.Event()

    def read(self, size: int = -1) -> bytes:
        parts, missing = [], size
        while missing:
            part = self._wait(self._body.read, CHUNK if missing < 0 else min(missing, CHUNK))
            if not part:
                break
            parts.append(part)
            missing -= len(part) if missing > 0 else 0
        return b"".join(parts)

    def readline(self, *size: int) -> bytes:
        return self._wait(self._body.readline, *size)

    def _wait(self, read: Callable[..., bytes], *size: int) -> bytes:
        """What ``read`` answers. When it takes too long, nothing more is received from the sender. Raises TooSlow."""
        watch = threading.Timer(self._seconds, self._stop)
        watch.start()
        try:
            part = read(*size)
        finally:
            watch.cancel()
        if self._over.is_set():
            raise TooSlow("the rest of the request did not arrive in time")
        return part

    def _stop(self) -> None:
        self._over.set()
        # It may have gone meanwhile.
        with suppress(OSError):
            self._sender.shutdown(SHUT_RD)
