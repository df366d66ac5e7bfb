"""E8 … E12: a real WordPress that knows nothing of us, and the cards in its posts."""

import re
import socket

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from marketplace.partnerships import counting
from marketplace.partnerships.models import CardCount
from tests.consumers.conftest import CODE
from tests.tools.agency_page import open_url

READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
CARD = "iframe.wp-embedded-content"


@pytest.fixture
def open_post(open_page, wordpress):
    """``open_post(address)``: a new post that embeds ``address``, on a reader's screen."""

    def open_(address: str) -> Page:
        page = open_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(f"{said.text} {said.location}") if said.type == "error" else None)
        page.goto(wordpress.page(wordpress.save(address)))
        return page

    return open_


def card_of(page: Page):
    """The card's document, once WordPress has shown the frame and heard its height."""
    expect(page.locator(CARD)).to_be_visible()
    page.wait_for_function(f"document.querySelector('{CARD}').style.clip === ''")
    return next(frame for frame in page.frames if "/embed/v1/" in frame.url)


def frame_height(page: Page) -> int:
    return int(page.locator(CARD).get_attribute("height"))


def test_e8_wordpress_keeps_the_quotation_and_the_frame(wordpress, address, shop, story):
    html = wordpress.html(address, width=600)
    [secret] = set(re.findall(r'data-secret="([A-Za-z0-9]{10})"', html))
    assert f'<blockquote class="wp-embedded-content" data-secret="{secret}"><a href="{address}">' in html
    assert f"{story.title}</a></blockquote><iframe" in html
    [frame] = re.findall("<iframe[^>]*>", html)
    assert 'class="wp-embedded-content" sandbox="allow-scripts"' in frame
    assert f'src="{shop}/embed/v1/en/story/{story.slug}-{story.pk}/#?secret={secret}"' in frame
    assert f'title="{story.title}"' in frame
    assert html.count("data-secret") == 2


def test_e8_a_code_in_the_pasted_address_stands_on_the_cards_links(wordpress, address):
    html = wordpress.html(f"{address}?via={CODE}", width=600)
    assert f'<a href="{address}?via={CODE}">' in html
    assert re.search(rf'src="[^"#]+/\?via={CODE}#\?secret=', html)


def test_e8_what_is_no_story_stays_what_it_was(wordpress, shop, address):
    assert wordpress.html(f"{shop}/en/account/login/") == ""


def test_e9_the_card_is_as_high_as_it_says(open_post, address):
    page = open_post(address)
    card = card_of(page)
    height = card.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    expect(page.locator(CARD)).to_have_attribute("height", str(height))
    assert 200 < height < 1000
    expect(page.locator("blockquote.wp-embedded-content")).to_be_hidden()
    assert card.locator("h1").text_content().strip() == "The indigo that sleeps"
    page.set_viewport_size({"width": 360, "height": 700})
    expect(page.locator(CARD)).not_to_have_attribute("height", str(height))
    page.wait_for_function(f"document.querySelector('{CARD}').offsetWidth <= 360")
    higher = card.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    expect(page.locator(CARD)).to_have_attribute("height", str(higher))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.complaints == []


def test_e10_links_of_the_card_lead_out_of_wordpress(open_post, address, shop):
    page = open_post(f"{address}?theme=dark&via={CODE}")
    post, asked = page.url, []
    page.on("request", lambda sent: asked.append(sent.url) if sent.is_navigation_request() else None)
    for link, place in (("#act", address), (".pieces a", f"{shop}/en/products/indigo-scarf-")):
        card = card_of(page)
        assert f"/?theme=dark&via={CODE}#?secret=" in card.url
        asked.clear()
        card.locator(link).first.click()
        page.wait_for_url(f"{place}**")
        assert asked[0].startswith(place)
        assert f"?via={CODE}" in asked[0]
        expect(page.locator("h1").first).to_be_visible()
        page.goto(post)
    # Only where the frame itself comes from does WordPress let a card lead.
    card = card_of(page)
    page.evaluate("heard = []; addEventListener('message', (event) => heard.push(event.data.value))")
    card.evaluate("document.querySelector('#act').href = 'https://elsewhere.example/'")
    asked.clear()
    card.locator("#act").click()
    page.wait_for_function("heard.includes('https://elsewhere.example/')")
    assert (page.url, asked) == (post, [])


def test_readers_are_counted_and_wordpress_itself_is_not(wordpress, open_page, address, story):
    post = wordpress.page(wordpress.save(f"{address}?via={CODE}"))
    assert f"via={CODE}" in text_of(post)
    counting.flush()
    assert not CardCount.objects.exists(), "WordPress asked for the page, and for the card's frame"
    page = open_page(user_agent=READER)
    page.goto(post)
    card_of(page).locator("#act").click()
    page.wait_for_url(address)
    counting.flush()
    rows = CardCount.objects.values_list("agency__code", "subject", "language")
    # A sum, for midnight may have passed between the two.
    assert list(rows.annotate(Sum("views"), Sum("clicks"))) == [(CODE, f"story-{story.pk}", "en", 1, 1)]


def test_e11_wordpress_keeps_frames_between_200_and_1000_and_all_can_be_reached(open_post, address):
    page = open_post(address)
    card = card_of(page)
    frame = page.locator(CARD)
    card.evaluate("document.body.style.cssText = 'height: 1500px; display: flow-root'")
    card.evaluate("document.body.lastElementChild.style.marginTop = '900px'")
    expect(frame).to_have_attribute("height", "1000")
    frame.scroll_into_view_if_needed()
    frame.hover()
    page.mouse.wheel(0, 5000)
    card.wait_for_function("Math.round(scrollY) === document.documentElement.scrollHeight - 1000")
    card.evaluate("document.body.replaceChildren('Only this.')")
    card.evaluate("document.body.style.cssText = 'height: 50px; min-height: 0'")
    expect(frame).to_have_attribute("height", "200")
    expect(page.frame_locator(CARD).get_by_text("Only this.")).to_be_in_viewport()


def test_a_story_that_is_gone_is_said_in_a_small_card_with_a_way_on(
    open_post, open_page, address, story, fresh, shop
):
    post = open_post(address).url
    story.unpublish()
    fresh()
    page = open_page()
    page.goto(post)
    card = card_of(page)
    height = card.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    expect(page.locator(CARD)).to_have_attribute("height", str(max(height, 200)))
    assert story.title not in card.content()
    card.locator("a").first.click()
    page.wait_for_url(f"{shop}/en/villages/**")


def test_e12_a_shop_that_is_away_leaves_a_link_and_comes_back(wordpress, story, settings, fresh):
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    settings.SITE_URL = f"http://localhost:{port}"
    address, complaints = settings.SITE_URL + story.public_url, wordpress.complaints()
    post = wordpress.save(address)
    assert "wp-embedded-content" not in text_of(wordpress.page(post))
    shop = LiveServer(f"localhost:{port}")
    try:
        fresh()
        assert "wp-embedded-content" not in text_of(wordpress.page(post)), "WordPress keeps a failure"
        wordpress.save(f"{address}?again", post=post)
        assert "wp-embedded-content" in text_of(wordpress.page(post)), "kept under the exact address"
        wordpress.save(address, post=post)
        assert "wp-embedded-content" not in text_of(wordpress.page(post))
        wordpress.purge(post)
        wordpress.save(address, post=post)
        assert "wp-embedded-content" in text_of(wordpress.page(post))
    finally:
        shop.stop()
    assert wordpress.complaints() == complaints == ""


def text_of(address: str) -> str:
    with open_url(address, timeout=60) as answer:
        assert answer.status == 200
        return answer.read().decode()
