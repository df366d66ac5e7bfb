"""Limits the API sets on metadata, addresses of pages, and e-mail addresses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .errors import ApiError

MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_metadata(params: dict[str, Any], path: str = "metadata") -> None:
    """Raise ``ApiError`` for too much metadata, and drop entries that are empty (unset)."""
    entries = params.get("metadata")
    if not entries:
        return
    if len(entries) > MOST_KEYS:
        raise ApiError(f"You can only have up to {MOST_KEYS} metadata keys.", param=path)
    for key, value in entries.items():
        if len(key) > LONGEST_KEY:
            raise ApiError(f"Metadata keys can be at most {LONGEST_KEY} characters long.", param=path)
        if len(value) > LONGEST_VALUE:
            raise ApiError(
                f"Metadata values can be at most {LONGEST_VALUE} characters long.", param=f"{path}[{key}]"
            )
    params["metadata"] = {key: value for key, value in entries.items() if value}


def check_url(url: str, param: str) -> None:
    """Raise ``ApiError`` unless ``url`` is absolute http(s)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", url):
        raise ApiError("Not a valid URL", code="url_invalid", param=param)


def check_email(email: str, param: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param=param)


def check_length(params: dict[str, Any], name: str, longest: int) -> None:
    if len(params.get(name) or "") > longest:
        raise ApiError(f"'{name}' can be at most {longest} characters long.", param=name)
