"""What the first visit to a page of the desk costs a telephone: its HTML, styles and scripts, uncompressed, without photos."""

import re
from functools import cache
from pathlib import Path, PurePosixPath
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse

from bench.desk_data import fill
from storefront.desk.consignment_list import PER_PAGE as CONSIGNMENTS
from storefront.desk.pieces import PER_PAGE as PIECES
from tests.routes.world import make_world
from tests.storefront.desk_pages import desk_pages

pytestmark = pytest.mark.django_db
MOST = 100_000  # bytes
LINKED = re.compile(r'<link rel="(?:stylesheet|modulepreload)"[^>]* href="/static/([^"]+)"|<script\b[^>]* src="/static/([^"]+)"')
IMPORTED = re.compile(r'^import\b[^"\n]*"(\./[^"]+)"', re.MULTILINE)
LEAST_PAGES = 40


@cache
def asset(name: str) -> dict[str, int]:
    """The file and all that it imports, with their sizes."""
    data = Path(finders.find(name)).read_bytes()
    found = {name: len(data)}
    if name.endswith(".js"):
        for other in IMPORTED.findall(data.decode()):
            found |= asset(str(PurePosixPath(name).parent / other))
    return found


def weight(page: HttpResponse) -> int:
    linked: dict[str, int] = {}
    for names in LINKED.findall(page.text):
        linked |= asset("".join(names))
    # Never none: the pattern would be blind.
    assert any(name.endswith(".css") for name in linked) and any(name.endswith(".js") for name in linked)
    return len(page.content) + sum(linked.values())


def make_busy_world(cast):
    world = make_world(cast)
    fill(piece=world["piece"], consignment=world["consignment"], pieces=22, consignments=19, waiting=19, serial=0)
    return world


# Thai needs three bytes for a letter.
@pytest.mark.parametrize("language", ["th", pytest.param("en", marks=pytest.mark.drill_only)])
def test_no_page_is_heavier_than_100_kb_at_first_load(cast, recorded, translations, language):
    world = recorded(make_busy_world, cast)
    pages = desk_pages(world, language=language)
    assert len(pages) >= LEAST_PAGES, sorted(pages)
    start = f"/{language}/desk/open"
    for name in ("", "contact/"):
        pages[f"stranger {name}"] = world.cast.stranger.client.get(f"{start}/{name}", {"economy": "TH"})
    told = {"name": "Moon", "kind": "group", "person": "Kenji", "key": uuid4()}
    assert world.cast.buyer.client.post(f"{start}/group/", told).status_code == 302
    pages["village"] = world.cast.buyer.client.get(f"{start}/village/", {"economy": "TH"})
    weights = {name: weight(page) for name, page in pages.items()}
    assert {name: size for name, size in weights.items() if size >= MOST} == {}
    # The lists are full pages, and they are not the last ones.
    rows = [len(pages[name].context[rows]) for name, rows in (("desk:pieces", "pieces"), ("desk:consignments", "consignments"))]
    assert rows == [PIECES, CONSIGNMENTS]
