"""E13: another Wagtail, told where our cards are with the words of docs/embedding.md."""

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.consumers.conftest import CODE
from tools.children import end_with_parent

ROOT = Path(__file__).resolve().parents[2]


PLACES = r'<div id="tag">(.*?)</div>\n<div id="block">(.*)</div>\n<div id="words"><p>Day two.</p>(.*)</div>\n$'


def words(html: str) -> str:
    return re.sub("<[^>]*>", "", html).strip()


class Site:
    """Somebody else's site."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self._database = url, folder / "wagtail.sqlite"

    def show(self, address: str) -> tuple[str, ...]:
        """What its page has in place of ``{% embed %}``, of an EmbedBlock and of an embed in rich text."""
        with urlopen(f"{self.url}?{urlencode({'url': address})}", timeout=60) as answer:
            assert answer.status == 200
            return re.search(PLACES, answer.read().decode(), re.DOTALL).groups()

    def rows(self) -> list[tuple]:
        """(type, title, author, until when it is kept) of every address that it remembers."""
        return self._ask("SELECT type, title, author_name, cache_until FROM wagtailembeds_embed")

    def let_time_pass(self) -> None:
        """All that it remembers is as old as it may be."""
        self._ask("UPDATE wagtailembeds_embed SET cache_until = '2000-01-01 00:00:00'")

    def _ask(self, statement: str) -> list[tuple]:
        database = sqlite3.connect(self._database)
        with database:
            rows = database.execute(statement).fetchall()
        database.close()
        return rows


@pytest.fixture(scope="module")
def site(live_server, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("wagtail")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.consumers.wagtail_site", live_server.url, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"),
        text=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    url = process.stdout.readline().strip()
    assert url, (folder / "log").read_text()
    yield Site(url, folder)
    process.terminate()
    process.wait()


def test_e13_tag_block_and_rich_text_show_the_card_as_long_as_it_is_published(site, story, address, shop, fresh):
    before = datetime.now(UTC).replace(tzinfo=None)
    shown = site.show(address)
    for html in shown:
        assert f'<blockquote><a href="{address}">{story.title}</a></blockquote><iframe src="' in html
        assert f'src="{shop}/embed/v1/en/story/{story.slug}-{story.pk}/"' in html
    assert 'width="640"' in shown[0]
    assert len(site.rows()) == 2, "the tag asks for a width, the others for none"
    for kind, title, author, until in site.rows():
        assert (kind, title, author) == ("rich", story.title, str(story.village))
        kept = datetime.fromisoformat(until) - before
        assert timedelta(hours=24) <= kept < timedelta(hours=24, minutes=5)
    story.unpublish()
    fresh()
    assert site.show(address) == shown, "kept for a day; the card in it says that the story is gone"
    site.let_time_pass()
    assert [words(html) for html in site.show(address)] == ["", "", ""]
    assert "<iframe" not in "".join(site.show(address))


def test_e13_a_code_in_the_address_stands_on_the_cards_links(site, address):
    for html in site.show(f"{address}?via={CODE}"):
        assert f'<a href="{address}?via={CODE}">' in html
        assert re.search(rf'src="[^"]+/\?via={CODE}"', html)


def test_e13_other_addresses_of_the_shop_show_nothing(site, shop, address):
    for other in (f"{shop}/en/account/login/", f"{shop}/en/stories/never-was/"):
        shown = site.show(other)
        assert [words(html) for html in shown] == ["", "", ""]
        assert "<iframe" not in "".join(shown)
