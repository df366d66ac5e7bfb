"""What a source's files may hold, and what is refused with row and reason. No database."""

import io
import urllib.request
from datetime import date
from decimal import Decimal

import pytest

from marketplace.economies import sources
from marketplace.economies.backends import ecb as bank
from marketplace.economies.backends.ecb import EcbRates, download, read_rates
from marketplace.economies.backends.table import TableRates, read_table
from marketplace.economies.checks import rates_are_importable
from marketplace.economies.judging import judge
from marketplace.economies.sources import BadRates, RateRow, SourceDown, get_source
from tests.economies.ecb import HEAD, daily, table, zipped

DAYS = {
    "2026-10-30": {"USD": "1.1172", "JPY": "175.68", "ISK": "136"},
    "2026-10-29": {"USD": "1.1130", "JPY": "175.92"},
}
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Cube><Cube time="2026-10-30"><Cube currency="USD" rate="&c;"/></Cube></Cube>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><Cube/>"""


@pytest.mark.parametrize("form", [daily, table, lambda days: zipped(table(days)), lambda days: b"\xef\xbb\xbf" + table(days)])
def test_the_banks_forms_say_the_same(form):
    rows = [(row.base, row.quote, row.value, row.on) for row in read_rates(form(DAYS))]
    assert rows == [
        ("EUR", "USD", Decimal("1.1172"), date(2026, 10, 30)),
        ("EUR", "JPY", Decimal("175.68"), date(2026, 10, 30)),
        ("EUR", "ISK", Decimal("136"), date(2026, 10, 30)),
        ("EUR", "USD", Decimal("1.1130"), date(2026, 10, 29)),
        ("EUR", "JPY", Decimal("175.92"), date(2026, 10, 29)),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "row 1: the first column"),
        (b"<html>504 Gateway Timeout</html>", "holds no rates"),
        (b"<html><br></html>", "XML cannot be read"),
        (daily(DAYS)[:-200], "XML cannot be read"),
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        (daily({"2026-10-30": {"USD": "1,1172"}}), "line 6: “1,1172” is no rate"),
        (daily({"30.10.2026": {"USD": "1.1172"}}), "line 5: “30.10.2026” is no date"),
        (HEAD + b"<Cube currency='USD' rate='1'/></Cube></gesmes:Envelope>", "line 5: a rate without a date"),
        (b"<?xml version='1.0' encoding='no-such'?><Cube/>", "XML cannot be read"),
        (table(DAYS)[:-18], "row 3: the number of columns is 2 instead of 5"),
        (table({"2026-10-30": {"USD": "1.1172", "JPY": "abc"}}), "row 2, JPY: “abc” is no rate"),
        (table({"2026-13-30": {"USD": "1.1172"}}), "row 2: “2026-13-30” is no date"),
        (b"Datum,USD\n2026-10-30,1", "the first column is not “Date”"),
        ("Date,USD\n2026-10-30,１円".encode("shift-jis"), "not UTF-8"),
        (b'Date,USD\n2026-10-30,"1.1', "no CSV"),
        (zipped(table(DAYS))[:-40], "archive cannot be read"),
        (b"PK\x03\x04" + b"\x00" * 60, "archive cannot be read"),
        (zipped(table(DAYS), "a.csv", "b.csv"), "exactly one CSV"),
        (zipped(b"text", "readme.txt"), "exactly one CSV"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(data, why):
    with pytest.raises(BadRates, match=why):
        read_rates(data)


def test_nothing_larger_than_its_bound_is_unpacked_or_read(monkeypatch, tmp_path):
    monkeypatch.setattr(bank, "LARGEST_UNPACKED", 1000)
    with pytest.raises(BadRates, match="larger than 1000 bytes"):
        read_rates(zipped(b"Date,USD\n" + b" " * 1000))
    monkeypatch.setattr(sources, "LARGEST", 100)
    (tmp_path / "large.xml").write_bytes(daily(DAYS))
    with pytest.raises(BadRates, match="larger than 100 bytes"):
        EcbRates().read(tmp_path / "large.xml")
    with pytest.raises(SourceDown, match="none.xml: No such file"):
        EcbRates().read(tmp_path / "none.xml")


class Answer(io.BytesIO):
    url = "https://rates.example/daily.xml"


def test_an_address_is_read_over_tls_only_and_not_without_end(monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: Answer(daily(DAYS)))
    fetched = EcbRates(url=Answer.url).read()
    assert fetched.address == Answer.url
    assert len(fetched.rows) == 5

    monkeypatch.setattr(bank, "LARGEST", 100)
    with pytest.raises(BadRates, match="larger than 100 bytes"):
        download(Answer.url)
    monkeypatch.setattr(Answer, "url", "http://rates.example/daily.xml")
    with pytest.raises(SourceDown, match="only https"):
        download("https://rates.example/daily.xml")
    for wrong in ("http://rates.example/", "file:///etc/passwd", "rates.example"):
        with pytest.raises(SourceDown, match="only https"):
            download(wrong)


def test_a_source_that_does_not_answer_is_down(monkeypatch):
    def fail(url, timeout):
        raise TimeoutError("timed out")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    with pytest.raises(SourceDown, match="timed out"):
        EcbRates().read()


def test_sources_are_chosen_by_setting_and_by_name(settings):
    assert get_source().url == bank.DAILY
    assert get_source("ecb-history").url == bank.HISTORY
    assert isinstance(get_source("csv"), TableRates)
    settings.MARKETPLACE_RATES = {
        "BACKEND": "marketplace.economies.backends.table.TableRates", "OPTIONS": {"path": "rates.csv"},
    }  # fmt: skip
    assert get_source().path == "rates.csv"
    with pytest.raises(KeyError):
        get_source("somewhere")
    assert rates_are_importable(None) == []
    for wrong in ({"BACKEND": "no.such.Rates"}, {"BACKEND": settings.MARKETPLACE_RATES["BACKEND"], "OPTIONS": {"urls": 1}}):
        settings.MARKETPLACE_RATES = wrong
        assert [problem.id for problem in rates_are_importable(None)] == ["marketplace_economies.E001"]


GOOD = "base,quote,value,on,source\nUSD,PEN,3.7512,2026-10-30,Central bank\n"


def test_a_table_of_ones_own_is_read():
    row = RateRow("USD", "PEN", Decimal("3.7512"), date(2026, 10, 30), "row 2", "Central bank")
    assert list(read_table(GOOD.encode())) == list(read_table(b"\xef\xbb\xbf" + GOOD.encode())) == [row]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("base,quote", "quote,base", "row 1: the columns must be base, quote, value, on, source"),
        ("3.7512", "3,7512", "row 2: the number of columns is 6 instead of 5"),
        ("3.7512", '"3,7512"', "row 2, value: “3,7512” is not a number such as"),
        ("3.7512", '"1.234,50"', "row 2, value: “1.234,50” is not"),
        ("3.7512", "NaN", "row 2, value: “NaN” is not"),
        ("3.7512", "1e3", "row 2, value"),
        ("3.7512", "٣", "row 2, value"),
        ("PEN", "pen", "row 2, quote: “pen” is not three capital letters"),
        ("2026-10-30", "30/10/2026", "row 2, on: “30/10/2026” is not a date such as"),
        ("2026-10-30", "2026-02-30", "row 2, on: “2026-02-30” is no date"),
        ("Central bank", "", "row 2, source: “” is not who publishes"),
        (",Central bank", "", "row 2: the number of columns is 4 instead of 5"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_row_and_column(old, new, why):
    with pytest.raises(BadRates) as refused:
        list(read_table(GOOD.replace(old, new).encode()))
    assert why in str(refused.value)


def test_a_table_in_shift_jis_is_refused():
    with pytest.raises(BadRates, match="not UTF-8"):
        list(read_table(GOOD.replace("Central bank", "日本銀行").encode("shift-jis")))


TODAY = date(2026, 11, 2)
KNOWN = {("EUR", "USD"): [(date(2026, 10, 28), Decimal("1.11")), (date(2026, 11, 1), Decimal("112"))]}


def row(value: str, on: int = 30, month: int = 10, pair: tuple[str, str] = ("EUR", "USD"), where: str = "row 2") -> RateRow:
    return RateRow(*pair, Decimal(value), date(2026, month, on), where, "ECB")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row("0")], "row 2: the rate 0 of EUR/USD is not above zero"),
        ([row("-1.1")], "row 2: the rate -1.1 of EUR/USD is not above zero"),
        ([row("NaN")], "not above zero"),
        ([row("Infinity")], "not above zero"),
        ([row("111")], "row 2: EUR/USD of 2026-10-30 is 111, too far from the 1.11 of 2026-10-28"),
        ([row("0.0111")], "too far from the 1.11"),
        ([row("1.1"), row("111", on=31, where="row 3")], "row 3: EUR/USD of .*-31 is 111, too far from the 1.1 of .*-30"),
        ([row("111", on=31, where="row 2"), row("1.1", where="row 3")], "row 2: .* too far from the 1.1 of 2026-10-30"),
        ([row("1.1", on=2, month=11)], "too far from the 112 of 2026-11-01"),
        ([row("1.1"), row("1.2", where="row 9")], "row 9: EUR/USD of 2026-10-30 has another rate in row 2"),
        ([row("1.1", on=3, month=11)], "2026-11-03 is in the future"),
        ([row("1", pair=("EUR", "EUR"))], "are not two currencies"),
        ([row("1", pair=("EUR", "U$D"))], "are not two currencies"),
        ([row("1.1234567890123")], "too many digits"),
        ([row("1000000000000")], "too many digits"),
    ],
)
def test_rates_that_cannot_be_believed_are_refused(rows, why):
    with pytest.raises(BadRates, match=why):
        judge(rows, KNOWN, today=TODAY, most_times=100)


def test_rates_just_within_belief_pass_sorted_and_once():
    rows = [row("1.2", on=31), row("110.99"), row("110.99"), row("0.0112", on=29), row("7", pair=("EUR", "CNY"))]
    passed = judge(rows, KNOWN, today=TODAY, most_times=10_000)
    assert [(one.quote, one.on.day, str(one.value)) for one in passed] == [
        ("CNY", 30, "7"), ("USD", 29, "0.0112"), ("USD", 30, "110.99"), ("USD", 31, "1.2"),
    ]  # fmt: skip
    assert judge([row("110.99")], KNOWN, today=TODAY, most_times=100) == [row("110.99")]
    assert judge([], {}, today=TODAY, most_times=100) == []
