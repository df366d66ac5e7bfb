"""In which encoding a file of text is written. What could be two things is asked, never guessed.

Detection by statistics guesses; here an encoding counts only where it decodes every byte of the file. UTF-8 and UTF-16
are known by their marks or their form. Of the older ones several may fit: the headings, which we know, decide, and
where they do not, the person does.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

CHUNK = 1 << 16  # bytes
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# The older ones of the region, as spreadsheets there still write them.
OLDER = ("cp932", "gb18030", "big5hkscs", "cp949", "cp1252", "cp1258", "cp874")
KNOWN = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *OLDER)
# Other names that people and programs have for them.
NAMES = {
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "windows-1252": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "windows-1258": "cp1258",
    "windows-874": "cp874",
    "tis-620": "cp874",
}
LINES_SHOWN = 4
LONGEST_SHOWN = 300  # characters


@dataclass(frozen=True)
class Reading:
    """One way to read the file. ``lines`` are its first that are not plain English letters."""

    encoding: str
    lines: tuple[str, ...]


class Doubtful(ValueError):
    """It may be written in several encodings; ``readings`` shows its words in each. Empty: in none that we know."""

    def __init__(self, readings: list[Reading]) -> None:
        super().__init__(", ".join(one.encoding for one in readings))
        self.readings = readings


def named(name: str) -> str:
    """The encoding that a person calls ``name``. Raises LookupError for one that tables are not written in."""
    short = name.strip().lower()
    found = NAMES.get(short, short)
    if found not in KNOWN:
        raise LookupError(name)
    return found


def find_encoding(file: BinaryIO, knows: Callable[[str], int], said: str = "") -> str:
    """The encoding of ``file``; ``said`` is what a person chose. ``knows`` counts the headings in a first line.

    Raises Doubtful.
    """
    file.seek(0)
    start = file.read(4096)
    mark = next((name for sign, name in MARKS.items() if start.startswith(sign)), "")
    tried = [mark] if mark else [said] if said else _plausible(start)
    for encoding in tried:
        if decodes(file, encoding):
            return encoding
    if mark or said:
        raise Doubtful([])
    return _older(file, knows)


def decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether every byte of the file does."""
    try:
        for _text in decoded(file, encoding):
            pass
    except UnicodeError:
        return False
    return True


def decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The text in parts; memory stays flat."""
    file.seek(0)
    return codecs.iterdecode(iter(lambda: file.read(CHUNK), b""), encoding)


def _plausible(start: bytes) -> list[str]:
    """UTF-16 without its mark shows in the empty half of each plain letter; else UTF-8, which nothing else looks like."""
    if b"\0" not in start:
        return ["utf-8"]
    even, odd = start[::2].count(0), start[1::2].count(0)
    return ["utf-16-le", "utf-16-be"] if odd >= even else ["utf-16-be", "utf-16-le"]


def _older(file: BinaryIO, knows: Callable[[str], int]) -> str:
    fitting = [encoding for encoding in OLDER if decodes(file, encoding)]
    heads = {encoding: _first_line(file, encoding) for encoding in fitting}
    most = max((knows(line) for line in heads.values()), default=0)
    chosen = [encoding for encoding in fitting if knows(heads[encoding]) == most]
    different: dict[bytes, str] = {}
    for encoding in chosen:
        different.setdefault(_fingerprint(file, encoding), encoding)
    # Headings in plain English letters are the same in all of them: they decide nothing.
    if len(different) == 1:
        return next(iter(different.values()))
    raise Doubtful([Reading(encoding, _telling(file, encoding)) for encoding in different.values()])


def _first_line(file: BinaryIO, encoding: str) -> str:
    text = next(decoded(file, encoding), "")
    return next((line for line in text.splitlines() if line.strip()), "")


def _fingerprint(file: BinaryIO, encoding: str) -> bytes:
    """Two encodings with the same one read the same words out of the file."""
    found = sha256()
    for text in decoded(file, encoding):
        found.update(text.encode("utf-8", "surrogatepass"))
    return found.digest()


def _telling(file: BinaryIO, encoding: str) -> tuple[str, ...]:
    """The first lines in which the encodings could differ."""
    found: list[str] = []
    rest = ""
    for text in decoded(file, encoding):
        *lines, rest = (rest + text).split("\n")
        found += [line.strip()[:LONGEST_SHOWN] for line in lines if not line.isascii()]
        if len(found) >= LINES_SHOWN:
            break
        rest = rest[-LONGEST_SHOWN:]
    else:
        found += [rest.strip()] if rest and not rest.isascii() else []
    return tuple(found[:LINES_SHOWN])
