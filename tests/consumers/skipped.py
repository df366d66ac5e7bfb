"""Says at the end of a run, in a line of its own, which real consumers it did without."""

import pytest

FOLDER = "tests/consumers/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per reason."""
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        if report.nodeid.startswith(FOLDER) and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            counts[reason] = counts.get(reason, 0) + 1
    for reason, count in counts.items():
        terminalreporter.write_sep(
            "!", f"NOT TRIED: {count} tests with real consumers, because {reason}", red=True, bold=True
        )
