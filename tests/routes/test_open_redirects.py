"""E25: no parameter of any page leads a reader to another host."""

import re
from urllib.parse import urlencode

import pytest

from tests.factories.places import PASSWORD
from tests.people import Visitor
from tests.routes.routes import all_routes

pytestmark = pytest.mark.django_db
PARAMETERS = ("next", "url", "via", "back", "was", "return", "to", "redirect", "continue", "came_from")
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "https:/evil.example", "/%2Fevil.example", "http:\\\\evil.example", "//evil.example/en/", "\t//evil.example",
    "javascript:alert(1)", "https://testserver@evil.example/", "https://testserver.evil.example/", "/en/..//evil.example",
)  # fmt: skip
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"}


def leads_away(location: str) -> bool:
    """As browsers read it: a backslash is a slash, tabs are nothing, two slashes or a scheme bring a host of their own."""
    read = location.replace("\t", "").replace("\\", "/").strip()
    scheme = re.match(r"[a-z]+:", read)
    if not scheme and not read.startswith("//"):
        return False
    return read[scheme.end() if scheme else 0 :].lstrip("/").partition("/")[0] != "testserver"


def test_the_probe_knows_an_address_of_elsewhere():
    assert [probe for probe in ELSEWHERE if not leads_away(probe)] == ["/%2Fevil.example", "/en/..//evil.example"]
    assert not leads_away("/en/") and not leads_away("http://testserver/en/?next=//evil.example")


def test_no_page_leads_away_whatever_its_parameters_say(cast):
    """Every address without an id, by a stranger and by somebody who is signed in; each parameter with another probe."""
    paths = [route.shape for route in all_routes() if not route.holes and "/dashboard/" not in route.shape]
    assert len(paths) > 60
    query = urlencode(dict(zip(PARAMETERS, ELSEWHERE, strict=False)) | {"next": "//evil.example"})
    wrong = []
    for person in (cast.stranger, cast.agency):
        for path in paths:
            answer = person.client.get(f"{path}?{query}", headers=BROWSER)
            if leads_away(answer.get("Location", "")):
                wrong.append((str(person), path, answer["Location"]))
    assert wrong == []


@pytest.mark.parametrize("probe", ELSEWHERE)
def test_whoever_signs_in_stays_here(cast, probe):
    for path in ("/en/account/login/", "/en/account/register/", "/en/market/", "/en/"):
        for name in ("next", "via"):
            answer = Visitor().get(path, {name: probe}, headers=BROWSER)
            assert not leads_away(answer.get("Location", "")), (path, name)
    data = {"username": "kenji@example.com", "password": PASSWORD, "next": probe}
    answer = Visitor().post_from_page("/en/account/login/", data)
    assert answer.status_code == 302 and not leads_away(answer["Location"])
