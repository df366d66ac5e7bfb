"""Processes that start together and end together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tools.prepare import PYTHON

END_WITHIN = 5  # seconds
READY_WITHIN = 90  # seconds
TAIL = 25  # lines of a log


class Died(Exception):
    """A process ended by itself; the message has the end of its log."""


class Children:
    """``with Children(environment, logs=…, cwd=…)``: whatever was started inside has ended outside."""

    def __init__(self, environment: dict[str, str], *, logs: Path, cwd: Path) -> None:
        self._environment, self._logs, self._cwd = environment, logs, cwd
        self._running: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> Children:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exc: object) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + END_WITHIN
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def start(self, name: str, *arguments: object) -> None:
        """Start Python with ``arguments``; what it says goes to its own log file."""
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                [PYTHON, *map(str, arguments)],
                cwd=self._cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches us alone; we end the children in order.
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )

    def wait_for(self, url: str) -> None:
        """Until ``url`` answers 200. Raises Died when a child ends meanwhile, or when it takes too long."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            self._check()
            try:
                with opener.open(url, timeout=READY_WITHIN) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as problem:
                raise Died(f"{url} answers {problem.code}.\n{self._tail('site')}") from problem
            except OSError:
                time.sleep(0.1)
        raise Died(f"{url} did not answer within {READY_WITHIN} s.\n{self._tail('site')}")

    def wait_for_end(self, name: str) -> None:
        """Until a child that has an end has reached it. Raises Died when it failed."""
        if self._running.pop(name).wait():
            raise Died(f"The {name} failed.\n{self._tail(name)}")

    def wait(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """For ever; ``meanwhile`` is called twice a second. Raises Died when a child ends."""
        while True:
            self._check()
            meanwhile()
            time.sleep(0.5)

    def _check(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise Died(f"The {name} ended by itself.\n{self._tail(name)}")

    def _log(self, name: str) -> Path:
        return self._logs / f"{name.replace(' ', '-').lower()}.log"

    def _tail(self, name: str) -> str:
        log = self._log(name)
        lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
        return "\n".join([f"The end of {log}:", *lines])


def end_with_parent(number: int) -> Callable[[], None] | None:
    """For ``preexec_fn``: the system sends the signal when the parent is gone, even killed. Linux only, else None."""
    if sys.platform != "linux":
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, number) and None


def _signal(process: subprocess.Popen, number: int) -> None:
    """To the child and to those that it started."""
    if process.poll() is None:
        os.killpg(process.pid, number)
