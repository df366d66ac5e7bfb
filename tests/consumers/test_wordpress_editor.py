"""An agency's editor at work: she logs in, pastes a story's address into the block editor, and publishes.

With SHOTS (a folder) in the environment, a picture of every screen is written there.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.consumers.wordpress import PASSWORD, USER, WordPress
from tests.factories import make_agency

pytestmark = pytest.mark.drill_only
SCREEN = {"viewport": {"width": 1280, "height": 1000}}
# The block editor makes a block of a pasted address that has "https" in it, once. This shop has no TLS to show,
# so the agency's code lends the word.
CODE = "sunrise-https"
SORRY = "Sorry, this content could not be embedded."


@pytest.fixture(autouse=True)
def agency(story) -> None:
    make_agency(CODE)


@pytest.fixture
def editor(open_page: Callable[..., Page], wordpress: WordPress) -> Page:
    """A new post in the block editor, after logging in."""
    page = open_page(**SCREEN, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{wordpress.url}/wp-login.php?redirect_to=%2Fwp-admin%2Fpost-new.php")
    page.fill("#user_login", USER)
    page.fill("#user_pass", PASSWORD)
    page.click("#wp-submit")
    page.wait_for_url("**/wp-admin/post-new.php")
    page.wait_for_function("window.wp?.data?.select('core/editor')?.getCurrentPostId()")
    page.evaluate("wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false)")
    return page


def canvas(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[name=editor-canvas]")


def write(page: Page, title: str, address: str) -> None:
    """The title, a paragraph, and the address pasted into one of its own."""
    canvas(page).get_by_role("textbox", name="Add title").click()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    page.keyboard.type("Day two: the village we like best.")
    page.keyboard.press("Enter")
    page.evaluate("text => navigator.clipboard.writeText(text)", address)
    page.keyboard.press("Control+v")


def publish(page: Page) -> str:
    """Press Publish twice, as WordPress wants; returns the post's address."""
    page.get_by_role("button", name="Publish", exact=True).click()
    panel = page.get_by_role("region", name="Editor publish")
    panel.get_by_role("button", name="Publish", exact=True).click()
    expect(panel.get_by_role("link", name="View Post")).to_be_visible()
    return panel.get_by_role("link", name="View Post").get_attribute("href")


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/wordpress-{name}.png")


def preview(page: Page) -> FrameLocator:
    """The card that the editor shows in place of the address."""
    return canvas(page).frame_locator(".wp-block-embed iframe")


def card_in(page: Page) -> FrameLocator:
    expect(page.locator("iframe.wp-embedded-content")).to_be_visible()
    return page.frame_locator("iframe.wp-embedded-content")


def test_a_pasted_address_becomes_the_card_before_and_after_publishing(editor, address, story, wordpress):
    write(editor, "Three days on the river", f"{address}?via={CODE}")
    expect(preview(editor).locator("h1")).to_have_text(story.title)
    shoot(editor, "1-pasted")
    post = publish(editor)
    shoot(editor, "2-published")
    editor.goto(post)
    card = card_in(editor)
    expect(card.locator("h1")).to_have_text(story.title)
    assert f"?via={CODE}" in card.locator("#act").get_attribute("href")
    expect(editor.locator("iframe.wp-embedded-content")).not_to_have_attribute("height", "444")
    editor.locator("iframe.wp-embedded-content").scroll_into_view_if_needed()
    shoot(editor, "3-post")
    assert wordpress.complaints() == ""


def test_e12_a_shop_that_is_away_is_said_to_the_editor_and_tried_again(
    editor, story, settings, fresh, wordpress
):
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    settings.SITE_URL = f"http://localhost:{port}"
    address = f"{settings.SITE_URL}{story.public_url}?via={CODE}"
    write(editor, "Four days on the river", address)
    expect(canvas(editor).get_by_text(SORRY)).to_be_visible()
    shoot(editor, "4-shop-away")
    post = publish(editor)
    reader = editor.context.new_page()
    reader.goto(post)
    expect(reader.get_by_text(address)).to_be_visible()
    shoot(reader, "5-post-without-shop")
    shop = LiveServer(f"localhost:{port}")
    try:
        fresh()
        canvas(editor).get_by_role("button", name="Try again").click()
        expect(preview(editor).locator("h1")).to_have_text(story.title)
        shoot(editor, "6-tried-again")
        wordpress.purge(editor.evaluate("wp.data.select('core/editor').getCurrentPostId()"))
        reader.goto(post)
        expect(card_in(reader).locator("h1")).to_have_text(story.title)
        shoot(reader, "7-post-with-shop")
    finally:
        shop.stop()
    assert wordpress.complaints() == ""
