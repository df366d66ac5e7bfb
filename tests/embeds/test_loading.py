"""The loader as a file: its addresses, its size, its integrity value, and the release that must work for ever (E30)."""

import gzip
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

from storefront.embeds import loading

FROZEN = Path(__file__).with_name("frozen") / "loader-v1.js"


def check_headers(answer, cache: str) -> None:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == cache
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer and not answer.cookies


def test_the_floating_loader_is_looked_at_again_after_five_minutes(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/embed/v1/loader.js")
    check_headers(answer, "public, max-age=300")
    assert answer.content == loading.newest()
    assert client.get("/embed/v1/loader.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_pinned_loader_never_changes_and_has_its_integrity_value(client, db):
    pinned = loading.pinned()
    assert re.fullmatch(r"http://testserver/embed/v1/loader\.[0-9a-f]{16}\.js", pinned.url)
    answer = client.get(pinned.url.removeprefix("http://testserver"))
    check_headers(answer, "public, max-age=31536000, immutable")
    assert pinned.integrity == "sha384-" + b64encode(sha384(answer.content).digest()).decode()


@pytest.mark.parametrize("name", ["loader.0123456789abcdef.js", "loader..js", "loader.x.js", "loader.js.map"])
def test_a_loader_that_never_was_is_404(client, db, name):
    answer = client.get(f"/embed/v1/{name}", follow=True)
    assert answer.status_code == 404
    assert not answer.cookies


def test_it_is_small_and_depends_on_nothing():
    text = loading.newest().decode()
    assert len(gzip.compress(loading.newest(), 6)) < 8 * 1024
    assert not re.findall(r"\b(?:import|require|eval|innerHTML|outerHTML|insertAdjacentHTML|document\.write|fetch)\b", text)
    assert "new Function" not in text and "location" not in text, "nothing that was received is run or followed"


def test_e30_the_first_release_can_be_had_for_ever(client, db):
    """What agencies wrote into their pages, with its integrity value, is answered byte for byte."""
    content = FROZEN.read_bytes()
    answer = client.get(f"/embed/v1/loader.{loading.digest_of(content)}.js")
    assert answer.status_code == 200, "copy tests/embeds/frozen/loader-v1.js to storefront/embeds/released/"
    assert answer.content == content


def test_e30_the_newest_loader_differs_from_the_first_release_on_purpose():
    """Whoever changes loader.js keeps the release before it, and says here what is different."""
    different: str = ""
    if loading.newest() == FROZEN.read_bytes():
        assert different == "", "it does not differ any more"
    else:
        assert different, (
            "storefront/embeds/loader.js is not the frozen first release. If that is meant: copy the release before it "
            "to storefront/embeds/released/, never change tests/embeds/frozen/loader-v1.js, and say here what differs."
        )
