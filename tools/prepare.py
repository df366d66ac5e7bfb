"""Prepares the folder: a virtual environment in .venv, what it needs, and the compiled catalogues of words.

``python3 -m tools.prepare`` for the site, with ``tests`` also for the tests, their browser, and the software of
others that they show cards in (tools/consumers.py). What is done already is skipped; nothing outside the folder is
changed, except that a missing Debian package is installed where that is allowed without asking (root, or sudo
without a password).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools import consumers
from tools.browser import find_browser

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
KNOWN = ("python3.14", "python3.13", "python3.12", "python3.11")


class Stop(Exception):
    """Nothing more can be done; the message tells the person what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    """Exit status: 0 when everything is there, 1 after a sentence that says what is missing."""
    try:
        require_python("tools.prepare", arguments)
        prepare(tests="tests" in arguments)
    except Stop as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


def prepare(*, tests: bool = False) -> None:
    """Everything that the site needs, or the tests too. Raises Stop."""
    make_venv()
    install("requirements.txt")
    if tests:
        install("requirements-dev.txt")
    compile_messages()
    if tests:
        install_browser()
        for lack in consumers.install(say=say, apt_install=apt_install):
            say(f"Left out: {lack}")


def require_python(module: str, arguments: list[str]) -> None:
    """Start ``module`` again with a newer Python when this one is too old. Raises Stop when there is none."""
    if sys.version_info >= OLDEST:
        return
    newer = next(filter(None, map(shutil.which, KNOWN)), None)
    if newer is None:
        raise Stop(
            "Python 3.11 or newer is needed. Install it, or name yours: make PYTHON=/path/to/python3.11 run"
        )
    os.execv(newer, [newer, "-m", module, *arguments])


def make_venv() -> None:
    """A virtual environment with pip, also where Debian left the module that installs pip out of Python."""
    if PYTHON.exists() and runs([PYTHON, "-m", "pip", "--version"]):
        return
    say("Making a virtual environment in .venv …")
    for way in (_venv, _venv_with_outer_pip, _venv_after_apt):
        shutil.rmtree(VENV, ignore_errors=True)
        if way():
            return
    shutil.rmtree(VENV, ignore_errors=True)
    raise Stop(
        "This Python cannot make virtual environments with pip. Install that part and try again;\n"
        "on Debian and Ubuntu: sudo apt install python3-venv"
    )


def _venv() -> bool:
    return runs([sys.executable, "-m", "venv", VENV])


def _venv_with_outer_pip() -> bool:
    """pip can install pip into another environment, from version 22.3."""
    return runs([sys.executable, "-m", "venv", "--without-pip", VENV]) and runs(
        [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip"]
    )


def _venv_after_apt() -> bool:
    return apt_install("python3-venv") and _venv()


def install(name: str) -> None:
    """What the requirements file ``name`` lists; nothing when the file did not change since. Raises Stop."""
    stamp, state = VENV / f".installed-{name}", digest([ROOT / name])
    if is_stamped(stamp, state):
        return
    say(f"Installing what {name} lists into .venv …")
    started = time.monotonic()
    pip_install("-r", ROOT / name)
    stamp.write_text(state)
    say(f"  done in {time.monotonic() - started:.0f} s")


def pip_install(*what: str | Path) -> None:
    """Raises Stop."""
    # -qq says errors only. Python compiles what it imports; compiling everything takes as long as installing it.
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--no-compile", "--no-input", "--disable-pip-version-check"]
    if subprocess.run([*pip, *what]).returncode:
        raise Stop(
            f"pip could not install {what[-1]}; its own words are above. Is the package registry reachable?"
        )


def install_early(package: str) -> None:
    """One package of requirements.txt before the others, in its pinned version. Raises Stop."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = next(line for line in lines if line.startswith(f"{package}=="))
    stamp = VENV / f".installed-{package}"
    if not is_stamped(stamp, pinned):
        pip_install(pinned)
        stamp.write_text(pinned)


def compile_messages() -> None:
    """The catalogues that Django reads (.mo) from those that people edit (.po), when one of these changed."""
    files = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp, state = VENV / ".compiled-messages", digest(files)
    if not is_stamped(stamp, state) or not all(po.with_suffix(".mo").exists() for po in files):
        subprocess.run([PYTHON, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
        stamp.write_text(state)


def digest(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def is_stamped(stamp: Path, state: str) -> bool:
    return stamp.exists() and stamp.read_text() == state


def install_browser() -> None:
    """A Chromium for the browser tests. Raises Stop when there is none and none may be installed."""
    if find_browser() is None:
        say("Installing Chromium with apt-get …")
        apt_install("chromium")
    if find_browser() is None:
        raise Stop(
            "The browser tests need Chromium or Chrome. Install one (Debian: sudo apt install chromium),\n"
            "or set CHROMIUM to the path of yours."
        )


def apt_install(*packages: str) -> bool:
    """Install Debian packages where that needs no password; False when it could not be done."""
    if shutil.which("apt-get") is None:
        return False
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and not (shutil.which("sudo") and runs(["sudo", "-n", "true"])):
        return False
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install_it = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return runs(install_it) or (runs([*apt, "update"]) and runs(install_it))


def runs(command: list) -> bool:
    """Whether the command ends well; what it says is dropped."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
