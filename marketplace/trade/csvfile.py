"""Reads a CSV file whole or not at all: a file that somebody's spreadsheet has spoilt is refused with row and column."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """A cell: the line of the file, counted from 1 with the header, and the column's name."""

    row: int
    column: str = ""

    def __str__(self) -> str:
        if not self.column:
            return _("Row %(row)s") % {"row": self.row}
        return _("Row %(row)s, column %(column)s") % {"row": self.row, "column": self.column}


class CsvRefused(ValueError):
    """Nothing of the file was taken. ``problems`` are (place or None, sentence)."""

    def __init__(self, *problems: tuple[Place | None, str]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{place}: {text}" if place else text for place, text in problems))


@dataclass(frozen=True)
class CsvRow:
    """A line of the file with its cells by column."""

    number: int
    cells: dict[str, str]

    def refuse(self, column: str, text: str) -> CsvRefused:
        return CsvRefused((Place(self.number, column), text))


def read_csv(
    data: bytes, *, required: Sequence[str], known: Sequence[str] | None = None, whole: bool = False
) -> list[CsvRow]:
    """The rows of a UTF-8 file with a header.

    ``required`` columns must be there; with ``known`` no others may. ``whole``: the last line must be ended, as our
    own exports do it, so that a file that was cut off is noticed; such a file may hold no rows. Raises CsvRefused.
    """
    text = _decode(data)
    if whole and text and not text.endswith("\n"):
        line = text.count("\n") + 1
        raise CsvRefused((Place(line), _("The file breaks off in this line. Please send it again.")))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, required, known)
        for cells in reader:
            if cells:
                rows.append(_row(reader.line_num, header, cells))
    except csv.Error as problem:
        raise CsvRefused((Place(reader.line_num), _broken(problem))) from problem
    if not rows and not whole:
        raise CsvRefused((None, _("The file holds no rows.")))
    return rows


def _broken(problem: csv.Error) -> str:
    if "end of data" in str(problem):
        return _("The file breaks off inside quotation marks. Please send it again.")
    return _("This line is no CSV: check its quotation marks.")


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise CsvRefused((None, _("The file is too large.")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        column = _column_at(data, problem.start)
        sentence = _("This is not UTF-8. Please save the file as “CSV UTF-8” and send it again.")
        raise CsvRefused((Place(line, column), sentence)) from problem
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise CsvRefused((Place(line), _("This is not a text file.")))
    return text


def _column_at(data: bytes, at: int) -> str:
    """The name of the column that holds a byte, as far as commas tell; empty in the header."""
    start = data.rfind(b"\n", 0, at) + 1
    if start == 0:
        return ""
    header = data.split(b"\n", 1)[0].decode("ascii", "replace").strip().split(",")
    try:
        before = next(csv.reader([data[start:at].decode("latin-1")]), [])
    except csv.Error:
        return ""
    index = max(0, len(before) - 1)
    return header[index] if 0 <= index < len(header) else ""


def _check_header(header: list[str], required: Sequence[str], known: Sequence[str] | None) -> None:
    missing = [name for name in required if name not in header]
    extra = [name for name in header if known is not None and name not in known]
    twice = sorted({name for name in header if header.count(name) > 1})
    problems = [(Place(1, name), _("This column is missing.")) for name in missing]
    problems += [(Place(1, name), _("This column is not known here.")) for name in extra]
    problems += [(Place(1, name), _("This column is there twice.")) for name in twice]
    if problems:
        raise CsvRefused(*problems)


def _row(number: int, header: list[str], cells: list[str]) -> CsvRow:
    if len(cells) != len(header):
        column = header[len(cells)] if len(cells) < len(header) else ""
        counts = {"found": len(cells), "wanted": len(header)}
        text = _("There are %(found)s cells here instead of %(wanted)s.") % counts
        raise CsvRefused((Place(number, column), text))
    return CsvRow(number, dict(zip(header, cells, strict=True)))
