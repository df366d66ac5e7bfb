"""What people type, on phones and in tables: signs that cannot be seen go, digits of every script are read."""

import re
import unicodedata

# Signs that show nothing or turn the direction of what follows; joiners, needed by scripts and emoji, stay.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def clean_words(value: object, *, lines: bool) -> str:
    """Text without characters that cannot be seen, composed (NFC). ``lines``: it keeps its line breaks."""
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = " ".join(text.split())
    return UNSEEN.sub("", text).strip()


def clean_paragraphs(value: object) -> str:
    """Several lines; an empty line starts a new paragraph."""
    return re.sub(r"\n{3,}", "\n\n", clean_words(value, lines=True))


def plain_digits(text: str) -> str:
    """Digits of any script (full-width, Thai …) as 0–9, and the full-width point as a point."""
    return (
        "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
        .replace("．", ".")
        .strip()
    )
