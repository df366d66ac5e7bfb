"""Who has an answer already gets a 304, also through a proxy that compressed it (RFC 9110, 13.1.2)."""

import pytest
from django.test import RequestFactory

from storefront.embeds import quick
from storefront.etags import is_known


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"other", W/"abc"', True),
        ("*", True),
        (" * ", True),
        ('"ABC"', False),
        ('W/"abcW/"', False),
        ("abc", False),
        ('"*"', False),
        ("", False),
    ],
)
def test_the_comparison_is_weak(given, known):
    request = RequestFactory().get("/", headers={"If-None-Match": given})
    assert is_known(request, '"abc"') is known
    assert is_known(request, 'W/"abc"') is known
    assert is_known(RequestFactory().get("/"), '"abc"') is False


def test_every_answer_of_the_embeds_and_every_page(client, world):
    oembed = f"/oembed/?url={world.url}"
    for address in (world.card, oembed, "/embed/v1/loader.js", "/embed/v1/accent-0b6e4f.css", world.story.public_url):
        etag = client.get(address)["ETag"]
        for kept in (True, False):
            if not kept:
                quick.answers.clear()
            for given in (f"W/{etag}", "*"):
                answer = client.get(address, headers={"If-None-Match": given})
                assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag), address


def test_a_card_that_is_not_there_is_never_known(client, world):
    assert client.get("/embed/v1/en/story/x-999999/", headers={"If-None-Match": "*"}).status_code == 404
