"""Statistics and statements at an agency's desk: exact numbers, as charts, tables, CSV and PDF, and nobody's name."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils.html import strip_tags
from django.utils.translation import gettext, override
from pypdf import PdfReader

from marketplace.partnerships.models import Agency, CardCount
from marketplace.payments.models import Payment, ShareRule
from storefront.agency import charts, statistics
from tests.agency.conftest import Bureau
from tests.factories import make_agency, make_agency_terms
from tests.marketplace.brought import ask, holds, order, pieces

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def today(monkeypatch) -> date:
    monkeypatch.setattr(statistics, "timezone", SimpleNamespace(localdate=lambda: TODAY))
    return TODAY


def count(agency: Agency, days_ago: int, subject: str, language: str, views: int, clicks: int = 0) -> None:
    day = TODAY - timedelta(days=days_ago)
    CardCount.objects.create(agency=agency, day=day, subject=subject, language=language, views=views, clicks=clicks)


@pytest.fixture
def counted(bureau, today) -> Bureau:
    """A story seen in two languages under two numbers, a piece, days outside, and another agency's numbers."""
    agency, story = bureau.agency, bureau["story"]
    count(agency, 0, f"story-{story['en'].pk}", "en", 1200, 30)
    count(agency, 1, f"story-{story['ja'].pk}", "ja", 40, 4)
    count(agency, 1, f"product-{bureau['piece'].pk}", "en", 7, 1)
    count(agency, 29, "story-999999", "ko", 2)
    count(agency, 30, f"story-{story['en'].pk}", "en", 5000, 500)
    count(agency, 300, f"story-{story['en'].pk}", "en", 11)
    count(make_agency("lanna"), 0, f"story-{story['en'].pk}", "en", 70_000, 7_000)
    return bureau


