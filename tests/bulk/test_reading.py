"""Files from outside: encodings, separators, workbooks, numbers. No database but for the headings."""

import io
import time
import tracemalloc
import zipfile
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from marketplace.bulk import encodings, reading
from marketplace.bulk.columns import HEADINGS, BadTable, Column, heading, known_headings, read_head
from marketplace.typed import EXACT, NotANumber, TwoWays, read_amount, read_number
from tests.bulk.helping import table, workbook

WORKSHOP = SimpleNamespace(
    source_language="vi", village=SimpleNamespace(economy=SimpleNamespace(currency="VND"))
)
LANGUAGES = ("en", "ja", "vi", "th", "es", "zh-hant")


def knows(cells) -> int:
    return known_headings(cells, WORKSHOP)


def rows_of(content: bytes, encoding: str = "") -> tuple[str, list[list[str]]]:
    found, rows = reading.read_rows(io.BytesIO(content), knows, encoding=encoding)
    return found, list(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_is_known_in_every_language(language):
    with override(language):
        head = [heading(Column(name), WORKSHOP) for name in HEADINGS] + [heading(Column("title", "ja"), WORKSHOP)]
    found = read_head(head, WORKSHOP)
    assert [column.key for column in found.columns.values()] == [*HEADINGS, "title[ja]"]
    assert found.unknown == ()


def test_names_of_fields_own_language_and_strangers():
    found = read_head(["CODE", " Title* ", "title [vi]x", "summary［ja］", "partner", "weight_g", "title [xx]"], WORKSHOP)
    assert [column.key for column in found.columns.values()] == ["code", "title", "summary[ja]", "weight"]
    assert found.unknown == ("title [vi]x", "partner", "title [xx]")
    # Her own language needs no brackets; with them it is the same column.
    with pytest.raises(BadTable, match="Two columns mean the same"):
        read_head(["code", "title", "title [vi]"], WORKSHOP)
    with pytest.raises(BadTable, match="“Code”"):
        read_head(["title", "price"], WORKSHOP)


JAPANESE, CHINESE = ("コード", "題名"), ("代碼", "標題")


@pytest.mark.parametrize(
    "encoding, head, words, found",
    [
        ("utf-8", JAPANESE, "赤い椀", "utf-8"),
        ("utf-8-sig", JAPANESE, "赤い椀", "utf-8-sig"),
        ("utf-16", JAPANESE, "赤い椀", "utf-16"),
        ("utf-16-le", ("code", "title"), "đỏ", "utf-16-le"),
        ("utf-16-be", ("code", "title"), "đỏ", "utf-16-be"),
        ("cp932", JAPANESE, "赤い椀", "cp932"),
        ("ascii", ("code", "title"), "Bowl", "utf-8"),
        ("cp874", ("รหัส", "ชื่อ"), "ชามแดง", "cp874"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding, head, words, found, separator):
    content = table([head, ("A1", words)], encoding=encoding, separator=separator)
    assert rows_of(content) == (found, [list(head), ["A1", words]])


@pytest.mark.parametrize(
    "encoding, words",
    [
        ("gb18030", "红色的漆碗"),
        ("big5hkscs", "紅色的漆碗"),
        ("cp932", "赤い漆の椀"),
        ("cp1252", "Ánfora roja"),
        ("cp1258", "Tô đo\u0309"),
    ],
)
def test_letters_that_may_be_several_things_are_asked(encoding, words):
    content = table([("code", "title"), ("A1", words)], encoding=encoding)
    with pytest.raises(encodings.Doubtful) as doubt:
        rows_of(content)
    readings = {one.encoding: one.lines for one in doubt.value.readings}
    assert len(readings) >= 2 and readings[encoding] == (f"A1,{words}",)
    assert rows_of(content, encoding)[1][1] == ["A1", words]


def test_letters_that_are_nothing():
    with pytest.raises(encodings.Doubtful) as doubt:
        rows_of(b"code,title\r\nA1,\xff\xff\x80\x80\xa0\xff\r\n", "utf-8")
    assert doubt.value.readings == []


def test_what_spreadsheets_add():
    assert rows_of(b"sep=;\r\ncode;title\r\nA1;x\r\n")[1] == [["code", "title"], ["A1", "x"]]
    assert rows_of(b'code,title\rA1,"two\nlines"\r')[1] == [["code", "title"], ["A1", "two\nlines"]]
    # An apostrophe that our own writer put there goes; any other stays.
    assert rows_of(b"code,title\r\nA1,'=SUM(A1)\r\nA2,'old'\r\n")[1][1:] == [["A1", "=SUM(A1)"], ["A2", "'old'"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"%PDF-1.7\n/JavaScript",
        b'code,title\nA1,"never closed' + b"x" * 50_000,
        b"code,title\nA1," + b"x" * 2_000_000,
        b"PK\x03\x04 and nothing else",
    ],
    ids=["empty", "old excel", "pdf", "quote", "endless line", "no zip"],
)
def test_what_is_no_table(content):
    with pytest.raises(BadTable):
        rows_of(content)


@pytest.mark.parametrize(
    "content",
    [
        *(b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n\0\0", b"GIF89a\x01\0"),
        *(b"RIFF\x24\0\0\0WEBPVP8 " + bytes(range(256)), b"\0\0\0\x18ftypheic" + bytes(90)),
        *(bytes(range(1, 256)) * 8, b"code,title\0\0\x03\x04" * 20, b"\x1f\x8b\x08" + bytes(99)),
        *(b"<html><table>", b"\n<?xml version='1.0'?><Workbook/>", b"{\\rtf1 code,title}", b"\0" * 5_000),
    ],
    ids=["jpeg", "png", "gif", "webp", "heic", "noise", "program", "gzip", "page", "xml", "rtf", "nulls"],
)
def test_what_is_no_text_is_no_table_and_not_asked_for_headings(content):
    with pytest.raises(BadTable, match="no table that we can read. Please save it as CSV or XLSX."):
        rows_of(content)


def test_one_strange_sign_in_a_table_is_no_picture():
    assert rows_of(b"code,title\r\nA1,B\x07owl " + b"of wood " * 30)[1][1][1].startswith("B\x07owl of wood")
    assert rows_of(b"code,title\r\nA1,Bowl\r\n\x1a")[1][1] == ["A1", "Bowl"]


def test_a_workbook_gives_numbers_as_they_are_and_runs_nothing():
    head = ["code", "title", "price", "weight", "stock"]
    content = workbook([head, [1001, "=HYPERLINK(\"http://x\")", 0.1 + 0.2, "1.234", True]])
    assert rows_of(content) == ("", [head, [f"{EXACT}1001", '=HYPERLINK("http://x")', f"{EXACT}0.3", "1.234", "true"]])


def bomb() -> bytes:
    """A workbook whose sheet is two gigabytes of blanks."""
    file = io.BytesIO(workbook([["code", "title"]]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/worksheets/sheet9.xml", "w") as part:
        for _times in range(60):
            part.write(b" " * 1024 * 1024)
    return file.getvalue()


@pytest.mark.parametrize("make", [bomb, lambda: workbook([["code", "title"]] * 50)[:-400]], ids=["bomb", "truncated"])
def test_hostile_workbooks_are_refused_at_once(make):
    content = make()
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(BadTable, match="too large|broken"):
        rows_of(content)
    assert time.monotonic() - started < 2
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_too_many_rows(settings):
    settings.MARKETPLACE_IMPORT_MOST_ROWS = 2
    assert len(rows_of(table([("code",), ("1",), ("2",)]))[1]) == 3
    for content in (table([("code",), ("1",), ("2",), ("3",)]), workbook([["code"], [1], [2], [3]])):
        with pytest.raises(BadTable, match="at most 2 rows"):
            rows_of(content)


@pytest.mark.parametrize(
    "text, value",
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("１２３４．５", "1234.5"),
        ("１，２３４．５", "1234.5"),
        ("๑๒๓.๕", "123.5"),
        ("380.000 ₫", TwoWays),
        ("1.500.000 ₫", "1500000"),
        ("USD 48.00", "48.00"),
        ("-5", "-5"),
        ("−5,0", "-5.0"),
        (f"{EXACT}1.234", "1.234"),
        ("1.234", TwoWays),
        ("12,345", TwoWays),
        ("1.23.456", NotANumber),
        ("1,2,3", NotANumber),
        ("1e5", NotANumber),
        ("twelve", NotANumber),
        ("9" * 30, NotANumber),
        ("1.234,5.6", NotANumber),
    ],
)
def test_numbers(text, value):
    currency = "VND" if "₫" in text else "USD"
    if isinstance(value, str):
        assert read_number(text, currency=currency) == Decimal(value)
        return
    with pytest.raises(value):
        read_number(text, currency=currency)


# In the order of its columns: where somebody types, what, in which currency, and what it is.
AMOUNTS = [
    ("vi", "850.000", "VND", "850000"),
    ("vi", "850.000 ₫", "VND", "850000"),
    ("vi", "850.000đ", "VND", "850000"),
    ("vi", "VND 850 000", "VND", "850000"),
    ("vi", "850\u202f000", "VND", "850000"),
    ("en", "850'000", "VND", "850000"),
    ("en", "850,000", "VND", "850000"),
    ("en", "850.000", "VND", "850000"),
    ("vi", "1.234.567", "VND", "1234567"),
    ("ja", "４５，０００円", "JPY", "45000"),
    ("th", "๔๕๐,๐๐๐", "VND", "450000"),
    ("th", "450 บาท", "THB", "450"),
    ("vi", "20,50", "USD", "20.50"),
    ("en", "20,50", "USD", "20.50"),
    ("vi", "20.50", "USD", "20.50"),
    ("vi", "1.234,50", "USD", "1234.50"),
    ("vi", "1,234.50", "USD", "1234.50"),
    ("vi", "1.234", "USD", "1234"),
    ("en", "1,234", "USD", "1234"),
    ("es", "1,234", "USD", "1234"),
    ("zh-hant", "NT$1,250", "TWD", "1250"),
    ("en", "1.234", "USD", TwoWays),
    ("vi", "1,234", "USD", TwoWays),
    ("vi", "850.00", "VND", NotANumber),
    ("vi", "850.5", "VND", NotANumber),
    ("en", "12 5", "USD", NotANumber),
    ("en", "1 2345", "USD", NotANumber),
    ("en", "$20", "VND", NotANumber),
    ("en", "20 EUR", "USD", NotANumber),
    ("en", "1.2345", "USD", NotANumber),
    ("en", "9" * 5000, "USD", NotANumber),
    ("en", "", "USD", NotANumber),
]


@pytest.mark.parametrize(("language", "text", "currency", "value"), AMOUNTS)
def test_an_amount_is_read_as_its_currency_and_the_page_make_it_plain(language, text, currency, value):
    places = 0 if currency in ("VND", "JPY") else 2
    with override(language):
        if isinstance(value, str):
            assert read_amount(text, places=places, currency=currency) == Decimal(value)
        else:
            with pytest.raises(value):
                read_amount(text, places=places, currency=currency)


SIZES = [("vi", "180,5", "180.5"), ("th", "180.5", "180.5"), ("en", "1,5", "1.5")]


@pytest.mark.parametrize(("language", "text", "value"), SIZES)
def test_a_size_is_read(language, text, value):
    with override(language):
        assert read_amount(text, places=1) == Decimal(value)


def test_a_number_that_may_be_two_is_one_when_its_writer_says_how():
    assert (read_number("1.234", sign="."), read_number("1.234", sign=",")) == (Decimal("1.234"), Decimal(1234))
