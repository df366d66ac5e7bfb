"""S10 numbers: every example of the file, and what a person is told about the others."""

import csv
from pathlib import Path

import pytest

from marketplace.fulfilment.s10 import BadS10, check_digit, normalise, posts, read_s10

with (Path(__file__).parent / "s10_examples.csv").open(encoding="utf-8", newline="") as file:
    EXAMPLES = list(csv.DictReader(file))
GOOD = [row for row in EXAMPLES if row["expected"] != "invalid"]
BAD = {
    "EB000717594HK": ("check_digit", "EB000717595HK"),
    "EB000717535HK": ("check_digit", "EB000717533HK"),
    "EE471108151F": ("length", ""),
    "EE4711081511FR": ("length", ""),
    "E1471108151FR": ("shape", ""),
    "EE47110815OFR": ("shape", ""),
    "JA123456785GB": ("reserved", ""),
    "EE471108151ZZ": ("post", ""),
}


def test_the_file_has_its_25_rows():
    assert [len(EXAMPLES), len(GOOD), len(BAD)] == [25, 17, 8]
    assert {row["value"] for row in EXAMPLES if row["expected"] == "invalid"} == set(BAD)


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["value"])
def test_a_good_number_is_read(row):
    number = read_s10(row["value"])
    assert str(number) == row["value"].upper().replace(" ", "")
    assert (number.service, number.serial, number.check, number.post) == (
        row["service_indicator"],
        row["serial"],
        row["check_digit"],
        row["country"],
    )


@pytest.mark.parametrize(("text", "expected"), BAD.items())
def test_a_bad_number_says_why(text, expected):
    with pytest.raises(BadS10) as problem:
        read_s10(text)
    assert (problem.value.code, problem.value.meant) == expected


def test_a_wrong_check_digit_is_told_kindly_with_what_it_may_have_been():
    with pytest.raises(BadS10) as problem:
        read_s10("rr 123 456 784 vn")
    assert problem.value.meant == "RR123456785VN"
    assert str(problem.value) == (
        "One digit of RR123456784VN cannot be right. Please compare it with your receipt. "
        "If only the last digit is wrong, it is RR123456785VN."
    )


@pytest.mark.parametrize("text", ["RRI23456785VN", "RR12345678SVN", "RRl2345678SVN"])
def test_letters_read_for_digits_are_recognised(text):
    with pytest.raises(BadS10) as problem:
        read_s10(text)
    assert (problem.value.code, problem.value.meant) == ("shape", "RR123456785VN")


@pytest.mark.parametrize("letter", "JKSTW")
def test_reserved_letters_are_refused_even_with_a_right_check_digit(letter):
    with pytest.raises(BadS10) as problem:
        read_s10(f"{letter}A123456785GB")
    assert problem.value.code == "reserved"


def test_of_every_serial_one_check_digit_of_ten_is_right():
    for serial in ("00000000", "12345678", "99999999", "47110815"):
        right = [digit for digit in "0123456789" if _is_good(f"RR{serial}{digit}VN")]
        assert right == [check_digit(serial)]


def _is_good(text: str) -> bool:
    try:
        read_s10(text)
    except BadS10:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ＲＲ１２３４５６７８５ＶＮ", "RR123456785VN"),
        ("rr-123-456-785-vn", "RR123456785VN"),
        ("RR\u00a0123\u3000456 785\tVN\n", "RR123456785VN"),
        ("RR123456785vn", "RR123456785VN"),
        ("RR123456785ıd", "RR123456785ıd"),
    ],
)
def test_what_printers_and_keyboards_add_is_taken_away(typed, stored):
    assert normalise(typed) == stored


@pytest.mark.parametrize("text", ["", " ", "\x00" * 13, "R" * 100_000, "RR123456785V\u0406", "RR١٢٣٤٥٦٧٨٥VN", "RR12345678५VN"])
def test_hostile_text_is_refused(text):
    with pytest.raises(BadS10):
        read_s10(text)


def test_the_posts_are_those_of_iso_3166():
    assert len(posts()) == 249
    assert {"VN", "TW", "HK", "PG", "BN"} <= posts()
    assert not {"EU", "UK", "XK", "ZZ", "AA"} & posts()
