"""E14: three readers of oEmbed that know nothing of each other, and nothing of us."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from micawber.providers import Provider, ProviderRegistry
from pyoembed import oEmbed
from pyoembed.exceptions import PyOembedException
from wagtail.embeds.finders.oembed import OEmbedFinder

from tests.consumers.conftest import CODE
from tools.consumers import NODE_MODULES


def unfurl(address: str) -> dict:
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("unfurl.cjs")), address],
        env=os.environ | {"NODE_PATH": str(NODE_MODULES)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def shown(answer: dict) -> tuple[str, str]:
    return answer["type"], answer["title"]


@pytest.fixture
def micawber(shop) -> ProviderRegistry:
    registry = ProviderRegistry()
    registry.register(rf"{re.escape(shop)}/\S+", Provider(f"{shop}/oembed/"))
    return registry


def test_e14_micawber_that_was_told_where_to_ask(micawber, address, story, shop):
    answer = micawber.request(address, maxwidth=480)
    assert shown(answer) == ("rich", story.title)
    assert answer["width"] == 480
    html = micawber.parse_text(f"Day two:\n{address}?via={CODE}\nWe stay for lunch.")
    assert html.startswith("Day two:\n<blockquote><a href=")
    assert f'src="{shop}/embed/v1/en/story/{story.slug}-{story.pk}/?via={CODE}"' in html
    assert html.endswith("</iframe>\nWe stay for lunch.")


def test_e14_wagtails_finder_with_the_agencys_code_as_its_option(address, shop):
    provider = {"endpoint": f"{shop}/oembed/", "urls": [rf"^{re.escape(shop)}/.+$"]}
    found = OEmbedFinder(providers=[provider], options={"via": CODE}).find_embed(address)
    assert f'<a href="{address}?via={CODE}">' in found["html"]


def test_e14_pyoembed_finds_the_way_by_itself(address, story, shop):
    answer = oEmbed(address, maxwidth=480)
    assert shown(answer) == ("rich", story.title)
    assert (answer["version"], answer["width"], answer["provider_url"]) == ("1.0", 480, f"{shop}/")
    with pytest.raises(PyOembedException):
        oEmbed(f"{shop}/en/account/login/")


@pytest.mark.usefixtures("npm_packages")
def test_e14_unfurl_finds_the_card_and_the_words_for_a_preview(address, story):
    found = unfurl(address)
    assert shown(found["oEmbed"]) == ("rich", story.title)
    assert found["oEmbed"]["html"].startswith("<blockquote>")
    assert found["open_graph"]["title"] == story.title
    assert found["open_graph"]["url"] == address
    [picture] = found["open_graph"]["images"][:1]
    assert picture["url"].startswith("http://localhost:")
