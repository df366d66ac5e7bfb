"""Imports in a process of their own, so that one can be killed and its memory be measured. The bench uses them, too."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What manage.py does, and then says how long it took and how much memory it needed at most.
CODE = """
import json, resource, sys, time
import django
django.setup()
from django.core.management import call_command
started = time.monotonic()
try:
    call_command("import_products", *sys.argv[1:])
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": time.monotonic() - started, "peak": peak}), flush=True)
"""


@dataclass(frozen=True)
class Ran:
    """``said``: the last sentence of the command. ``peak`` in MB."""

    said: str
    seconds: float
    peak: int


def write_file(path: Path, number: int, *, craft: str = "lacquer", materials: str = "bamboo;silk", price: int = 20) -> Path:
    """A CSV with so many pieces, row by row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("code,title,summary,description,craft,materials,supply,stock,price,weight,length,hs_code\r\n")
        for one in range(1, number + 1):
            words = f"Bowl number {one},Turned from one piece of wood.,A long story of the bowl {one}. It is told here."
            thing = f"{craft},{materials},stock,{one % 40},{price + one % 90}.50,{200 + one % 50},12.5,691200"
            file.write(f"IMP-{one:06d},{words},{thing}\r\n")
    return path


def start(environment: Mapping[str, str], *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen, seconds: float = 3_600) -> Ran:
    """Raises RuntimeError with what it said when it failed."""
    said, problem = process.communicate(timeout=seconds)
    if process.returncode:
        raise RuntimeError(f"{said[-500:]}\n{problem[-2000:]}")
    *lines, last = said.strip().splitlines()
    return Ran(lines[-1], **json.loads(last))


def kill_when(process: subprocess.Popen, ready: Callable[[], bool], seconds: float = 3_600) -> None:
    """SIGKILL as soon as it is ``ready``. Raises RuntimeError when it ends before."""
    until = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"It ended too early:\n{process.communicate()}")
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
