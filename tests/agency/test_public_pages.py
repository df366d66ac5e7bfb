"""The pages for agencies and for developers: the same for everybody, terms from the data, text to copy that works."""

import json
import re
from html import unescape

import pytest
from django.utils.html import escape
from django.utils.translation import gettext, override

from storefront.agency.providers import drupal_provider, wagtail_provider
from storefront.embeds.loading import integrity_of, newest
from tests.factories import make_agency_terms, make_piece, make_place_page, make_story
from tests.factories.pieces import make_picture

pytestmark = pytest.mark.django_db
PAGES = ("/en/for-agencies/", "/en/for-developers/")


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://shop.example"


@pytest.fixture
def content(cast):
    workshop = cast.other_maker.workshop
    title = """The "dye" <b>waits</b>"""
    make_piece(workshop, title="Indigo scarf", price="48.00", pictures=1)
    make_place_page(workshop.village, hero=make_picture())
    return make_story(village=workshop.village, title=title, slug="the-dye", hero=make_picture())["en"]


def code(page: str, name: str) -> str:
    return unescape(re.search(rf'<code id="code-{name}">(.*?)</code>', page, re.S)[1])


def test_the_same_bytes_for_everybody_and_no_cookie(cast, content):
    for path in PAGES:
        answers = [person.client.get(path) for person in (cast.stranger, cast.agency, cast.staff)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert not answers[0].cookies and answers[0]["Cache-Control"] == "public, max-age=300"


def test_terms_are_those_of_the_data(client):
    assert "The shop has not decided yet what agencies earn." in client.get(PAGES[0]).text
    make_agency_terms("5", days=30)
    text = client.get(PAGES[0]).text
    assert "5 % of the price of goods" in text and "within 30 days of following your card" in text
    assert "A visitor without an account is known again for 14 days" in text
    row = make_agency_terms("6.25", days=1, valid_from="2026-02-01")
    text = client.get(PAGES[0]).text
    assert "You earn 6.25 % of the price of the goods that a visitor buys within 1 day of following your card." in text
    row.delete()


def test_live_cards_of_real_content(client, content):
    text = client.get(PAGES[0]).text
    frames = re.findall(r'<iframe class="example-card" data-card src="([^"]+)" title="([^"]+)"', text)
    assert [src.split("/")[4] for src, _title in frames] == ["story", "village", "product"]
    assert frames[0] == (f"/embed/v1/en/story/the-dye-{content.pk}/", "Example: The &quot;dye&quot; &lt;b&gt;waits&lt;/b&gt;")
    assert {client.get(src).status_code for src, _title in frames} == {200}
    assert client.get("/en/").text.count('href="/en/for-agencies/"') == 1
    assert client.get("/en/").text.count('href="/en/for-developers/"') == 1


def test_without_content_both_pages_stand(client):
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, "<iframe" in answer.text) == (200, False)


def test_developers_read_text_and_not_markup(client, content):
    text = client.get(PAGES[1]).text
    assert "<b>waits" not in text and "<ovop-story" not in text and text.count("<iframe") == 1
    assert code(text, "address") == "https://shop.example/en/stories/the-dye/?theme=light&accent=0b6e4f&via=your-code"
    assert '<ovop-story src="https://shop.example/en/stories/the-dye/"' in code(text, "element")
    assert 'title="The &quot;dye&quot; &lt;b&gt;waits&lt;/b&gt;"' in code(text, "frame")
    assert 'style="display:block;min-height:clamp(' in code(text, "element") and "style=" in code(text, "compat")
    assert 'style="width:100%;max-width:600px;height:clamp(' in code(text, "frame")
    assert text.count("Leave it out where a Content Security Policy forbids inline styles.") == 2
    assert code(text, "csp") == "frame-src https://shop.example; script-src https://shop.example"


def test_the_pinned_loader_is_there_with_its_integrity(client, content):
    pinned = code(client.get(PAGES[1]).text, "pinned")
    found = re.fullmatch(
        r'<script async src="https://shop.example(/embed/v1/loader\.[0-9a-f]{16}\.js)"'
        r' integrity="(sha384-[A-Za-z0-9+/=]{64})" crossorigin="anonymous"></script>',
        pinned,
    )
    answer = client.get(found[1])
    assert answer.content == newest() and found[2] == integrity_of(answer.content)


def test_the_oembed_address_answers(client, content, settings):
    settings.SITE_URL = "http://testserver"
    address = code(client.get(PAGES[1]).text, "oembed")
    assert client.get(address.removeprefix("http://testserver")).json()["title"] == content.title


def test_every_feed_that_is_linked_answers(client, content):
    text = client.get(PAGES[1]).text
    links = re.findall(r'<a href="(/en/feeds/[^"]+)">', text)
    assert len(links) == 5
    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 200)


def test_the_api_that_is_linked_answers(client, content, settings):
    settings.SITE_URL = "http://testserver"
    text = client.get(PAGES[1]).text
    links = re.findall(r'<a href="http://testserver(/api/v1/[^"]*)">', text)
    assert len(links) == 5
    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 200)
    assert code(text, "api").startswith('curl -H "Authorization: Bearer <key>" "http://testserver/api/v1/stories?lang=en')


def test_developers_read_the_names_of_feeds_and_api_in_their_language(client, content):
    """Names stand in lists of the code: they must not be those of the language in which it was loaded."""
    names = ["What there is", "Description for programs (OpenAPI)", "Stories (Atom)", "All pieces, for merchant centres"]
    assert [name for name in names if name not in client.get(PAGES[1]).text] == []
    for language in ("ja", "th"):
        text = client.get(PAGES[1].replace("/en/", f"/{language}/")).text
        with override(language):
            said = [gettext(name) for name in names]
        assert [name for name in names if name in text] == [], language
        assert [name for name in said if escape(name) not in text] == [], language


def test_the_wagtail_provider_is_python_that_matches_our_pages():
    found = {}
    exec(wagtail_provider(), found)
    finder = found["WAGTAILEMBEDS_FINDERS"][0]
    [provider] = finder["providers"]
    assert provider["endpoint"] == "https://shop.example/oembed/"
    assert re.match(provider["urls"][0], "https://shop.example/en/stories/the-dye/")
    assert not re.match(provider["urls"][0], "https://shopxexample/en/")
    assert "Village & Hand" in drupal_provider() or json.dumps(drupal_provider())


def test_the_sites_sitemap_and_robots_keep_the_desk_out(client):
    assert "Disallow: /*/agency/" in client.get("/robots.txt").text


def test_every_part_of_the_page_has_a_name_of_its_own(client, content):
    """Readers who leap from landmark to landmark hear each name once (axe: landmark-unique)."""
    for language in ("en", "ja", "th"):
        text = client.get(f"/{language}/for-developers/").text
        titles = dict(re.findall(r'<h2 id="([\w-]+)">(.*?)</h2>', text))
        names = [titles[name] for name in re.findall(r'<section aria-labelledby="([\w-]+)"', text) if name in titles]
        names += re.findall(r'role="region" aria-label="(.*?)"', text)
        heard = [unescape(name).strip().casefold() for name in names]
        assert len(heard) > 15 and sorted(heard) == sorted(set(heard)), language
