"""Cards in frames of every sort: E19 with everything taken away, E20, E23, E28. See test_card.py for the others."""
# ruff: noqa: F811 - fixtures have the names under which they are imported

import pytest

from marketplace.partnerships.models import Agency
from tests.browser.embeds_host import (  # noqa: F401 - fixtures
    assert_readable,
    card,
    element,
    frame_html,
    host,
    loader,
    other_host,
    page_url,
    settled_url,
    story,
)
from tests.factories.agencies import make_host


@pytest.mark.parametrize("sandbox", ["", "allow-scripts", "allow-popups"])
def test_e19_in_an_opaque_origin_the_card_is_all_there(open_page, host, card, sandbox):
    """No origin, no cookies, no storage; with an empty sandbox no scripts and no way out either."""
    page = open_page(viewport={"width": 800, "height": 900})
    page.goto(host.show(frame_html(f"{card}?accent=0b6e4f&via=agency7", f'sandbox="{sandbox}"', height=800)))
    inside = page.frame_locator("iframe")
    assert inside.get_by_text("The bowl that waits").is_visible()
    assert inside.locator(".lead").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(11, 110, 79)"
    for picture in inside.locator("img").all():
        picture.evaluate("node => node.complete || new Promise((done) => { node.onload = node.onerror = done })")
        assert picture.evaluate("node => node.naturalWidth") > 0
    assert page.frames[1].evaluate("self.origin") == "null"


def choosy(*hosts: str) -> Agency:
    """agency7 shows its cards on these sites and nowhere else."""
    agency = Agency.objects.get(code="agency7")
    agency.partners_only = True
    agency.save()
    for name in hosts:
        make_host(agency, name)
    return agency


def test_e20_a_choosy_agencys_card_on_its_site_elsewhere_and_in_a_wrapper(
    open_page, host, other_host, card, page_url, loader
):
    choosy(host.address)
    address = f"{card}?via=agency7"
    page = open_page(viewport={"width": 700, "height": 700})
    page.goto(host.show(frame_html(address)))
    assert_readable(page)
    page.goto(other_host.show(frame_html(address)))
    assert settled_url(page).startswith("chrome-error://")
    # Each page around it counts: the agency's own page inside of a stranger's.
    wrapped = host.show(frame_html(address), path="/page/")
    page.goto(other_host.show(frame_html(wrapped)))
    page.frame_locator("iframe").locator("iframe").wait_for()
    for _look in range(100):
        if len(page.frames) == 3 and page.frames[2].url:
            break
        page.wait_for_timeout(50)
    assert page.frames[2].url.startswith("chrome-error://")


def test_c5_a_copycat_who_takes_the_snippet_has_a_link_and_no_card(open_page, other_host, host, page_url, loader):
    choosy(host.address)
    snippet = loader + element(page_url, 'via="agency7"', words="The bowl that waits, at the shop")
    page = open_page(viewport={"width": 700, "height": 700})
    page.clock.install()
    page.goto(other_host.show(snippet))
    page.wait_for_function("window.ovopStories")
    for _second in range(30):
        page.clock.run_for(1000)
    page.wait_for_function("document.querySelector('ovop-story').shadowRoot.querySelector('slot').style.display === 'contents'")
    link = page.get_by_role("link", name="The bowl that waits, at the shop")
    assert link.is_visible()
    assert link.get_attribute("href") == page_url
    page.goto(host.show(snippet))
    page.wait_for_function(
        "document.querySelector('ovop-story')?.shadowRoot?.querySelector('iframe')?.style.visibility === 'visible'"
    )


def test_e23_with_third_party_cookies_blocked_nothing_is_different(browser, open_page, host, card, shop):
    """Chromium's own switch; the card of a visitor with a session at the shop is the same as a stranger's."""
    page = open_page(viewport={"width": 800, "height": 900})
    page.context.add_cookies([{"name": "sessionid", "value": "x" * 32, "url": shop}])
    page.goto(host.show(frame_html(card)))
    assert_readable(page)
    with_cookies = page.frames[1].content()
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCookieControls", {"enableThirdPartyCookieRestriction": True, "disableThirdPartyCookieMetadata": True,
                                              "disableThirdPartyCookieHeuristics": True})  # fmt: skip
    page.reload()
    assert_readable(page)
    assert page.frames[1].content() == with_cookies
    assert [cookie["name"] for cookie in page.context.cookies()] == ["sessionid"]


def test_e28_on_the_hosts_page_with_keyboard_and_eye(open_page, axe_light_and_dark, host, page_url, loader):
    html = f"<main><h1>Day two</h1><a href='/before'>Before</a>{element(page_url)}<a href='/after'>After</a></main>"
    page = open_page(viewport={"width": 700, "height": 900})
    page.goto(host.show(loader + html))
    page.wait_for_function(
        "document.querySelector('ovop-story')?.shadowRoot?.querySelector('iframe')?.style.visibility === 'visible'"
    )
    assert page.locator("iframe").get_attribute("title") == "The bowl that waits"
    axe_light_and_dark(page)
    order = []
    for _press in range(7):
        page.keyboard.press("Tab")
        where = page.frames[1] if page.evaluate("document.activeElement.localName") == "ovop-story" else page.main_frame
        order.append(where.evaluate("document.activeElement.textContent.trim().split('\\n')[0].trim()"))
    assert order == ["Before", "Read the story", "Red bowl 0", "Red bowl 1", "Red bowl 2", "Village & Hand", "After"]


def test_e28_at_200_percent_and_with_large_letters_nothing_is_cut_off(open_page, card):
    """200 % of a frame 600 pixels wide is a frame of 300; large letters are the reader's own setting."""
    page = open_page(viewport={"width": 300, "height": 500}, device_scale_factor=2)
    page.goto(card)
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= 300
        cut = page.locator("h1, .act a, .amount, .state, .place").evaluate_all(
            "nodes => nodes.filter((node) => getComputedStyle(node).display !== 'inline')"
            ".filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"
        )
        assert cut == []


def test_e28_nothing_moves_by_itself(open_page, card):
    page = open_page()
    page.goto(card)
    page.emulate_media(reduced_motion="no-preference")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter((node) => { const style = getComputedStyle(node);"
        " return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0 }).length"
    )
    assert moving == 0
