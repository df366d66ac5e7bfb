"""The interface's words: everything that a person can see is in the catalogues, and translated whole."""

import re

import pytest
from babel.messages.pofile import read_po

from tools import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|%[sd]")
CATALOGUES = sorted(messages.LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(po):
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name)


def forms(words) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


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


def test_every_language_of_the_storefront_has_a_catalogue():
    assert {po.parent.parent.name for po in CATALOGUES} >= set(messages.languages())


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: po.parent.parent.name)
def test_catalogue_is_complete(po, template):
    catalog = read(po)
    missing = [
        message.id for message in template if message.id and not catalog.get(message.id, message.context)
    ]
    untranslated = [message.id for message in catalog if message.id and not messages.is_translated(message)]
    assert not missing, "run `make messages`"
    assert not untranslated


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: po.parent.parent.name)
def test_translations_keep_the_placeholders(po):
    wrong = []
    for message in read(po):
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1])) if message.id else set()
        wrong += [
            text
            for text in forms(message.string)
            if message.id and text and set(PLACEHOLDER.findall(text)) != wanted
        ]
    assert not wrong
