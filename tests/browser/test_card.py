"""The card in a real browser, inside pages of another site. E15 … E24 are the promises of docs/embedding.md."""
# ruff: noqa: F811 - fixtures have the names under which they are imported

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from wagtail.embeds.finders.oembed import OEmbedFinder

from tests.browser.embeds_host import (  # noqa: F401 - fixtures
    LISTEN,
    assert_readable,
    card,
    frame_html,
    host,
    settled_url,
    story,
)
from tests.tools.agency_page import Agency, embed

DOCS = Path(__file__).resolve().parents[2] / "docs" / "embedding.md"
SECRET = "aB3dE6gH9k"
# What Wix allows in its frames: popups, scripts and forms; not to move the top, and a popup stays in the sandbox.
BUILDER = "allow-same-origin allow-forms allow-popups allow-modals allow-scripts allow-pointer-lock"

def heights(page: Page) -> list[int]:
    """What the host heard, until it heard something."""
    page.wait_for_function("heard.some((data) => data.type === 'ovop:height')")
    return page.evaluate("heard.filter((data) => data.type === 'ovop:height').map((data) => data.height)")


def test_e15_without_scripts_the_card_is_readable_and_its_links_open_a_new_tab(open_page, host, card, shop):
    page = open_page(java_script_enabled=False)
    page.goto(host.show(frame_html(f"{card}?via=agency7")))
    card_in_page = page.frame_locator("iframe")
    assert card_in_page.get_by_text("The bowl that waits").is_visible()
    with page.context.expect_page() as opened:
        card_in_page.get_by_text("Read the story").click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith(f"{shop}/en/stories/the-bowl-that-waits/")
    assert page.url == host.url


def test_the_whole_picture_and_a_piece_can_be_pressed(open_page, host, card, shop):
    page = open_page()
    page.goto(host.show(frame_html(card)))
    for target, leads_to in ((".picture", "/en/stories/"), (".pieces img", "/en/products/red-bowl-0-")):
        with page.context.expect_page() as opened:
            page.frame_locator("iframe").locator(target).first.click(force=True)
        assert opened.value.url.startswith(shop + leads_to)
        opened.value.close()


def test_the_card_tells_its_height(open_page, host, card):
    page = open_page()
    page.goto(host.show(LISTEN + frame_html(card)))
    told = heights(page)[-1]
    frame = page.frames[1]
    assert told == frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert page.evaluate("heard.map((data) => data.id)[0]").startswith("story-")
    page.locator("iframe").evaluate("node => { heard = []; node.width = 300 }")
    assert heights(page)[-1] > told
    assert not page.evaluate("heard.filter((data) => data.message).length"), (
        "no WordPress dialect without its secret"
    )


