"""Weights and sizes as people of several languages type them."""

import pytest

from marketplace.fulfilment.weights import BadMeasure, read_centimetres, read_weight


@pytest.mark.parametrize(
    ("language", "text", "grams"),
    [
        ("en", "850", 850),
        ("en", " 850 g ", 850),
        ("en", "1.25 kg", 1250),
        ("en", "1.25kg", 1250),
        ("en", "1.25 KG", 1250),
        ("en", "1,250", 1250),
        ("en", "1,250 g", 1250),
        ("en", "2 kilograms", 2000),
        ("en", "0.001 kg", 1),
        ("vi", "1,25 kg", 1250),
        ("vi", "1.250", 1250),
        ("vi", "1.250 g", 1250),
        ("vi", "2 kilôgam", 2000),
        ("th", "1.25 กก.", 1250),
        ("th", "๘๕๐ กรัม", 850),
        ("ja", "８５０ｇ", 850),
        ("ja", "1.2キログラム", 1200),
        ("ja", "2㎏", 2000),
        ("zh-hant", "2公斤", 2000),
        ("es", "1.5 kilogramos", 1500),
        ("ja", "1.25 kg", 1250),
    ],
)
def test_a_weight_is_read_in_the_makers_own_way(language, text, grams):
    assert read_weight(text, language) == grams


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "0", "above zero"),
        ("en", "0.0 kg", "above zero"),
        ("en", "-5", "above zero"),
        ("en", "", "above zero"),
        ("en", "kg", "above zero"),
        ("en", "1.25", "no fraction"),
        ("vi", "1,5", "no fraction"),
        ("en", "1.2345 kg", "no fraction"),
        ("en", "1,25 kg", "as in 1.25"),
        ("vi", "1.25 kg", "as in 1,25"),
        ("en", "1.2.3", "as in"),
        ("en", "5 lb", "grams"),
        ("en", "1e5", "grams"),
        ("en", "NaN", "above zero"),
        ("en", "9" * 41, "above zero"),
        ("en", "5\x00", "grams"),
    ],
)
def test_what_is_no_weight_is_refused_with_the_reason(language, text, word):
    with pytest.raises(BadMeasure, match=word):
        read_weight(text, language)


@pytest.mark.parametrize(
    ("language", "text", "millimetres"),
    [("en", "30", 300), ("en", "12.5", 125), ("en", "12.5 cm", 125), ("vi", "12,5", 125), ("en", "12.51", 126)],
)
def test_a_side_is_read_in_centimetres(language, text, millimetres):
    assert read_centimetres(text, language) == millimetres


@pytest.mark.parametrize("text", ["0", "-1", "12 in", "x", "12 mm"])
def test_what_is_no_side_is_refused(text):
    with pytest.raises(BadMeasure):
        read_centimetres(text, "en")
