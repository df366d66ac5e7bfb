"""The loader in a page of another site: E16, E17, E18 and E30. Each runs with the first release that was ever given out."""
# ruff: noqa: F811 - fixtures have the names under which they are imported

import re

import pytest
from playwright.sync_api import Page, expect

from storefront.embeds import loading
from tests.browser.embeds_host import (  # noqa: F401 - fixtures
    LISTEN,
    assert_readable,
    card,
    element,
    host,
    loader,
    page_url,
    story,
)

# How many listeners for messages a page has, whoever added them.
COUNT = """<script>
window.listeners = 0;
for (const [name, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
  const own = window[name];
  window[name] = function (type, ...rest) { if (type === 'message') listeners += step; return own.call(this, type, ...rest); };
}
</script>"""


def heights(page: Page) -> list[tuple[int, int]]:
    """Of each card's frame: (how high it is, how high its card is)."""
    found = []
    for frame in page.frames[1:]:
        inside = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        found.append((frame.frame_element().evaluate("node => node.offsetHeight"), inside))
    return found


def all_shown(page: Page, number: int) -> None:
    """Waits until so many cards have told their heights."""
    page.wait_for_function(
        """number => [...document.querySelectorAll('ovop-story, .ovop-story-compat')].filter(
          (host) => host.shadowRoot?.querySelector('iframe')?.style.visibility === 'visible').length === number""",
        arg=number,
    )


def test_e16_loaded_twice_five_cards_one_late_one_removed(open_page, host, page_url, loader, shop):
    compat = f'<div class="ovop-story-compat" data-src="{page_url}" data-via="agency7"><a href="{page_url}">Story</a></div>'
    cards = [element(page_url), element(page_url, 'lang="ja" theme="dark"'), element(page_url, 'via="agency7"'), compat]
    floating = f'<script async src="{shop}/embed/v1/loader.js"></script>'
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(COUNT + loader + "".join(cards) + loader + floating))
    all_shown(page, 4)
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", element(page_url, 'accent="0b6e4f"'))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    all_shown(page, 5)
    page.wait_for_timeout(250)
    assert len(page.frames) == 6
    assert all(outside == inside > 300 for outside, inside in heights(page)), heights(page)
    assert page.evaluate("listeners") == 1
    texts = [frame.locator("h1").text_content() for frame in page.frames[1:]]
    assert sorted(texts) == ["The bowl that waits"] * 4 + ["待つ椀"]
    page.evaluate("document.querySelector('ovop-story').remove()")
    page.wait_for_function("ovopStories.shown === 4")
    page.evaluate("document.querySelectorAll('ovop-story, .ovop-story-compat').forEach((node) => node.remove())")
    page.wait_for_function("ovopStories.shown === 0 && listeners === 0")
    assert len(page.frames) == 1
    assert page.evaluate("Object.keys(window).filter((name) => /ovop/i.test(name))") == ["ovopStories"]


def test_e16_in_a_single_page_app(open_page, host, page_url, loader):
    """Mounted, unmounted and mounted again at once (as React's strict mode does), moved, changed."""
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(COUNT + loader + "<main></main><aside></aside>"))
    page.wait_for_function("window.ovopStories")
    page.evaluate(
        """url => {
          const story = document.createElement('ovop-story'), main = document.querySelector('main');
          story.setAttribute('src', url); story.textContent = 'A story';
          main.append(story); story.remove(); main.append(story); document.querySelector('aside').append(story);
        }""",
        page_url,
    )
    all_shown(page, 1)
    assert (len(page.frames), page.evaluate("ovopStories.shown"), page.evaluate("listeners")) == (2, 1, 1)
    page.evaluate("""() => { const story = document.querySelector('ovop-story');
      story.setAttribute('lang', 'ja'); story.setAttribute('theme', 'dark'); story.setAttribute('via', 'agency7'); }""")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("待つ椀")).to_be_visible()
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    assert frame.locator("#act").get_attribute("href").endswith("?via=agency7")
    assert len(page.frames) == 2
    page.evaluate("document.querySelector('ovop-story').setAttribute('src', 'https://elsewhere.example/')")
    expect(page.get_by_text("A story")).to_be_visible()
    assert len(page.frames) == 1


def test_the_words_inside_give_way_to_the_card_and_come_back_without_it(open_page, host, page_url, loader, card):
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(loader + element(page_url, words="Read it at the shop")))
    all_shown(page, 1)
    expect(page.get_by_text("Read it at the shop")).to_be_hidden()
    assert page.locator("iframe").get_attribute("title") == "Read it at the shop"
    assert_readable(page)
    page.goto(host.show(loader + element(card, 'theme="dark"')))
    all_shown(page, 1)
    assert page.frames[1].url == f"{card}?theme=dark"


@pytest.mark.parametrize(
    "src", ["https://elsewhere.example/en/stories/x/", "javascript:alert(1)", "data:text/html,x", "", "//[", "/en/stories/x/"]
)
def test_only_the_shops_own_cards_are_shown(open_page, host, loader, shop, src):
    page = open_page()
    page.goto(host.show(loader + f'<ovop-story src="{src}"><a href="{shop}/en/">The way to the shop</a></ovop-story>'))
    page.wait_for_function("window.ovopStories")
    expect(page.get_by_text("The way to the shop")).to_be_visible()
    assert len(page.frames) == 1


