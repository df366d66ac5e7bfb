"""``make run``: prepares everything, then keeps the marketplace and its helpers running until Ctrl-C.

Data lies in ``var/`` (VAR_DIR); ``python3 -m tools.demo reset`` forgets it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tools.children import Children, Died
from tools.prepare import PYTHON, ROOT, Stop, install_early, make_venv, prepare, require_python, say

HOST = "127.0.0.1"
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
WEBHOOK_SECRET = "whsec_fake"
AGENCY_PAGE = ROOT / "tests" / "tools" / "agency_page.py"
# Of the demo's people (manage.py load_demo): who, e-mail, password.
STAFF = "admin@example.com / demo-admin-1"
MAKER = "hoa@example.com / demo-maker-1"
OFFICER = "officer@example.com / demo-officer-1"
BUYER = "kenji@example.com / demo-buyer-1"
AGENCY = "agency@example.com / demo-agency-1"


def main(arguments: list[str]) -> int:
    """Exit status: 0 after Ctrl-C, 1 after a sentence that says what went wrong."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    try:
        require_python("tools.demo", arguments)
        with only_one_at_a_time():
            reset() if arguments == ["reset"] else run(read_port())
    except (Stop, Died) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped. What you did is kept in var/; `make reset` forgets it.")
    return 0


class only_one_at_a_time:
    """Two of these at once would work on the same data."""

    def __enter__(self) -> None:
        VAR.mkdir(parents=True, exist_ok=True)
        self._lock = (VAR / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(
                "`make run` is already running in this folder. Stop it first (Ctrl-C there)."
            ) from None

    def __exit__(self, *exc: object) -> None:
        self._lock.close()


def reset() -> None:
    shutil.rmtree(VAR)
    say("The demo's data is forgotten; the next `make run` starts anew.")


def run(port: int) -> None:
    """Prepare and serve; returns only by an exception."""
    require_free(port)
    environment = os.environ | {
        "PORT": str(port),
        "SITE_URL": f"http://{HOST}:{port}",
        "VAR_DIR": str(VAR),
        "MEDIA_ROOT": str(VAR / "media"),
        "SITE_MODE": "development",
        # Readers of the demo meet the shop's own error pages, not Django's.
        "DEBUG": "0",
        "STRIPE_API_BASE": f"http://{HOST}:{port + 1}",
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "PYTHONUNBUFFERED": "1",
    }
    prepare_and_fill(environment)
    with Children(environment, logs=VAR / "log", cwd=ROOT) as children:
        serve(children, port)
        say(ready(port))
        children.wait(Messages(VAR / "log").show)


class Messages:
    """Text messages in this window: the demo has no gateway, and the processes that send them write into their logs."""

    SENT = re.compile(rb"---- SMS to .*?\n----\n", re.DOTALL)

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._read: dict[Path, int] = {}

    def show(self) -> None:
        """What came since the last call."""
        for log in sorted(self._logs.glob("*.log")):
            if log.stat().st_size == (start := self._read.get(log, 0)):
                continue
            with log.open("rb") as file:
                file.seek(start)
                new = file.read()
            found = list(self.SENT.finditer(new))
            # What is being written now is looked at again; nothing before the last line break can be.
            begun = new.find(b"---- SMS to ", found[-1].end() if found else 0)
            self._read[log] = start + (begun if begun >= 0 else new.rfind(b"\n") + 1)
            for message in found:
                say("\n" + message.group().decode(errors="replace"))


def read_port() -> int:
    """PORT from the environment, 8000 without one. Raises Stop."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1024 <= int(text) <= 65_000:
        raise Stop(f"PORT is {text!r}. Give a number from 1024 to 65000, such as: make run PORT=8010")
    return int(text)


def require_free(port: int) -> None:
    """The site's port and the two after it. Raises Stop."""
    uses = {port: "the site", port + 1: "the fake Stripe", port + 2: "the agency's sample page"}
    for number, use in uses.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, number))
            except OSError:
                advice = f"Stop what uses it, or take another: make run PORT={port + 10}"
                raise Stop(f"Port {number}, wanted for {use}, is in use. {advice}") from None


