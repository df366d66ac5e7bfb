"""The papers read back: every amount, name, code and number exact, and the bars decoded."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from barcode.charsets import code128
from pypdf import PdfReader

from marketplace.money import Money
from marketplace.trade.papers import fonts
from marketplace.trade.papers.canvas import POINT, letters, wrap
from marketplace.trade.papers.kit import Category, Charge, Licence, Parcel, Scheme, render
from tests.trade.paperwork import (
    ANH,
    BOWL,
    DESK,
    GRETA,
    KENJI,
    MINSU,
    NATALYA,
    PAT,
    SCARF,
    SOMCHAI,
    YIJUN,
    book,
    claim,
    declare,
    usd,
)  # fmt: skip

POINTS_PER_MILLIMETRE = 72 / 25.4
START_B, START_C, CODE_B, CODE_C = 104, 105, 100, 99


def pages(declaration, paper: str, rows=None) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(render(declaration, paper, rows or book()))).pages]


def text(declaration, paper: str, rows=None) -> str:
    return "\n".join(pages(declaration, paper, rows))


def count(got: str, words: str) -> int:
    """How often ``words`` stand there, with a blank or the end of a line on either side."""
    return len(re.findall(rf"(?<!\S){re.escape(words)}(?!\S)", got))


def says(got: str, *words: str) -> None:
    missing = [part for part in words if not count(got, part)]
    assert not missing, f"{missing} not in:\n{got}"


def test_cn23_says_everything_exactly():
    licensed = replace(BOWL, licences=(Licence("cites", "VN-2026-0042", date(2026, 10, 1)),))
    got = text(
        declare(licensed, SCARF, insurance=usd("100.00"), schemes=(Scheme("GB-VAT", "GB123456789"),)), "cn23"
    )
    says(
        got,
        "CN23", "Nguyễn Thị Ngọc Ánh", "12 Ngõ Trúc Bạch", "VIET NAM (VN)", "森 健二", "Kenji Mori", "JAPAN (JP)",
        "Tel. +81451234567", "E-mail kenji@example.com", "Tax no. 0101234567", "CP123456785TH",
        "Lacquered bowl of bamboo, for serving food", "竹の漆器の鉢", "Scarf of woven silk, for wearing", "0.420", "0.085",
        "96.00 USD", "48.50 USD", "441990", "621410", "VN", "TH", "0.780", "144.50 USD", "21.30 USD", "100.00 USD",
        "cites VN-2026-0042 (2026-10-01)", "SML-7K2MQ9XD", "INV-2026-17 (2026-11-21)", "GB-VAT GB123456789; Sale",
        "2026-11-21", "Signature · Nguyễn Thị Ngọc Ánh",
    )  # fmt: skip


def test_cn22_is_a_sale_with_real_values_also_of_a_gift():
    for gift in (False, True):
        got = text(declare(gift=gift), "cn22")
        says(got, "CN22", "96.00 USD", "48.50 USD", "144.50 USD", "441990", "CP123456785TH")
        assert crossed(declare(gift=gift), "cn22") == "Sale of goods / Vente de marchandises"


def test_the_packing_slip_of_a_gift_shows_no_price():
    plain, gift = text(declare(), "packing-slip"), text(declare(gift=True, gift_message="お誕生日おめでとう"), "packing-slip")
    for amount in ("$96.00", "$48.50", "$21.30", "$165.80"):
        assert amount in plain
    says(gift, "お誕生日おめでとう", "Red bowl", "SML-1", "2")
    assert not re.search(r"\$|USD|INV-|\d\.\d\d", gift)


def test_the_packing_slip_speaks_the_buyers_language():
    charge = Charge("Import VAT", usd("12.05"), "輸入消費税")
    got = text(declare(language="ja", charges=(charge,)), "packing-slip")
    says(got, "SML-7K2MQ9XD · 2026年11月21日", "神奈川県横浜市", "日本", "数量", "合計", "輸入消費税", "$12.05", "$177.85")


@pytest.mark.parametrize(
    ("party", "lines"),
    [
        (KENJI, ["〒220-0012", "神奈川県横浜市", "港町1-2-3", "さくらビル 5F", "森 健二", "Kenji Mori", "JAPAN"]),
        (MINSU, ["한빛로 12", "김민수", "04524", "Minsu Kim", "12 Hanbit-ro", "KOREA"]),
        (SOMCHAI, ["นายสมชาย น้ำผึ้ง", "99/1 ซอยปั๊มน้ำ", "บ้านฝ้าย เมือง", "กำแพงเพชร 62000", "Somchai Namphueng", "THAILAND"]),
        (YIJUN, ["110", "臺北市信義區", "青雲路7號", "陳怡君", "Yi-Chun Chen", "CHINESE TAIPEI", "TW"]),
        (NATALYA, ["Щукина Наталья", "ул. Льняная, д. 5", "Берёзово", "Natalya Shchukina", "RUSSIA"]),
        (ANH, ["Nguyễn Thị Ngọc Ánh", "12 Ngõ Trúc Bạch", "VIET NAM"]),
        (GRETA, ["Greta Öztürk", "Lindenweg 4", "GERMANY", "DE"]),
        (PAT, ["Pat Doe", "Springfield, IL 62701", "THE UNITED STATES", "US"]),
    ],
)
def test_a_label_carries_both_scripts_exactly(party, lines):
    says(text(declare(sender=ANH, addressee=party), "label"), *lines)


def test_a_japanese_label_has_the_family_name_first_and_last_of_all_lines():
    got = text(declare(), "label")
    places = [got.index(part) for part in ("〒220-0012", "神奈川県横浜市", "港町1-2-3", "森 健二", "Kenji Mori")]
    assert places == sorted(places)


def test_the_invoice_adds_up_and_leaves_out_what_is_electronic_only():
    schemes = (Scheme("AU-GST", "ARN 300012345678"), Scheme("IOSS", "IM3720000224", electronic_only=True))
    got = text(
        declare(charges=(Charge("Value added tax (GST)", usd("14.45")),), schemes=schemes, claims=(claim(),)), "invoice"
    )
    says(
        got,
        "INV-2026-17", "DAP Yokohama", "48.00 USD", "96.00 USD", "48.50 USD", "144.50 USD", "21.30 USD", "14.45 USD",
        "180.25 USD", "Piece code SML-1 · Maker’s no. B-7", "ARN 300012345678", "30 × 21 × 12", "0.505", "0.780",
    )  # fmt: skip
    assert "CPTPP (annex-3-b) – lines 1 (PE): The goods originate as the agreement says." in got
    assert "IM3720000224" not in got
    assert "4006381333931" in got
    for paper in ("cn22", "cn23", "label", "packing-slip"):
        assert "IM3720000224" not in text(declare(schemes=schemes), paper)


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(Decimal("12500000"), "VND"), "12500000 VND"),
        (Money(Decimal("1200.00"), "JPY"), "1200 JPY"),
        (Money(Decimal("5.124"), "KWD"), "5.124 KWD"),
        (Money(Decimal("0.1"), "USD"), "0.10 USD"),
    ],
)
def test_amounts_have_their_currencys_decimals(money, shown):
    got = text(declare(replace(BOWL, value=money, quantity=1), postage=None), "invoice")
    assert count(got, shown) == 4  # one, line, goods, total


@pytest.mark.parametrize("paper", ["cn22", "cn23", "invoice", "packing-slip"])
def test_a_large_amount_stays_on_one_line(paper):
    declaration = declare(replace(BOWL, value=Money(Decimal("1234567890"), "IDR"), quantity=1), postage=None)
    got = text(declaration, paper, book(sdr="0.0000001"))
    assert count(got, "IDR 1,234,567,890.00" if paper == "packing-slip" else "1234567890.00 IDR") >= 2


def test_a_price_that_does_not_divide_shows_only_the_lines_value():
    got = text(declare(replace(BOWL, value=usd("95.99")), postage=None), "invoice")
    assert count(got, "95.99 USD") == 3
    assert not re.search(r"(47|48)\.\d\d USD", got)


def test_the_origin_statement_has_the_nine_elements():
    blanket = claim(blanket_from=date(2026, 1, 1), blanket_to=date(2026, 12, 31), producer=SOMCHAI)
    got = text(declare(claims=(blanket,)), "origin")
    for number in range(1, 10):
        assert f"{number}. " in got
    says(
        got,
        "Exporter", "Somchai Namphueng,", "Kenji Mori,", "441990", "Viet Nam", "PE", "2026-01-01 – 2026-12-31",
        "Nguyễn Thị Ngọc Ánh, 2026-11-21", "The goods originate as the agreement says.", "CPTPP, annex-3-b",
    )  # fmt: skip
    assert "621410" not in got


def test_each_parcel_has_its_own_form_and_label():
    two = (Parcel(1, 600, "CP123456785TH", postage=usd("15.00")), Parcel(2, 120, "LX000000005VN", postage=usd("6.30")))
    split = declare(replace(BOWL, parcel=1), replace(SCARF, parcel=2), parcels=two)
    first, second = pages(split, "cn23")
    says(first, "96.00 USD", "0.600", "15.00 USD", "CP123456785TH", "SML-7K2MQ9XD · 1/2")
    says(second, "48.50 USD", "0.120", "6.30 USD", "LX000000005VN", "SML-7K2MQ9XD · 2/2")
    assert "621410" not in first
    assert [("1/2" in page, "2/2" in page) for page in pages(split, "label")] == [(True, False), (False, True)]
    assert "Total" in text(split, "invoice")


@pytest.mark.parametrize("paper", ["cn22", "cn23", "invoice", "packing-slip"])
def test_all_lines_are_listed_on_as_many_pages_as_they_need(paper):
    lines = [
        replace(BOWL, title=f"Bowl {n}", description=f"Bowl of bamboo no {n}", net_weight_g=10, value=usd(f"{n}.07"))
        for n in range(1, 31)
    ]
    got = pages(declare(*lines), paper, book(sdr="0.5"))
    everything = "\n".join(got)
    assert len(got) > 1
    assert f"{len(got)}/{len(got)}" in got[-1]
    for n in range(1, 31):
        assert count(everything, f"{n}.07") + count(everything, f"${n}.07"), n
    assert count(everything, "467.10") + count(everything, "$467.10")  # 465 and 30 times 0.07


def test_the_same_declaration_gives_the_same_file(monkeypatch):
    first = render(declare(), "cn22", book())
    monkeypatch.setattr("fontTools.misc.timeTools.timestampNow", lambda: 4_000_000_000)
    assert render(declare(), "cn22", book()) == first


@pytest.mark.parametrize("paper", ["label", "cn23", "origin"])
def test_every_font_is_embedded(paper):
    declaration = declare(sender=SOMCHAI, addressee=MINSU, claims=(claim(),))
    for page in PdfReader(BytesIO(render(declaration, paper, book()))).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font["/DescendantFonts"][0]
            assert "/FontFile2" in descendant["/FontDescriptor"]


def test_nothing_is_drawn_beyond_the_page():
    declaration = declare(*[replace(BOWL, net_weight_g=10)] * 8, sender=SOMCHAI, addressee=KENJI)
    for paper in ("label", "cn22", "cn23", "invoice", "packing-slip"):
        for page in PdfReader(BytesIO(render(declaration, paper, book(sdr="0.1")))).pages:
            for x, y, width, height in rectangles(page):
                assert x >= -0.1 and x + width <= page.mediabox.width + 0.1
                assert min(y, y + height) >= -0.1 and max(y, y + height) <= page.mediabox.height + 0.1
            for x, y in baselines(page):
                assert 3 <= x <= page.mediabox.width - 3
                assert 3 <= y <= page.mediabox.height - 3


@pytest.mark.parametrize(
    ("paper", "size", "number"),
    [
        ("label", (100, 150), "CP123456785TH"),
        ("label", (100, 150), "LX000000005VN"),
        ("cn22", (100, 150), "EB000717618HK"),
        ("cn23", (210, 148), "EA999999995MX"),
    ],
)
def test_the_bars_are_the_number_and_high_enough(paper, size, number):
    page = PdfReader(BytesIO(render(declare(parcels=(replace(DESK, s10=number),)), paper, book()))).pages[0]
    assert [round(float(side) / POINTS_PER_MILLIMETRE) for side in page.mediabox[2:]] == list(size)
    bars = sorted(box for box in rectangles(page) if abs(box[3]) > 12 * POINTS_PER_MILLIMETRE)
    assert min(abs(box[3]) for box in bars) >= 12.5 * POINTS_PER_MILLIMETRE - 0.01
    assert decode(bars) == number
    assert count(page.extract_text(), number) == 1


def rectangles(page) -> Iterator[tuple[float, float, float, float]]:
    """x, y, width, height in points of all filled rectangles."""
    content = page.get_contents().get_data().decode("latin-1")
    for match in re.finditer(r"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re f", content):
        yield tuple(map(float, match.groups()))


def baselines(page) -> Iterator[tuple[float, float]]:
    content = page.get_contents().get_data().decode("latin-1")
    for match in re.finditer(r"BT (-?[\d.]+) (-?[\d.]+) Td", content):
        yield tuple(map(float, match.groups()))


def crossed(declaration, paper: str) -> str:
    """The words beside the box with the cross: the first text whose baseline stands beside a diagonal."""
    page = PdfReader(BytesIO(render(declaration, paper, book()))).pages[0]
    content = page.get_contents().get_data().decode("latin-1")
    lines = [tuple(map(float, m.groups())) for m in re.finditer(r"([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S", content)]
    [cross] = {(min(x1, x2), min(y1, y2)) for x1, y1, x2, y2 in lines if x1 != x2 and y1 != y2}
    beside = []

    def visit(words, _cm, matrix, _font, _size) -> None:
        if words.strip() and abs(matrix[5] - cross[1]) < 5 and 0 < matrix[4] - cross[0] < 15:
            beside.append(words.strip())

    page.extract_text(visitor_text=visit)
    [words] = beside
    return words


def decode(bars: list[tuple[float, float, float, float]]) -> str:
    """Code 128 from the drawn bars, by their widths alone; the check sign is reckoned anew."""
    start, end = bars[0][0], bars[-1][0] + bars[-1][2]
    module = (end - start) / round((end - start) / min(bar[2] for bar in bars))
    widths = []
    for at, bar in enumerate(bars):
        widths.append(round(bar[2] / module))
        if at + 1 < len(bars):
            widths.append(round((bars[at + 1][0] - bar[0] - bar[2]) / module))
    modules = "".join(("1" if at % 2 == 0 else "0") * width for at, width in enumerate(widths))
    patterns = {pattern: value for value, pattern in enumerate(code128.CODES)}
    stop = code128.STOP + "11"
    assert modules.endswith(stop)
    modules = modules.removesuffix(stop)
    signs = [patterns[modules[at : at + 11]] for at in range(0, len(modules), 11)]
    *signs, check = signs
    assert check == (signs[0] + sum(place * sign for place, sign in enumerate(signs[1:], 1))) % 103
    return read(signs)


def read(signs: list[int]) -> str:
    digits, found = signs[0] == START_C, ""
    assert signs[0] in (START_B, START_C)
    for sign in signs[1:]:
        if sign in (CODE_B, CODE_C) and not (digits and sign == CODE_C):
            digits = sign == CODE_C
        else:
            found += f"{sign:02}" if digits else chr(sign + 32)
    return found


def test_the_variant_of_a_han_character_goes_by_the_language():
    drawn = {name: fonts.face(name).font.get_nominal_glyph(ord("骨")) for name in fonts.HAN_FACES}
    assert drawn["zh-hans"] != drawn["zh-hant"] != drawn["ja"]
    assert [run.face for run in fonts.runs("骨", "zh-hant")] == ["zh-hant"]
    assert [run.face for run in fonts.runs("骨", "zh-Hans-CN")] == ["zh-hans"]
    assert [run.face for run in fonts.runs("骨")] == ["ja"]


def test_names_of_all_scripts_are_covered():
    common = "Nguyễn Đặng ÅÄÖ ŁŹŻ Ğş Māori Щёлк Київ Ωμέγα ที่อยู่ ญี่ปุ่น 김뷁 髙﨑 𠮷野 祐 堃 喆 㛃 〇 々 ㈱ № ½ “” – '"
    assert fonts.missing(common) == []
    assert fonts.missing("শ عربي") == ["শ", "ع", "ر", "ب", "ي"]


def test_text_is_composed_but_compatibility_characters_stay():
    assert fonts.tidy("Nguye\u0302\u0303n\u3000祐\u00a0葛\U000e0100") == "Nguyễn 祐 葛"


def test_lines_break_between_words_phrases_and_letters_without_loss():
    for words, language in [
        ("Lacquered bowl of bamboo and wood for serving rice", "en"),
        ("神奈川県横浜市「港町」の漆器工房で作られた竹の鉢、白木の箱入り。", "ja"),
        ("ชามไม้ไผ่เคลือบรักทำด้วยมือจากหมู่บ้านริมแม่น้ำ", "th"),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "de"),
    ]:
        lines = wrap(words, 25, 8, language)
        assert len(lines) > 1
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(fonts.width(line, language) * 8 * POINT <= 25.02 for line in lines)
        assert not any(line[0] in "、。」" or line[-1] == "「" for line in lines)


def test_a_letter_keeps_its_marks():
    assert letters("น้ำผึ้ง") == ["น้ำ", "ผึ้", "ง"]
    assert letters("เพชร") == ["เพ", "ช", "ร"]


def test_other_goods_say_which():
    loan = declare(category=Category.OTHER, category_text="Loan for an exhibition")
    says(text(loan, "cn23"), "Other / Autre: Loan for an exhibition")
    back = declare(category=Category.RETURNED, original_numbers=("EE471108151FR",))
    says(text(back, "cn22"), "Original numbers / Numéros d’origine: EE471108151FR")
