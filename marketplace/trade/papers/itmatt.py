"""The electronic advance data of a postal item (the postal union's ITMATT), as JSON and as CSV.

The kit does not talk to posts: a carrier's backend or a person takes these files. One item per parcel, one content piece
per goods line. Weights are kilograms with three decimals, amounts text in major units, dates ISO 8601, economies ISO 3166-1.
"""

import csv
import json
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext_lazy as _

from marketplace.economies.addresses import format_address, label_parts
from marketplace.safe_tables import plain, write_csv
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.declaration import Declaration, Line, Parcel, Party
from marketplace.trade.papers.forms.parts import amount, kilograms
from marketplace.trade.papers.paper import COMMERCE, papers

FORMAT = "ITMATT-fields/1"
CHECKS = (*COMMERCE, "numbers")
PARTY = ("name", "address", "city", "region", "postcode", "economy", "phone", "email", "tax_id", "customs_id",
         "local_name", "local_address")  # fmt: skip
ITEM = ("item_id", "reference", "nature_of_transaction_code", "nature_of_transaction_text", "posting_date", "origin_economy",
        "destination_economy", "gross_weight_kg", "declared_value", "declared_currency", "postage_paid",
        "postage_currency", "insured_value", "insured_currency", "invoice_number", "invoice_date", "incoterm",
        "incoterm_place", "payment_terms", "comments", "scheme_numbers", "original_item_ids")  # fmt: skip
PIECE = ("piece_number", "description", "local_description", "quantity", "net_weight_kg", "value", "currency", "hs_code",
         "origin_economy_of_goods", "sku", "maker_product_id", "gtin", "licences")  # fmt: skip
COLUMNS = (*ITEM, *(f"{who}_{name}" for who in ("sender", "addressee") for name in PARTY), *PIECE)


@papers.register(
    "itmatt-json", title=_("Data for the post (JSON)"), checks=CHECKS, media_type="application/json", extension="json",
    per_parcel=True,
)  # fmt: skip
def as_json(declaration: Declaration, book: PaperBook) -> bytes:
    document = {"format": FORMAT, "items": items(declaration)}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


@papers.register(
    "itmatt-csv", title=_("Data for the post (CSV)"), checks=CHECKS, media_type="text/csv; charset=utf-8", extension="csv",
    per_parcel=True,
)  # fmt: skip
def as_csv(declaration: Declaration, book: PaperBook) -> bytes:
    """One row per content piece; the item's own columns are repeated. UTF-8 with a byte order mark, for spreadsheets."""
    rows = (row for item in items(declaration) for row in _rows(item))
    return write_csv(COLUMNS, ([row.get(name, "") for name in COLUMNS] for row in rows), bom=True)


def items(declaration: Declaration) -> list[dict]:
    """What both files hold."""
    return [_item(declaration.of(parcel), parcel) for parcel in declaration.parcels]


def _item(part: Declaration, parcel: Parcel) -> dict:
    values = {
        "item_id": parcel.s10,
        "reference": part.number,
        "nature_of_transaction_code": str(part.category),
        "nature_of_transaction_text": part.category_text,
        "posting_date": part.on.isoformat(),
        "origin_economy": part.sender.economy,
        "destination_economy": part.addressee.economy,
        "gross_weight_kg": kilograms(parcel.gross_g),
        **_money("declared", "declared_value", part.value),
        **_money("postage", "postage_paid", part.postage),
        **_money("insured", "insured_value", part.insurance),
        "invoice_number": part.invoice_number,
        "invoice_date": part.invoice_date.isoformat() if part.invoice_date else "",
        "incoterm": part.incoterm,
        "incoterm_place": part.incoterm_place,
        "payment_terms": part.payment_terms,
        "comments": part.reason,
        "scheme_numbers": [{"scheme": row.scheme, "number": row.number} for row in part.schemes],
        "original_item_ids": list(part.original_numbers),
    }
    pieces = [_piece(number, line) for number, line in enumerate(part.lines, 1)]
    return values | {"sender": _party(part.sender), "addressee": _party(part.addressee), "content_pieces": pieces}


def _money(prefix: str, name: str, money) -> dict[str, str]:
    value, currency = amount(money).split() if money else ("", "")
    return {name: value, f"{prefix}_currency": currency}


def _party(party: Party) -> dict[str, str]:
    """The same parts in Latin letters as the papers print."""
    parts = party.address
    latin = label_parts(parts, "latin")
    street = [line for line in (latin["line1"], latin["line2"], latin["district"]) if line]
    values = {
        "name": party.name,
        "address": "\n".join(street),
        "city": latin["city"],
        "region": latin["state"],
        "postcode": latin["postcode"],
        "economy": party.economy,
        "phone": party.phone,
        "email": party.email,
        "tax_id": party.tax_id,
        "customs_id": party.customs_id,
        "local_name": "",
        "local_address": "",
    }
    if not parts.is_latin:
        values["local_name"] = parts.name
        values["local_address"] = "\n".join(format_address(parts, script="local", with_economy=False))
    return values


def _piece(number: int, line: Line) -> dict:
    value, currency = amount(line.value).split()
    return {
        "piece_number": number,
        "description": line.description,
        "local_description": line.local_description,
        "quantity": line.quantity,
        "net_weight_kg": kilograms(line.net_weight_g),
        "value": value,
        "currency": currency,
        "hs_code": line.hs,
        "origin_economy_of_goods": line.origin,
        "sku": line.sku,
        "maker_product_id": line.maker_id,
        "gtin": line.gtin,
        "licences": [
            {"kind": row.kind, "number": row.number, "issued_on": row.issued_on.isoformat() if row.issued_on else ""}
            for row in line.licences
        ],
    }


def _rows(item: dict) -> Iterator[dict]:
    """Lists are JSON within their cell, so that the file reads back exactly."""
    own = {name: _cell(item[name]) for name in ITEM}
    for who in ("sender", "addressee"):
        own |= {f"{who}_{name}": item[who][name] for name in PARTY}
    for piece in item["content_pieces"]:
        yield own | {name: _cell(piece[name]) for name in PIECE}


def _cell(value) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def read_json(data: bytes) -> list[dict]:
    """The items of a file that as_json wrote. Raises ValueError for another format."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"This is no file of the format {FORMAT}.")
    return document["items"]


def read_csv(data: bytes) -> list[dict]:
    """The items of a file that as_csv wrote, equal to those of the JSON. Raises ValueError for other columns."""
    reader = csv.DictReader(StringIO(data.decode("utf-8-sig"), newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError("The columns are not those of the advance data.")
    found: dict[str, dict] = {}
    for cells in reader:
        # What the writer made harmless for spreadsheets, such as +81…, is again as it was.
        row = {name: plain(text or "") for name, text in cells.items()}
        item = found.setdefault(row["item_id"], _item_of(row))
        piece = {name: row[name] for name in PIECE}
        piece |= {name: int(row[name]) for name in ("piece_number", "quantity")}
        item["content_pieces"].append(piece | {"licences": json.loads(row["licences"])})
    return list(found.values())


def _item_of(row: dict[str, str]) -> dict:
    item: dict = {name: row[name] for name in ITEM}
    item |= {name: json.loads(row[name]) for name in ("scheme_numbers", "original_item_ids")}
    for who in ("sender", "addressee"):
        item[who] = {name: row[f"{who}_{name}"] for name in PARTY}
    return item | {"content_pieces": []}
