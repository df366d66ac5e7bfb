"""The shop as it runs in production: gunicorn with several processes, on the tests' own PostgreSQL."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

import requests
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
START_WITHIN = 60  # seconds


class Server:
    """``with Server(stripe_url) as shop: shop.url``. ``site_url`` is the address in its links, where that is another's;
    ``environment`` are more variables, such as the test switches.
    """

    def __init__(self, stripe_url: str, *, workers: int = 4, site_url: str = "", threads: int = 1, **environment: str) -> None:
        # The kernel keeps early callers waiting at this socket until the workers are there.
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._workers, self._threads = workers, threads
        self._environment = os.environ | environment | {
            "DJANGO_SETTINGS_MODULE": "tests.races.settings",
            "RACE_DATABASE_URL": database_url(),
            "RACE_STRIPE_URL": stripe_url,
            "RACE_SITE_URL": site_url or self.url,
        }  # fmt: skip
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        options = [
            "--bind",
            f"fd://{self._socket.fileno()}",
            "--workers",
            str(self._workers),
            "--threads",
            str(self._threads),
            "--preload",
            "--log-level",
            "warning",
        ]
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "storefront.wsgi:application",
                *options,
                "--graceful-timeout",
                "1",
            ],
            cwd=ROOT,
            env=self._environment,
            pass_fds=[self._socket.fileno()],
        )
        self._wait()
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._socket.close()

    def manage(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """``manage.py`` with the server's settings and ``environment`` besides, in a process of its own."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self._environment | environment,
            capture_output=True,
            text=True,
            timeout=START_WITHIN,
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if requests.get(f"{self.url}/en/basket/", timeout=START_WITHIN).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("gunicorn did not start; its own words stand above")


def database_url() -> str:
    """The address of the database that this test writes to."""
    known = connection.settings_dict
    host = quote(known["HOST"], safe="")
    return f"postgresql://{known['USER']}:{quote(known['PASSWORD'])}@{host}:{known['PORT']}/{known['NAME']}"