def table(page: str, title: str) -> list[list[str]]:
    """The rows of the table after this heading or summary, as words."""
    body = page[page.index(title) :]
    rows = re.findall(r"<tr>(.*?)</tr>", re.search(r"<tbody>(.*?)</tbody>", body, re.S)[1], re.S)
    return [[strip_tags(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in rows]


def test_thirty_days_as_charts_and_tables(counted):
    page = counted.editor.get(counted.url("statistics/")).text
    assert "October 22, 2026 to November 20, 2026" in page
    totals = re.findall(r'<span class="chart-title">(.*?)</span> <b class="num">(.*?)</b>', page)
    assert totals == [("Cards seen", "1,249"), ("Followed to the shop", "35"), ("Orders", "0")]
    days = table(page, "The numbers of each day")
    assert days[:2] == [["Nov 20, 2026", "1,200", "30", "0", "0"], ["Nov 19, 2026", "47", "5", "0", "0"]]
    assert len(days) == 30
    assert table(page, "By what was shown") == [
        ["The dye that waits", "1,240", "34"],
        ["Indigo scarf", "7", "1"],
        ["A page that is gone", "2", "0"],
    ]
    assert table(page, "By language") == [["English", "1,207", "31"], ["Japanese", "40", "4"], ["Korean", "2", "0"]]
    assert "70,000" not in page
    assert "Do Not Track" in page and "again within 30 minutes" in page


def test_charts_are_svg_for_everybody_without_script_or_style(counted):
    page = counted.editor.get(counted.url("statistics/")).text
    pictures = re.findall(r"<svg role=\"img\".*?</svg>", page, re.S)
    assert len(pictures) == 3
    for picture, name in zip(pictures, ("views", "clicks", "orders"), strict=True):
        assert f'aria-labelledby="chart-{name}-title chart-{name}-desc"' in picture
        assert f'<title id="chart-{name}-title">' in picture and f'<desc id="chart-{name}-desc">' in picture
        assert "style=" not in picture and "<script" not in picture
    heights = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', pictures[0])]
    assert heights == [1.0, 2.35, 60.0], "2 of 2,000 is too low to be seen, and is drawn as one unit"


def test_a_chart_needs_no_number_at_all():
    drawn = charts.draw(name="x", title="X", says="", points=[("a", 0), ("b", 0)], write=str)
    assert (drawn.total, drawn.top, [bar.height for bar in drawn.bars]) == ("0", "1", [0.0, 0.0])
    assert charts.draw(name="x", title="X", says="", points=[], write=str).bars == []
    assert [charts.round_up(value) for value in (0, 1, 3, 10, 11, 21, 51, 101)] == [1, 1, 5, 10, 20, 50, 100, 200]


def test_a_year_is_told_by_month(counted):
    page = counted.editor.get(counted.url("statistics/"), {"period": "year"}).text
    rows = table(page, "The numbers of each month")
    assert (len(rows), rows[0], rows[1]) == (13, ["Nov 2026", "1,247", "35", "0", "0"], ["Oct 2026", "5,002", "500", "0", "0"])
    assert rows[-1][0] == "Nov 2025" and ["Jan 2026", "11", "0", "0", "0"] in rows
    assert "30 days" in counted.editor.get(counted.url("statistics/"), {"period": "<b>"}).text


def test_the_file_has_a_line_for_each_day_card_and_language(counted):
    answer = counted.books.get(counted.url("statistics.csv"), {"period": "week"})
    assert answer["Content-Disposition"] == 'attachment; filename="chang-thong-2026-11-14-2026-11-20.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    story, piece = counted["story"], counted["piece"]
    assert rows == [
        ["Day", "Card", "Title", "Language", "Seen", "Followed", "Orders", "Given back whole"],
        ["2026-11-19", f"product-{piece.pk}", "Indigo scarf", "en", "7", "1", "", ""],
        ["2026-11-19", f"story-{story['ja'].pk}", "The dye that waits", "ja", "40", "4", "", ""],
        ["2026-11-20", f"story-{story['en'].pk}", "The dye that waits", "en", "1200", "30", "", ""],
    ]


@pytest.fixture
def brought(bureau, today) -> Payment:
    """An order of 100 US dollars that Chang Thong brought in November, given back in part."""
    ShareRule.objects.create(commission="12.5", village_fund="2.5", valid_from="2026-01-01", source="Assembly")
    make_agency_terms("5", days=30)
    Agency.objects.filter(pk=bureau.agency.pk).update(currency="USD")
    bureau.agency.refresh_from_db()
    payment = order(*pieces("100.00"), agency=bureau.agency, subject=f"story-{bureau['story']['en'].pk}")
    ask(payment, "40.00", line=payment.order.lines.get())
    # The payment service, which never saw this payment, is not asked to send the money.
    connection.run_on_commit.clear()
    holds()
    return payment


def words(page: str) -> str:
    """What a reader reads of it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def months(page: str) -> list[str]:
    return re.findall(r'<a class="row-link" href="([^"]+)">', page)


def test_an_order_stands_once_in_the_statement_and_its_refund_takes_back(bureau, brought):
    page = bureau.books.get(bureau.url("money/")).text
    assert "You are owed <span class=\"num\">$3.00</span>" in page
    assert "Nobody has said where your money goes." in page
    [path] = months(page)
    assert re.fullmatch(bureau.url(r"money/USD/\d{4}-\d{1,2}/"), path)
    text = words(bureau.books.get(path).text)
    number = brought.order.number
    assert text.count("Order Not delivered yet $5.00") == 1
    assert text.count("Taken back: the buyer got money back -$2.00") == 1
    assert "5 % of $100.00" in text and "The dye that waits" in text
    assert number.partition("-")[0] in text and number not in text
    assert "Owed before $0.00" in text and "Owed after $3.00" in text
    for word in ("Kenji", brought.order.user.email if brought.order.user else brought.order.guest_email):
        assert word not in text


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("vi", ";")])
def test_both_files_have_the_same_separators(counted, language, separator):
    """Those of a spreadsheet of the agency's economy in the language of the page."""
    answer = counted.owner.get(counted.url("statistics.csv").replace("/en/", f"/{language}/", 1))
    head = answer.content.decode("utf-8-sig").splitlines()[0]
    assert head.count(separator) == 7


def csv_text(browser, path: str) -> str:
    return browser.get(f"{path[:-1]}.csv").content.decode("utf-8-sig")


def test_the_same_as_csv_and_pdf_in_the_language_of_the_page(bureau, brought):
    """Not in the agency's own: whoever reads a page saves what it says."""
    Agency.objects.filter(pk=bureau.agency.pk).update(language="th")
    [path] = months(bureau.books.get(bureau.url("money/")).text)
    file = bureau.books.get(f"{path[:-1]}.csv")
    assert file["Content-Type"] == "text/csv; charset=utf-8" and "no-store" in file["Cache-Control"]
    text = file.content.decode("utf-8-sig")
    assert "The dye that waits" in text and "5.00" in text and "-2.00" in text
    paper = bureau.books.get(f"{path[:-1]}.pdf")
    assert paper.content.startswith(b"%PDF")
    words = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "Chang Thong Travel" in words and "$5.00" in words and "The dye that waits" in words
    heads = [line.split(",")[0] for line in (text, csv_text(bureau.books, path.replace("/en/", "/th/", 1)))]
    with override("th"):
        assert heads == ["Day", gettext("Day")] and gettext("Day") != "Day"
    japanese = csv_text(bureau.books, path.replace("/en/", "/ja/", 1))
    assert "待つ藍" in japanese and "The dye that waits" not in japanese
    links = re.findall(r'href="([^"]+\.(?:csv|pdf))"', bureau.books.get(path.replace("/en/", "/ja/", 1)).text)
    assert links == [f"{path.replace('/en/', '/ja/', 1)[:-1]}.{kind}" for kind in ("csv", "pdf")]


def test_months_and_currencies_that_never_were_are_missing(bureau):
    for rest in ("money/JPY/2026-11/", "money/THB/2026-13/", "money/THB/0-1/", "money/THB/99999-1/", "money/THB/2026-11.exe"):
        assert bureau.books.get(bureau.url(rest)).status_code == 404, rest
    assert bureau.books.get(bureau.url("money/THB/2026-11/")).status_code == 200
    assert "There is no statement yet." in bureau.books.get(bureau.url("money/")).text


def test_orders_are_counted_on_their_day(bureau, brought):
    Payment.objects.filter(pk=brought.pk).update(paid_at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    page = bureau.books.get(bureau.url("statistics/")).text
    assert table(page, "The numbers of each day")[2] == ["Nov 18, 2026", "0", "0", "1", "0"]
    rows = list(csv.reader(io.StringIO(bureau.books.get(bureau.url("statistics.csv")).content.decode("utf-8-sig"))))
    assert rows[1:] == [["2026-11-18", "", "", "", "", "", "1", "0"]]
    home = words(bureau.books.get(bureau.url()).text)
    assert "Orders 1 " in home and "given back whole:" not in page + home


def test_orders_that_were_given_back_whole_are_said_to_be(bureau, brought):
    """In the tile, in the table of days and months, in the file, and at the desk's start."""
    other = order(*pieces("30.00"), agency=bureau.agency)
    days = {brought.pk: datetime(2026, 11, 18, 12, tzinfo=UTC), other.pk: datetime(2026, 11, 18, 13, tzinfo=UTC)}
    for pk, at in days.items():
        Payment.objects.filter(pk=pk).update(paid_at=at)
    Payment.objects.filter(pk=other.pk).update(state=Payment.State.REFUNDED)
    page = bureau.books.get(bureau.url("statistics/")).text
    assert "Orders 2 Of these given back whole: 1 " in words(page) and page.count("given back whole:") == 1
    assert table(page, "The numbers of each day")[2] == ["Nov 18, 2026", "0", "0", "2", "1"]
    year = bureau.books.get(bureau.url("statistics/"), {"period": "year"}).text
    assert table(year, "The numbers of each month")[0] == ["Nov 2026", "0", "0", "2", "1"]
    rows = list(csv.reader(io.StringIO(bureau.books.get(bureau.url("statistics.csv")).content.decode("utf-8-sig"))))
    assert rows[1:] == [["2026-11-18", "", "", "", "", "", "2", "1"]]
    assert "Orders 2 Of these given back whole: 1 " in words(bureau.books.get(bureau.url()).text)
