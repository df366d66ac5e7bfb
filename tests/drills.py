"""Tests that take minutes: run by `make drill` alone. A module or class says so with ``DRILL_ONLY = True``."""

import pytest


def is_drill(config: pytest.Config) -> bool:
    return "drill" in config.option.markexpr


def leave_out_drills(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For ``pytest_collection_modifyitems``: such modules are not part of `make test`, unless one is asked for by name."""
    named = any("tests/races" in one or "tests/chaos" in one for one in config.args)
    if is_drill(config) or named:
        return
    left_out = [item for item in items if _drill_only(item)]
    items[:] = [item for item in items if not _drill_only(item)]
    config.hook.pytest_deselected(items=left_out)


def _drill_only(item: pytest.Item) -> bool:
    return any(getattr(owner, "DRILL_ONLY", False) for owner in (item.module, item.cls))
