"""What keeps a paper from being made: every refusal names its field and line, and nothing is written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from marketplace.economies.addresses import AddressParts
from marketplace.money import Money
from marketplace.registry import AlreadyRegistered, Registry, Unknown
from marketplace.trade.papers.book import Rule, Statement
from marketplace.trade.papers.kit import (
    Category,
    PaperRefused,
    Parcel,
    Party,
    papers,
    papers_for,
    problems,
    render,
)
from marketplace.trade.papers.paper import Paper
from marketplace.trade.papers.words import vague_words
from tests.trade.paperwork import (
    ANH,
    BOWL,
    DESK,
    GRETA,
    KENJI,
    PAT,
    RULES,
    SCARF,
    SOMCHAI,
    WORDING,
    book,
    claim,
    declare,
    usd,
)


def found(declaration, paper="cn23", rows=None) -> list[tuple[str, int | None]]:
    """Field and line of each problem; the paper is refused with the same, or made where there is none."""
    rows = rows or book()
    listed = problems(declaration, paper, rows)
    if listed:
        with pytest.raises(PaperRefused) as refused:
            render(declaration, paper, rows)
        assert refused.value.problems == listed
        assert refused.value.paper == paper
    return [(problem.field, problem.line) for problem in listed]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (replace(SCARF, description="gift"), "description"),
        (replace(SCARF, description="Craft item"), "description"),
        (replace(SCARF, description="  "), "description"),
        (replace(SCARF, description="絹のスカーフ"), "description"),
        (replace(SCARF, local_description="お土産"), "local_description"),
        (replace(SCARF, quantity=0), "quantity"),
        (replace(SCARF, net_weight_g=None), "net_weight_g"),
        (replace(SCARF, net_weight_g=0), "net_weight_g"),
        (replace(SCARF, value=usd("0.00")), "value"),
        (replace(SCARF, value=usd("-1.00")), "value"),
        (replace(SCARF, value=Money(Decimal(9), "JPY")), "value"),
        (replace(SCARF, origin=""), "origin"),
        (replace(SCARF, hs=""), "hs"),
        (replace(SCARF, hs="6214"), "hs"),
        (replace(SCARF, hs="6214.10"), "hs"),
        (replace(SCARF, hs="６２１４１０"), "hs"),
        (replace(SCARF, parcel=7), "parcel"),
    ],
)
def test_a_line_that_customs_would_send_back_is_named(line, field):
    assert found(declare(BOWL, line)) == [(field, 2)]


def test_the_sentence_names_line_and_words_and_says_what_to_do():
    [problem] = problems(declare(BOWL, replace(SCARF, description="Handmade gifts (2 pcs)", piece=41)), "cn22", book())
    assert problem.text == (
        "Line 2: “Handmade gifts (2 pcs)” says nothing to customs. Write what it is, what it is made of and what it is for."
    )
    assert (problem.where, problem.piece) == ("piece", 41)


@pytest.mark.parametrize(
    "words",
    ["gift", "GIFTS", "clothes", "handicraft", "souvenir", "craft item", "Beautiful handmade souvenirs", "Cadeau fait main",
     "artesanía hecha a mano", "quà lưu niệm", "ギフト", "선물", "工藝品", "工艺品", "ของที่ระลึก", "сувенир ручной работы", "123",
     "", "g\u200bift", "ｇｉｆｔ", "gift-set"],
)  # fmt: skip
def test_words_that_say_nothing(words):
    assert vague_words().is_vague(words)


@pytest.mark.parametrize(
    "words",
    ["silk scarf", "Gift box of lacquered wood", "Cotton clothes for children", "Écharpe de soie", "Tea set of stoneware"],
)
def test_words_that_say_something(words):
    assert not vague_words().is_vague(words)


def test_ten_digits_for_the_united_states_from_a_day_on():
    line = replace(BOWL, hs="441990", quantity=1)
    before, after = declare(line, addressee=PAT, on=date(2026, 7, 23)), declare(line, addressee=PAT, on=date(2026, 7, 24))
    assert found(before) == []
    assert found(after) == [("hs", 1)]
    text = problems(after, "cn23", book())[0].text
    assert text == "Line 1: the HS code 441990 is too short: The United States asks for 10 digits."
    assert found(replace(after, lines=(replace(line, hs="4419901100"),))) == []


def test_numbers_of_the_piece_for_the_european_union_from_a_day_on():
    line = replace(SCARF, sku="", maker_id="")
    before, after = declare(line, addressee=GRETA, on=date(2026, 10, 31)), declare(line, addressee=GRETA, on=date(2026, 11, 1))
    assert found(before) == []
    assert found(after) == [("sku", 1), ("maker_id", 1)]
    assert found(replace(after, addressee=KENJI)) == []


@pytest.mark.parametrize("gross", [504, 100])
def test_goods_weigh_no_more_than_their_parcel(gross):
    heavy = declare(parcels=(replace(DESK, gross_g=gross),))
    assert found(heavy) == [("gross_g", None)]
    assert problems(heavy, "cn22", book())[0].text == (
        f"Parcel 1: the goods weigh 505 g, the parcel with its packing only {gross} g."
    )


def test_the_weight_of_the_goods_alone_is_enough():
    assert found(declare(parcels=(replace(DESK, gross_g=505),))) == []


def test_each_of_two_parcels_is_weighed_and_says_what_lies_in_it():
    two = (Parcel(1, 600, "CP123456785TH"), Parcel(2, 80, "LX000000005VN"))
    split = declare(replace(BOWL, parcel=1), replace(SCARF, parcel=2), parcels=two)
    assert found(split) == [("gross_g", None)]  # 85 g in the second of 80 g, though both together weigh enough
    split = replace(split, parcels=(two[0], replace(two[1], gross_g=85)))
    assert found(split) == []
    assert found(declare(replace(BOWL, parcel=1), SCARF, parcels=split.parcels)) == [("parcel", 2)]
    assert found(declare(replace(BOWL, parcel=1), replace(SCARF, parcel=1), parcels=split.parcels)) == [("lines", None)]
    assert found(declare(parcels=split.parcels), "invoice") == []  # one invoice for all, whatever lies where


def test_a_parcel_without_weight_number_or_with_a_wrong_or_double_number():
    assert found(declare(parcels=())) == [("parcels", None)]
    assert found(declare(parcels=(Parcel(1, None),))) == [("gross_g", None)]
    assert found(declare(parcels=(replace(DESK, s10="CP12345678TH"),)), "label") == [("s10", None)]
    assert found(declare(parcels=(replace(DESK, s10=""),)), "itmatt-json") == [("s10", None)]
    assert found(declare(parcels=(replace(DESK, s10=""),)), "cn23") == []
    twice = (Parcel(1, 600, DESK.s10), Parcel(2, 600, DESK.s10))
    assert found(declare(replace(BOWL, parcel=1), replace(SCARF, parcel=2), parcels=twice)) == [("s10", None)]


def test_what_was_sold_is_no_gift_for_customs():
    assert found(declare(category=Category.GIFT)) == [("category", None)]
    assert found(declare(category=Category.GIFT, sold=False)) == []
    assert found(declare(gift=True)) == []


def test_other_and_returned_goods_say_more():
    assert found(declare(category=Category.OTHER)) == [("category_text", None)]
    assert found(declare(category=Category.OTHER, category_text="Loan for an exhibition")) == []
    assert found(declare(category=Category.RETURNED)) == [("original_numbers", None)]
    assert found(declare(category=Category.RETURNED, original_numbers=("CP123456785TH",))) == []


def test_a_free_sample_still_has_a_value():
    assert found(declare(replace(BOWL, value=usd("0.00")), category=Category.SAMPLE)) == [("value", 1)]


def test_documents_need_no_code():
    assert found(declare(replace(BOWL, hs=""), category=Category.DOCUMENTS)) == []


def test_the_number_that_customs_ask_the_addressee_for():
    wanted = declare(customs_id_wanted="Personal customs clearance code")
    assert found(wanted) == [("addressee.customs_id", None)]
    assert found(replace(wanted, addressee=replace(KENJI, customs_id="P123456789012"))) == []
    assert found(wanted, "label") == []


def test_names_are_never_romanised():
    thai = Party(replace(SOMCHAI.address, latin_given="", latin_family=""), "th")
    for paper in ("label", "cn22", "packing-slip"):
        assert found(declare(addressee=thai), paper) == [("addressee.name", None)]


def test_a_sender_without_address_is_told_where_to_mend_it():
    nobody = Party(AddressParts("VN", name="Sao Mai Lacquer"))
    assert found(declare(sender=nobody)) == [("sender.address", None)]
    assert problems(declare(sender=nobody), "label", book())[0].where == "sender"


@pytest.mark.parametrize(
    ("name", "sign", "code"), [("Ali علي", "ع", "U+0639"), ("Mo 🙂", "🙂", "U+1F642"), ("Kim\u0007", "\u0007", "U+0007")]
)
def test_a_character_that_no_font_has_is_refused_by_name_and_never_a_box(name, sign, code):
    party = Party(replace(PAT.address, name=name, latin_given="Ali"))
    refused = problems(declare(addressee=party), "label", book())
    assert [problem.field for problem in refused] == ["addressee.name"] * len(refused)
    assert refused[0].text == f"“{name}” cannot be printed: none of our fonts has “{sign}” ({code})."


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "@SUM(1)", "+1", "-1"])
def test_no_cell_of_the_data_can_be_a_formula(name):
    evil = declare(addressee=Party(replace(PAT.address, economy="JP", name=name, latin_given="Pat")))
    assert ("addressee.name", None) in found(evil, "itmatt-csv")


def test_an_invoice_needs_its_numbers():
    bare = declare(invoice_number="", invoice_date=None, incoterm="", incoterm_place="")
    fields = ["invoice_number", "invoice_date", "incoterm", "incoterm_place"]
    assert [field for field, _line in found(bare, "invoice")] == fields
    assert found(bare, "cn23") == []


def test_an_origin_statement_needs_a_checked_wording_a_signature_and_a_criterion():
    good = claim()
    assert found(declare(claims=(good,)), "origin") == []
    assert found(declare(), "origin") == [("claims", None)]
    unchecked = book(statements={("CPTPP", "en"): Statement("sample-1", WORDING.text, checked=False)})
    assert found(declare(claims=(good,)), "origin", unchecked) == [("statement", None)]
    assert found(declare(claims=(good,)), "origin", book(statements={})) == [("statement", None)]
    for changes, field in [
        ({"signed_by": ""}, "signed_by"),
        ({"signed_on": None}, "signed_by"),
        ({"criteria": ()}, "criteria"),
        ({"lines": (3,)}, "criteria"),
        ({"blanket_from": date(2026, 1, 1)}, "blanket"),
    ]:
        assert found(declare(claims=(replace(good, **changes),)), "origin") == [(field, None)]


def test_an_address_that_no_label_can_hold_is_refused():
    long = Party(replace(ANH.address, economy="JP", line1="Street " * 300))
    with pytest.raises(PaperRefused, match="too long for a label"):
        render(declare(addressee=long), "label", book())


@pytest.mark.parametrize(
    ("value", "gross", "sdr", "first"),
    [
        ("400.00", 2000, "0.75", "cn22"),  # 300 special drawing rights and 2 kg are within
        ("400.01", 2000, "0.75", "cn23"),
        ("400.00", 2001, "0.75", "cn23"),
        ("10.00", 600, None, "cn23"),  # no rate: in doubt CN23
        ("10.00", None, "0.75", "cn23"),
    ],
)
def test_cn22_up_to_300_sdr_and_2_kg(value, gross, sdr, first):
    small = declare(replace(BOWL, value=usd(value)), parcels=(replace(DESK, gross_g=gross),))
    needed = papers_for(small, book(sdr))
    assert [name for name in needed if name.startswith("cn")] == [first]
    assert ("invoice" in needed) is (first == "cn23")


@pytest.mark.parametrize(
    ("value", "gross", "sdr", "fields", "text"),
    [
        ("400.00", 2000, "0.75", [], ""),
        ("10.00", 2500, "0.75", ["gross_g"], "Parcel 1 weighs 2,500 g. A CN22 is for at most 2,000 g: it needs a CN23."),
        ("400.01", 600, "0.75", ["value"], "Parcel 1 is worth 300.01 SDR. A CN22 is for at most 300 SDR: it needs a CN23."),
        ("600.00", 2500, "0.75", ["gross_g", "value"], None),
        ("10.00", 600, None, ["value"], None),  # no rate: in doubt CN23
    ],
)
def test_a_cn22_beyond_its_limits_is_refused_with_the_limit(value, gross, sdr, fields, text):
    parcel = declare(replace(BOWL, value=usd(value)), parcels=(replace(DESK, gross_g=gross),))
    assert found(parcel, "cn22", book(sdr)) == [(field, None) for field in fields]
    assert found(parcel, "cn23", book(sdr)) == []
    assert ("cn22" in papers_for(parcel, book(sdr))) is (not fields)
    if text:
        problem = problems(parcel, "cn22", book(sdr))[0]
        assert (problem.text, problem.where) == (text, "cn23")


def test_each_parcel_is_held_against_the_limits_of_a_cn22_by_itself():
    """Both together are beyond them, neither by itself is; and the second one alone is named."""
    two = (Parcel(1, 1500, "CP123456785TH"), Parcel(2, 1500, "LX000000005VN"))
    lines = replace(BOWL, parcel=1, value=usd("300.00")), replace(SCARF, parcel=2, value=usd("300.00"))
    assert found(declare(*lines, parcels=two), "cn22") == []
    heavy = declare(*lines, parcels=(two[0], replace(two[1], gross_g=2001)))
    assert [problem.text for problem in problems(heavy, "cn22", book())] == [
        "Parcel 2 weighs 2,001 g. A CN22 is for at most 2,000 g: it needs a CN23."
    ]
    assert found(declare(), "cn22", book(rules=())) == [("cn22", None)]


def test_the_limits_are_rows():
    lower = (Rule("cn22-value", destination="JP", number=Decimal(100), unit="XDR"), *RULES)
    assert "cn23" in papers_for(declare(), book(rules=lower))
    assert "cn22" in papers_for(declare(addressee=GRETA), book(rules=lower))
    assert "cn23" in papers_for(declare(), book(rules=()))


def test_within_one_economy_there_are_no_customs_papers():
    assert papers_for(declare(addressee=ANH), book()) == ["packing-slip", "label"]
    assert papers_for(declare(claims=(claim(),)), book())[-1] == "origin"


def test_one_more_paper_is_one_decorated_function():
    @papers.register("test-phyto", title="Request", checks=("goods",))
    def request(declaration, rows) -> bytes:
        return f"{declaration.number} {len(declaration.lines)}".encode()

    try:
        assert render(declare(), "test-phyto", book()) == b"SML-7K2MQ9XD 2"
        assert found(declare(replace(BOWL, origin="")), "test-phyto") == [("origin", 1)]
        with pytest.raises(AlreadyRegistered):
            papers.register("test-phyto", title="Again")(request)
    finally:
        papers.unregister("test-phyto")
    with pytest.raises(Unknown):
        render(declare(), "test-phyto", book())


def test_a_registry_keeps_its_order():
    kinds = Registry("paper", Paper)
    for name in ("b", "a"):
        kinds.register(name, title=name)(lambda declaration, rows: b"")
    assert [entry.name for entry in kinds] == ["b", "a"]
    assert len(kinds) == 2
    assert "a" in kinds
    assert "c" not in kinds


def test_a_file_name_is_plain():
    assert papers["cn23"].file_name(declare(number='A"\r\n/../é')) == "A---------cn23.pdf".replace("---------", "-" * 8 + "-")
