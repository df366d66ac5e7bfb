"""The load generator: a fixed number of readers, each asking again as soon as it was answered. Runs as its own process.

``python -m bench.client`` reads a JSON object with the arguments of ``run`` and prints a Sample as JSON. It speaks
HTTP/1.1 over plain sockets, one connection a request: gunicorn's sync workers close it anyway.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

HOST = "127.0.0.1"
CHUNK = 1 << 18


@dataclass
class Sample:
    """What one measurement saw. ``times`` are seconds; ``busy`` is the share of a core that this process used."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    size: int = 0
    errors: int = 0
    busy: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds


def measure(port: int, path: str, *, name: str, clients: int, seconds: float) -> Sample:
    """Load ``path`` from a process of its own. Raises RuntimeError when any answer was not 200."""
    arguments = {"port": port, "path": path, "name": name, "clients": clients, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"], input=json.dumps(arguments), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    sample = Sample(**json.loads(done.stdout))
    if sample.errors or not sample.times:
        raise RuntimeError(
            f"{path}: {sample.errors} answers of {len(sample.times) + sample.errors} were not 200"
        )
    return sample


class _Reader:
    """One reader: its connection, when it asked, how much has come."""

    def __init__(self, port: int, request: bytes) -> None:
        self.address, self.request = (HOST, port), request

    def ask(self, selector: selectors.BaseSelector) -> None:
        self.started = time.perf_counter()
        self.begin, self.size = b"", 0
        self.socket = socket.create_connection(self.address)
        self.socket.sendall(self.request)
        self.socket.setblocking(False)
        selector.register(self.socket, selectors.EVENT_READ, self)

    def read(self) -> bool:
        """Take what has come; whether that was the end."""
        try:
            data = self.socket.recv(CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not self.size:
            self.begin = data[:12]
        self.size += len(data)
        return not data


def run(port: int, path: str, name: str, clients: int, seconds: float) -> Sample:
    """Keep ``clients`` readers busy for ``seconds``, and until one answer came; those under way then are not counted."""
    head = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nX-Forwarded-Proto: https\r\nAccept-Language: en\r\nConnection: close\r\n\r\n"
    sample, selector = Sample(), selectors.EpollSelector()
    started, cpu = time.perf_counter(), time.process_time()
    for _number in range(clients):
        _Reader(port, head.encode()).ask(selector)
    end = started + seconds
    while (now := time.perf_counter()) < end or not (sample.times or sample.errors):
        for key, _events in selector.select(max(0.05, end - now)):
            reader = key.data
            if not reader.read():
                continue
            now = time.perf_counter()
            if reader.begin == b"HTTP/1.1 200":
                sample.times.append(now - reader.started)
                sample.size = reader.size
            else:
                sample.errors += 1
            selector.unregister(reader.socket)
            reader.socket.close()
            reader.ask(selector)
    sample.seconds = time.perf_counter() - started
    sample.busy = (time.process_time() - cpu) / sample.seconds
    return sample


if __name__ == "__main__":
    print(json.dumps(asdict(run(**json.load(sys.stdin)))))
