"""Two languages that nobody speaks, made from our own messages: one runs from right to left, one is far too long.

Their codes are borrowed (Arabic because Django knows that it runs from right to left), their words are English in
disguise, so a person who reads a screenshot still knows which button is which.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tools.messages import collect

RIGHT_TO_LEFT, LONG = "ar", "de"
# What a message fills in or marks up stays as it is.
KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|\n)")
MIRRORED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ابتثجحخدذرزسشصضطظعغفقكلمنه" * 2,
)
LONGER = 1.6  # as German and Finnish labels are
LONGEST = 16  # letters; "Versandbedingungen" has 18


def to_right_to_left(text: str) -> str:
    """The text in Arabic letters, letter by letter."""
    return "".join(part if KEPT.fullmatch(part) else part.translate(MIRRORED) for part in KEPT.split(text))


def to_long(text: str) -> str:
    """The text with its own letters repeated at its end, in long words."""
    letters = re.sub(r"\W", "", KEPT.sub("", text)) or "x"
    extra = (letters * 2)[: max(4, int(len(letters) * (LONGER - 1)))].lower()
    words = [extra[start : start + LONGEST] for start in range(0, len(extra), LONGEST)]
    end = len(text.rstrip("\n"))
    return " ".join([text[:end], *words]) + text[end:]


def write_catalogues(folder: Path) -> Path:
    """Both catalogues below ``folder`` in the shape of LOCALE_PATHS; answers ``folder``."""
    template = collect()
    for code, disguise in ((RIGHT_TO_LEFT, to_right_to_left), (LONG, to_long)):
        catalog = Catalog(locale=code)
        for message in template:
            if message.id:
                catalog.add(message.id, _forms(message.id, catalog.num_plurals, disguise), context=message.context)
        target = folder / code / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
    return folder


def _forms(words: str | tuple, plurals: int, disguise) -> str | tuple[str, ...]:
    return disguise(words) if isinstance(words, str) else (disguise(words[1]),) * plurals


def forget_catalogues() -> Iterator[None]:
    """Empties Django's memory of catalogues now and when it is resumed (a fixture's body)."""
    from django.utils.translation import trans_real

    trans_real._translations.clear()
    yield
    trans_real._translations.clear()
