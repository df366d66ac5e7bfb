"""What is measured: PostgreSQL, the shop and the floor, each under gunicorn with two sync workers."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
WORKERS = 2
# As on a small server: every commit reaches the disk.
TUNING = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "shared_buffers": "1GB",
    "random_page_cost": "1.1",
}
SHOP, FLOOR, STRIPE = 8481, 8482, 8483


def postgres() -> Postgres:
    return Postgres(**TUNING)


def environment(database_url: str, *, cache_mb: int = 0, port: int = SHOP) -> dict[str, str]:
    """What the shop and its commands need to know."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database_url,
        "MEDIA_ROOT": str(VAR / "media"),
        "VAR_DIR": str(VAR),
        "PORT": str(port),
        "STRIPE_API_BASE": f"http://127.0.0.1:{STRIPE}",
        "BENCH_PAGE_CACHE_MB": str(cache_mb),
        "LOG_LEVEL": "ERROR",
    }


def manage(env: dict[str, str], *arguments: str) -> float:
    """Run one of the site's commands; answers its seconds. Raises CalledProcessError."""
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
    )
    return time.monotonic() - started


@contextmanager
def gunicorn(application: str, env: dict[str, str], port: int, path: str) -> Iterator[str]:
    """A running server; answers its address once ``path`` is answered."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(WORKERS),
    ]
    with running([*command, "--log-level", "error", "--preload"], env):
        url = f"http://127.0.0.1:{port}"
        wait_for(url + path)
        yield url


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen]:
    """A process that ends with the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, seconds: float = 60) -> bytes:
    """The body at ``url`` as soon as it is answered with 200. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")
