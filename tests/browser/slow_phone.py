"""A telephone on a slow line that can be cut, and the screens that it has seen.

With SHOTS (a folder) in the environment, a picture of every screen is written there.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.test_walk import CUT_OFF

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
# 400 kbit/s both ways, and 400 milliseconds until anything comes back.
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
ASKED = """() => [...document.querySelectorAll("main :is(input, select, textarea)")]
  .filter((box) => box.type !== "hidden" && box.checkVisibility()).map((box) => box.name)"""


@dataclass
class Walk:
    """A telephone, its line, and the screens it has seen so far."""

    page: Page
    name: str
    screens: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._line = self.page.context.new_cdp_session(self.page)
        self.reconnect()

    def reconnect(self) -> None:
        self._line.send("Network.enable")
        self._line.send("Network.emulateNetworkConditions", {"offline": False} | SLOW)

    def leave_3g(self) -> None:
        self._line.send("Network.disable")

    def cut(self) -> None:
        self._line.send("Network.emulateNetworkConditions", {"offline": True} | SLOW)

    def look(self, screen: str) -> None:
        """A screen: whole, nothing over its edge."""
        self.screens.append(screen)
        self.shoot(screen)
        assert self.page.evaluate(CUT_OFF) == [], screen

    def shoot(self, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder, f"{self.name}-{len(self.screens):02}-{name}.png")
            self.page.screenshot(path=path, full_page=True)

    def fields(self) -> None:
        self.asked |= set(self.page.evaluate(ASKED)) - {""}

    def press(self, selector: str, then: str) -> None:
        self.page.locator(selector).click()
        self.page.wait_for_url(then)
