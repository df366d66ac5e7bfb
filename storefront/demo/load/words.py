"""Collects what a page says, with its words in the other languages, while it is put together in English."""

from collections.abc import Mapping

from storefront.demo import content


class Words:
    """``tables``: for each of ``languages``, English text → text."""

    def __init__(self, languages: list[str]) -> None:
        self.tables: dict[str, dict[str, str]] = {code: {"": ""} for code in languages}

    def told(self, texts: Mapping):
        """Remember every text in structures of one shape (language → structure); answers the English one.

        Raises KeyError or ValueError when their shapes differ.
        """
        for code, table in self.tables.items():
            _pair(texts["en"], texts[code], table)
        return texts["en"]

    def same(self, text: str) -> None:
        """Remember a text that reads the same everywhere, such as a slug."""
        for table in self.tables.values():
            table[text] = text


def complete(texts: Mapping, *names: str) -> list[str]:
    """The languages beside English in which ``texts`` (language → fields) has all of ``names``."""
    return [code for code, text in texts.items() if code != "en" and all(name in text for name in names)]


def scene(name: str) -> dict[str, str]:
    """Language → what a drawn scene shows."""
    return content.scenes()["scene"][name]


def credit() -> dict[str, str]:
    """Language → who drew the pictures."""
    return content.scenes()["credit"]


def _pair(english, other, table: dict[str, str]) -> None:
    if isinstance(english, dict):
        for key, value in english.items():
            _pair(value, other[key], table)
    elif isinstance(english, list):
        for one, its in zip(english, other, strict=True):
            _pair(one, its, table)
    else:
        table[english] = other
