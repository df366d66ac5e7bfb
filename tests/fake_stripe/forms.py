"""Form encoding with brackets (``a[0][b]=c``), as the API reads it."""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError

Pairs = list[tuple[str, str]]
Nested = dict[str, Any]
DEEPEST = 12
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


def nest(pairs: Pairs) -> Nested:
    """Turn pairs into nested dicts; list items stay dicts keyed "0", "1" … until a schema asks for a list.

    Raises ``ApiError`` (400) for broken brackets, excessive depth, or a name that is both value and group.
    """
    root: Nested = {}
    for key, value in pairs:
        _place(root, _path(key), value, key)
    return root


def _path(key: str) -> list[str]:
    match = _KEY.match(key)
    if not match:
        raise ApiError(f"Invalid parameter name: {key[:80]}", param=key[:80])
    path = [match[1], *_PART.findall(match[2])]
    if len(path) > DEEPEST:
        raise ApiError("Parameters are nested too deeply.", param=key[:80])
    return path


def _place(root: Nested, path: list[str], value: str, key: str) -> None:
    spot: Any = root
    for step in path[:-1]:
        spot = spot.setdefault(step or str(len(spot)), {})
        if not isinstance(spot, dict):
            raise ApiError(f"Invalid parameter: {key[:80]} is both a value and a group.", param=key[:80])
    spot[path[-1] or str(len(spot))] = value
