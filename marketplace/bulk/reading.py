"""Files from outside as rows of plain text: CSV in any common encoding, and XLSX. Nothing is computed, nothing is run."""

import codecs
import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.bulk.columns import MOST_COLUMNS, BadTable
from marketplace.bulk.encodings import MARKS, find_encoding
from marketplace.safe_tables import plain
from marketplace.typed import EXACT

SEPARATORS = (",", ";", "\t")
LONGEST_CELL, LONGEST_LINE = 40_000, 1_000_000  # characters
# Of a workbook: bytes when unpacked, how many times smaller packed, and parts.
MOST_UNPACKED, MOST_TIMES, MOST_PARTS = 600 * 1024 * 1024, 200, 500
ZIP = b"PK\x03\x04"
# Old Excel; PDF; web pages and drawings; pages of text; JPEG, PNG and GIF. No headings begin like this.
NO_TABLE = (b"\xd0\xcf\x11\xe0", b"%PDF", b"<", b"{\\rtf", b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
LOOKED_AT = 4096  # bytes
# Of the signs of a text at most so many in a hundred are none that people write.
MOST_ODD = 1
Knows = Callable[[list[str]], int]
Row = list[str]


def read_rows(file: BinaryIO, knows: Knows, *, encoding: str = "") -> tuple[str, Iterator[Row]]:
    """The encoding (empty for XLSX) and the rows, headings first. Cells are text; numbers of a workbook begin with EXACT.

    ``knows`` counts the headings in a row. Raises BadTable, and encodings.Doubtful where only a person can tell.
    """
    file.seek(0)
    start = file.read(LOOKED_AT)
    if start.startswith(ZIP):
        return "", _limited(_xlsx_rows(file, knows))
    if start.lstrip().startswith(NO_TABLE) or not _is_text(start):
        raise BadTable(_not_a_table())
    found = find_encoding(file, lambda line: max(knows(cells) for cells in _cuts(line)), encoding)
    return found, _limited(_csv_rows(file, found, knows))


def _not_a_table() -> str:
    return _("This is no table that we can read. Please save it as CSV or XLSX.")


def _is_text(start: bytes) -> bool:
    """Whether people may have written what begins so: pictures, sounds and programs are full of other signs."""
    if b"\0" in start:
        encodings = ("utf-16",) if start.startswith(tuple(MARKS)) else ("utf-16-le", "utf-16-be")
        return any(_is_written(start.decode(encoding, "replace")) for encoding in encodings)
    # In none of the older encodings these bytes are part of a letter.
    return bool(start) and _is_written("".join(chr(byte) for byte in start if byte < 0x80) or "-")


def _is_written(text: str) -> bool:
    odd = sum(sign not in "\t\n\r\v\f\x1a" and unicodedata.category(sign) in ("Cc", "Cn", "Co") for sign in text)
    return (odd + text.count("\ufffd")) * 100 <= MOST_ODD * len(text)


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    """At most so many rows after the headings. Raises BadTable."""
    most = settings.MARKETPLACE_IMPORT_MOST_ROWS
    for number, row in enumerate(rows):
        if number > most:
            text = ngettext("A file may have at most %(most)s row.", "A file may have at most %(most)s rows.", most)
            raise BadTable((text + " " + _("Please cut it into several.")) % {"most": most})
        yield row


def _cuts(line: str) -> list[list[str]]:
    return [next(csv.reader([line], delimiter=sign), []) for sign in SEPARATORS]


def _csv_rows(file: BinaryIO, encoding: str, knows: Knows) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    separator, skip = _separator(file, encoding, knows)
    reader = csv.reader(_lines(file, encoding), delimiter=separator)
    try:
        for number, row in enumerate(reader):
            if number >= skip:
                yield [plain(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error as problem:
        text = _("Line %(line)s cannot be read: a cell is too long, or a quotation mark is not closed.")
        raise BadTable(text % {"line": reader.line_num}) from problem


def _separator(file: BinaryIO, encoding: str, knows: Knows) -> tuple[str, int]:
    """What stands between cells, and how many lines to skip: spreadsheets may say "sep=;" in the first."""
    first = next((line for line in _lines(file, encoding) if line.strip()), "").strip()
    if first.lower().startswith("sep=") and first[4:5] in SEPARATORS:
        return first[4], 1
    counts = {sign: knows(cells) for sign, cells in zip(SEPARATORS, _cuts(first), strict=True)}
    return max(counts, key=counts.get), 0


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends. Raises BadTable for one that would fill the memory."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        for line in iter(lambda: text.readline(LONGEST_LINE), ""):
            if len(line) == LONGEST_LINE:
                raise BadTable(_not_a_table())
            yield line
    finally:
        # Whoever lent the file may have closed it meanwhile.
        with suppress(ValueError):
            text.detach()


def _xlsx_rows(file: BinaryIO, knows: Knows) -> Iterator[Row]:
    _check_parts(file)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            yield from _sheet_rows(book, knows)
        finally:
            book.close()
    except BadTable:
        raise
    except (
        *(zipfile.BadZipFile, InvalidFileException, ParseError, DefusedXmlException, EOFError),
        *(KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zlib.error),
    ) as problem:
        # Whatever is wrong inside, openpyxl names it in its own way.
        raise BadTable(_("This file is broken or incomplete. Please save it again.")) from problem


def _check_parts(file: BinaryIO) -> None:
    """Before anything is unpacked. Raises BadTable."""
    try:
        with zipfile.ZipFile(file) as parts:
            known = parts.infolist()
            names = {part.filename for part in known}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as problem:
        raise BadTable(_("This file is broken or incomplete. Please save it again.")) from problem
    if "xl/workbook.xml" not in names:
        raise BadTable(_not_a_table())
    unpacked = sum(part.file_size for part in known)
    packed = max(1, sum(part.compress_size for part in known))
    if unpacked > MOST_UNPACKED or len(known) > MOST_PARTS or (unpacked > 10_000_000 and unpacked / packed > MOST_TIMES):
        raise BadTable(_("This file is too large when it is unpacked. Please save it as CSV."))


def _sheet_rows(book, knows: Knows) -> Iterator[Row]:
    """Of the first sheet whose first row holds headings."""
    for sheet in book.worksheets:
        # What a file says of its own size need not be true.
        sheet.reset_dimensions()
        head = [_text(value) for value in next(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=1, values_only=True), ())]
        if knows(head):
            width = max(place for place, cell in enumerate(head, start=1) if cell.strip())
            yield head[:width]
            most = settings.MARKETPLACE_IMPORT_MOST_ROWS + 2
            for row in sheet.iter_rows(min_row=2, max_col=width, max_row=most, values_only=True):
                yield [_text(value) for value in row]
            return
    raise BadTable(_("No sheet of this file has headings that we know in its first row."))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{EXACT}{value}"
    if isinstance(value, float):
        # As many digits as a spreadsheet knows: 0.1 + 0.2 is 0.3 there.
        return f"{EXACT}{Decimal(f'{value:.15g}'):f}" if abs(value) < 1e15 else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return plain(str(value))[:LONGEST_CELL]


def stage(rows: Iterable[Row], target: BinaryIO) -> int:
    """Write the rows to ``target`` in one plain form; answers how many follow the headings. Empty rows keep their place."""
    text = codecs.getwriter("utf-8")(target, errors="replace")
    writer = csv.writer(text, lineterminator="\n")
    total, empty = -1, 0
    for row in rows:
        if not any(cell.strip() for cell in row):
            empty += 1
            continue
        # A spreadsheet may end in a million empty rows: those in between alone are kept.
        for _missing in range(empty):
            writer.writerow([""])
        writer.writerow(row)
        total, empty = total + empty + 1, 0
    return max(total, 0)


def staged(file: BinaryIO) -> Iterator[Row]:
    """What ``stage`` wrote."""
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
