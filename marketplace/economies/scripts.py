"""Which script a text is written in, and what no label can carry. Unicode's own data through fontTools."""

import unicodedata

from fontTools.unicodedata import script

LATIN = "Latn"
# Digits, blanks, marks and punctuation belong to every script.
SHARED = {"Zyyy", "Zinh"}
# Letters that join or part others: Persian, Hindi and Khmer need them.
JOINERS = {"\u200c", "\u200d"}
# Signs that addresses use among those that are otherwise pictures.
SIGNS = set("№°℅〒")
# Controls, marks of direction, halves of a pair, private signs: nobody sees them, some turn a line around.
HIDDEN = {"Cc", "Cf", "Cs", "Co"}
# Unknown signs, separators of lines, keycaps and pictures: seen on a screen, on no label.
PICTURES = {"Cn", "Zl", "Zp", "Me", "So"}
# Flags and skin colours are "letters" and "modifiers" that only pictures use.
PICTURE_CODES = range(0x1F000, 0x20000)
# What a text of several lines may hold.
LINES = {"\n", "\r", "\t"}


def scripts_of(text: str) -> set[str]:
    """The scripts (ISO 15924) of the letters in ``text``, full-width forms as their plain ones: {"Latn", "Hani"}."""
    return {script(sign) for sign in unicodedata.normalize("NFKC", text)} - SHARED


def is_latin(text: str) -> bool:
    """Whether every letter is Latin; digits and punctuation alone count as Latin, an empty text too."""
    return scripts_of(text) <= {LATIN}


def has_latin_letter(text: str) -> bool:
    """Whether ``text`` is Latin and holds at least one letter."""
    return scripts_of(text) == {LATIN}


def has_hidden_signs(text: str) -> bool:
    """Whether ``text`` holds a sign that nobody sees, other than line breaks: a control, a turn of direction."""
    return any(unicodedata.category(sign) in HIDDEN and sign not in JOINERS | LINES for sign in text)


def unprintable(text: str) -> bool:
    """Whether ``text`` holds a sign that no line of a label, paper or customs message can carry."""
    return any(
        (unicodedata.category(sign) in HIDDEN | PICTURES or ord(sign) in PICTURE_CODES)
        and sign not in JOINERS | SIGNS
        for sign in text
    )
