"""The words of the hosted page, in the languages of the demo."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TEXTS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def language(locale: str | None, accept_language: str) -> str:
    """A key of TEXTS: the session's locale decides, "auto" or none asks the browser, others are English."""
    if locale and locale != "auto":
        tag = locale.split("-")[0].lower()
        return tag if tag in TEXTS else "en"
    wishes = [_wish(part) for part in accept_language.split(",")]
    known = [(weight, tag) for weight, tag in wishes if tag in TEXTS and weight > 0]
    return max(known, key=lambda wish: wish[0])[1] if known else "en"


def _wish(part: str) -> tuple[float, str]:
    tag, _, options = part.strip().partition(";")
    weight = re.search(r"q=([\d.]+)", options)
    try:
        return float(weight[1]) if weight else 1.0, tag.split("-")[0].lower()
    except ValueError:
        return 0.0, ""
