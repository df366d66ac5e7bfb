"""An agency's WordPress for one run of the tests: real, with tables in a SQLite file, served by PHP itself."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from html import escape
from pathlib import Path
from typing import Self

from tools.children import end_with_parent
from tools.consumers import WORDPRESS

PHP_FOLDER = Path(__file__).with_name("php")
ROUTER = PHP_FOLDER / "router.php"
HOST = "127.0.0.1"  # the shop is at localhost: for a browser that is another site
USER, PASSWORD = "editor", "cedar-lantern-42"
# WordPress calls itself while it answers, and a browser asks for several things at once.
WORKERS = "3"
START_WITHIN = 20  # seconds
# What the block editor writes when an address is pasted into a paragraph of its own.
EMBED_BLOCK = """<!-- wp:embed {{"url":{json}}} -->
<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">
{url}
</div></figure>
<!-- /wp:embed -->"""


class WordPress:
    """``with WordPress(folder) as site: site.html(address)``. ``folder`` is empty and takes its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server((HOST, 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._php = shutil.which("php")
        self._process: subprocess.Popen | None = None
        self._environment = os.environ | {
            "WORDPRESS_URL": self.url,
            "WORDPRESS_DATA": str(folder),
            "WORDPRESS_TREE": str(WORDPRESS),
            "WORDPRESS_CONFIG": str(PHP_FOLDER / "wp-config.php"),
            "PHP_CLI_SERVER_WORKERS": WORKERS,
        }

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [self._php, *self._settings(), "-S", f"{HOST}:{self.port}", "-t", str(WORDPRESS), str(ROUTER)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        self._wait()
        self._do("install", user=USER, password=PASSWORD)
        return self

    def __exit__(self, *exc: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()

    def html(self, address: str, **options: int) -> str:
        """What wp_oembed_get() makes of ``address``; empty where it makes nothing."""
        return self._do("html", url=address, options=options) or ""

    def save(self, address: str, *, post: int = 0, content: str = EMBED_BLOCK) -> int:
        """A published post that embeds ``address``, or ``post`` saved again; returns its number."""
        content = content.format(json=json.dumps(address).replace("&", "\\u0026"), url=escape(address))
        values = {"ID": post, "post_title": "Three days on the river", "post_content": content}
        return self._do("save", post=values | {"post_status": "publish"})

    def purge(self, post: int) -> None:
        """Forget what WordPress keeps of the post's embeds."""
        self._do("purge", post=post)

    def page(self, post: int) -> str:
        """The post's public address."""
        return f"{self.url}/?p={post}"

    def complaints(self) -> str:
        """Every notice, warning and error of PHP so far."""
        log = self.folder / "php.log"
        return log.read_text() if log.exists() else ""

    def _do(self, deed: str, **given: object) -> object:
        """A deed of run.php. Raises CalledProcessError with what PHP says."""
        done = subprocess.run(
            [self._php, *self._settings(), str(PHP_FOLDER / "run.php"), deed],
            input=json.dumps(given),
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.rpartition("\n")[2])

    def _settings(self) -> list[str]:
        """PHP's own, whatever this machine's are."""
        given = {
            "memory_limit": "256M",
            "error_log": self.folder / "php.log",
            "log_errors": 1,
            "sendmail_path": "/bin/true",
        }
        return [text for name, value in given.items() for text in ("-d", f"{name}={value}")]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
