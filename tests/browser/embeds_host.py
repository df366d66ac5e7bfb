"""Pages of other sites that show our cards: another host name than the shop's, so for a browser they are two sites."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from storefront.embeds import loading
from tests.embeds.test_loading import FROZEN
from tests.factories import (
    make_agency,
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_workshop,
)
from tests.tools.agency_page import other_name

# The host page keeps every message it gets, and every complaint of its policy.
LISTEN = """<script>
window.heard = []; addEventListener('message', (event) => heard.push(event.data));
window.complaints = []; addEventListener('securitypolicyviolation', (event) => complaints.push(event.violatedDirective));
</script>"""
# Once more: whoever changed the loader has the first release tested beside it.
LOADERS = {"first release": FROZEN.read_bytes()} | (
    {"newest": loading.newest()} if loading.newest() != FROZEN.read_bytes() else {}
)


class Host(ThreadingHTTPServer):
    """``show(html)`` answers the address of a page with it; ``pages`` may hold more, by path."""

    daemon_threads = True

    def __init__(self, shop: str) -> None:
        super().__init__(("127.0.0.1", 0), HostPage)
        self.pages: dict[str, tuple[str, str]] = {}
        self.address = f"{other_name(shop)}:{self.server_port}"
        self.url = f"http://{self.address}/"

    def show(self, html: str, policy: str = "", path: str = "/") -> str:
        head = '<!doctype html><html lang="en"><meta charset=utf-8><meta name=viewport content="width=device-width">'
        self.pages[path] = f"{head}<title>Host</title>{html}", policy
        return f"http://{self.address}{path}"


class HostPage(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        html, policy = self.server.pages.get(self.path.partition("?")[0], ("", ""))
        self.send_response(200 if html else 404)
        self.send_header("Content-Type", "text/html")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *args: object) -> None:
        """Silence."""


def _serve(shop: str) -> Iterator[Host]:
    server = Host(shop)
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(shop) -> Iterator[Host]:
    yield from _serve(shop)


@pytest.fixture
def other_host(shop) -> Iterator[Host]:
    """Nobody knows it."""
    yield from _serve(shop)


def make_shown_story():
    """A story with a picture and three pieces, in English and Japanese: language code → page. And the agency "agency7"."""
    make_agency("agency7")
    workshop = make_workshop()
    titles = ({"en": f"Red bowl {number}", "ja": f"赤い椀{number}"} for number in range(3))
    pieces = [make_piece(workshop, title=title, pictures=1) for title in titles]
    make_place_page(workshop.village)
    return make_story(
        title={"en": "The bowl that waits", "ja": "待つ椀"},
        slug="the-bowl-that-waits",
        intro="In the village a lacquer bowl spends most of its life half finished, upside down on a shelf. "
        * 2,
        village=workshop.village,
        craft=make_craft("lacquer"),
        hero=make_picture(size=(1200, 800)),
        body=[{"type": "product", "value": {"product": piece.pk}} for piece in pieces],
    )


@pytest.fixture
def story(shop, recorded):
    return recorded(make_shown_story)


@pytest.fixture
def card(shop, story) -> str:
    """Address of the English card."""
    return f"{shop}/embed/v1/en/story/the-bowl-that-waits-{story['en'].pk}/"


@pytest.fixture
def page_url(shop, story) -> str:
    """Address of the English story."""
    return f"{shop}/en/stories/the-bowl-that-waits/"


@pytest.fixture(params=list(LOADERS))
def loader(request, shop) -> str:
    """The script element that agencies paste: with the first release's own address, and the newest's where it differs."""
    content = LOADERS[request.param]
    address = f"{shop}/embed/v1/loader.{loading.digest_of(content)}.js"
    return f'<script async src="{address}" integrity="{loading.integrity_of(content)}" crossorigin="anonymous"></script>'


def frame_html(address: str, attributes: str = "", width: int = 600, height: int = 440) -> str:
    return f'<iframe src="{address}" title="A story" width={width} height={height} {attributes}></iframe>'


def element(url: str, attributes: str = "", words: str = "The bowl that waits") -> str:
    return f'<ovop-story src="{url}" {attributes}><a href="{url}">{words}</a></ovop-story>'


def assert_readable(page: Page) -> None:
    """Words, price, styles and pictures of the card are there."""
    card = page.frame_locator("iframe").last
    assert card.get_by_text("The bowl that waits").is_visible()
    assert card.get_by_text("$48.00").first.is_visible()
    assert card.locator(".lead").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(84, 32, 43)"
    for picture in card.locator("img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("node => node.complete || new Promise((done) => { node.onload = node.onerror = done })")
        assert picture.evaluate("node => node.naturalWidth") > 0


def settled_url(page: Page) -> str:
    """Address of the first frame, once it has one: the refusal of a frame comes a moment after its host's page."""
    for _look in range(100):
        if page.frames[1].url:
            break
        page.wait_for_timeout(50)
    return page.frames[1].url
