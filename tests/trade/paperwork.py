"""Declarations for the tests of the papers: people, pieces and places are invented."""

from datetime import date
from decimal import Decimal

from marketplace.economies.addresses import AddressParts
from marketplace.money import Money
from marketplace.trade.models import Restriction
from marketplace.trade.papers.book import Statement
from marketplace.trade.papers.kit import Declaration, Line, OriginClaim, PaperBook, Parcel, Party, Rule
from marketplace.trade.restriction_rules import Rules

DAY = date(2026, 11, 21)
ANH = Party(
    AddressParts(
        "VN", "Nguyễn Thị Ngọc Ánh", line1="12 Ngõ Trúc Bạch", city="Sao Mai", state="Bắc Hà",
    ),
    language="vi", phone="+84241234567", email="anh@example.com", tax_id="0101234567",
)  # fmt: skip
KENJI = Party(
    AddressParts(
        "JP", "森 健二", line1="港町1-2-3", line2="さくらビル 5F", city="横浜市", state="神奈川県", postcode="220-0012",
        latin_given="Kenji", latin_family="Mori", latin_line1="1-2-3 Minatomachi", latin_line2="Sakura Building 5F",
        latin_city="Yokohama", latin_state="Kanagawa",
    ),
    language="ja", phone="+81451234567", email="kenji@example.com",
)  # fmt: skip
MINSU = Party(
    AddressParts(
        "KR", "김민수", line1="한빛로 12", city="가람시", postcode="04524", latin_given="Minsu", latin_family="Kim",
        latin_line1="12 Hanbit-ro", latin_city="Garam-si", state="서울특별시", latin_state="Seoul",
    ),
    language="ko", phone="+82212345678", customs_id="P123456789012",
)  # fmt: skip
SOMCHAI = Party(
    AddressParts(
        "TH", "นายสมชาย น้ำผึ้ง", line1="99/1 ซอยปั๊มน้ำ", district="บ้านฝ้าย", city="เมือง", state="กำแพงเพชร", postcode="62000",
        latin_given="Somchai", latin_family="Namphueng", latin_line1="99/1 Soi Pump Nam", latin_district="Ban Fai",
        latin_city="Mueang", latin_state="Kamphaeng Phet",
    ),
    language="th", phone="+66812345678",
)  # fmt: skip
YIJUN = Party(
    AddressParts(
        "TW", "陳怡君", line1="青雲路7號", city="信義區", state="臺北市", postcode="110", latin_given="Yi-Chun",
        latin_family="Chen", latin_line1="No. 7, Qingyun Rd.", latin_city="Xinyi District", latin_state="Taipei City",
    ),
    language="zh-hant",
)  # fmt: skip
NATALYA = Party(
    AddressParts(
        "RU", "Щукина Наталья", line1="ул. Льняная, д. 5", city="Берёзово", state="Московская область", postcode="141000",
        latin_given="Natalya", latin_family="Shchukina", latin_line1="ul. Lnyanaya 5", latin_city="Beryozovo",
        latin_state="Moskovskaya oblast",
    ),
    language="ru",
)  # fmt: skip
GRETA = Party(AddressParts("DE", "Greta Öztürk", line1="Lindenweg 4", city="Neudorf", postcode="01234"), language="de")
PAT = Party(AddressParts("US", "Pat Doe", line1="1 Elm St", city="Springfield", state="IL", postcode="62701"), language="en")


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


BOWL = Line(
    "Lacquered bowl of bamboo, for serving food", 2, 420, usd("96.00"), hs="441990", origin="VN",
    title="Red bowl", sku="SML-1", maker_id="B-7", local_description="竹の漆器の鉢",
)  # fmt: skip
SCARF = Line(
    "Scarf of woven silk, for wearing", 1, 85, usd("48.50"), hs="621410", origin="TH", title="Indigo scarf",
    sku="BFI-2", maker_id="S-2", gtin="4006381333931",
)  # fmt: skip
DESK = Parcel(1, 780, "CP123456785TH", (300, 210, 120))
RULES = (
    Rule("cn22-value", number=Decimal(300), unit="XDR"),
    Rule("cn22-weight", number=Decimal(2000), unit="g"),
)
# As in the packaged restrictions, with days of their own.
RESTRICTIONS = Rules.of(
    [
        Restriction(code="US-HTS10", destination="US", action="data", needs="hs:10", effective_from=date(2026, 7, 24)),
        Restriction(code="EU-IDS", destination="EU", action="data", needs="sku maker_code", effective_from=date(2026, 11, 1)),
    ],
    blocs={"DE": "EU"},
)
WORDING = Statement("annex-3-b", "The goods originate as the agreement says.")


def book(sdr: str | None = "0.75", **changes) -> PaperBook:
    """The rows of the tests. ``sdr``: what one unit of any currency is worth in special drawing rights."""
    to_sdr = (lambda money: money.amount * Decimal(sdr)) if sdr else (lambda money: None)
    known = {"rules": RULES, "restrictions": RESTRICTIONS, "to_sdr": to_sdr, "statements": {("CPTPP", "en"): WORDING}}
    return PaperBook(**known | changes)


def declare(*lines: Line, **changes) -> Declaration:
    """Two pieces from Viet Nam to Japan, unless ``changes`` say otherwise."""
    known = {
        "number": "SML-7K2MQ9XD",
        "on": DAY,
        "sender": ANH,
        "addressee": KENJI,
        "lines": lines or (BOWL, SCARF),
        "parcels": (DESK,),
        "postage": usd("21.30"),
        "invoice_number": "INV-2026-17",
        "invoice_date": DAY,
        "incoterm": "DAP",
        "incoterm_place": "Yokohama",
        "signed_by": "Nguyễn Thị Ngọc Ánh",
        "shop": "Village & Hand",
        "reason": "Sale",
    }
    return Declaration(**known | changes)


def claim(**changes) -> OriginClaim:
    """Ánh certifies as exporter that the bowl originates under CPTPP."""
    known = {
        "agreement": "CPTPP", "role": "exporter", "certifier": ANH, "exporter": ANH, "importer": KENJI, "lines": (1,),
        "criteria": ("PE",), "signed_by": "Nguyễn Thị Ngọc Ánh", "signed_on": DAY,
    }  # fmt: skip
    return OriginClaim(**known | changes)

