"""The packaged restrictions, the table as CSV, and who changed what. Most of it without a database."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.models.restrictions import Restriction, prefixes
from marketplace.trade.models.rule_changes import RuleChange
from marketplace.trade.needs import check_needs
from marketplace.trade.restriction_sentences import SENTENCES
from marketplace.trade.restrictions import (
    NAMES,
    SEED,
    delete_restriction,
    import_restrictions,
    load_restrictions,
    read_restrictions,
    write_restrictions,
)
from marketplace.trade.rule_services import NotPossible
from tests.factories import make_user

DATA = SEED.read_bytes()


def line(**values) -> bytes:
    """A file with one good row, but for ``values``."""
    cells = dict.fromkeys(NAMES, "") | {
        "code": "XX-TEST", "destination": "JP", "action": "permit", "severity": "stops", "text": "Not so fast.",
        "source": "a law", "effective_from": "2026-01-01", "review_by": "2027-01-01", "state": "live",
    } | values  # fmt: skip
    quoted = (f'"{value}"' if "," in value else value for value in cells.values())
    return (",".join(NAMES) + "\n" + ",".join(quoted) + "\n").encode()


def test_the_packaged_file_comes_back_byte_for_byte():
    rows = read_restrictions(DATA)
    assert len(rows) == 64
    assert write_restrictions(reversed(rows)) == DATA


def test_every_packaged_row_can_be_checked_by_a_person():
    for row in read_restrictions(DATA):
        assert row.source and row.source_date and row.review_by and row.evidence, row.code
        assert row.needs or row.next_step, f"{row.code}: the maker does not learn what to do"


def test_every_sentence_of_the_file_is_marked_for_translation():
    written = {text for row in read_restrictions(DATA) for text in (row.text, row.next_step) if text}
    assert set(SENTENCES) == written


REFUSED = {
    "a range the wrong way": (line(hs="4420-4410"), "hs"),
    "a range of unlike lengths": (line(hs="44-4421"), "hs"),
    "a range without end": (line(hs="000000-999999"), "hs"),
    "an HS code of one digit": (line(hs="4"), "hs"),
    "an HS code of letters": (line(hs="wood"), "hs"),
    "a need that nobody knows": (line(needs="passport"), "needs"),
    "a certificate of no kind": (line(needs="certificate:beauty"), "needs"),
    "a code of nine digits": (line(needs="hs:9"), "needs"),
    "a destination in words": (line(destination="Japan"), "destination"),
    "a destination in small letters": (line(destination="jp"), "destination"),
    "a live row without source": (line(source=""), "source"),
    "a live row without review": (line(review_by=""), "review_by"),
    "an end before the beginning": (line(effective_to="2025-12-31"), "effective_to"),
    "a day of another calendar": (line(effective_from="31.12.2026"), "effective_from"),
    "a decimal comma": (line(alcohol_over="24,5"), "alcohol_over"),
    "more than everything": (line(alcohol_over="101"), "alcohol_over"),
    "an unknown action": (line(action="ask"), "action"),
    "an unknown carrier": (line(channel="pigeon"), "channel"),
    "origins in words": (line(origins="not Peru"), "origins"),
    "a link that is none": (line(learn_url="javascript:alert(1)"), "learn_url"),
    "no text": (line(text=""), "text"),
    "a code with a tag": (line(code="<b>"), "code"),
    "the same row twice": (line() + line().split(b"\n", 1)[1], "effective_from"),
    "days that overlap": (line() + line(effective_from="2026-06-01").split(b"\n", 1)[1], "effective_from"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_row_and_column(name):
    data, column = REFUSED[name]
    with pytest.raises(CsvRefused) as refused:
        read_restrictions(data)
    places = [(place.row, place.column) for place, _text in refused.value.problems]
    assert places == [(data.count(b"\n"), column)]


def test_a_file_in_another_encoding_or_cut_in_half_is_refused():
    japanese = line(text="許可が要ります。").decode().encode("shift_jis")
    with pytest.raises(CsvRefused, match="UTF-8"):
        read_restrictions(japanese)
    with pytest.raises(CsvRefused, match="breaks off"):
        read_restrictions(DATA[: len(DATA) // 2])


def test_a_row_that_follows_on_the_next_day_is_welcome():
    data = line(effective_to="2026-05-31") + line(effective_from="2026-06-01").split(b"\n", 1)[1]
    assert [row.effective_from for row in read_restrictions(data)] == [date(2026, 1, 1), date(2026, 6, 1)]


def test_a_draft_may_lack_its_source():
    (row,) = read_restrictions(line(state="draft", source="", review_by=""))
    assert row.state == "draft"


def test_beginnings_of_codes():
    assert prefixes("4420.90; 02-04 2203-2205") == {"442090", "02", "03", "04", "2203", "2204", "2205"}
    assert prefixes("") == frozenset()


def test_needs_are_taken_apart():
    found = [(need.name, need.detail, need.code, need.field) for need in check_needs("hs:6 hs:10 certificate:cites sku")]
    assert found == [
        ("hs", "6", "hs_code", "hs_code"),
        ("hs", "10", "hs_code", "tariff_code"),
        ("certificate", "cites", "certificate", "certificate"),
        ("sku", "", "product_id", "sku"),
    ]


# With a database


@pytest.fixture
def empty(db) -> None:
    """The tables as they are before anybody has loaded or changed anything."""
    Restriction.objects.all().delete()
    RuleChange.objects.filter(table_name="restrictions")._raw_delete("default")


def test_the_seed_fills_what_is_missing_and_leaves_what_somebody_changed(empty):
    assert load_restrictions() == 64
    Restriction.objects.filter(code="RU-DESTINATION").update(state="draft")
    Restriction.objects.filter(code="EU-EUDR", effective_from="2027-06-30").delete()
    Restriction.objects.filter(code="PE-FOOD").delete()
    assert load_restrictions() == 1
    assert Restriction.objects.get(code="RU-DESTINATION").state == "draft"
    assert Restriction.objects.filter(code="EU-EUDR").count() == 1, "that code is the operator’s now"
    assert list(RuleChange.objects.filter(table_name="restrictions").values_list("action", "after")) == [
        ("seeded", {"rows": "1"}),
        ("seeded", {"rows": "64"}),
    ]


def test_the_database_refuses_a_live_row_that_nobody_can_check(empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(
            code="XX", action="permit", text="x", effective_from=date(2026, 1, 1), state="live", source="a law"
        )
    assert not Restriction.objects.exists()


def test_an_import_adds_and_changes_and_writes_down_who(empty):
    boss = make_user("boss@example.com")
    assert import_restrictions(data=line(), user=boss, how="one.csv") == (1, 0)
    assert import_restrictions(data=line(), user=boss, how="one.csv") == (0, 0)
    changed = line(text="Slowly.") + line(code="YY-TEST", destination="CA").split(b"\n", 1)[1]
    assert import_restrictions(data=changed, user=boss, how="two.csv") == (1, 1)
    assert import_restrictions(data=line(text="Slowly.", state="draft"), user=boss, how="three.csv") == (0, 1)
    book = RuleChange.objects.filter(table_name="restrictions").order_by("pk")
    rows = book.values_list("who", "row", "action", "how", "before", "after")
    assert [row[:4] for row in rows] == [
        ("boss@example.com", "XX-TEST 2026-01-01", "added", "one.csv"),
        ("boss@example.com", "XX-TEST 2026-01-01", "changed", "two.csv"),
        ("boss@example.com", "YY-TEST 2026-01-01", "added", "two.csv"),
        ("boss@example.com", "XX-TEST 2026-01-01", "withdrawn", "three.csv"),
    ]
    assert rows[1][4:] == ({"text": "Not so fast."}, {"text": "Slowly."})


def test_an_import_with_one_bad_row_writes_nothing(empty):
    load_restrictions()
    before = write_restrictions(Restriction.objects.all())
    changes = RuleChange.objects.count()
    for rest in (line(code="YY-TEST", hs="wood"), line(code="EU-GPSR", effective_from="2026-06-01")):
        with pytest.raises(CsvRefused):
            import_restrictions(data=line() + rest.split(b"\n", 1)[1])
    assert write_restrictions(Restriction.objects.all()) == before == DATA
    assert RuleChange.objects.count() == changes


def test_only_a_draft_can_be_deleted(empty):
    import_restrictions(data=line())
    row = Restriction.objects.get()
    with pytest.raises(NotPossible):
        delete_restriction(row=row, user=None)
    assert Restriction.objects.count() == 1
    Restriction.objects.update(state="draft")
    delete_restriction(row=row, user=None)
    assert not Restriction.objects.exists()
    last = RuleChange.objects.first()
    assert (last.action, last.before["text"], last.after) == ("deleted", "Not so fast.", {})


def test_a_row_says_in_which_field_it_is_wrong():
    row = Restriction(code="X", action="permit", text="x", effective_from=date(2026, 1, 1), hs="4", needs="love", state="live")
    with pytest.raises(ValidationError) as wrong:
        row.clean()
    assert set(wrong.value.message_dict) == {"hs", "needs", "source", "review_by"}
