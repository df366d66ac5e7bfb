"""What three cards cost the page that shows them, by the browser's own measure: bytes, and nothing that jumps."""

# ruff: noqa: F811 - fixtures have the names under which they are imported
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from playwright.sync_api import Page
from wagtail.images import get_image_model

from catalogue.models import ProductImage
from storefront.embeds.remembered import recall
from storefront.embeds.sizes import natural_height
from storefront.listing.models import ProductCard
from storefront.models import StoryPage
from tests.browser.embeds_host import card, host, loader, page_url, story  # noqa: F401 - fixtures
from tests.factories import make_piece, make_place_page, make_story, make_workshop
from tests.factories.texts import number

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "embedding.md").read_text("utf-8")
MOST = 120_000  # bytes
WATCH = """<script>
window.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push(entry.value)))
  .observe({type: 'layout-shift', buffered: true});
</script>"""


def photo(size: tuple[int, int], grain: int = 32):
    """Soft noise, about as hard to compress as the demo's pictures: 14 kB in a card's width."""
    file = BytesIO()
    small = Image.effect_noise((size[0] // grain, size[1] // grain), 60).resize(size, Image.Resampling.BICUBIC)
    others = small.transpose(Image.Transpose.FLIP_TOP_BOTTOM), small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    Image.merge("RGB", (small, *others)).save(file, "JPEG")
    return get_image_model().objects.create(title="A photo", file=ContentFile(file.getvalue(), f"photo-{number()}.jpg"))


def make_three_stories() -> list[StoryPage]:
    workshop = make_workshop()
    pieces = [make_piece(workshop, title={"en": f"Red bowl {one}"}) for one in range(9)]
    for piece in pieces:
        ProductImage.objects.create(product=piece, picture=photo((720, 900), grain=64), display_order=0)
    return [
        make_story(
            title=f"The bowl that waits, part {one}",
            intro="In the village a lacquer bowl spends most of its life half finished. " * 3,
            village=workshop.village,
            hero=photo((960, 640)),
            body=[{"type": "product", "value": {"product": piece.pk}} for piece in pieces[one * 3 : one * 3 + 3]],
        )["en"]
        for one in range(3)
    ]


def snippet(shop: str, page: StoryPage) -> str:
    """With the room for the card, as the guide says, so that nothing moves even before the loader is there."""
    subject, _age = recall("story", "en", page.pk)
    narrow, wide = natural_height(subject, 360), natural_height(subject, 600)
    url = shop + page.public_url
    [style] = re.findall(r'`style="([^"]+)"`', GUIDE)
    style = style.replace("806px", f"{narrow}px").replace("446px", f"{wide}px")
    start = f'<ovop-story src="{url}" lang="en" height="0:{narrow} 560:{wide}" style="{style}">'
    return f'<p>Words.</p>{start}<a href="{url}">{page.title}</a></ovop-story>'


def weigh(page: Page) -> dict[str, int]:
    """Collects what the page loads from now on: address → bytes, heads included."""
    bytes_of: dict[str, int] = {}

    def note(request) -> None:
        sizes = request.sizes()
        # Of stylesheets that several frames share the browser tells no size.
        body = sizes["responseBodySize"] or len(request.response().body())
        bytes_of[request.url] = max(bytes_of.get(request.url, 0), sizes["responseHeadersSize"] + body)

    page.on("requestfinished", note)
    return bytes_of


@pytest.mark.parametrize("width", [700, pytest.param(360, marks=pytest.mark.drill_only)])
def test_three_cards_are_light_and_move_nothing(open_page, host, loader, shop, recorded, width):
    stories = recorded(make_three_stories)
    for page_ in stories:
        recall("story", "en", page_.pk)  # draws the pictures
    page = open_page(viewport={"width": width, "height": 3000})
    loaded = weigh(page)
    html = "".join(snippet(shop, page_) for page_ in stories)
    page.goto(host.show(WATCH + html + "<p>Words that must not move.</p>" + loader))
    page.wait_for_function(
        "[...document.querySelectorAll('ovop-story')].filter((one) =>"
        " one.shadowRoot?.querySelector('iframe').style.visibility === 'visible').length === 3"
    )
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    assert page.evaluate("shifts") == []
    ours = {url: size for url, size in loaded.items() if url.startswith(shop)}
    assert len([url for url in ours if "/embed/v1/card?" in url]) == 3
    assert len([url for url in ours if "/media/" in url]) == 12
    assert sum(ours.values()) <= MOST, ours
    print(f"{sum(ours.values()):,} bytes for three cards at {width} pixels")


def make_wide_three() -> dict[str, str]:
    """A story, a village with a full shelf and a piece, with pictures as the demo has them: kind → path."""
    stories = make_three_stories()
    village = make_place_page(stories[0].village, hero=photo((960, 640)))["en"]
    piece = ProductCard.objects.filter(village_id=stories[0].village_id).first()
    return {
        "story": stories[0].public_url,
        "village": village.public_url,
        "product": f"/en/products/{piece.slug}-{piece.pk}/",
    }


@pytest.mark.parametrize("scale", [1, pytest.param(2, marks=pytest.mark.drill_only)])
def test_three_wide_cards_are_light_too(open_page, host, loader, shop, recorded, scale):
    paths = recorded(make_wide_three)
    page = open_page(viewport={"width": 1280, "height": 2400}, device_scale_factor=scale)
    loaded = weigh(page)
    page.goto(host.show("".join(f'<ovop-story src="{shop}{path}" lang="en"></ovop-story>' for path in paths.values()) + loader))
    page.wait_for_function(
        "[...document.querySelectorAll('ovop-story')].filter((one) =>"
        " one.shadowRoot?.querySelector('iframe').style.visibility === 'visible').length === 3"
    )
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    for frame in page.frames[1:]:
        file, shown = frame.evaluate("(() => { const one = document.querySelector('.picture');"
                                     " return [one.currentSrc, one.getBoundingClientRect().width] })()")  # fmt: skip
        assert int(re.search(r"fill-(\d+)x", file)[1]) >= shown, "not blurred"
    ours = {url: size for url, size in loaded.items() if url.startswith(shop)}
    assert len([url for url in ours if "/embed/v1/card?" in url]) == 3
    assert sum(ours.values()) <= MOST, ours
    print(f"{sum(ours.values()):,} bytes for three wide cards")


def test_e18_the_element_of_the_guide_as_it_stands_there(open_page, host, page_url, shop):
    """The guide's own words, with the shop's address in the place of shop.example."""
    blocks = [block for block in re.findall(r"```html\n(.*?)```", GUIDE, re.DOTALL) if "loader.js" in block]
    # The policy forbids inline styles, so they are left out, as the guide says.
    blocks = [re.sub(r'\s+style="[^"]+"', "", block) for block in blocks if ' style="display:block;min-height:' in block]
    assert len(blocks) == 2
    [needed] = set(re.findall(r"`(frame-src [^`]+)`, for the element also `(script-src [^`]+)`", GUIDE))
    policy = "; ".join(("default-src 'none'", *needed)).replace("https://shop.example", shop)
    page, said = open_page(viewport={"width": 700, "height": 900}), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(host.show("".join(blocks).replace("https://shop.example", shop), policy))
    page.wait_for_function(
        "[...document.querySelectorAll('ovop-story, .ovop-story-compat')].filter((one) =>"
        " one.shadowRoot?.querySelector('iframe').style.visibility === 'visible').length === 2"
    )
    for frame in page.frames[1:]:
        assert frame.locator("#act").get_attribute("href") == f"{page_url}?via=agency7"
    assert said == []
