"""A real headless Chromium against a live server on PostgreSQL, with webhooks from the fake Stripe."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import Browser, Page, expect

# A busy machine is no failure.
expect.set_options(timeout=20_000)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
# The rules of axe-core about colours, without the one beyond WCAG's level AA that it leaves out by itself.
COLOURS = DEFAULT_OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture
def shop(live_server, fake_stripe, settings, monkeypatch) -> str:
    """Address of the running shop. Stripe's webhooks reach it, its links name it, changes show at once."""
    from storefront.listing import version

    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    monkeypatch.setattr(version, "LOOK_EVERY", 0.0)
    fake_stripe.control(webhook_url=f"{live_server.url}/webhooks/stripe/")
    return live_server.url


@pytest.fixture
def open_page(browser: Browser, shop: str) -> Iterator[Callable[..., Page]]:
    """``open_page(locale="ja-JP", **context)``: a page of a new profile at the shop. A script's error fails the test."""
    contexts, errors = [], []

    def open_(**options) -> Page:
        context = browser.new_context(base_url=shop, reduced_motion="reduce", **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A Japanese reader's phone."""
    return open_page(locale="ja-JP", timezone_id="Asia/Tokyo", **PHONE)


@pytest.fixture
def desktop(open_page: Callable[..., Page]) -> Page:
    """An English reader's screen."""
    return open_page(locale="en-US", timezone_id="America/New_York", **DESKTOP)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """``axe(page)`` fails with what a person with a disability could not use: serious and critical findings."""
    return _judge


@pytest.fixture
def axe_light_and_dark() -> Callable[[Page], None]:
    """All rules in the light, then those about colours in the dark: a scheme changes colours, and nothing else."""

    def check(page: Page) -> None:
        page.emulate_media(color_scheme="light")
        _judge(page)
        page.emulate_media(color_scheme="dark")
        _judge(page, COLOURS)
        page.emulate_media(color_scheme="light")

    return check


def _judge(page: Page, options: dict = DEFAULT_OPTIONS) -> None:
    answer = Axe().run(page, options=options).response
    found = [row for row in answer["violations"] if row["impact"] in ("serious", "critical")]
    assert not found, "\n".join([page.url, *map(_describe, found)])


def _describe(violation: dict) -> str:
    places = [f"    {node['html'][:160]}\n      {node['failureSummary']}" for node in violation["nodes"][:5]]
    return "\n".join([f"{violation['impact']} {violation['id']}: {violation['help']}", *places])
