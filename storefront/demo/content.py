"""The demo's content as written in data/*.toml. No Django here: drawing starts before the database is there."""

import tomllib
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def crafts() -> list[dict]:
    return _read("crafts.toml")["craft"]


@lru_cache(maxsize=1)
def materials() -> list[dict]:
    return _read("materials.toml")["material"]


@lru_cache(maxsize=1)
def villages() -> list[dict]:
    return _read("villages.toml")["village"]


@lru_cache(maxsize=1)
def workshops() -> list[dict]:
    return _read("workshops.toml")["workshop"]


@lru_cache(maxsize=1)
def pieces() -> list[tuple[str, dict]]:
    """(workshop slug, piece) in a fixed order."""
    found = []
    for path in sorted((DATA / "pieces").glob("*.toml")):
        found += [(path.stem, piece) for piece in _read(f"pieces/{path.name}")["piece"]]
    return found


@lru_cache(maxsize=1)
def stories() -> list[dict]:
    return [_read(f"stories/{path.name}") for path in sorted((DATA / "stories").glob("*.toml"))]


@lru_cache(maxsize=1)
def pages() -> dict:
    return _read("pages.toml")