def test_a_page_that_is_gone_shows_its_own_small_card(open_page, host, story, page_url, loader):
    for page_ in story.values():
        page_.unpublish()
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(loader + element(page_url)))
    all_shown(page, 1)
    assert page.frame_locator("iframe").get_by_text("No longer available").is_visible()
    assert heights(page)[0][0] == heights(page)[0][1] < 300


FORGED = [
    "{type: 'ovop:height', v: 1, height: 1e9}",
    "{type: 'ovop:height', v: 1, height: 50}",
    "{type: 'ovop:height', v: 1, height: NaN}",
    "{type: 'ovop:height', v: 1, height: Infinity}",
    "{type: 'ovop:height', v: 1, height: -5}",
    "{type: 'ovop:height', v: 1, height: '<img src=x onerror=alert(1)>'}",
    "{type: 'ovop:height', v: 2, height: 700}",
    "{type: 'ovop:height', height: 700}",
    "{message: 'link', value: 'https://elsewhere.example/', secret: 'aB3dE6gH9k'}",
    "{message: 'height', value: 700, secret: ''}",
    "'ovop:height'",
    "null",
    "[700]",
    "{type: 'ovop:height', v: 1, height: {valueOf: 700}}",
]


def test_e17_forged_messages_change_nothing(open_page, host, page_url, loader):
    page = open_page(viewport={"width": 700, "height": 900})
    # Another frame of the page says the same things: it is not the card's own window.
    echo = "<script>onmessage = (event) => parent.postMessage(event.data, '*')</script>"
    stranger = f'<iframe title=stranger srcdoc="{echo}"></iframe>'
    page.goto(host.show(loader + element(page_url) + stranger))
    all_shown(page, 1)
    page.wait_for_timeout(250)
    before = page.evaluate("document.querySelector('ovop-story').offsetHeight")
    windows = "[window, document.querySelector('[title=stranger]').contentWindow]"
    for forged in FORGED:
        page.evaluate(f"() => {windows}.forEach((one) => one.postMessage({forged}, '*'))")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('ovop-story').offsetHeight") == before
    assert page.evaluate("document.images.length") == 0
    assert page.url == host.url


def test_e17_the_cards_own_window_is_taken_at_its_word_within_limits(open_page, host, page_url, loader):
    """Whoever gets hold of the card can make it tall or low, and no more."""
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(loader + element(page_url)))
    all_shown(page, 1)
    page.wait_for_timeout(250)
    card = page.frames[1]
    before = page.evaluate("document.querySelector('ovop-story').offsetHeight")
    for forged in FORGED[2:]:
        card.evaluate(f"() => parent.postMessage({forged}, '*')")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('ovop-story').offsetHeight") == before
    for forged, height in ((FORGED[0], 4000), (FORGED[1], 100)):
        card.evaluate(f"() => parent.postMessage({forged}, '*')")
        page.wait_for_function(f"document.querySelector('ovop-story').offsetHeight === {height}")
    assert page.url == host.url


def test_e18_under_the_strict_policy_of_the_guide_without_a_complaint(open_page, host, page_url, loader, shop):
    """Written where agencies read it: nothing of the shop but its frames and its loader."""
    page, said = open_page(viewport={"width": 700, "height": 900}), []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    policy = f"default-src 'none'; frame-src {shop}; script-src {shop}"
    page.goto(host.show(loader + element(page_url, 'accent="0b6e4f" height="0:800 560:460"'), policy))
    all_shown(page, 1)
    assert page.frame_locator("iframe").get_by_text("The bowl that waits").is_visible()
    lead = page.frame_locator("iframe").locator(".lead")
    assert lead.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(11, 110, 79)"
    assert said == []


def test_a_policy_that_forbids_the_frame_leaves_the_link(open_page, host, page_url, loader, shop):
    page = open_page()
    page.clock.install()
    page.goto(host.show(loader + element(page_url, words="Read it at the shop"), f"default-src 'none'; script-src {shop}"))
    page.wait_for_function("window.ovopStories")
    for _second in range(30):
        page.clock.run_for(1000)
    link = page.get_by_role("link", name="Read it at the shop")
    expect(link).to_be_visible()
    assert page.locator("iframe").evaluate("node => node.style.visibility") == "hidden"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == page_url


def test_the_room_that_is_asked_for_is_kept(open_page, host, page_url, loader):
    """The snippet of the builder says how high the card will be, so nothing moves when it comes."""
    page = open_page(viewport={"width": 700, "height": 900})
    for given, wanted in (("520", 520), ("0:800 560:520", 520), ("0:400 2000:300", None), ("<b>", None), ("1e9", None)):
        page.goto(host.show(loader + element(page_url, f'height="{given}"')))
        all_shown(page, 1)
        page.wait_for_timeout(150)
        [(_frame, inside)] = heights(page)
        shown = page.evaluate("document.querySelector('ovop-story').offsetHeight")
        assert shown == (wanted or inside), given


def test_the_snippet_with_its_integrity_value_is_the_one_that_is_offered(loader):
    assert re.search(r'integrity="sha384-[A-Za-z0-9+/]{64}"', loader)
    assert loading.pinned().integrity in loader or len(loading.releases()) > 1
