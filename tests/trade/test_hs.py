"""The HS helper: material first, then the maker's own words; it offers, a person decides."""

import csv

import pytest

from catalogue.models import Product
from marketplace.trade import hs_services
from marketplace.trade.descriptions import description_problem
from marketplace.trade.hs import (
    ANY,
    LINES,
    MATERIALS,
    WORDS,
    contradiction,
    hs_lines,
    material_groups,
    search,
    suggested_description,
)
from marketplace.trade.hs_services import clean_code
from marketplace.trade.hs_text import fold, tokens
from marketplace.trade.models import HsDecision, HsQuestion
from marketplace.workshops.details import Refused
from tests.factories import make_piece, make_user, make_workshop

LANGUAGES = ["en", "ja", "vi", "th", "es", "zh-hant"]


def found(words: str, materials: str, language: str) -> list[str]:
    return [row.line.dotted for row in search(words, materials=materials.split(), language=language)]


def test_the_list_is_complete():
    with LINES.open(encoding="utf-8", newline="") as file:
        codes = [row["hs6"] for row in csv.DictReader(file)]
    assert len(codes) == 119 and list(hs_lines()) == [code.replace(".", "") for code in codes]
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = {row["hs6"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(codes)
    for line in hs_lines().values():
        assert set(line.words) == set(LANGUAGES) and all(line.words.values()), line.code
        assert line.materials and line.materials <= {*MATERIALS, ANY}, line.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_list_finds_its_line(language):
    """Asked of every fourth line."""
    lost = [
        (line.code, word)
        for line in list(hs_lines().values())[::4]
        for word in line.words[language]
        if line.dotted not in found(word, " ".join(line.materials & set(MATERIALS)) or "wood", language)
    ]
    assert lost == []


BEST = [
    ("khăn bông nhuộm chàm", "cotton", "vi", "6214.90"),
    ("KHAN BONG nhuom cham", "cotton", "vi", "6214.90"),
    ("Bát sơn mài", "wood", "vi", "4419.90"),
    ("giỏ tre", "bamboo", "vi", "4602.11"),
    ("lacquered bowls", "wood", "en", "4419.90"),
    ("漆のお椀", "wood", "ja", "4419.90"),
    ("竹かごバッグ", "bamboo", "ja", "4602.11"),
    ("藍染めの木綿スカーフ", "cotton", "ja", "6214.90"),
    ("ผ้าพันคอย้อมคราม", "cotton", "th", "6214.90"),
    ("ชามศิลาดลใบเล็ก", "clay", "th", "6912.00"),
    ("canastas de bambú", "bamboo", "es", "4602.11"),
    ("aretes de plata", "silver", "es", "7113.11"),
    ("絲巾", "silk", "zh-hant", "6214.10"),
    ("竹籃", "bamboo", "zh-hant", "4602.11"),
    ("khăn bông", "cotton", "en", "6214.90"),  # her words, whatever the page's language
    ("silk scarf", "silk", "ja", "6214.10"),
]


@pytest.mark.parametrize(("words", "material", "language", "code"), BEST)
def test_the_best_candidate(words, material, language, code):
    assert found(words, material, language)[0] == code


@pytest.mark.parametrize(
    ("material", "code"), [("paper", "4823.90"), ("wood", "4421.99"), ("bamboo", "4421.91"), ("silk", "6307.90")]
)
@pytest.mark.parametrize("word", ["fan", "扇子", "quạt", "พัด", "abanico", "扇"])
def test_a_fan_goes_by_its_material(word, material, code):
    codes = found(word, material, "en")
    assert codes[0] == code
    assert not {"4823.90", "4421.99", "4421.91", "6307.90"} - {code} & set(codes)


def test_a_mask_goes_by_its_material_and_may_be_for_a_feast():
    assert found("mask", "wood", "en") == ["4420.19", "4420.11", "9505.90"]
    assert found("mask", "cotton", "en")[0] in ("6307.90", "9505.90")
    assert "4420.19" not in found("mask", "cotton", "en")


def test_without_a_material_or_words_nothing_is_offered():
    assert found("fan", "", "en") == []
    assert found("fan", "moonlight", "en") == []
    assert found("", "paper", "en") == [] == found(" !? ", "paper", "en")


@pytest.mark.parametrize("words", ["spaceship", "zzz", "'; DROP TABLE", "\x00", "𝔥", "ก" * 500, "(((" * 100])
def test_what_is_not_in_the_list_finds_nothing_and_breaks_nothing(words):
    assert found(words, "iron", "en") == []


def test_a_candidate_says_why_and_what_duty():
    best = search("khăn bông nhuộm chàm", materials=["cotton"], language="vi")[0]
    assert best.reasons == ("The list says “khăn bông nhuộm chàm” here.", "It is for things of Cotton.")
    assert best.line.duties == (("US", "11.3"), ("EU", "8"), ("GB", "8"))
    assert best.line.name("vi") == "khăn bông" and best.line.name("ko") == "cotton scarf"


def test_a_code_that_contradicts_the_material_is_told():
    assert contradiction("691110", ["bamboo"]) == (
        "The code 6911.10 is for things of Porcelain. Please look again at what the piece is made of."
    )
    assert contradiction("691110", ["porcelain", "bamboo"]) == ""
    assert contradiction("950300", ["wood"]) == "", "toys are of any material"
    assert contradiction("691110", ["indigo"]) == "", "a dye says nothing"
    assert contradiction("999999", ["bamboo"]) == ""


def test_materials_of_the_shop_are_groups_of_customs():
    assert material_groups(["alpaca", "mulberry-bark", "indigo", "clay"]) == ("wool", "paper", "clay")


def test_words_are_compared_without_marks_and_endings():
    assert fold("Khăn BÔNG Đỏ") == "khan bong do"
    assert tokens("vases boxes glasses papeles") == tokens("vase box glass papel")
    assert fold("カゴ") == fold("かご")
    assert tokens("竹籠") == {"竹籠", "竹", "籠"}


@pytest.mark.parametrize(
    "text",
    [
        "Bowl of lacquered wood, for food", "silk scarf", "Gift box of lacquered wood", "Basket of bamboo",
        "Écharpe de coton tissée",
    ],
)  # fmt: skip
def test_a_good_description(text):
    assert description_problem(text) == ""


VAGUE = [
    "", "  ", "gift", "craft item", "Handmade gifts (2 pcs)", "handicraft", "souvenirs", "clothes", "scarf", "123",
    "quà lưu niệm", "regalo", "民芸品", "ของขวัญ", "禮物", "漆の椀", "Bát sơn mài lưu niệm 漆",
]  # fmt: skip


@pytest.mark.parametrize("text", VAGUE)
def test_a_description_that_says_nothing_or_is_not_to_be_read_abroad(text):
    assert description_problem(text)


@pytest.mark.parametrize("text", ["6214.90", "6214 90", "62149000", "6214900010"])
def test_a_code_is_read_as_its_digits(text):
    assert clean_code(text) == text.replace(".", "").replace(" ", "")


NO_CODE = [
    "", "6214", "62149", "621490001", "62149000101", "ABCDEF", "６２１４９０", "770000", "990000", "001234", "6214.90;DROP",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_CODE)
def test_what_cannot_be_a_code_is_refused(text):
    with pytest.raises(Refused) as refused:
        clean_code(text)
    assert refused.value.field == "hs_code"


# What is done with a candidate


@pytest.fixture
def workshop(db):
    return make_workshop("hs-workshop", code_prefix="HS")


@pytest.fixture
def piece(workshop) -> Product:
    return make_piece(workshop, title="Khăn bông", hs_code="")


def standing(piece: Product) -> tuple[str, str]:
    return Product.objects.values_list("hs_code", "hs_confirmed").get(pk=piece.pk)


def test_the_maker_s_choice_is_marked_as_hers_until_somebody_confirms_it(workshop, piece):
    maker, boss = make_user(), make_user()
    hs_services.choose_code(workshop=workshop, product=piece, code="6214.90", words="khăn bông", user=maker)
    assert standing(piece) == ("621490", "")
    hs_services.confirm_code(product=piece, code="621490", user=boss)
    assert standing(piece) == ("621490", "621490")
    hs_services.choose_code(workshop=workshop, product=piece, code="630251", user=maker)
    assert standing(piece) == ("630251", "621490"), "what was confirmed is not what stands there"
    rows = HsDecision.objects.order_by("pk").values_list("code", "basis", "words", "by")
    assert list(rows) == [
        ("621490", "maker", "khăn bông", maker.pk),
        ("621490", "staff", "", boss.pk),
        ("630251", "maker", "", maker.pk),
    ]


def test_doubt_goes_to_a_person_and_the_answer_comes_back_confirmed(workshop, piece):
    maker, boss = make_user(), make_user()
    asked = {"workshop": workshop, "product": piece, "language": "vi", "materials": ["cotton"], "user": maker}
    first = hs_services.ask_about_code(**asked, words="khăn", candidates=["621490"])
    again = hs_services.ask_about_code(**asked, words="khăn bông", candidates=["621490", "630251"])
    assert first.pk == again.pk and HsQuestion.objects.count() == 1
    assert standing(piece) == ("", ""), "nothing is guessed"
    hs_services.answer_question(question=again, code="6214.90", note="A scarf.", user=boss)
    again.refresh_from_db()
    assert (again.state, again.decision, again.note, again.answered_by) == ("answered", "621490", "A scarf.", boss)
    assert (again.words, again.candidates, again.asked_by) == ("khăn bông", ["621490", "630251"], maker)
    assert standing(piece) == ("621490", "621490")
    with pytest.raises(Refused):
        hs_services.answer_question(question=again, code="630251", user=make_user())
    assert standing(piece) == ("621490", "621490")
    hs_services.ask_about_code(**asked, words="Still unsure")
    assert HsQuestion.objects.count() == 2


def test_an_answer_may_be_a_question_back_but_not_nothing(workshop, piece):
    question = hs_services.ask_about_code(workshop=workshop, product=piece, words="khăn", language="vi")
    for code in ("", "4419", "  "):
        with pytest.raises(Refused):
            hs_services.answer_question(question=question, code=code, user=make_user())
    question.refresh_from_db()
    assert (question.state, question.decision) == ("open", "")
    hs_services.answer_question(question=question, code="", note="Is it woven or knitted?", user=make_user())
    assert standing(piece) == ("", "")


def test_another_maker_s_piece_is_none_of_hers(workshop, piece):
    other = make_workshop()
    with pytest.raises(LookupError):
        hs_services.choose_code(workshop=other, product=piece, code="621490")
    with pytest.raises(LookupError):
        hs_services.ask_about_code(workshop=other, product=piece, words="x", language="en")
    assert standing(piece) == ("", "") and not HsQuestion.objects.exists() and not HsDecision.objects.exists()


def test_every_line_proposes_a_description_that_customs_takes():
    bad = [code for code in hs_lines() if description_problem(suggested_description(code))]
    assert bad == []
    assert suggested_description("442199") == "Wooden fan of wood"
    assert suggested_description("621410") == "Shawls, scarves, woven, silk"
    assert suggested_description("999999") == ""
