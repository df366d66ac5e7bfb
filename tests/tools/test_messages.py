"""The interface's words: everything that a person can see is in the catalogues, and translated whole."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tools import messages

LANGUAGES = messages.languages()
GREETING = "Hello <b>%(name)s</b>"


@pytest.fixture(scope="module")
def template():
    return messages.collect()


def test_code_and_templates_are_both_read(template):
    found = {place for message in template for place, _line in message.locations}
    assert "storefront/templates/storefront/basket/basket.html" in found
    assert "storefront/context.py" in found


def test_a_block_of_a_template_becomes_one_message():
    block = "{% blocktranslate trimmed count n=total %}\n  one {{ n }}\n{% plural %} {{ n }} many {% endblocktranslate %}"
    assert "ngettext(u'one %(n)s', u'%(n)s many', count)" in messages.from_template("  <p>\n    " + block)


def test_every_language_of_the_storefront_is_checked():
    assert {"ja", "vi", "th", "es", "zh_Hant"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language, template):
    assert list(messages.problems(language, template)) == []


def test_what_another_package_does_not_say_in_a_language_is_ours_to_say():
    thai = messages.with_upstream(Catalog(), "th")
    assert thai.get("This password is too common.")
    assert thai.get("Unavailable")
    assert not messages.with_upstream(Catalog(), "ja").get("This password is too common.")
    assert not thai.get("Enter a valid email address.")


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """Call it with a language's catalogue to get what is wrong with it, where GREETING is all there is to say."""
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "UPSTREAM", {})
    template = Catalog()
    template.add(GREETING)

    def check(**added) -> list[str]:
        catalog = Catalog(locale="vi")
        catalog.add(**added)
        po = tmp_path / "vi" / "LC_MESSAGES" / "django.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        with po.open("wb") as file:
            write_po(file, catalog)
        return list(messages.problems("vi", template))

    return check


def test_a_whole_translation_passes(problems):
    assert problems(id=GREETING, string="Chào <b>%(name)s</b>") == []


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ({"string": ""}, f"missing: {GREETING!r}"),
        ({"string": "Chào <b>%(name)s</b>", "flags": ["fuzzy"]}, f"a guess: {GREETING!r}"),
        ({"string": "Chào <b>%(nam)s</b>"}, "placeholders differ: 'Chào <b>%(nam)s</b>'"),
        ({"string": "Chào <b>%(name)s"}, "tags differ: 'Chào <b>%(name)s'"),
        (
            {"string": "Chào <b onclick='x()'>%(name)s</b>"},
            "tags differ: \"Chào <b onclick='x()'>%(name)s</b>\"",
        ),
    ],
)
def test_a_broken_translation_is_named(problems, added, problem):
    assert problems(id=GREETING, **added) == [problem]


def test_a_catalogue_that_was_not_brought_up_to_date_is_named(problems):
    assert problems(id="Old words", string="Chữ cũ") == [
        f"not extracted, run `make messages`: {GREETING!r}",
        "no longer used, run `make messages`: 'Old words'",
    ]


def test_a_language_without_a_catalogue_is_named(problems):
    assert list(messages.problems("ko", Catalog())) == ["no catalogue: run `make messages`"]


def test_the_check_fails_when_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(messages, "check", lambda: ["vi: missing: 'Hello'"])
    assert messages.main(["check"]) == 1
    assert capsys.readouterr().out == "vi: missing: 'Hello'\n"
