"""What the page of tables says: how a new row was read, which file made room, where a mistake stands."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.bulk import runs
from marketplace.bulk.columns import help_rows
from marketplace.bulk.models import ImportRun
from tests.bulk.helping import HEAD, bowls, counts, files_left, look_at, pieces, report, table, take_over
from tests.bulk.test_desk_bulk import address, body, send
from tests.bulk.test_images import packed, picture
from tests.factories import make_piece

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
NOISE = bytes(range(1, 256)) * 8


def said(response) -> list[str]:
    return [str(one) for one in response.context["messages"]]


def sale(price: str, stock: int) -> list[tuple]:
    return [("price", "", price), ("stock", "", str(stock))]


def test_a_new_row_says_how_it_was_read_before_anybody_says_yes(cast, words_of_the_shop):
    head = ("code", "title", "supply", "stock", "price", "size", "colour", "lead_days")
    rows = [
        ("N1", "<b>Bowl</b>", "stock", 5, "1.234,50", "", "", ""),
        ("N2", "Box", "made_to_order", "", "80", "", "", 20),
        ("N3", "Scarf", "stock", 3, "20.5", "S", "red", ""),
        ("N3", "", "", 0, "25", "L", "", ""),
    ]
    run = look_at(cast.maker, table([head, *rows]))
    assert report(run) == [
        (2, "new", [("title", "", "<b>Bowl</b>"), *sale("$1,234.50", 5)]),
        (3, "new", [("title", "", "Box"), ("price", "", "$80.00")]),
        (4, "new", [("title", "", "Scarf"), ("size", "", "S"), ("colour", "", "red"), *sale("$20.50", 3)]),
        (5, "new", [("size", "", "L"), *sale("$25.00", 0)]),
    ]
    page = cast.maker.client.get(address(cast.maker, "bulk-run", pk=run.pk)).text
    assert "<b>price:</b> <bdi>$1,234.50</bdi>" in page and "&lt;b&gt;Bowl" in page and "<del>" not in page
    file = body(cast.maker.client.get(address(cast.maker, "bulk-report", pk=run.pk))).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(file)))[1:4] == [
        ["2", "N1", "New", "title", "", "<b>Bowl</b>", ""],
        ["2", "N1", "New", "price", "", "$1,234.50", ""],
        ["2", "N1", "New", "stock", "", "5", ""],
    ]
    spanish = look_at(cast.maker, table([head, rows[0]]), language="es")
    assert report(spanish)[0][2][1] == ("price", "", "USD\xa01,234.50")


def test_what_she_wants_to_receive_is_shown_with_the_price_that_follows(cast, words_of_the_shop, settings):
    settings.MARKETPLACE_IMPORT = {"RECEIVE": f"{__name__}.a_tenth"}
    head = ("code", "title", "supply", "stock", "receive")
    run = look_at(cast.maker, table([head, ("N1", "Bowl", "stock", 1, "1.234.500")]))
    assert report(run)[0][2][1:] == [("receive", "", "₫1,234,500"), ("Price in USD", "", "$123.45"), ("stock", "", "1")]


def a_tenth(workshop, amount):
    return amount / 10_000


def test_a_new_row_costs_no_statement_more(cast, words_of_the_shop):
    numbers = []
    for number in (2, 40):
        with CaptureQueriesContext(connection) as caught:
            look_at(cast.maker, table(bowls(number)))
        numbers.append(len(caught))
    # The second one finds the first and makes it go.
    assert numbers[1] - numbers[0] <= 6


def test_a_file_that_makes_room_is_named_at_once_and_its_address_says_so(cast, words_of_the_shop):
    first = send(cast.maker, table(bowls(1)), name="a.csv")["Location"]
    # What cannot be taken takes nobody's place.
    assert send(cast.helper, b"%PDF-1.7", name="wrong.csv").status_code == 400
    assert cast.maker.client.get(first).status_code == 200
    there = send(cast.helper, table(bowls(2)), name="b.csv")
    page = cast.helper.client.get(there["Location"])
    assert said(page) == ["“a.csv” was put aside. Nobody had said yes to it yet."]
    for answer in (cast.maker.client.post(first, {"action": "write"}, follow=True), cast.maker.client.get(first, follow=True)):
        assert answer.redirect_chain == [(address(cast.maker), 302)]
        assert said(answer) == ["“a.csv” is no longer here. You can send it again."]
    assert not pieces(cast.maker)
    run = ImportRun.objects.get(file_name="b.csv")
    runs.start_writing(run)
    runs.work(run.pk)
    third = send(cast.maker, table(bowls(3)), name="c.csv")
    assert said(cast.maker.client.get(third["Location"])) == []


def test_a_file_that_failed_stays_in_the_list(cast):
    broken = look_at(cast.maker, table([HEAD]) + b'B1,"never closed' + b"x" * 50_000)
    assert broken.state == "failed" and not files_left()
    send(cast.maker, table(bowls(1)), name="b.csv")
    page = cast.maker.client.get(address(cast.maker))
    assert [row["label"] for row in page.context["runs"]] == ["Looked at", "Cannot be read"]
    assert said(page) == []


@pytest.mark.parametrize(
    "photos, why",
    [
        (packed({"../../x.jpg": b"x"}), "The ZIP file holds a name that leads elsewhere: “../../x.jpg”."),
        (b"no zip", "The file with the photos is no ZIP file, or it is incomplete."),
    ],
    ids=["leads out", "no zip"],
)
def test_what_is_wrong_with_the_zip_stands_under_the_zip(cast, photos, why):
    page = send(cast.maker, table(bowls(1)), photos=SimpleUploadedFile("photos.zip", photos))
    assert (page.status_code, page.context["form"].errors) == (400, {"photos": [why]})
    assert not ImportRun.objects.exists() and not files_left()


def test_a_zip_that_is_too_large_is_named_at_its_own_field(cast, settings):
    settings.MARKETPLACE_IMPORT_MOST_ZIP_BYTES = 10
    page = send(cast.maker, table(bowls(1)), photos=SimpleUploadedFile("photos.zip", packed({"a.jpg": b"x"})))
    assert list(page.context["form"].errors) == ["photos"]


@pytest.mark.parametrize(
    "name, content",
    [("a.jpg", picture()), ("a.csv", picture(format="WEBP")), ("a.xlsx", NOISE), ("b.csv", packed({"a.jpg": b"x"}))],
    ids=["jpeg", "webp", "noise", "zip"],
)
def test_what_is_no_table_is_told_so_with_the_kinds_that_are(cast, name, content):
    page = send(cast.maker, content, name=name)
    words = ["This is no table that we can read. Please save it as CSV or XLSX."]
    assert (page.status_code, page.context["form"].errors) == (400, {"file": words})
    assert not ImportRun.objects.exists() and not files_left()


def test_rows_that_cannot_be_used_have_one_name(cast, words_of_the_shop):
    run = take_over(cast.maker, table([HEAD, ("B1", "", *[""] * 6), *bowls(1)[1:]][:2]))
    assert counts(run) == (0, 0, 0, 1)
    page = cast.maker.client.get(address(cast.maker, "bulk-run", pk=run.pk)).text
    assert "Refused" not in page and page.count("Cannot be used") == 3


def test_the_list_of_pieces_shows_both_codes_and_the_sheet_says_which_counts(cast):
    make_piece(cast.maker.workshop, title="Bowl", code="SML-01", maker_code="THIA-D")
    make_piece(cast.maker.workshop, title="Box", code="SML-02")
    make_piece(cast.maker.workshop, title="Cup", code="SML-03", maker_code="SML-03")
    page = cast.maker.client.get(address(cast.maker, "pieces")).text
    assert page.count("Your code: ") == 1 and "Your code: THIA-D · In the shop: SML-01" in page
    assert all(f'num">{code}</p>' in page for code in ("SML-02", "SML-03"))
    code = dict(help_rows(cast.maker.workshop))["Code"]
    assert "Your own code counts first. A piece without one is known by the code that the shop gave it." in code


def test_a_list_of_several_pages_brings_the_style_of_its_pages_along(cast, words_of_the_shop):
    run = look_at(cast.maker, table(bowls(51)))
    page = cast.maker.client.get(address(cast.maker, "bulk-run", pk=run.pk)).text
    assert 'class="paging"' in page and page.count("css/components/paging") == 1
    run = look_at(cast.maker, table(bowls(2)))
    assert "css/components/paging" not in cast.maker.client.get(address(cast.maker, "bulk-run", pk=run.pk)).text
    begin = cast.maker.client.get(address(cast.maker)).text
    assert 'class="row-tools"' not in begin and begin.count('<ul class="desk-counts">') == 1
