"""What tests of money may ask for besides tests/conftest.py."""

import threading
from collections.abc import Callable
from importlib import import_module

import pytest
from django.db import connection

PATIENCE = 10  # seconds


class Rival:
    """Somebody else's action at exactly one moment, on a connection of its own: a race without luck."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.answer = None
        self.acted = 0

    def before(self, name: str, action: Callable) -> None:
        """Do ``action`` once, to its end, before the next call of the function ``name`` ("package.module.function")."""
        self._wrap(name, action, early=True)

    def after(self, name: str, action: Callable) -> None:
        """Do ``action`` once, to its end, when the next call of ``name`` is over."""
        self._wrap(name, action, early=False)

    def _wrap(self, name: str, action: Callable, *, early: bool) -> None:
        holder, _dot, function = name.rpartition(".")
        owner = _find(holder)
        real = getattr(owner, function)

        def wrapped(*args, **kwargs):
            if early:
                self._act(action)
            result = real(*args, **kwargs)
            if not early:
                self._act(action)
            return result

        self._monkeypatch.setattr(owner, function, wrapped)

    def _act(self, action: Callable) -> None:
        if self.acted:
            return
        self.acted += 1
        problems = []

        def run() -> None:
            try:
                self.answer = action()
            except BaseException as problem:
                problems.append(problem)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the rival waits for a lock of ours"
        if problems:
            raise problems[0]


def _find(name: str):
    """A module, or a class in one."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        module, _dot, attribute = name.rpartition(".")
        return getattr(import_module(module), attribute)


@pytest.fixture
def rival(monkeypatch) -> Rival:
    return Rival(monkeypatch)
