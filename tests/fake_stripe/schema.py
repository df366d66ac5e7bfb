"""Check parameters against the SDK's own TypedDicts, so that this imitation cannot drift from the SDK."""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from stripe._request_options import RequestOptions

from .errors import ApiError, missing

_TRANSPORT = frozenset(RequestOptions.__annotations__)
_INTEGER = re.compile(r"-?\d{1,18}")


def check(params: dict[str, Any], typed_dict: type, path: str = "") -> dict[str, Any]:
    """Return ``params`` with strings turned into the declared types.

    Raises ``ApiError`` (400): parameter_unknown, parameter_missing, parameter_invalid_empty,
    parameter_invalid_integer, or a plain invalid_request_error for other wrong values.
    """
    hints = _hints(typed_dict)
    for key in params:
        if key not in hints:
            name = _join(path, key)
            raise ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    for key in sorted(typed_dict.__required_keys__):  # type: ignore[attr-defined]
        if key not in params:
            raise missing(_join(path, key))
    return {key: _value(value, hints[key], _join(path, key)) for key, value in params.items()}


@cache
def _hints(typed_dict: type) -> dict[str, Any]:
    """Resolve the annotations, leaving out the SDK's transport options (api_key, headers …)."""
    own = {key: hint for key, hint in typed_dict.__annotations__.items() if key not in _TRANSPORT}
    holder = type("Own", (), {"__annotations__": own})
    return typing.get_type_hints(holder, vars(sys.modules[typed_dict.__module__]))


def _join(path: str, key: str) -> str:
    return f"{path}[{key}]" if path else key


def _value(value: Any, hint: Any, path: str) -> Any:
    literals, kinds = _members(hint)
    if isinstance(value, str):
        return _scalar(value, literals, kinds, path)
    for kind in kinds:
        if hasattr(kind, "__required_keys__"):
            return check(value, kind, path)
        if get_origin(kind) is list:
            return _items(value, get_args(kind)[0], path)
        if get_origin(kind) is dict:
            return {key: _value(item, get_args(kind)[1], _join(path, key)) for key, item in value.items()}
    raise ApiError(f"Invalid string: {path} takes one value, not a group.", param=path)


def _members(hint: Any) -> tuple[list[Any], list[Any]]:
    """Split a hint into its literal values and its other members."""
    if get_origin(hint) in (Union, types.UnionType):
        parts = [_members(member) for member in get_args(hint)]
        return [v for literals, _ in parts for v in literals], [k for _, kinds in parts for k in kinds]
    if get_origin(hint) is Literal:
        return list(get_args(hint)), []
    return [], [hint]


def _scalar(value: str, literals: list[Any], kinds: list[Any], path: str) -> Any:
    if value in literals:
        return value
    for kind, read in _READERS.items():
        if kind in kinds and (done := read(value)) is not None:
            return done
    choices = [choice for choice in literals if choice != ""]
    if choices:  # "Literal[...] | str" in the SDK is an enumeration that may grow: the API refuses others
        raise ApiError(f"Invalid {path}: must be one of {', '.join(map(str, choices))}", param=path)
    if value == "":
        # Metadata values may be empty (that unsets them); any other empty string is refused.
        if path.startswith("metadata[") or "[metadata][" in path:
            return value
        raise ApiError(
            f"You passed an empty string for '{path}'. '{path}' cannot be unset; remove it instead.",
            code="parameter_invalid_empty",
            param=path,
        )
    if str in kinds:
        return value
    raise _wrong_kind(value, kinds, path)


def _wrong_kind(value: str, kinds: list[Any], path: str) -> ApiError:
    if int in kinds:
        return ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    if bool in kinds or Decimal in kinds:
        return ApiError(f"Invalid {'boolean' if bool in kinds else 'decimal'}: {value}", param=path)
    is_list = any(get_origin(kind) is list for kind in kinds)
    return ApiError(f"Invalid {'array' if is_list else 'object'}", param=path)


def _items(value: dict[str, Any], hint: Any, path: str) -> list[Any]:
    if not all(key.isascii() and key.isdigit() for key in value):
        raise ApiError("Invalid array", param=path)
    return [_value(value[key], hint, _join(path, key)) for key in sorted(value, key=int)]


def _integer(value: str) -> int | None:
    return int(value) if _INTEGER.fullmatch(value) else None


def _boolean(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value)


def _decimal(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


_READERS: dict[type, Callable[[str], Any]] = {int: _integer, bool: _boolean, Decimal: _decimal}
