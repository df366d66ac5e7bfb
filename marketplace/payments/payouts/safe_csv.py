"""One writer for every CSV that leaves the house: text that a spreadsheet would run as a formula is made harmless.

Text whose first letter (after blanks) is = + - @, one of their full-width forms, a tab or a return gets an apostrophe
before it, as OWASP advises. Numbers are given as Money, Decimal or int and stay numbers, so that a minus keeps its
meaning. Money has as many decimals as its currency: 600000 VND, 12.50 USD.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from marketplace.money import Money, quantum

RISKY = tuple("=+-@\t\r\n＝＋－＠")
Cell = str | int | Decimal | Money | date | None


def safe(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(RISKY) or text.lstrip().startswith(RISKY) else text


def write_csv(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str = ",", point: str = ".", bom: bool = False
) -> bytes:
    """UTF-8 with CRLF (RFC 4180). ``point`` is the decimal sign; ``bom`` lets spreadsheets know that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    writer.writerow([safe(str(name)) for name in head])
    writer.writerows([_cell(cell, point) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig" if bom else "utf-8")


def _cell(cell: Cell, point: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        cell = _plain(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", point)
    if isinstance(cell, str):
        return safe(cell.replace("\0", ""))
    return str(cell)


def _plain(money: Money) -> Decimal:
    """With the decimals of its currency. What has more of them is never rounded in a file of money."""
    whole = money.amount.quantize(quantum(money.currency))
    return whole if whole == money.amount else money.amount
