"""Rule tables as CSV: out and in to the byte; a spoilt file is refused whole, with row and column; changes are audited."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.landed import RuleBook
from marketplace.trade.landed.rows import Tariff
from marketplace.trade.models import CustomsRate, DutyRate, RuleChange, TaxRule
from marketplace.trade.models.rules import MODELS
from marketplace.trade.rule_files import export_rules, import_rules
from marketplace.trade.rule_gaps import lost_days
from marketplace.trade.rule_services import load_rules
from marketplace.trade.seeds import DATA, seed_rows
from marketplace.trade.tables import TABLES
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HEAD = ",".join(TABLES["duty_rates"].names)
# Rows of a table of our own: two rows of one series, and one without a specific duty.
ROWS = [
    "JP,621410,,10,,,,sum,2020-01-01,2025-12-31,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,high,live",
    "JP,621410,,8.5,,,,sum,2026-01-01,,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,high,live",
    "JP,691200,,,2.5,USD,kg,sum,2020-01-01,,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,“urushi”,low,draft",
]


def as_file(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


@pytest.fixture
def few():
    """Three duty rates, and no trace of how they came."""
    for model in MODELS.values():
        model.objects.all().delete()
    import_rules(table="duty_rates", data=as_file(*ROWS), user=None)
    RuleChange.objects.all()._raw_delete("default")


def refused(data: bytes, **options) -> list[str]:
    """The problems of a file; nothing may have changed."""
    before, changes = export_rules(table="duty_rates"), RuleChange.objects.count()
    with pytest.raises(CsvRefused) as problem:
        import_rules(table="duty_rates", data=data, user=None, **options)
    assert export_rules(table="duty_rates") == before
    assert RuleChange.objects.count() == changes
    return [f"{place}: {text}" if place else text for place, text in problem.value.problems]


def edited(number: int, column: str, value: str) -> bytes:
    rows = [row.split(",") for row in ROWS]
    rows[number][HEAD.split(",").index(column)] = value
    return as_file(*(",".join(row) for row in rows))


def test_packaged_rows_survive_the_database_to_the_byte():
    for model in MODELS.values():
        model.objects.all().delete()
    load_rules()
    for name, table in TABLES.items():
        out = export_rules(table=name)
        assert out == table.write(seed_rows(table))
        if name != "duty_rates":  # these come from two files
            assert out == (DATA / f"{name}.csv").read_bytes()
        done = import_rules(table=name, data=out, user=None)
        assert (done.added, done.changed, done.same) == (0, 0, out.count(b"\n") - 1)
        assert export_rules(table=name) == out


def test_all_73_researched_rules_are_packaged():
    codes = {row.code for row in seed_rows(TABLES["tax_rules"])}
    assert {"US-GIFT", "VN-DRAFT", "EU-HANDLING-FEE", "JP-2028", "PG-BORDER", "KR-PCCC"} <= codes
    assert all(row.source and row.source_date and row.review_by for row in seed_rows(TABLES["tax_rules"]))


def test_import_into_an_empty_table_gives_the_same_file(few):
    assert export_rules(table="duty_rates") == as_file(*ROWS)


def test_rows_are_added_and_changed_and_each_is_audited(few):
    ana = make_user("ana@example.com")
    new = "JP,6307,,5,,,,sum,2026-01-01,,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,high,live"
    data = edited(1, "ad_valorem", "9").rstrip(b"\n") + f"\n{new}\n".encode()
    done = import_rules(table="duty_rates", data=data, user=ana, how="rates.csv")
    assert (done.added, done.changed, done.same) == (1, 1, 2)
    changed, added = RuleChange.objects.order_by("row")
    assert (changed.action, changed.before, changed.after) == ("changed", {"ad_valorem": "8.5"}, {"ad_valorem": "9"})
    assert (changed.row, changed.how, changed.source) == ("JP 621410 2026-01-01", "rates.csv", "a tariff")
    assert (changed.user, changed.who) == (ana, ana.get_username())
    assert (added.action, added.before, added.after["ad_valorem"]) == ("added", {}, "5")


def test_shift_jis_is_refused(few):
    (problem,) = refused(edited(2, "note", "漆").decode().encode("shift_jis"))
    assert problem.startswith("Row 4, column note: This is not UTF-8")


def test_decimal_comma_is_refused(few):
    data = edited(1, "ad_valorem", '"1.234,50"')
    assert refused(data) == [
        "Row 3, column ad_valorem: “1.234,50” is no number. Write it like 1234.50, without separators of thousands."
    ]
    (problem,) = refused(edited(1, "ad_valorem", "1.234,50"))
    assert problem.startswith("Row 3: There are 19 cells here instead of 18")


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.95])
def test_file_cut_off_is_refused(few, share):
    whole = export_rules(table="duty_rates")
    (problem,) = refused(whole[: int(len(whole) * share)])
    assert "breaks off" in problem


def test_file_cut_off_at_a_line_is_refused(few):
    assert refused(as_file(*ROWS[:2])) == [
        "The file lacks 1 row that the table has: JP 691200 2020-01-01. Was it cut off?"
    ]
    done = import_rules(table="duty_rates", data=as_file(*ROWS[:2]), user=None, partial=True)
    assert (done.same, DutyRate.objects.count()) == (2, 3)


def test_overlapping_dates_are_refused(few):
    for number, column, value in [(0, "effective_to", "2026-01-01"), (0, "effective_to", "")]:
        problems = refused(edited(number, column, value))
        assert problems == [
            "Row 2, column effective_from: The rows from 2020-01-01 and from 2026-01-01 overlap.",
            "Row 3, column effective_from: The rows from 2020-01-01 and from 2026-01-01 overlap.",
        ]


def test_gapped_dates_are_refused(few):
    assert refused(edited(0, "effective_to", "2025-12-30")) == [
        "Row 2, column effective_from: There are days without a row between those from 2020-01-01 and 2026-01-01.",
        "Row 3, column effective_from: There are days without a row between those from 2020-01-01 and 2026-01-01.",
    ]


def test_days_that_lose_their_row_need_a_yes(few):
    """The row that follows is short, and the open one before it is given an end: nothing is left after it."""
    ended = edited(1, "effective_to", "2027-01-31")
    short = "JP,621410,,6,,,,sum,2027-02-01,2027-03-01,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,high,live"
    data = ended.rstrip(b"\n") + f"\n{short}\n".encode()
    assert refused(data) == [
        "Row 5, column effective_to: From March 2, 2027 on there would be no row for this. Where no other row covers these "
        "days, the shop then says “We cannot estimate this”. Confirm it if it is meant."
    ]
    done = import_rules(table="duty_rates", data=data, user=None, confirm=True)
    assert (done.added, done.changed) == (1, 1)
    # The gap is known now, and asks nobody again.
    assert import_rules(table="duty_rates", data=export_rules(table="duty_rates"), user=None).same == 4


def test_days_between_and_before_that_lose_their_row_are_named():
    def row(first: str, last: str = "") -> Tariff:
        days = (date.fromisoformat(day) if day else None for day in (first, last))
        return Tariff(**dict(zip(("effective_from", "effective_to"), days, strict=True)), destination="HK")

    always, twenty = [row("2020-01-01")], [row("2020-01-01", "2020-12-31")]
    spring, autumn = row("2021-03-01", "2021-05-31"), row("2021-09-01", "2021-11-30")
    far = date.max
    assert lost_days([], [spring]) == []  # nothing was there before
    assert lost_days(always, always) == []
    assert lost_days(twenty, [*twenty, row("2021-01-01")]) == []
    assert lost_days(twenty, [*twenty, row("2021-01-01", "2021-12-31")]) == [(date(2022, 1, 1), far)]
    assert lost_days(always, []) == [(date(2020, 1, 1), far)]
    assert lost_days(always, [spring, autumn]) == [
        (date(2020, 1, 1), date(2021, 2, 28)), (date(2021, 6, 1), date(2021, 8, 31)), (date(2021, 12, 1), far)
    ]  # fmt: skip
    assert lost_days(always, [row("2020-01-02")]) == [(date(2020, 1, 1), date(2020, 1, 1))]


def test_overlap_with_a_row_that_the_file_does_not_name_is_refused(few):
    new = "JP,621410,,9,,,,sum,2026-06-01,,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,high,live"
    (problem,) = refused(as_file(new), partial=True)
    assert problem == "Row 2, column effective_from: The rows from 2026-01-01 and from 2026-06-01 overlap."


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0", "The rate is 0."),
        ("850", "above 100 %"),
        ("0.085", "far from 8.5"),
        ("0.05", "far from 8.5"),
    ],
)
def test_doubtful_rate_needs_a_yes(few, value, says):
    data = edited(1, "ad_valorem", value)
    (problem,) = refused(data)
    assert problem.startswith("Row 3, column ad_valorem: ")
    assert says in problem
    assert import_rules(table="duty_rates", data=data, user=None, confirm=True).changed == 1
    assert DutyRate.objects.get(effective_from="2026-01-01").ad_valorem == Decimal(value)


def test_rate_a_hundred_times_off_the_one_before_needs_a_yes(few):
    new = "JP,691200,,,400,USD,kg,sum,2026-01-01,,a tariff,2026-01-02,2026-01-02,2027-01-02,ana,,low,draft"
    (problem,) = refused(as_file(*ROWS, new))
    assert problem == "Row 5, column specific: 400 is far from 2.5, the rate before. Confirm it if it is meant."


def test_negative_rate_is_refused_whatever_is_confirmed(few):
    assert refused(edited(1, "ad_valorem", "-8.5"), confirm=True) == [
        "Row 3, column ad_valorem: This cannot be below zero."
    ]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("source", "", "without a source"),
        ("source_date", "", "when the source was read"),
        ("review_by", "", "without a review date"),
        ("effective_from", "01.01.2026", "no date"),
        ("effective_to", "2025-01-01", "before the first"),
        ("state", "online", "not one of"),
        ("state", "", "must be filled in"),
        ("destination", "Japan", "two letters"),
        ("destination", "ZZ", "no economy or territory that we know"),
        ("hs_prefix", "6214.10", "without dots"),
        ("combine", "min", "not one of"),
        ("ad_valorem", "8.1234567", "more than 6 decimals"),
        ("source", "x" * 501, "longer than 500"),
    ],
)
def test_bad_cell_is_refused_with_row_and_column(few, column, value, says):
    problems = refused(edited(1, column, value))
    assert problems[0].startswith(f"Row 3, column {column}: ")
    assert says in problems[0]


def test_same_row_twice_is_refused(few):
    assert refused(as_file(*ROWS, ROWS[1])) == ["Row 5, column effective_from: This is the same as row 3."]


def test_missing_and_unknown_columns_are_named(few):
    data = export_rules(table="duty_rates").replace(b"ad_valorem", b"percent", 1)
    assert refused(data) == [
        "Row 1, column ad_valorem: This column is missing.", "Row 1, column percent: This column is not known here.",
    ]  # fmt: skip


def test_customs_rate_of_zero_is_refused():
    head = ",".join(TABLES["customs_rates"].names)
    row = "EU,USD,EUR,0,customs,2026-01-01,,a page,2026-01-02,2026-01-02,2027-01-02,ana,,high,live"
    with pytest.raises(CsvRefused, match="Row 2, column rate: An exchange rate is more than zero"):
        import_rules(table="customs_rates", data=f"{head}\n{row}\n".encode(), user=None, confirm=True)
    assert CustomsRate.objects.count() == 0


def test_commands_write_and_read_the_same_files(few, tmp_path, capsys):
    call_command("export_rules", str(tmp_path))
    assert (tmp_path / "duty_rates.csv").read_bytes() == as_file(*ROWS)
    call_command("import_rules", *map(str, sorted(tmp_path.glob("*.csv"))))
    assert "duty_rates.csv: 0 added, 0 changed, 3 unchanged." in capsys.readouterr().out
    (tmp_path / "duty_rates.csv").write_bytes(edited(1, "ad_valorem", "-1"))
    with pytest.raises(CommandError, match="nothing was taken"):
        call_command("import_rules", str(tmp_path / "duty_rates.csv"))
    with pytest.raises(CommandError, match="must be one of"):
        call_command("import_rules", str(tmp_path / "prices.csv"))


def test_import_is_seen_by_the_next_quote(few):
    on = date(2026, 11, 1)
    assert RuleBook.load(on).tariff("JP", "621410", "", on).ad_valorem == Decimal("8.5")
    import_rules(table="duty_rates", data=edited(1, "ad_valorem", "9"), user=None)
    assert RuleBook.load(on).tariff("JP", "621410", "", on).ad_valorem == Decimal(9)


def test_book_is_loaded_in_few_statements_and_then_kept(few, django_assert_num_queries):
    from marketplace.economies import versions

    versions.touch("rules")
    with django_assert_num_queries(5):
        book = RuleBook.load(date(2026, 11, 1))
    with django_assert_num_queries(0):
        assert RuleBook.load(date(2026, 11, 2)) is book


def test_seeds_are_not_loaded_over_an_operators_rows(few):
    before = export_rules(table="duty_rates")
    load_rules()
    assert export_rules(table="duty_rates") == before
    assert TaxRule.objects.count() == len(seed_rows(TABLES["tax_rules"]))
    counts = TaxRule.objects.count()
    assert load_rules() == 0
    assert TaxRule.objects.count() == counts
