"""What comes in and goes out over HTTP, without sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .forms import Pairs


@dataclass(frozen=True)
class Call:
    """One HTTP request; ``pairs`` are the form fields of a POST and the query of a GET."""

    method: str
    path: str
    pairs: Pairs
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Answer:
    """One HTTP response. ``lost`` closes the connection instead of sending it."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


def json_answer(status: int, content: Any, **headers: str) -> Answer:
    """Answer with JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(content, ensure_ascii=False, default=str).encode()
    return Answer(status, body, {"Content-Type": "application/json", **named})


def redirect(url: str) -> Answer:
    return Answer(303, headers={"Location": url, "Cache-Control": "no-store"})
