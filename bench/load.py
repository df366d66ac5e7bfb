"""Asks one address again and again. wrk does it where it is installed; a thread a client does it elsewhere.

The client shares the machine's two cores with what it measures, so a light one matters: with threads the fast
pages look slower than they are, and the report says which was used.
"""

import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

WRK = shutil.which("wrk")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Measured:
    """Answers per second; median and 99th percentile in milliseconds; answers that were not 2xx or 3xx."""

    per_second: float
    p50: float
    p99: float
    errors: int


def ask(url: str, *, clients: int, seconds: float) -> Measured:
    """``clients`` at once for ``seconds``."""
    return _wrk(url, clients, seconds) if WRK else _threads(url, clients, seconds)


def _wrk(url: str, clients: int, seconds: float) -> Measured:
    command = [WRK, "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "--latency", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return Measured(rate, _percentile(text, 50), _percentile(text, 99), int(bad[1]) if bad else 0)


def _percentile(text: str, number: int) -> float:
    value, unit = re.search(rf"{number}%\s+([\d.]+)(us|ms|s)", text).groups()
    return float(value) * UNITS[unit]


def _threads(url: str, clients: int, seconds: float) -> Measured:
    took: list[float] = []
    errors: list[int] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_client, args=(url, until, took, errors)) for _number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(took)
    p99 = ordered[int(len(ordered) * 0.99) - 1]
    return Measured(len(took) / seconds, statistics.median(ordered), p99, len(errors))


def _client(url: str, until: float, took: list[float], errors: list[int]) -> None:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    while time.monotonic() < until:
        started = time.monotonic()
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        took.append((time.monotonic() - started) * 1000)
        if answer.status >= 400:
            errors.append(answer.status)