def prepare_and_fill(environment: dict[str, str]) -> None:
    """What the site needs, tables and demo content: the first time, and again when a later version brings other migrations."""
    stamp, state = VAR / "filled", fingerprint()
    if stamp.exists() and stamp.read_text() == state and (VAR / "db.sqlite3").exists():
        prepare()
        return
    make_venv()
    install_early("pillow")
    with Children(environment, logs=VAR / "log", cwd=ROOT) as children:
        # Drawing needs nothing but Pillow, and installing and migrating use one core only.
        children.start(
            "pictures", "-m", "storefront.demo.drawing", VAR / "media" / "original_images" / "demo"
        )
        prepare()
        manage(
            "Making the database, and drawing the demo's pictures meanwhile …",
            environment,
            "migrate",
            "-v",
            "0",
        )
        manage("Loading villages, makers, goods and stories …", environment, "load_demo", "--drawn-elsewhere")
        say("Waiting for the last pictures …")
        children.wait_for_end("pictures")
    stamp.write_text(state)


def manage(text: str, environment: dict[str, str], *arguments: str) -> None:
    """Say ``text`` and run one of the site's commands. Raises Stop."""
    say(text)
    started = time.monotonic()
    if subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, env=environment).returncode:
        raise Stop(
            f"`manage.py {arguments[0]}` failed; its own words are above. `make reset` lets you start anew."
        )
    say(f"  done in {time.monotonic() - started:.0f} s")


def fingerprint() -> str:
    """Changes with the pinned versions and with our migrations."""
    packages = ("catalogue", "marketplace", "storefront")
    migrations = sorted(path.name for name in packages for path in (ROOT / name).rglob("migrations/0*.py"))
    return hashlib.sha256(
        (ROOT / "requirements.txt").read_bytes() + "\n".join(migrations).encode()
    ).hexdigest()


def serve(children: Children, port: int) -> None:
    """Start the site and its helpers; returns when the shop really answers."""
    site = f"http://{HOST}:{port}"
    say("Starting …")
    stripe = [
        "--port",
        port + 1,
        "--webhook-url",
        f"{site}/webhooks/stripe/",
        "--webhook-secret",
        WEBHOOK_SECRET,
    ]
    stripe += ["--state-file", VAR / "fake_stripe.json"]
    children.start("fake Stripe", "-m", "tests.fake_stripe", *stripe)
    # A demo that was started days after it was loaded must not stand there with stale rates.
    children.start("exchange rates", "manage.py", "sample_rates", "--stay")
    # One process: SQLite has one writer, and what the site remembers is then the same for all threads.
    gunicorn = ["storefront.wsgi:application", "--bind", f"{HOST}:{port}", "--worker-class", "gthread"]
    gunicorn += ["--threads", 8, "--graceful-timeout", 2, "--log-level", "warning", "--no-control-socket"]
    # A search of any length gets an answer of ours, not the server's own.
    gunicorn += ["--limit-request-line", 0]
    children.start("site", "-m", "gunicorn", *gunicorn)
    if AGENCY_PAGE.exists():
        children.start("agency page", "-m", "tests.tools.agency_page", "--shop", site, "--port", port + 2)
    children.wait_for(f"{site}/en/")
    children.start("payments", "manage.py", "reconcile_payments", "--every", 60)
    children.start("notices", "manage.py", "send_digests", "--every", 900)


def ready(port: int) -> str:
    """The addresses and log-ins, as one block."""
    site = f"http://{HOST}:{port}"
    agency = f"  An agency's page  http://localhost:{port + 2}/   shows our stories on another site\n"
    agency = agency if AGENCY_PAGE.exists() else ""
    return f"""
Ready: {site}/

  Shop              {site}/en/   {site}/ja/
  Maker's desk      {site}/en/desk/         {MAKER}
  Officer's page    {site}/en/officer/      {OFFICER}
  Agency's desk     {site}/en/agency/       {AGENCY}
  Buyer's account   {site}/en/account/login/   {BUYER}
  Staff (Wagtail)   {site}/admin/           {STAFF}
  Oscar's dashboard {site}/dashboard/       the same
{agency}  Fake Stripe       http://{HOST}:{port + 1}/   takes the payments; no real money

Text messages, such as log-in codes, appear here. Mails lie in var/mail, logs in var/log.
Ctrl-C ends everything and keeps the data.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
