"""`make run`: what it refuses, and that nothing of it is left behind."""

import os
import socket
import subprocess
import sys
import time

import pytest

from tools import children, demo, prepare
from tools.children import Children, Died
from tools.prepare import Stop

# Starts a sleeping child of its own, says its number, and sleeps.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def this_python(monkeypatch):
    monkeypatch.setattr(children, "PYTHON", sys.executable)


@pytest.fixture
def family(tmp_path):
    return Children(dict(os.environ), logs=tmp_path / "log", cwd=tmp_path)


def is_running(pid: int) -> bool:
    """Whether the process still does anything; one that waits to be collected by its parent does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(met)


@pytest.mark.parametrize("text", ["x", "-1", "80", "70000", "8000.5"])
def test_a_port_that_is_none_is_refused_with_an_example(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Stop, match="make run PORT=8010"):
        demo.read_port()


def port_above_a_free_one(taken: socket.socket) -> int:
    """Binds ``taken`` to a port whose lower neighbour nobody uses; other tests take ports at the same time."""
    while True:
        with socket.socket() as below:
            below.bind(("127.0.0.1", 0))
            port = below.getsockname()[1] + 1
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def test_a_busy_port_is_named_with_its_use():
    with socket.socket() as taken:
        port = port_above_a_free_one(taken)
        taken.listen()
        with pytest.raises(Stop, match=f"Port {port}, wanted for the fake Stripe, is in use"):
            demo.require_free(port - 1)


def test_two_cannot_work_on_the_same_data(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    with demo.only_one_at_a_time(), pytest.raises(Stop, match="already running"), demo.only_one_at_a_time():
        pass
    with demo.only_one_at_a_time():
        pass


def test_reset_forgets_everything(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path / "var")
    monkeypatch.setattr(demo.signal, "signal", lambda *handler: None)
    (tmp_path / "var" / "media").mkdir(parents=True)
    assert demo.main(["reset"]) == 0
    assert not (tmp_path / "var").exists()


def test_children_and_their_children_end_together(family, tmp_path):
    with family:
        family.start("site", "-c", PARENT)
        log = tmp_path / "log" / "site.log"
        assert wait_until(lambda: log.read_text().endswith("\n"))
        grandchild = int(log.read_text())
        assert is_running(grandchild)
    assert wait_until(lambda: not is_running(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells of a parent's end on Linux only")
def test_children_end_when_their_parent_is_killed(tmp_path):
    start = f"""
import os, sys, time
from pathlib import Path
from tools import children
children.PYTHON = sys.executable
family = children.Children(dict(os.environ), logs=Path({str(tmp_path)!r}), cwd=Path({str(tmp_path)!r}))
family.start("site", "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", start], cwd=prepare.ROOT)
    log = tmp_path / "site.log"
    assert wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not is_running(int(log.read_text())))


def test_one_that_dies_is_named_with_its_last_words(family):
    with pytest.raises(Died, match=r"(?s)fake Stripe ended by itself.*no more ports"), family:
        family.start("fake Stripe", "-c", "raise SystemExit('no more ports')")
        family.wait()


def test_text_messages_appear_in_the_window_once_and_whole(tmp_path, capsys):
    shown = demo.Messages(tmp_path)
    with (tmp_path / "site.log").open("a") as log:
        expected = ["", "+84 912", "", "+66 81", ""]
        whole = "\n---- SMS to +84 912 ----\nMã: 1234\n----\nGET /\n"
        parts = ["GET /\n", whole, "\n---- SMS to +66", " 81 ----\n5678\n----\n", "x\n"]
        for part, number in zip(parts, expected, strict=True):
            log.write(part)
            log.flush()
            shown.show()
            said = capsys.readouterr().out
            assert said.count("SMS to") == bool(number) and number in said
            assert "GET" not in said
    assert said == ""


def test_a_step_that_fails_stops_the_start(family):
    with pytest.raises(Died, match=r"(?s)pictures failed.*out of paint"), family:
        family.start("pictures", "-c", "raise SystemExit('out of paint')")
        family.wait_for_end("pictures")


def test_without_any_way_to_make_an_environment_the_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "VENV", tmp_path / "venv")
    monkeypatch.setattr(prepare, "PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(prepare, "runs", lambda command: False)
    with pytest.raises(Stop, match="python3-venv"):
        prepare.make_venv()


def test_what_did_not_change_is_not_installed_again(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "VENV", tmp_path)
    calls = []
    monkeypatch.setattr(
        prepare.subprocess,
        "run",
        lambda command: calls.append(command) or prepare.subprocess.CompletedProcess(command, 0),
    )
    prepare.install("requirements.txt")
    prepare.install("requirements.txt")
    assert len(calls) == 1
