"""Everything the bench starts, and ends again whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
HOST = "127.0.0.1"
# What the site is called; the generator asks for it in the Host header.
NAME = "shop.example"
WORKERS = 2
READY_WITHIN = 60  # seconds
WEBHOOK_SECRET = "whsec_bench"
SITE = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "SITE_MODE": "production",
    "SECRET_KEY": "only-for-the-bench-" + "0123456789" * 5,
    "MARKETPLACE_PII_KEYS": urlsafe_b64encode(b"only-for-the-bench-only-for-the-").decode(),
    "SITE_URL": f"https://{NAME}",
    "ALLOWED_HOSTS": f"{NAME},{HOST}",
    "BEHIND_TLS_PROXY": "1",
    # Stripe's webhooks come straight to the site here.
    "SECURE_SSL_REDIRECT": "0",
    "STRIPE_SECRET_KEY": "sk_test_fake",
    "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
    "VAR_DIR": str(VAR),
    "MEDIA_ROOT": str(VAR / "media"),
    "LOG_LEVEL": "ERROR",
    "BENCH_PAGE_CACHE_MB": "0",
}


class Failed(Exception):
    """A process of ours failed; the message has its own words."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def manage(database: str, *arguments: object) -> str:
    """Run one of the site's commands; answers what it printed. Raises Failed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | SITE | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failed(f"manage.py {arguments[0]}:\n{done.stderr[-2000:]}")
    return done.stdout


class Servers:
    """``with Servers() as servers``: what was started inside has ended outside."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen] = []
        VAR.mkdir(parents=True, exist_ok=True)
        self.log = (VAR / "servers.log").open("wb")

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self.log.close()

    def stop(self) -> None:
        """End all of them, the youngest first."""
        for process in reversed(self._running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def site(self, database: str, *, cache_mb: int, stripe: str = "") -> int:
        """Our site under gunicorn; answers its port."""
        own = {"DATABASE_URL": database, "BENCH_PAGE_CACHE_MB": str(cache_mb), "STRIPE_API_BASE": stripe}
        return self._gunicorn("storefront.wsgi:application", SITE | own)

    def floor(self, database: str) -> int:
        """The bare Django app under gunicorn, with as many workers of the same kind; answers its port."""
        return self._gunicorn("bench.floor.wsgi:application", {"DATABASE_URL": database})

    def stripe(self, port: int) -> None:
        """The fake Stripe; ``bench.checkout`` tells it where its webhooks go."""
        self._start(["-m", "tests.fake_stripe", "--port", port, "--webhook-secret", WEBHOOK_SECRET], {}, port)

    def _gunicorn(self, application: str, environment: dict[str, str]) -> int:
        port = free_port()
        options = ["--workers", WORKERS, "--worker-class", "sync", "--preload", "--log-level", "error"]
        self._start(["-m", "gunicorn", application, "--bind", f"{HOST}:{port}", *options], environment, port)
        return port

    def _start(self, arguments: list, environment: dict[str, str], port: int) -> None:
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            # Ctrl-C reaches us alone; we end the others in order.
            start_new_session=True,
        )
        self._running.append(process)
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                socket.create_connection((HOST, port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise Failed(
            f"{' '.join(map(str, arguments[:3]))} did not start:\n{Path(self.log.name).read_text()[-2000:]}"
        )
