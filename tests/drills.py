"""Tests that take minutes: those marked ``drill_only`` run in `make drill`, or when their file is named."""

import pytest

ALONE = "::test_everybody_tries_everything_everywhere["

def is_drill(config: pytest.Config) -> bool:
    return "drill" in config.option.markexpr


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ahead of pytest's own choice by ``-m``: what runs in a drill alone belongs to drills."""
    minutes = [item for item in items if item.get_closest_marker("drill_only")]
    for item in minutes:
        item.add_marker(pytest.mark.drill)
    if minutes and not is_drill(config) and not any(".py" in one for one in config.args):
        items[:] = [item for item in items if item not in set(minutes)]
        config.hook.pytest_deselected(items=minutes)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """As ``--dist loadfile``; but everybody of the route matrix is minutes by herself, and goes to whoever is free."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if ALONE in nodeid else super()._split_scope(nodeid)

    return Scheduling(config, log)
