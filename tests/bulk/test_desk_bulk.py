"""The desk's page of tables: who may, what is shown, and that a table that goes out comes back without a change."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from oscar.core.loading import get_model

from catalogue.classes import product_class_for
from catalogue.models import Product
from marketplace.bulk import runs
from marketplace.bulk.models import ImportRow, ImportRun
from marketplace.notices.models import Notice
from tests.bulk.helping import (
    HEAD,
    begin,
    bowls,
    counts,
    files_left,
    look_at,
    pieces,
    report,
    table,
    take_over,
)
from tests.factories import make_piece

StockRecord = get_model("partner", "StockRecord")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
State = ImportRun.State


def address(person, name: str = "bulk", **kwargs) -> str:
    return reverse(f"desk:{name}", kwargs={"workshop": person.workshop.slug, **kwargs})


def send(person, content: bytes, name: str = "pieces.csv", **more):
    return person.client.post(address(person), {"file": SimpleUploadedFile(name, content), **more})


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def make_all_kinds(workshop, craft, material) -> None:
    """One of every kind that the desk can make, with words that a spreadsheet would run."""
    evil = {"en": '=HYPERLINK("http://x.example","y")', "ja": "+赤い椀"}
    made_of = {"craft": craft, "materials": [material]}
    make_piece(workshop, title=evil, summary="-5", description="@a\n\n=b", code="SML-01", pictures=1, **made_of)
    make_piece(workshop, title="Slow box", supply="made_to_order", price="80.00", code="SML-02", month_capacity=20)
    make_piece(workshop, title="Scarf", variants={"Small": ("20.00", 3), "Large · red": ("25.50", 0)}, code="SML-03")
    make_piece(workshop, title="'Quoted'", stock=1, supply="one_of_a_kind", code="SML-04", maker_code="0012", length_mm=125)
    empty = {"structure": "standalone", "stage": "draft", "is_public": False, "upc": "SML-05", "slug": "x"}
    Product.objects.create(partner=workshop.partner, product_class=product_class_for("stock"), **empty)


def state_of(workshop) -> list:
    rows = Product.objects.filter(partner=workshop.partner) | Product.objects.filter(parent__partner=workshop.partner)
    return [
        list(rows.order_by("pk").values_list("pk", "title", "stage", "is_public", "supply", "net_weight_g", "date_updated")),
        list(StockRecord.objects.order_by("pk").values_list("pk", "price", "num_in_stock", "date_updated")),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_back_without_a_change(cast, words_of_the_shop, kind):
    craft, bamboo, _silk = words_of_the_shop
    make_all_kinds(cast.maker.workshop, craft, bamboo)
    make_piece(cast.other_maker.workshop, title="Not hers")
    response = cast.maker.client.get(address(cast.maker, "bulk-export", kind=kind))
    content, before = body(response), state_of(cast.maker.workshop)
    assert response["X-Content-Type-Options"] == "nosniff" and "no-store" in response["Cache-Control"]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert content.count(b"\r\n") >= 7
    else:
        book = load_workbook(io.BytesIO(content))
        assert book.sheetnames == ["Pieces", "Help"] and book["Help"].max_row > 20
        assert not [cell for row in book["Pieces"].iter_rows() for cell in row if cell.data_type == "f"]
        rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in book["Pieces"].iter_rows()]
    assert rows[0][:2] == ["Code", "Title"] and rows[0][-3:] == ["Title [ja]", "In one sentence [ja]", "Description [ja]"]
    assert rows[1][:4] == ["SML-01", '\'=HYPERLINK("http://x.example","y")', "'-5", "'@a\n\n=b"]
    assert rows[1][-3] == "'+赤い椀" and "Not hers" not in str(rows)
    assert [row[0] for row in rows[1:]] == ["SML-01", "SML-02", "SML-03", "SML-03", "0012", "SML-05"]
    run = take_over(cast.maker, content, name=f"pieces.{kind}")
    assert (counts(run), report(run)[0]) == ((0, 0, 6, 0), (2, "same", []))
    assert state_of(cast.maker.workshop) == before


def test_a_sale_between_export_and_import_is_not_lost(cast, words_of_the_shop):
    head = (*HEAD, "stock_before")
    take_over(cast.maker, table(bowls(2)))
    one, two = pieces(cast.maker)
    StockRecord.objects.filter(product__in=[one, two]).update(num_in_stock=4)
    rows = [("B1", "Red bowl", "", "", "", 5, "", "", 5), ("B2", "", "", "", "", 9, "", "", 5)]
    run = take_over(cast.maker, table([head, *rows]))
    assert report(run) == [
        (2, "changed", [("title", "Bowl 1", "Red bowl")]),
        (3, "refused", [("stock", "Meanwhile the number changed from 5 to 4. Please count again.")]),
    ]
    assert set(StockRecord.objects.values_list("num_in_stock", flat=True)) == {4}


def test_codes_of_others_are_unknown_and_codes_twice_are_refused(cast, words_of_the_shop):
    hers = make_piece(cast.other_maker.workshop, title="Blue scarf", code="BFI-01", price="99.00", maker_code="B7")
    before = state_of(cast.other_maker.workshop)
    rows = [("BFI-01", "Mine", "", "", "stock", 1, "5.00", ""), ("B7", "Mine too", "", "", "stock", 1, "5.00", "")]
    again = [("BFI-01", "Once more", "", "", "stock", 1, "6.00", ""), ("", "No code", "", "", "stock", 1, "6.00", "")]
    run = take_over(cast.maker, table([HEAD, *rows, *again]))
    assert report(run) == [
        (2, "new", [("title", "", "Mine"), ("price", "", "$5.00"), ("stock", "", "1")]),
        (3, "new", [("title", "", "Mine too"), ("price", "", "$5.00"), ("stock", "", "1")]),
        (4, "refused", [("code", "This code stands in row 2 already.")]),
        (5, "refused", [("code", "Please give the code of the piece.")]),
    ]
    assert [(row.maker_code, row.title) for row in pieces(cast.maker)] == [("BFI-01", "Mine"), ("B7", "Mine too")]
    assert state_of(cast.other_maker.workshop)[0] == before[0] and Product.objects.get(pk=hers.pk).title == "Blue scarf"
    assert "Blue scarf" not in str(list(ImportRow.objects.values()))


def test_variants_words_in_further_languages_and_fields_that_nobody_may_write(cast, words_of_the_shop):
    head = ("code", "title", "title [ja]", "size", "colour", "supply", "stock", "price", "partner", "is_public", "commission")
    rows = [
        ("S1", "Scarf", "スカーフ", "S", "red", "stock", 3, "20.00", cast.other_maker.workshop.slug, "1", "0"),
        ("S1", "", "", "L", "red", "", 0, "25.00", "", "", ""),
        ("S2", "Shawl", "", "S", "", "stock", 1, "20.00", "", "", ""),
        ("S2", "Shawl!", "", "L", "", "", 1, "20.00", "", "", ""),
    ]
    run = take_over(cast.maker, table([head, *rows]))
    assert (counts(run), run.unknown) == ((2, 0, 0, 2), ["partner", "is_public", "commission"])
    assert report(run)[2:] == [
        (4, "refused", [("", "Another row of this piece cannot be used.")]),
        (5, "refused", [("title", "The rows of this piece do not say the same here.")]),
    ]
    (scarf,) = pieces(cast.maker)
    assert (scarf.is_parent, scarf.is_public, scarf.partner) == (True, False, cast.maker.workshop.partner)
    records = StockRecord.objects.filter(product__parent=scarf).order_by("pk")
    made = list(records.values_list("product__title", "num_in_stock", "price"))
    assert made == [("S · red", 3, Decimal("20.00")), ("L · red", 0, Decimal("25.00"))]
    assert scarf.texts.get(locale__language_code="ja").title == "スカーフ"
    assert counts(take_over(cast.maker, table([head, *rows[:2]]))) == (0, 0, 2, 0)
    rows[1] = ("S1", "", "", "L", "red", "", 7, "26.00", "", "", "")
    assert counts(take_over(cast.maker, table([head, *rows[:2]]))) == (0, 1, 1, 0)
    assert scarf.children.order_by("pk").last().stockrecords.get().num_in_stock == 7


def test_from_the_upload_to_done_in_the_browser(cast, words_of_the_shop, commit):
    page = cast.maker.client.get(address(cast.maker))
    assert page.status_code == 200 and "Many pieces at once" in page.text and len(page.content) < 100_000
    there = send(cast.maker, table([HEAD, ("B1", "<b>Bowl</b>", "", "", "stock", 1, "1.234", "")]))
    run = ImportRun.objects.get()
    assert (there.status_code, there["Location"]) == (302, address(cast.maker, "bulk-run", pk=run.pk))
    page = cast.maker.client.get(there["Location"]).text
    assert "“1.234” may be 1234 or 1.234." in page and "1.000,50" in page and "Yes, do it" not in page
    cast.maker.client.post(there["Location"], {"action": "sign", "sign": ","})
    page = cast.maker.client.get(there["Location"]).text
    assert "Yes, do it" in page and not pieces(cast.maker)
    for _twice in range(2):
        cast.maker.client.post(there["Location"], {"action": "write"})
    run.refresh_from_db()
    assert (run.state, counts(run), len(pieces(cast.maker))) == ("done", (1, 0, 0, 0), 1)
    assert pieces(cast.maker)[0].stockrecords.get().price == Decimal("1234.00")
    assert Notice.objects.filter(user=cast.maker.user, kind="import_finished").count() == 1
    rows = body(cast.maker.client.get(address(cast.maker, "bulk-report", pk=run.pk))).decode("utf-8-sig")
    assert rows.splitlines()[1:] == ["2,B1,New,title,,<b>Bowl</b>,", '2,B1,New,price,,"$1,234.00",', "2,B1,New,stock,,1,"]
    assert files_left() == []


def test_letters_that_cannot_be_told_are_asked_in_the_browser(cast, words_of_the_shop):
    words = "赤い漆の椀"
    there = send(cast.maker, table([HEAD, ("B1", words, "", "", "stock", 1, "5", "")], encoding="cp932"))
    page = cast.maker.client.get(there["Location"]).text
    assert "Which of these can you read?" in page and f"B1,{words}" in page
    cast.maker.client.post(there["Location"], {"action": "encoding", "encoding": "utf-8"})
    assert ImportRun.objects.get().state == State.ASKING
    cast.maker.client.post(there["Location"], {"action": "encoding", "encoding": "cp932"})
    cast.maker.client.post(there["Location"], {"action": "write"})
    assert [row.title for row in pieces(cast.maker)] == [words]


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"title\nx\n", b"PK\x03\x04broken"], ids=["empty", "pdf", "no code", "zip"]
)
def test_what_cannot_be_read_is_refused_and_not_kept(cast, content):
    assert send(cast.maker, content).status_code == 400
    assert not ImportRun.objects.exists() and not files_left()


def test_every_door_of_the_page(cast, words_of_the_shop, commit):
    run = look_at(cast.maker, table(bowls(1)))
    doors = [
        address(cast.maker),
        address(cast.maker, "bulk-run", pk=run.pk),
        address(cast.maker, "bulk-report", pk=run.pk),
        address(cast.maker, "bulk-export", kind="csv"),
        address(cast.maker, "bulk-template", kind="xlsx"),
    ]
    for door in doors:
        assert cast.helper.client.get(door).status_code == 200
        assert cast.stranger.client.get(door).status_code == 302
        assert cast.other_maker.client.get(door).status_code == 404
        assert cast.buyer.client.get(door).status_code == 403
    for door in doors[:2]:
        assert cast.other_maker.client.post(door, {"action": "write"}).status_code == 404
        assert cast.buyer.client.post(door, {"action": "write"}).status_code == 403
    # Under her own workshop's address the run of another is as missing as one that never was.
    for name in ("bulk-run", "bulk-report"):
        for pk in (run.pk, 999_999):
            assert cast.other_maker.client.get(address(cast.other_maker, name, pk=pk)).status_code == 404
    assert cast.maker.client.get(address(cast.maker, "bulk-export", kind="exe")).status_code == 404
    assert cast.maker.client.post(doors[1], {"action": "nonsense"}).status_code == 400
    run.refresh_from_db()
    assert run.state == State.CHECKED and not pieces(cast.maker)


def test_the_list_s_filter_holds_for_the_export(cast):
    make_piece(cast.maker.workshop, title="Red bowl", code="SML-01")
    make_piece(cast.maker.workshop, title="Blue bowl", code="SML-02")
    lines = body(cast.maker.client.get(address(cast.maker, "bulk-export", kind="csv"), {"q": "blue"})).decode().splitlines()
    assert len(lines) == 2 and lines[1].startswith("SML-02,Blue bowl")


def test_what_nobody_finishes_goes_after_two_days(cast, words_of_the_shop, commit):
    run = look_at(cast.maker, table(bowls(1)))
    assert len(files_left()) == 2
    assert runs.sweep(timezone.now() + timedelta(days=1)) == 0
    assert runs.sweep(timezone.now() + timedelta(days=2, hours=1)) == 1
    commit()
    run.refresh_from_db()
    assert (run.state, files_left(), ImportRow.objects.count()) == (State.DROPPED, [], 0)
    with pytest.raises(runs.NotNow):
        runs.start_writing(run)


def test_two_who_work_at_one_run_and_two_runs_at_once(cast, words_of_the_shop):
    run = look_at(cast.maker, table(bowls(2)))
    second = begin(cast.maker, table(bowls(3)))
    with pytest.raises(runs.NotNow):
        runs.start_writing(run)  # the newer file took its place
    second = runs.work(second.pk)
    runs.start_writing(second)
    third = look_at(cast.maker, table(bowls(4)))
    with pytest.raises(runs.NotNow, match="under way"):
        runs.start_writing(third)
    assert runs.work(second.pk).state == State.DONE and runs.work(second.pk).state == State.DONE
    assert len(pieces(cast.maker)) == 3
