"""What an agency may choose: its colour, a currency, a theme, its code. Pure where it can be."""

import re

import pytest
from django.http import QueryDict

from storefront.embeds import accents
from storefront.embeds.options import NO_CURRENCY, Options, read_options

COLOURS = ["0b6e4f", "ffff00", "777777", "808080", "ff0000", "000000", "ffffff", "1f5fbf", "767676", "c8901f"]


def read(text: str, within: str = "") -> Options:
    return read_options(QueryDict(text), QueryDict(within))


def test_what_is_valid_is_taken_in_one_spelling():
    assert read("currency=krw&theme=dark&accent=%230B6E4F&via=agency7") == Options(
        theme="dark", via="agency7", currency="KRW", accent="0b6e4f"
    )
    assert read("currency=KRW&theme=dark&accent=0b6e4f&via=agency7").query == (
        "?currency=KRW&theme=dark&accent=0b6e4f&via=agency7"
    )
    assert Options().query == ""


@pytest.mark.parametrize(
    "text",
    [
        "accent=red", "accent=0b6e4", "accent=0b6e4f0", "accent=0b6e4g", "accent=%22%3E", "accent=url(x)",
        "theme=sepia", "theme=%3Cscript%3E", "via=a b", "via=%22", "currency=KR", "currency=KRWW", "currency=K%20W",
        "currency=%D0%9A%D0%A0%D0%A3", "foo=1",
    ],
)  # fmt: skip
def test_what_is_not_valid_counts_as_not_given(text):
    assert read(text) == Options()


def test_all_codes_that_are_no_currency_are_the_same():
    assert {read(f"currency={code}").currency for code in ("ABC", "zzz", "XXX")} == {NO_CURRENCY}


def test_the_pasted_address_counts_where_the_request_says_nothing_valid():
    assert read("theme=dark", "theme=light&via=agency7") == Options(theme="dark", via="agency7")
    assert read("via=%22&theme=x", "via=agency7&theme=light") == Options(theme="light", via="agency7")


def test_contrast_is_that_of_wcag():
    assert accents.contrast("000000", "ffffff") == pytest.approx(21.0)
    assert accents.contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)
    assert accents.contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)


def test_words_can_be_read_on_every_colour():
    steps = range(0, 256, 17)
    every = [bytes((red, green, blue)).hex() for red in steps for green in steps for blue in (0, 90, 200, 255)]
    for colour in [*COLOURS, *every]:
        assert accents.readable(accents.words_on(colour), colour), colour
        assert accents.readable(accents.quiet_words_on(colour), colour), colour


def test_a_colour_is_used_for_words_only_where_it_can_be_read():
    assert accents.unreadable_on("0b6e4f") == ["dark"]
    assert accents.unreadable_on("ffff00") == ["light"]
    assert accents.unreadable_on("777777") == ["light", "dark"]
    assert ":root { --accent: #0b6e4f; }" in accents.stylesheet("0b6e4f")
    assert "--accent: #0b6e4f" not in accents.stylesheet("0b6e4f").split("dark")[1]
    assert ":root { --accent" not in accents.stylesheet("ffff00")


def test_the_stylesheet_is_kept_for_ever_and_costs_no_sql(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/embed/v1/accent-0b6e4f.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies and "Vary" not in answer
    assert "#0b6e4f" in answer.text
    again = client.get("/embed/v1/accent-0b6e4f.css", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["accent-0B6E4F.css", "accent-0b6e4.css", "accent-%22%3E.css", "accent-.css"])
def test_other_colours_are_no_stylesheet(client, db, name):
    answer = client.get(f"/embed/v1/{name}", follow=True)
    assert answer.status_code == 404
    assert "text/css" not in answer["Content-Type"]


def test_each_colour_is_one_value_in_the_stylesheet():
    """Nothing but six hex digits ever gets into it."""
    for colour in COLOURS:
        assert set(re.findall(r"#([^;]+);", accents.stylesheet(colour))) <= {
            colour, accents.words_on(colour), accents.quiet_words_on(colour)
        }  # fmt: skip
