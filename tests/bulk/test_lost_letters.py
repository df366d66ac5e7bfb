"""A spreadsheet that saves in an older encoding writes "?" for each letter that it cannot hold. Nothing of that is taken."""

import pytest

from catalogue.models import Product
from tests.bulk.helping import HEAD, counts, look_at, pieces, report, table, take_over, workbook
from tests.factories import make_piece

pytestmark = pytest.mark.django_db
SENTENCE = "Letters were lost when this file was saved: “{}”. Save it as “CSV UTF-8” or as XLSX, please."


def saved_as(rows, encoding: str) -> bytes:
    """What a spreadsheet makes of letters that the encoding does not know."""
    return table(rows).decode().encode(encoding, "replace")


@pytest.mark.parametrize(
    "title, encoding, left",
    [
        ("Tô đỏ", "cp932", "T? ??"),
        ("Đĩa nhỏ hoa văn", "cp932", "??a nh? hoa v?n"),
        ("ชามไผ่", "cp1252", "??????"),
        ("鉢・ไผ่ขด・へ", "cp932", "鉢・?????・へ"),
        ("Bowl \ufffd\ufffd red", "utf-8", "Bowl \ufffd\ufffd red"),
        # In a file that can hold a letter "?" may end a sentence; in an older one it may be this letter.
        ("森\U00020bb7外の椀", "cp932", "森?外の椀"),
    ],
)
def test_lost_letters_are_refused_row_by_row_and_nothing_is_written(cast, words_of_the_shop, title, encoding, left):
    make_piece(cast.maker.workshop, title="椀", code="SML-01", price="20.00", stock=1)
    rest = ("", "", "stock", 1, "5.00", "")
    rows = [("SML-01", title, *[""] * 6), ("B2", title, *rest), ("B3", "Box", *rest)]
    # A heading in Japanese tells the encoding; one in English is enough where no other letter is left.
    head = HEAD if encoding == "cp1252" else ("コード", *HEAD[1:])
    run = take_over(cast.maker, saved_as([head, *rows], encoding))
    refused = [("title", SENTENCE.format(left))]
    assert [row for row in report(run) if row[0] < 4] == [(2, "refused", refused), (3, "refused", refused)]
    assert counts(run) == (1, 0, 0, 2)
    assert [row.title for row in pieces(cast.maker)] == ["椀", "Box"]


@pytest.mark.parametrize(
    "title",
    [
        "Really?",
        "What?? ",
        "Really? Yes, really?!",
        "“Whose bowl?” (hers?) – 50?",
        "知っていますか?この椀",
        "ใช้ได้ไหม?ได้",
        "See https://maker.example/?bowl=red&?q",
        "何？？？これ",
    ],
)
@pytest.mark.parametrize("make", [table, workbook], ids=["csv", "xlsx"])
def test_questions_are_no_lost_letters(cast, words_of_the_shop, title, make):
    run = take_over(cast.maker, make([HEAD, ("B1", title, "", "", "stock", 1, "5.00", "")]))
    assert counts(run) == (1, 0, 0, 0)
    assert [row.title for row in pieces(cast.maker)] == [title.strip()]


def test_what_stands_there_already_is_left_and_what_it_would_spoil_is_refused(cast, words_of_the_shop):
    make_piece(cast.maker.workshop, title="What???", code="SML-01", price="20.00", stock=1)
    make_piece(cast.maker.workshop, title={"en": "Café", "ja": "カフェ"}, code="SML-02", price="20.00", stock=1)
    make_piece(cast.maker.workshop, title="Scarf", variants={"Größe": ("20.00", 3)}, code="SML-03")
    head = ("code", "title", "title [ja]", "size", "stock")
    rows = [
        ("SML-01", "What???", "", "", 4),
        # One letter at the end looks like a question, but for what stands there now.
        ("SML-02", "Caf?", "", "", ""),
        ("SML-03", "", "", "Gr??e", 2),
        ("?-1", "Bowl", "", "", 1),
    ]
    run = take_over(cast.maker, table([head, *rows]))
    assert report(run) == [
        (2, "changed", [("stock", "1", "4")]),
        (3, "refused", [("title", SENTENCE.format("Caf?"))]),
        (4, "refused", [("size", SENTENCE.format("Gr??e"))]),
        (5, "refused", [("code", SENTENCE.format("?-1"))]),
    ]
    both = take_over(cast.maker, table([head, ("SML-02", "Café", "???", "", "")]))
    assert report(both) == [(2, "refused", [("title [ja]", SENTENCE.format("???"))])]
    rows = Product.objects.filter(partner=cast.maker.workshop.partner).order_by("pk")
    assert list(rows.values_list("title", flat=True)) == ["What???", "Café", "Scarf", "Größe"]
    assert pieces(cast.maker)[1].texts.get(locale__language_code="ja").title == "カフェ"


def test_a_long_text_is_named_by_the_place_where_it_was_lost(cast, words_of_the_shop):
    story = f"{'Long ago. ' * 40}It is ?????? red. {'And more. ' * 500}"
    run = look_at(cast.maker, table([("code", "description"), ("B1", story)]))
    (_row, _outcome, notes) = report(run)[0]
    around = "…ong ago. It is ?????? red. And more. And more. And more. And more. And…"
    assert notes[0] == ("description", SENTENCE.format(around))
