"""`make run` as a newcomer has it, on SQLite: everything that it tells search engines and readers of feeds is there, whole."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
import requests

from tools.prepare import ROOT

pytestmark = [pytest.mark.drill_only, pytest.mark.timeout(900)]
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
READY = 600  # seconds, with two cores that others use, too
AGENT = {"User-Agent": "Mozilla/5.0 (drill)"}


def three_free_ports() -> int:
    for first in range(18_100, 19_000, 10):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            try:
                for number, probe in enumerate((one, two, three)):
                    probe.bind(("127.0.0.1", first + number))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


@pytest.fixture
def demo(tmp_path) -> Iterator[str]:
    """The address of a demo with data of its own."""
    port = three_free_ports()
    plain = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG") or name.startswith("PIP_")}
    environment = plain | {"PORT": str(port), "VAR_DIR": str(tmp_path / "var")}
    with (tmp_path / "run.log").open("w+") as log:
        run = subprocess.Popen([sys.executable, "-m", "tools.demo"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + READY
            while "Ready:" not in (said := (tmp_path / "run.log").read_text()):
                assert run.poll() is None and time.monotonic() < until, said
                time.sleep(1)
            yield f"http://127.0.0.1:{port}"
        finally:
            run.terminate()  # as Ctrl-C does
            run.wait(60)
    errors = re.findall(r"^.* ERROR .*$", (tmp_path / "var" / "log" / "site.log").read_text(), re.MULTILINE)
    assert errors == []


def test_all_that_the_demo_announces_is_there(demo):
    def read(address: str) -> str:
        answer = requests.get(address, headers=AGENT, timeout=60)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    files = [loc.text for loc in ElementTree.fromstring(read(f"{demo}/sitemap.xml")).iterfind("s:sitemap/s:loc", XML)]
    assert len(files) >= 8
    pages = [loc.text for file in files for loc in ElementTree.fromstring(read(file)).iterfind("s:url/s:loc", XML)]
    assert len(pages) > 600 and len(set(pages)) == len(pages)
    # Two languages are looked at: the shop's own, and one into which much is not translated.
    seen = [page for page in pages if page.startswith((f"{demo}/en/", f"{demo}/th/"))]
    assert len(seen) > 200
    feeds = set()
    with ThreadPoolExecutor(4) as pool:
        for html in pool.map(read, seen):
            feeds.update(re.findall(r'<link rel="alternate" type="application/(?:atom|rss)\+xml"[^>]*href="([^"]+)"', html))
    assert len(feeds) > 10
    for feed in sorted(feeds):
        ElementTree.fromstring(read(requests.compat.urljoin(demo, feed)))