def guide_frame(card: str) -> tuple[str, str]:
    frame, script = re.findall(r"```html\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[:2]
    return re.sub(r'src="[^"]+"', f'src="{card}"', frame), script


def test_the_frame_of_the_guide_is_as_wide_as_its_place_and_whole_on_a_phone(open_page, host, card):
    frame, script = guide_frame(card)
    page = open_page(viewport={"width": 360, "height": 800})
    page.goto(host.show(frame))
    element = page.locator("iframe")
    inside = "Math.ceil(document.body.getBoundingClientRect().height)"
    # The frame is lazy: its styles may come after the page.
    page.frames[1].wait_for_load_state("load")
    box = element.bounding_box()
    assert (box["width"], box["height"]) == (344, 806) and page.frames[1].evaluate(inside) <= 806
    page.set_viewport_size({"width": 1000, "height": 800})
    box = element.bounding_box()
    assert (box["width"], box["height"]) == (600, 444)
    # With the script it is exactly as high as its card.
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(host.show(script + frame))
    expect(element).not_to_have_css("height", "806px")
    assert element.evaluate("node => node.offsetHeight") == page.frames[1].evaluate(inside)


def test_e18_the_snippets_of_the_guide_under_the_policy_of_the_guide(open_page, host, card, shop):
    frame, script = guide_frame(card)
    # The policy forbids inline styles, so they are left out, as the guide says.
    frame = re.sub(r'\s+style="[^"]+"', "", frame)
    page, complaints = open_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    policy = f"default-src 'none'; script-src 'unsafe-inline'; frame-src {shop}"
    page.goto(host.show(script + frame, policy))
    expect(page.locator("iframe")).not_to_have_css("height", "444px")
    card_height = page.frames[1].evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert page.locator("iframe").evaluate("node => node.offsetHeight") == card_height
    assert_readable(page)
    assert not complaints


def test_the_card_answers_no_other_message(open_page, host, card):
    page = open_page()
    page.goto(host.show(LISTEN + frame_html(f"{card}#?secret={SECRET}", 'sandbox="allow-scripts"')))
    heights(page)
    for forged in ("{}", "null", "'ready'", "{message: 'ready', secret: 'wrong'}", "{message: 'link'}"):
        page.wait_for_timeout(200)
        page.evaluate(f"() => {{ heard = []; frames[0].postMessage({forged}, '*') }}")
        page.wait_for_timeout(200)
        assert page.evaluate("heard") == [], forged


def test_e19_wordpress_sandbox_height_ready_and_link(open_page, host, card, shop):
    page = open_page()
    address = f"{card}?via=agency7#?secret={SECRET}"
    page.goto(host.show(LISTEN + frame_html(address, f'sandbox="allow-scripts" data-secret="{SECRET}"')))
    heights(page)
    assert_readable(page)
    page.evaluate(
        f"() => {{ heard = []; frames[0].postMessage({{message: 'ready', secret: '{SECRET}'}}, '*') }}"
    )
    height = heights(page)[-1]
    assert {"message": "height", "value": height, "secret": SECRET} in page.evaluate("heard")
    page.frame_locator("iframe").get_by_text("Read the story").click()
    page.wait_for_function("heard.some((data) => data.message === 'link')")
    [link] = page.evaluate("heard.filter((data) => data.message === 'link')")
    assert link == {
        "message": "link",
        "value": f"{shop}/en/stories/the-bowl-that-waits/?via=agency7",
        "secret": SECRET,
    }
    page.frame_locator("iframe").locator(".pieces a").first.click()
    page.wait_for_function("heard.filter((data) => data.message === 'link').length === 2")
    assert "/en/products/" in page.evaluate("heard.filter((data) => data.message === 'link')[1].value")
    assert len(page.context.pages) == 1


def test_e19_in_a_page_builders_sandbox_links_open_a_new_tab_in_which_one_can_buy(
    open_page, host, card, shop
):
    page = open_page()
    page.goto(host.show(frame_html(card, f'sandbox="{BUILDER}"')))
    assert_readable(page)
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_text("Red bowl 1").click()
    tab = opened.value
    tab.wait_for_load_state()
    assert tab.get_by_role("heading", level=1).text_content() == "Red bowl 1"
    tab.locator("form[action$='/basket/add/'] button").first.click()
    tab.wait_for_url("**/en/basket/**")
    assert tab.get_by_text("Red bowl 1").first.is_visible()


def test_e19_inside_a_sandboxed_wrapper_without_an_address(open_page, host, card):
    page = open_page()
    inner = frame_html(card).replace('"', "&quot;")
    page.goto(host.show(f'<iframe sandbox="allow-scripts" width=700 height=500 srcdoc="{inner}"></iframe>'))
    inside = page.frame_locator("iframe").frame_locator("iframe")
    assert inside.get_by_text("The bowl that waits").is_visible()
    assert (
        inside.locator(".lead").evaluate("node => getComputedStyle(node).backgroundColor")
        == "rgb(84, 32, 43)"
    )


def test_e21_the_story_itself_and_the_checkout_cannot_be_framed(open_page, host, card, shop):
    page = open_page()
    for path in ("/en/stories/the-bowl-that-waits/", "/en/basket/", "/en/account/login/"):
        page.goto(host.show(frame_html(shop + path)))
        assert settled_url(page).startswith("chrome-error://"), path
    page.goto(host.show(frame_html(card)))
    assert page.frames[1].url == card


def test_e22_no_cookie_is_set_and_none_is_needed(open_page, host, card):
    page = open_page()
    page.goto(host.show(frame_html(card)))
    assert_readable(page)
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_agencys_page_shows_the_story_in_its_language(open_page, axe, shop, story, language):
    with Agency(shop) as agency:
        page = open_page()
        page.goto(f"{agency.url}/" if language == "en" else f"{agency.url}/ja/")
        frame = page.frame_locator("iframe")
        assert frame.get_by_text(story[language].title).is_visible()
        assert page.locator("iframe").get_attribute("title") == story[language].title
        with page.context.expect_page() as opened:
            frame.locator("#act").click()
        opened.value.wait_for_load_state()
        assert opened.value.url.startswith(shop + story[language].public_url)
        assert opened.value.locator("html").get_attribute("lang") == language


def test_an_agencys_page_has_a_link_when_the_shop_is_away(open_page, db):
    with Agency("http://127.0.0.1:9") as agency:
        page = open_page()
        page.goto(agency.url)
        assert page.get_by_role(
            "link", name="http://127.0.0.1:9/en/stories/the-bowl-that-waits/"
        ).is_visible()


def test_the_card_is_accessible_by_sight_and_by_keyboard(open_page, axe_light_and_dark, card):
    for width in (300, 600, 900):
        page = open_page(viewport={"width": width, "height": 800})
        page.goto(card)
        axe_light_and_dark(page)
    order = []
    for _press in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent.trim().split('\\n')[0].trim()"))
    assert order == ["Read the story", "Red bowl 0", "Red bowl 1", "Red bowl 2", "Village & Hand"]


def test_the_card_fits_its_width_and_the_answer_fits_the_card(open_page, shop, story):
    page = open_page()
    for width in (200, 220, 320, 480, 600, 900):
        for language in story:
            answer = embed(shop + story[language].public_url, maxwidth=width)
            page.set_viewport_size({"width": width, "height": answer["height"]})
            page.goto(re.search(r'src="([^"]+)"', answer["html"])[1])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            needed = page.evaluate("document.body.getBoundingClientRect().height")
            assert -40 <= answer["height"] - needed <= 100 or answer["height"] == 1000, (
                width,
                language,
                needed,
            )


def test_in_a_low_frame_the_words_come_first(open_page, card):
    page = open_page(viewport={"width": 320, "height": 200})
    page.goto(card)
    assert page.locator("h1").evaluate("node => node.getBoundingClientRect().bottom") < 200


def test_e13_wagtails_own_finder_shows_the_card(shop, story):
    finder = OEmbedFinder(providers=[{"endpoint": f"{shop}/oembed/", "urls": [rf"^{re.escape(shop)}/.+$"]}])
    found = finder.find_embed(shop + story["en"].public_url, max_width=640)
    assert (found["title"], found["type"], found["width"]) == ("The bowl that waits", "rich", 640)
    assert found["html"].startswith("<blockquote>")


def test_e24_markup_as_a_code_reaches_no_link(open_page, card):
    page = open_page()
    page.goto(f"{card}?via=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&theme=dark")
    links: Callable = page.locator("a").evaluate_all
    assert not [link for link in links("nodes => nodes.map((node) => node.href)") if "via" in link]
