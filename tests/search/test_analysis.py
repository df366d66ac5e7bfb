"""Words to tokens, in every script, as pure functions."""

import pytest

from storefront.search.analysis import exact, joined, normalise, tokens
from storefront.search.synonyms import Synonyms
from storefront.search.units import LONGEST, clean, units_of

NONE = Synonyms()


def matches(text: str, language: str, query: str, synonyms: Synonyms = NONE, **how) -> bool:
    """Whether a query finds a text, as the databases decide it."""
    known = tokens(text, language)

    def found(leaf) -> bool:
        return any(token.startswith(leaf.token) if leaf.prefix else token == leaf.token for token in known)

    return all(
        any(all(any(map(found, group)) for group in one) for one in (unit.direct, *unit.others))
        for unit in units_of(query, synonyms, **how)
    )


@pytest.mark.parametrize(
    ("text", "language", "query"),
    [
        ("津軽漆器の椀", "ja", "漆器"),
        ("津軽漆器の椀", "ja", "椀"),
        ("ｼﾙｸのｽｶｰﾌ", "ja", "スカーフ"),
        ("うるしの椀", "ja", "ウルシ"),
        ("ผ้าไหมทอมือ", "th", "ไหม"),
        ("ผ้าไหมทอมือ", "th", "ผ้าไหม"),
        ("ถ้วยชา", "th", "ชา"),
        ("Bát gốm", "vi", "gom"),
        ("Bát gốm", "vi", "gốm"),
        ("BÁT GỐM", "vi", "bat"),
        ("Ha Noi", "en", "Hà Nội"),
        ("a silk scarf", "en", "silks"),
        ("two boxes", "en", "box"),
        ("Cerámica azul", "es", "ceramicas"),
        ("竹編籃子", "zh-hant", "竹编"),
        ("絲巾", "zh-hant", "丝巾"),
        ("나전칠기 함", "ko", "칠기"),
        ("piece SM-012", "en", "sm-012"),
    ],
)
def test_a_query_finds_the_text(text, language, query):
    assert matches(text, language, query)


@pytest.mark.parametrize(
    ("text", "language", "query"),
    [
        ("Chậu lửa", "vi", "lụa"),  # fire, silk
        ("ชามลงรัก", "th", "ชา"),  # bowl, tea
        ("เงิน", "th", "เงา"),
        ("bowler", "en", "bowl"),
        ("Tea", "en", "te"),
        ("漆の器", "ja", "漆器"),
    ],
)
def test_another_word_is_not_found(text, language, query):
    assert not matches(text, language, query)


def test_the_last_word_may_go_on_while_somebody_types():
    assert matches("Indigo weaving", "en", "indigo wea", typing=True)
    assert not matches("Indigo weaving", "en", "indi weaving", typing=True)
    assert matches("กระติบข้าว", "th", "กระต", typing=True)
    assert matches("Bát gốm", "vi", "bát gô", typing=True)


def test_tokens_are_letters_and_digits_only():
    for text in ("Hà Nội’s 6e10 ½ — ×", "津軽漆器", "ผ้าไหม", "나전", "мастерская", "ខ្មែរ", "😀 \x00 \ud800"):
        assert all(token.isascii() and token.isalnum() for token in tokens(text, "en")), text


def test_synonyms_find_each_other_in_any_language_and_ending():
    synonyms = Synonyms()
    synonyms.add(["pottery", "gốm", "陶器", "table runner"])
    for query in ("pottery", "陶器", "gốm", "table runners", "table runner"):
        assert matches("Bình gốm", "vi", query, synonyms), query
    assert not matches("Bình gốm", "vi", "table", synonyms)


def test_words_as_one_are_found():
    assert joined("Hà Nội 2") == ["ahanoi", "anoi2"]
    assert exact(" Hà-Nội! ") == exact("ha noi") == "ha noi"
    assert exact("丝巾") == exact("絲巾")


@pytest.mark.parametrize("text", ['"', "*", "AND", "NEAR(", "( ) : -", "'; --", "\x00", "\ud800", "😀", ""])
def test_operators_and_rubbish_are_plain_text(text):
    for unit in units_of(text, NONE):
        assert all(leaf.token.isalnum() for group in unit.direct for leaf in group)


def test_a_query_is_read_only_so_far():
    assert len(clean("word " * 2_000)) <= LONGEST
    assert len(units_of(" ".join(f"word{number}" for number in range(500)), NONE)) == 8
    assert normalise("Ａ\u200bＢ") == "ab"
