"""The language menu in a browser: it says what is not translated, and closes when it should."""

from tests.factories import make_picture, make_place_page, make_story, make_village


def test_the_menu_names_what_stands_in_and_closes_on_escape_and_elsewhere(desktop, axe):
    make_place_page(make_village("sun-hill"), title={"en": "Sun Hill"})
    make_story(title={"en": "The bowl", "ja": "椀"}, slug="bowl", hero=make_picture())
    desktop.goto("/en/stories/bowl/")
    menu, words = desktop.locator(".language"), desktop.locator(".language summary")
    words.click()
    entry = menu.locator("li", has=desktop.locator('a[hreflang="th"]'))
    assert entry.inner_text().splitlines()[-1] == "Not in Thai yet: shown in English"
    assert menu.locator("li", has=desktop.locator('a[hreflang="ja"]')).inner_text() == "日本語"
    axe(desktop)
    desktop.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert words.evaluate("element => element === document.activeElement")
    words.click()
    desktop.locator("h1").click()
    assert menu.get_attribute("open") is None
    words.click()
    menu.locator('a[hreflang="th"]').click()
    desktop.wait_for_url("**/th/stories/bowl/")
    assert desktop.locator("h1").get_attribute("lang") == "en"


def test_the_tools_beside_the_menu_stay_in_one_line(desktop):
    """In the languages whose words are longest; below 75rem the sections have a line of their own."""
    for language in ("vi", "es", "th"):
        for width in (800, 1199, 1200, 1280, 1505, 1920):
            desktop.set_viewport_size({"width": width, "height": 800})
            desktop.goto(f"/{language}/")
            tops = desktop.locator(".site-tools > *").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().top)")
            assert max(tops) - min(tops) < 12, (language, width, tops)
            assert desktop.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
