"""The European Central Bank's reference rates: the daily XML, the 90 days' XML, the history as a zipped CSV.

Published about 16:00 in Frankfurt on each working day of TARGET, counted in EUR
(https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/).
"""

import csv
import io
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit
from xml.parsers import expat

from django.utils.translation import gettext as _

from marketplace.economies.sources import (
    LARGEST,
    LARGEST_UNPACKED,
    BadRates,
    Fetched,
    RateRow,
    SourceDown,
    read_file,
    within,
)

DAILY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
HISTORY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
SOURCE = "European Central Bank, euro foreign exchange reference rates"
TIMEOUT = 20  # seconds
# What zipfile raises for archives that are broken, cut off, encrypted or packed in a way it does not know.
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


class EcbRates:
    """``url`` replaces the ECB's own address (https only); ``history`` asks for all days since 1999."""

    origin = "ecb"

    def __init__(self, url: str = "", history: bool = False) -> None:
        self.url = url or (HISTORY if history else DAILY)

    def read(self, file: Path | None = None) -> Fetched:
        data = read_file(file) if file else download(self.url)
        return Fetched(file.name if file else self.url, read_rates(data))


def download(url: str) -> bytes:
    """The answer of an address. Raises SourceDown, and BadRates for an answer that is too large."""
    if urlsplit(url).scheme != "https":
        raise SourceDown(_("%(url)s: only https addresses are read.") % {"url": url})
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            if urlsplit(answer.url).scheme != "https":
                raise SourceDown(_("%(url)s: only https addresses are read.") % {"url": answer.url})
            return within(answer.read(LARGEST + 1), LARGEST)
    except (urllib.error.URLError, TimeoutError, OSError) as problem:
        raise SourceDown(f"{url}: {problem}") from problem


def read_rates(data: bytes) -> list[RateRow]:
    """Rates from any of the ECB's three forms, told apart by how they begin. Raises BadRates."""
    if data[:4] == b"PK\x03\x04":
        data = unzip(data)
    rows = list(read_xml(data) if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<" else read_csv(data))
    if not rows:
        raise BadRates(_("The file holds no rates."))
    return rows


def unzip(data: bytes) -> bytes:
    """The one CSV file of an archive. Raises BadRates for anything else, however much it claims to unpack to."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info for info in archive.infolist() if info.filename.endswith(".csv")]
            if len(names) != 1:
                raise BadRates(_("The archive does not hold exactly one CSV file."))
            with archive.open(names[0]) as file:
                return within(file.read(LARGEST_UNPACKED + 1), LARGEST_UNPACKED)
    except UNREADABLE as problem:
        raise BadRates(_("The archive cannot be read: %(why)s") % {"why": problem}) from problem


def read_xml(data: bytes) -> Iterator[RateRow]:
    """``<Cube time="…"><Cube currency="USD" rate="1.1172"/></Cube>``; no document type, so no entities either."""
    rows: list[RateRow] = []
    day: list[date] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        if "time" in attributes:
            day[:] = [_date(attributes["time"], _("line %(number)s") % {"number": parser.CurrentLineNumber})]
        elif "currency" in attributes:
            where = _("line %(number)s") % {"number": parser.CurrentLineNumber}
            if not day:
                raise BadRates(_("%(where)s: a rate without a date.") % {"where": where})
            rows.append(_row(attributes["currency"], attributes.get("rate", ""), day[0], where))

    def refuse(*declared) -> None:
        raise BadRates(_("The file declares a document type, which rates do not need."))

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise BadRates(_("The XML cannot be read: %(why)s") % {"why": problem}) from problem
    return iter(rows)


def read_csv(data: bytes) -> Iterator[RateRow]:
    """A column per currency, a row per day; "N/A" and empty cells are days without a rate."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        head = [cell.strip() for cell in next(lines, [])]
        if head[:1] != ["Date"]:
            raise BadRates(_("row 1: the first column is not “Date”."))
        for number, cells in enumerate(lines, start=2):
            yield from _day(head, [cell.strip() for cell in cells], _("row %(number)s") % {"number": number})
    except UnicodeDecodeError as problem:
        raise BadRates(_("The file is not UTF-8: %(why)s") % {"why": problem}) from problem
    except csv.Error as problem:
        raise BadRates(_("The file is no CSV: %(why)s") % {"why": problem}) from problem


def _day(head: list[str], cells: list[str], where: str) -> Iterator[RateRow]:
    if len(cells) != len(head):
        raise BadRates(
            _("%(where)s: the number of columns is %(found)s instead of %(wanted)s.")
            % {"where": where, "found": len(cells), "wanted": len(head)}
        )
    on = _date(cells[0], where)
    for currency, text in zip(head[1:], cells[1:], strict=True):
        if text not in ("", "N/A"):
            yield _row(currency, text, on, f"{where}, {currency}")


def _row(currency: str, text: str, on: date, where: str) -> RateRow:
    try:
        value = Decimal(text)
    except InvalidOperation as problem:
        raise BadRates(_("%(where)s: “%(text)s” is no rate.") % {"where": where, "text": text}) from problem
    return RateRow("EUR", currency, value, on, where, SOURCE)


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadRates(_("%(where)s: “%(text)s” is no date.") % {"where": where, "text": text}) from problem
