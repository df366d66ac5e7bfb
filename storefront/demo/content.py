"""The demo's content as written in data/*.toml. No Django here: drawing starts before the database is there."""

import tomllib
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def words() -> dict[str, dict]:
    """Language → what words/<language>.toml adds to the texts that stand beside the things themselves."""
    return {path.stem: _read(f"words/{path.name}") for path in sorted((DATA / "words").glob("*.toml"))}


def _with_words(kind: str, rows: list[dict], key: str = "slug") -> list[dict]:
    """The rows, each with its texts in further languages; what stands beside the thing goes first."""
    for row in rows:
        for language, told in words().items():
            if row[key] in told.get(kind, {}):
                row["text"].setdefault(language, told[kind][row[key]])
    return rows


@lru_cache(maxsize=1)
def crafts() -> list[dict]:
    return _with_words("crafts", _read("crafts.toml")["craft"])


@lru_cache(maxsize=1)
def materials() -> list[dict]:
    return _with_words("materials", _read("materials.toml")["material"])


@lru_cache(maxsize=1)
def villages() -> list[dict]:
    return _with_words("villages", _read("villages.toml")["village"])


@lru_cache(maxsize=1)
def workshops() -> list[dict]:
    return _with_words("workshops", _read("workshops.toml")["workshop"])


@lru_cache(maxsize=1)
def pieces() -> list[tuple[str, dict]]:
    """(workshop slug, piece) in a fixed order."""
    found = []
    for path in sorted((DATA / "pieces").glob("*.toml")):
        rows = _with_words("pieces", _read(f"pieces/{path.name}")["piece"], key="code")
        for variant in (variant for row in rows for variant in row.get("variant", [])):
            for language, told in words().items():
                if variant["code"] in told.get("labels", {}):
                    variant["label"].setdefault(language, told["labels"][variant["code"]])
        found += [(path.stem, row) for row in rows]
    return found


@lru_cache(maxsize=1)
def export() -> dict:
    """Senders, papers and decisions of the operator: what export needs beside what stands with the pieces."""
    return _read("export.toml")


@lru_cache(maxsize=1)
def shares() -> dict:
    """The rule for shares."""
    return _read("shares.toml")


@lru_cache(maxsize=1)
def stories() -> list[dict]:
    """With their texts and blocks in the languages of words/stories/, too."""
    rows = [_read(f"stories/{path.name}") for path in sorted((DATA / "stories").glob("*.toml"))]
    for path in sorted((DATA / "words" / "stories").glob("*.toml")):
        told = _read(f"words/stories/{path.name}")
        for row in (row for row in rows if row["slug"] in told):
            story = told[row["slug"]]
            row["text"][path.stem] = {name: story[name] for name in ("title", "intro")}
            for block, text in zip(row["block"], story["block"], strict=True):
                block[path.stem] = text
    return rows


@lru_cache(maxsize=1)
def pages() -> dict:
    """Section → language → its texts."""
    found = _read("pages.toml")
    for language, told in words().items():
        for section, texts in told.get("pages", {}).items():
            found[section].setdefault(language, texts)
    return found


@lru_cache(maxsize=1)
def scenes() -> dict:
    return _read("scenes.toml")


@lru_cache(maxsize=1)
def agencies() -> dict:
    """``terms``, ``agency`` (a list) and ``visit`` (a list, with its texts)."""
    return _read("agencies.toml")
