"""A file of cases that somebody's spreadsheet has spoilt is refused with row and column; nothing is printed half."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from marketplace.economies.models import ExchangeRate
from marketplace.trade.cases import read_cases
from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.models import TaxRule
from marketplace.trade.rule_services import load_rules

GOLDEN = Path(__file__).parent / "data" / "golden_landed_cost.csv"
HEAD = "id,order_date,ship_from,destination,seller_registered,currency,goods_net,shipping,lines_hs6_qty_value,weight_kg"
GOOD = "A,2026-11-01,ID,AU,yes,AUD,200,25,460212x1:200,0.9"


def is_place(code: str) -> bool:
    return code in {"ID", "AU", "JP"}


def refusal(data: bytes) -> str:
    with pytest.raises(CsvRefused) as problem:
        read_cases(data, is_place=is_place)
    return str(problem.value)


def changed(**cells: str) -> bytes:
    row = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | cells
    return f"{HEAD}\n{GOOD.replace('A,', 'B,', 1)}\n{','.join(row.values())}\n".encode()


def test_good_file_is_read():
    assert [case.id for case in read_cases(changed(), is_place=is_place)] == ["B", "A"]


def test_file_with_byte_order_mark_and_windows_lines_is_read():
    data = b"\xef\xbb\xbf" + changed().replace(b"\n", b"\r\n")
    assert len(read_cases(data, is_place=is_place)) == 2


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("order_date", "01.11.2026", "no date"),
        ("order_date", "2026-02-30", "no date"),
        ("destination", "XX", "no place"),
        ("destination", "Japan", "no place"),
        ("destination", "", "no place"),
        ("ship_from", "??", "no place"),
        ("seller_registered", "maybe", "not one of"),
        ("seller_registered", "", "not one of"),
        ("currency", "AUS", "no currency"),
        ("currency", "aud", "no currency"),
        ("shipping", "-25", "below zero"),
        ("shipping", "1.234", "more decimals"),
        ("shipping", "2 5", "no number"),
        ("shipping", "NaN", "no number"),
        ("shipping", "1e3", "no number"),
        ("shipping", "٢٥", "no number"),
        ("goods_net", "-200", "below zero"),
        ("goods_net", "199.99", "add up to 200"),
        ("weight_kg", "", "must be filled in"),
        ("weight_kg", "-0.9", "below zero"),
        ("lines_hs6_qty_value", "", "no line of goods"),
        ("lines_hs6_qty_value", "460212x1:-200", "no line of goods"),
        ("lines_hs6_qty_value", "460212x0:200", "no line of goods"),
        ("lines_hs6_qty_value", "460212x1", "no line of goods"),
        ("lines_hs6_qty_value", "460212x1:0", "above zero"),
        ("id", "B", "there twice"),
        ("id", "", "must be filled in"),
    ],
)
def test_bad_cell_is_refused_with_row_and_column(column, value, says):
    text = refusal(changed(**{column: value}))
    assert text.startswith(f"Row 3, column {column}: ")
    assert says in text


def test_decimal_comma_breaks_the_row():
    data = changed(shipping='"1.234,50"')
    text = refusal(data)
    assert text.startswith("Row 3, column shipping: “1.234,50” is no number")


def test_unquoted_decimal_comma_makes_a_cell_too_many():
    assert refusal(changed(shipping="1.234,50")).startswith("Row 3: There are 11 cells here instead of 10")


def test_shift_jis_is_refused_with_row_and_column():
    text = refusal(changed(id="壺").decode().encode("shift_jis"))
    assert text.startswith("Row 3, column id: This is not UTF-8")


def test_utf_16_is_refused():
    assert "not UTF-8" in refusal(changed().decode().encode("utf-16"))


def test_file_cut_in_half_is_refused():
    whole = GOLDEN.read_bytes()
    with pytest.raises(CsvRefused, match=r"Row \d+"):
        read_cases(whole[: len(whole) // 2], is_place=lambda code: True)


@pytest.mark.parametrize("column", HEAD.split(","))
def test_missing_column_is_named(column):
    lines = changed().decode().replace(column, "other", 1)
    assert refusal(lines.encode()) == f"Row 1, column {column}: This column is missing."


@pytest.mark.parametrize("data", [b"", b"\n", HEAD.encode(), HEAD.encode() + b"\n"])
def test_empty_file_is_refused(data):
    assert refusal(data)


# The command, on a database with the packaged rows


@pytest.fixture
def rules(db):
    if not TaxRule.objects.exists():
        load_rules()


def golden_rows(names: list[str]) -> list[str]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [",".join(row[name] for name in names) for row in csv.DictReader(file)]


def test_command_prints_the_golden_columns(rules, capsys):
    call_command("landed_cost", str(GOLDEN))
    printed = capsys.readouterr().out.splitlines()
    names = printed[0].split(",")
    assert len(printed) == 25
    assert printed[0] == "id,rule_ids,duty,tax,fees,charged_at_checkout,due_at_border,landed_total"
    assert printed[1:] == golden_rows(names)


def test_command_asks_few_statements(rules, django_assert_max_num_queries, capsys):
    with django_assert_max_num_queries(9):
        call_command("landed_cost", str(GOLDEN))


def test_command_refuses_a_broken_file_and_prints_nothing(rules, tmp_path, capsys):
    file = tmp_path / "cases.csv"
    file.write_bytes(changed(destination="XX"))
    with pytest.raises(CommandError, match="Row 3, column destination"):
        call_command("landed_cost", str(file))
    assert capsys.readouterr().out == ""


def test_command_refuses_a_file_that_is_not_there(rules, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("landed_cost", str(tmp_path / "none.csv"))


def test_command_says_what_to_do_without_rules(db, tmp_path):
    TaxRule.objects.all().delete()
    with pytest.raises(CommandError, match="seed_reference"):
        call_command("landed_cost", str(GOLDEN))


def test_command_uses_the_reference_rates_of_the_shop(rules, tmp_path, capsys):
    """USD 30 at 0.9 is EUR 27.00 and under 150; EUR 3 are USD 3.33; VAT 19 % of 33.33 = 6.3327 (levies in USD)."""
    ExchangeRate.objects.all().delete()
    ExchangeRate.objects.create(base="EUR", quote="USD", value="1.1111111111", on="2026-07-02", source="test")
    file = tmp_path / "cases.csv"
    file.write_text(f"{HEAD}\nA,2026-07-02,VN,DE,IOSS,USD,30,0,610910x2:30,1\n")
    call_command("landed_cost", str(file))
    assert capsys.readouterr().out.splitlines()[1] == "A,EU-DUTY-3EUR;EU-VAT-IOSS,3.33,6.33,0.00,9.66,0.00,39.66"
