"""The advance data: the fields as posts name them, and both files read back as they were."""

import csv
import json
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest

from marketplace.economies.addresses import AddressParts, format_address
from marketplace.trade.papers import itmatt
from marketplace.trade.papers.kit import Category, Licence, Parcel, Party, Scheme, render
from tests.trade.paperwork import BOWL, MINSU, SCARF, SOMCHAI, book, declare, usd

CITES = Licence("cites", "VN-2026-0042", date(2026, 10, 1))
TWO = (Parcel(1, 900, "CP123456785TH", postage=usd("15.00")), Parcel(2, 120, "LX000000005VN", postage=usd("6.30")))
ROW = replace(BOWL, parcel=1, licences=(CITES,), description='Bowl, "red"; of bamboo\nfor food')
FULL = declare(
    ROW, replace(BOWL, parcel=1, sku="SML-9"), replace(SCARF, parcel=2),
    sender=SOMCHAI, addressee=MINSU, parcels=TWO, schemes=(Scheme("IOSS", "IM3720000224", electronic_only=True),),
)  # fmt: skip


def test_json_and_csv_read_back_the_same():
    made = itmatt.items(FULL)
    assert itmatt.read_json(render(FULL, "itmatt-json", book())) == made
    assert itmatt.read_csv(render(FULL, "itmatt-csv", book())) == made
    assert len(made) == 2


def test_one_item_per_parcel_with_its_pieces():
    first, second = itmatt.items(FULL)
    assert (first["item_id"], second["item_id"]) == ("CP123456785TH", "LX000000005VN")
    assert (first["gross_weight_kg"], first["declared_value"], first["declared_currency"]) == ("0.900", "192.00", "USD")
    assert (second["gross_weight_kg"], second["declared_value"], second["postage_paid"]) == ("0.120", "48.50", "6.30")
    assert [len(item["content_pieces"]) for item in (first, second)] == [2, 1]
    assert first["sender"]["local_name"] == "นายสมชาย น้ำผึ้ง"
    assert first["addressee"] | {"local_address": ""} == {
        "name": "Minsu Kim", "address": "12 Hanbit-ro", "city": "Garam-si", "region": "Seoul", "postcode": "04524",
        "economy": "KR", "phone": "+82212345678", "email": "", "tax_id": "", "customs_id": "P123456789012",
        "local_name": "김민수", "local_address": "",
    }  # fmt: skip
    assert first["content_pieces"][0] == {
        "piece_number": 1, "description": 'Bowl, "red"; of bamboo\nfor food', "local_description": "竹の漆器の鉢", "quantity": 2,
        "net_weight_kg": "0.420", "value": "96.00", "currency": "USD", "hs_code": "441990", "origin_economy_of_goods": "VN",
        "sku": "SML-1", "maker_product_id": "B-7", "gtin": "",
        "licences": [{"kind": "cites", "number": "VN-2026-0042", "issued_on": "2026-10-01"}],
    }  # fmt: skip
    assert second["content_pieces"][0]["gtin"] == "4006381333931"


@pytest.mark.parametrize("state", ["강원특별자치도", "강원도", "강원", "Gangwon-do"])
def test_the_data_say_of_a_province_what_the_papers_say(state):
    """A province is chosen by its code, here a Korean name, without anything in Latin letters beside it."""
    address = replace(MINSU.address, state=state, latin_state="")
    declaration = declare(addressee=replace(MINSU, address=address))
    [item] = itmatt.items(declaration)
    latin = format_address(address, script="latin", with_economy=False)
    assert item["addressee"]["region"] == "Gangwon-do"
    assert {"Gangwon-do", item["addressee"]["city"], item["addressee"]["postcode"]} <= set(latin)
    [read] = itmatt.read_csv(render(declaration, "itmatt-csv", book()))
    assert read["addressee"] == item["addressee"]


def test_a_part_that_no_label_shows_is_not_in_the_data():
    there = AddressParts("HK", "Lee Ka Yan", line1="9 Harbour Road", state="Hong Kong Island", postcode="000000")
    [item] = itmatt.items(declare(addressee=Party(there, "en")))
    assert item["addressee"]["postcode"] == ""
    assert "000000" not in "".join(format_address(there, script="latin"))


def test_scheme_numbers_are_in_the_data_also_when_no_paper_shows_them():
    [item, _other] = json.loads(render(FULL, "itmatt-json", book()))["items"]
    assert item["scheme_numbers"] == [{"scheme": "IOSS", "number": "IM3720000224"}]


@pytest.mark.parametrize(
    ("category", "code", "more"),
    [
        (Category.SALE, "11", {}),
        (Category.RETURNED, "21", {"original_numbers": ("EE471108151FR",)}),
        (Category.GIFT, "31", {"sold": False}),
        (Category.SAMPLE, "32", {}),
        (Category.DOCUMENTS, "91", {}),
        (Category.OTHER, "999", {"category_text": "Loan"}),
    ],
)
def test_codes_of_the_nature_of_the_transaction(category, code, more):
    made = declare(category=category, **more)
    [item] = itmatt.read_csv(render(made, "itmatt-csv", book()))
    assert item["nature_of_transaction_code"] == code
    assert item["original_item_ids"] == list(more.get("original_numbers", ()))


def test_csv_has_one_row_per_piece_under_its_columns():
    rows = list(csv.reader(StringIO(render(FULL, "itmatt-csv", book()).decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == itmatt.COLUMNS
    assert len(rows) == 4
    assert {len(row) for row in rows} == {len(itmatt.COLUMNS)}


@pytest.mark.parametrize("data", [b'{"format": "other", "items": []}', b"[]", b"{"])
def test_other_json_is_refused(data):
    with pytest.raises(ValueError):
        itmatt.read_json(data)


@pytest.mark.parametrize("data", [b"", b"item_id,reference\n1,2\n"])
def test_other_columns_are_refused(data):
    with pytest.raises(ValueError, match="columns"):
        itmatt.read_csv(data)
