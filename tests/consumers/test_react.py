"""Our element in a page that React draws: as strict as React gets, on another site than the shop's."""
# ruff: noqa: F811 - fixtures have the names under which they are imported

import pytest
from playwright.sync_api import Page, expect

from tests.browser.embeds_host import host  # noqa: F401 - fixture
from tests.consumers.conftest import CODE
from tools.consumers import NODE_MODULES

SCRIPTS = [NODE_MODULES / name / "umd" / f"{name}.development.js" for name in ("react", "react-dom")]
# window.draw(props of each story …) draws so many stories, and leaves out those that are not named any more.
APP = """
const h = React.createElement;
const Story = ({ src, ...rest }) => h('ovop-story', { src, ...rest }, h('a', { href: src }, 'The story'));
const root = ReactDOM.createRoot(document.querySelector('main'));
window.draw = (...stories) => root.render(
  h(React.StrictMode, null, h('h1', null, 'Three days'), stories.map((props) => h(Story, { key: props.id, ...props }))));
"""
SHOWN = """number => [...document.querySelectorAll('ovop-story')].filter(
  (host) => host.shadowRoot?.querySelector('iframe')?.style.visibility === 'visible').length === number"""


@pytest.fixture
def page(npm_packages, open_page, host, shop) -> Page:
    page = open_page(viewport={"width": 700, "height": 1200})
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    icon = '<link rel="icon" href="data:,">'
    page.goto(host.show(f'{icon}<main></main><script src="{shop}/embed/v1/loader.js"></script>'))
    for script in SCRIPTS:
        page.add_script_tag(path=script)
    page.add_script_tag(content=APP)
    return page


def test_react_draws_changes_and_removes_cards(page, address, story):
    first, second = {"id": "one", "src": address, "via": CODE}, {"id": "two", "src": address}
    page.evaluate("([first, second]) => draw(first, second)", [first, second])
    page.wait_for_function(SHOWN, arg=2)
    assert len(page.frames) == 3
    for card in page.frames[1:]:
        assert card.locator("h1").text_content() == story.title
        height = card.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        assert card.frame_element().evaluate("node => node.offsetHeight") == height
    [mine] = [card for card in page.frames[1:] if f"via={CODE}" in card.url]
    assert mine.locator("#act").get_attribute("href") == f"{address}?via={CODE}"
    page.evaluate("first => draw({ ...first, theme: 'dark' })", first)
    page.wait_for_function(SHOWN, arg=1)
    [card] = page.frames[1:]
    assert f"theme=dark&via={CODE}" in card.url
    page.evaluate("first => draw({ ...first, theme: 'dark' })", first)
    assert page.frames[1:] == [card], "drawing the same again loads nothing"
    page.evaluate("draw()")
    page.wait_for_function("ovopStories.shown === 0")
    assert page.frames[1:] == []
    expect(page.get_by_role("heading", name="Three days")).to_be_visible()
    assert page.complaints == []
