"""One writer for every table that leaves the house, CSV or XLSX: what a spreadsheet would run as a formula is made harmless.

Text whose first letter (after blanks) is = + - @, one of their full-width forms, a tab or a return gets an apostrophe
before it, as OWASP advises; so does text that begins with such an apostrophe, so that ``plain`` gives every text back
as it was. Numbers are given as Money, Decimal or int and stay numbers, so that a minus keeps its meaning. Money has as
many decimals as its currency: 600000 VND, 12.50 USD.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from marketplace.money import Money, quantum

RISKY = tuple("=+-@\t\r\n＝＋－＠")
# Signs that XML cannot hold.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # characters, of a spreadsheet's cell
ROWS_AT_ONCE = 200
Cell = str | int | Decimal | Money | date | None
Row = Sequence[Cell]


def safe(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs."""
    return f"'{text}" if _runs(text) or (text.startswith("'") and safe(text[1:]) != text[1:]) else text


def plain(text: str) -> str:
    """The text of which ``safe`` made this cell."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def _runs(text: str) -> bool:
    return text.startswith(RISKY) or text.lstrip().startswith(RISKY)


def write_csv(
    head: Row, rows: Iterable[Row], *, separator: str = ",", point: str = ".", bom: bool = False
) -> bytes:
    """UTF-8 with CRLF (RFC 4180). ``point`` is the decimal sign; ``bom`` lets spreadsheets know that it is UTF-8."""
    return b"".join(stream_csv(head, rows, separator=separator, point=point, bom=bom))


def stream_csv(
    head: Row, rows: Iterable[Row], *, separator: str = ",", point: str = ".", bom: bool = False
) -> Iterator[bytes]:
    """The same in parts, as the rows come: memory stays flat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    if bom:
        buffer.write("\ufeff")
    writer.writerow([safe(str(name)) for name in head])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_text(cell, point) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def write_xlsx(
    head: Row, rows: Iterable[Row], *, title: str, widths: Sequence[int] = (), notes: tuple[str, Iterable[Row]] | None = None
) -> BinaryIO:
    """An open temporary file with the sheet ``title``, at its beginning; rows go to the disk as they come.

    ``widths`` of the columns in characters; ``notes``: the title and rows of a second sheet of words.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    _set_widths(sheet, widths)
    sheet.append([_cell(sheet, str(name), bold=True) for name in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    if notes:
        second = book.create_sheet(_sheet_title(notes[0]))
        _set_widths(second, (34, 90))
        for row in notes[1]:
            second.append([_cell(second, value, wrap=True) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
    book.save(file)
    file.seek(0)
    return file


def _taken(buffer: io.StringIO) -> bytes:
    part = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return part


def _text(cell: Cell, point: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        cell = _plain_money(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", point)
    if isinstance(cell, str):
        return safe(cell.replace("\0", ""))
    return str(cell)


def _cell(sheet, value: Cell, *, bold: bool = False, wrap: bool = False) -> object:
    if isinstance(value, Money):
        return _plain_money(value)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet)
    # openpyxl would take "=…" for a formula: the kind is said after the value.
    cell.value = safe(NOT_IN_XML.sub("", value))[:LONGEST_CELL]
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    else:
        # As text, so that a code such as 0012 keeps its zeros when somebody types over it.
        cell.number_format = "@"
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _set_widths(sheet, widths: Sequence[int]) -> None:
    for number, width in enumerate(widths):
        sheet.column_dimensions[_letters(number)].width = width


def _letters(number: int) -> str:
    """0: A, 25: Z, 26: AA."""
    first, last = divmod(number, 26)
    return (_letters(first - 1) if first else "") + chr(65 + last)


def _sheet_title(title: str) -> str:
    return re.sub(r"[\\*?:/\[\]]", " ", title)[:31]


def _plain_money(money: Money) -> Decimal:
    """With the decimals of its currency. What has more of them is never rounded in a file of money."""
    whole = money.amount.quantize(quantum(money.currency))
    return whole if whole == money.amount else money.amount
