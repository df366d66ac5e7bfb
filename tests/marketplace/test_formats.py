"""Numbers, dates, units and lists as readers write them. The expected strings are CLDR's own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace import formats
from marketplace.money import Money, format_money, format_whole

MOMENT = datetime(2026, 11, 21, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "November 21, 2026"),
        ("ja", "2026年11月21日"),
        ("vi", "21 tháng 11, 2026"),
        ("th", "21 พฤศจิกายน ค.ศ. 2026"),
        ("es", "21 de noviembre de 2026"),
        ("zh-hant", "2026年11月21日"),
    ],
)
def test_days_are_written_as_in_the_language(language, expected):
    assert formats.day(MOMENT, language) == expected
    assert formats.day(MOMENT.date(), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Sat, Nov 21, 2026"),
        ("ja", "2026年11月21日(土)"),
        ("vi", "Th 7, 21 thg 11, 2026"),
        ("th", "ส. 21 พ.ย. 2026"),
        ("es", "sáb, 21 nov 2026"),
        ("zh-hant", "2026年11月21日 週六"),
    ],
)
def test_days_with_their_weekday(language, expected):
    assert formats.day_with_weekday(MOMENT, language) == expected
    assert formats.day_with_weekday(MOMENT.date(), language) == expected


def test_a_moment_names_its_zone(settings):
    assert formats.moment(MOMENT, "ja") == "2026年11月21日 15:04 UTC"
    assert formats.moment(MOMENT, "en").replace("\u202f", " ") == "November 21, 2026, 3:04 PM UTC"
    assert formats.clock(MOMENT, "zh-hant") == "下午3:04"
    with timezone.override("Asia/Ho_Chi_Minh"):
        assert formats.moment(MOMENT, "vi") == "22:04 GMT+07:00 21 tháng 11, 2026"
    with timezone.override("Asia/Tokyo"):
        assert formats.moment(MOMENT, "ja") == "2026年11月22日 0:04 JST"


@pytest.mark.parametrize(
    ("grams", "language", "expected"),
    [
        (None, "en", ""),
        (0, "en", ""),
        (420, "en", "420 g"),
        (999, "vi", "999 g"),
        (1000, "en", "1 kg"),
        (1250, "vi", "1,25 kg"),
        (1250, "es", "1.25 kg"),
        (420, "zh-hant", "420 克"),
        (12345, "th", "12.345 กก."),
    ],
)
def test_weights(grams, language, expected):
    assert formats.weight(grams, language) == expected


def test_sizes_leave_out_what_is_not_known():
    assert formats.size([120, 85, 40], "en") == "12 × 8.5 × 4 cm"
    assert formats.size([120, None, 45], "vi") == "12 × 4,5 cm"
    assert formats.size([120, 85], "zh-hant") == "12 × 8.5 公分"
    assert formats.size([None, 0, None], "en") == ""


def test_lists_have_the_languages_own_marks():
    things = ["A", "B", "C"]
    assert formats.joined(things, "en") == "A, B, and C"
    assert formats.joined(things, "ja") == "A、B、C"
    assert formats.joined(things, "es") == "A, B y C"
    assert formats.joined(things[:1], "th") == "A"
    assert formats.joined([], "ja") == ""


def test_spanish_is_that_of_latin_america_and_an_unknown_language_reads_english_numbers():
    assert formats.number(Decimal("12345.6"), "es") == "12,345.6"
    assert formats.number(Decimal("12345.6"), "vi") == "12.345,6"
    assert formats.number(12345, "xx-nonsense") == "12,345"
    assert format_money(Money(Decimal("1234.50"), "USD"), "es").replace("\xa0", " ") == "USD 1,234.50"
    assert format_money(Money(Decimal(1234), "JPY"), "ja") == "￥1,234"


def test_a_whole_amount_may_go_without_decimals():
    assert format_whole(Money(Decimal("25.00"), "USD"), "en") == "$25"
    assert format_whole(Money(Decimal("1250.00"), "USD"), "vi").replace("\xa0", " ") == "1.250 US$"
    assert format_whole(Money(Decimal("25.50"), "USD"), "en") == "$25.50"
    assert format_whole(Money(Decimal(2500), "JPY"), "ja") == "￥2,500"
