"""Somebody signs up by telephone: reads her code from the SMS, and answers the questions by HTTP."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from marketplace.notices.backends.memory import MemorySms
from tests.people import Visitor

HOA, LAN, MAI = "+84901234501", "+84901234502", "+84901234503"


@pytest.fixture
def sms(settings) -> Iterator[list]:
    settings.MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.memory.MemorySms", "OPTIONS": {}}
    MemorySms.outbox.clear()
    yield MemorySms.outbox
    MemorySms.outbox.clear()


def code_in(sms: list, to: str) -> str:
    """The last code that was sent to this number."""
    texts = [sent.text for sent in sms if sent.to == to]
    return re.search(r"\b\d{6}\b", texts[-1])[0]


def shown_fields(html: str) -> set[str]:
    """Names of what a person fills in on a page: the site's own search and the header's forms are outside of <main>."""
    main = html[html.index("<main") : html.index("</main>")]
    tags = re.findall(r"<(?:input|select|textarea)\b[^>]*>", main)
    names = (re.search(r'name="([^"]+)"', tag) for tag in tags if 'type="hidden"' not in tag)
    return {unescape(name[1]) for name in names if name}


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def sign_up(visitor: Visitor, sms: list, *, contact: str, language: str = "en", economy: str = "VN") -> set[str]:
    """From the public page to the first question about the group. Answers the fields that were shown."""
    start = f"/{language}/desk/open"
    assert visitor.get(f"{start}/", {"economy": economy}).status_code == 200
    fields = shown_fields(visitor.get(f"{start}/contact/", {"economy": economy}).text)
    assert visitor.post(f"{start}/contact/", {"contact": contact})["Location"] == f"{start}/code/"
    fields |= shown_fields(visitor.get(f"{start}/code/").text)
    answer = visitor.post(f"{start}/code/", {"code": code_in(sms, contact)})
    assert (answer.status_code, answer["Location"]) == (302, f"{start}/group/")
    return fields


def tell_of_group(visitor: Visitor, *, language: str = "en", **changes) -> tuple[set[str], str]:
    """Answers the fields that were shown, and the key of the form."""
    page = visitor.get(f"/{language}/desk/open/group/")
    data = {"name": "Sao Mai Lacquer Group", "kind": "cooperative", "person": "Hoa"} | changes
    key = hidden(page.text, "key")
    answer = visitor.post(f"/{language}/desk/open/group/", data | {"key": key})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/desk/open/village/")
    return shown_fields(page.text), key
