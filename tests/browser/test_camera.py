"""Photos and a voice from the phone over a line that breaks: nothing is lost, nothing is sent twice, all by keyboard too."""

import io
import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from catalogue.models import Product
from marketplace.workshops import voices
from marketplace.workshops.models import WaitingPhoto
from tests.browser.conftest import PHONE
from tests.factories import make_craft, make_material, make_member, make_piece, make_village, make_workshop

RECORDING = Path(__file__).parents[1] / "storefront" / "recordings" / "voice.webm"
COLOURS = ("red", "green", "blue")


@pytest.fixture
def piece(db) -> Product:
    workshop = make_workshop("sao-mai-lacquer", village=make_village("sao-mai"))
    make_member(workshop, email="hoa@example.com")
    return make_piece(
        workshop, title="Bowl", craft=make_craft(name="Lacquer"), materials=[make_material(name="Bamboo")], pictures=1,
        stage="draft", is_public=False,
    )  # fmt: skip


@pytest.fixture
def maker(open_page, shop, piece) -> Page:
    """The maker's phone, signed in."""
    client = Client()
    client.force_login(piece.partner.workshop.members.get().user)
    page = open_page(locale="en-US", **PHONE | {"viewport": {"width": 360, "height": 740}})
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": shop}])
    return page


def from_camera(*colours: str) -> list[dict]:
    """Photos of 3000 × 2000 pixels that lie on their side, with the place in them."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Chi Hoa"
    files = []
    for colour in colours:
        file = io.BytesIO()
        Image.new("RGB", (3000, 2000), colour).save(file, "JPEG", exif=exif, quality=60)
        files.append({"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    return files


@pytest.mark.drill_only  # the walk over 3G breaks the line under photos, too
def test_photos_survive_a_line_that_breaks_and_a_reload(maker: Page, piece, axe):
    slug = piece.partner.workshop.slug
    maker.goto(f"/en/desk/{slug}/pieces/{piece.pk}/step/photos/")
    rows, field = maker.locator("photo-field li"), maker.get_by_label("Add photos")
    expect(rows).to_have_count(1)
    sent = []
    maker.on("requestfinished", lambda request: sent.append(request) if request.method == "POST" else None)
    # The line breaks at the first photo; the page finds out by itself that it is back.
    maker.context.set_offline(True)
    field.set_input_files(from_camera("red", "green"))
    expect(maker.get_by_text("No connection")).to_have_count(1)
    assert WaitingPhoto.objects.count() == 0
    maker.context.set_offline(False)
    expect(maker.get_by_text("It has arrived.")).to_have_count(2)
    assert WaitingPhoto.objects.count() == 2
    for row in WaitingPhoto.objects.all():
        with row.file.open() as file:
            image = Image.open(file)
            assert image.size == (1600, 2400) and "exif" not in image.info
    travelled = [request.sizes()["requestBodySize"] for request in sent]
    assert len(travelled) == 2 and max(travelled) < len(from_camera("red")[0]["buffer"]), "made smaller before they travel"
    # A third one never gets through, and the tab is killed.
    maker.route("**/photos/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    field.set_input_files(from_camera("blue"))
    expect(maker.get_by_text("No connection")).to_have_count(1)
    maker.unroute("**/photos/")
    maker.reload()
    expect(rows).to_have_count(4)
    expect(maker.get_by_text("It has arrived.")).to_have_count(3)
    assert WaitingPhoto.objects.count() == 3, "none twice"
    axe(maker)
    # By keyboard: the last one first, the second one away.
    maker.get_by_role("button", name="Show first: photo 4").press("Enter")
    expect(rows.nth(0)).to_contain_text("Shown first")
    maker.get_by_role("button", name="Remove: photo 3").press("Enter")
    expect(rows).to_have_count(3)
    assert maker.evaluate("document.activeElement.textContent").startswith("Remove")
    maker.get_by_role("button", name="Save and go on", exact=True).click()
    maker.wait_for_url(re.compile(f"/pieces/{piece.pk}/step/words/"))
    assert [nearest(row.picture) for row in piece.images.order_by("display_order")] == ["blue", "firebrick", "green"]
    assert not WaitingPhoto.objects.filter(ended_at=None).exists()
    # The phone forgets what is used.
    maker.go_back()
    maker.reload()
    expect(rows).to_have_count(3)
    maker.wait_for_timeout(300)
    expect(rows).to_have_count(3)


def nearest(picture) -> str:
    with picture.file.open() as file:
        pixel = Image.open(file).convert("RGB").getpixel((5, 5))
    known = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "firebrick": (178, 34, 34)}
    return min(known, key=lambda name: sum(abs(a - b) for a, b in zip(known[name], pixel, strict=True)))


def test_a_voice_is_recorded_kept_and_taken_away(maker: Page, piece, axe):
    # A microphone that hums: the browser's own recorder is at work.
    maker.add_init_script("""navigator.mediaDevices.getUserMedia = async () => {
        const context = new AudioContext(), tone = context.createOscillator(), end = context.createMediaStreamDestination();
        tone.connect(end); tone.start(); return end.stream; };""")
    slug = piece.partner.workshop.slug
    maker.goto(f"/en/desk/{slug}/pieces/{piece.pk}/step/words/")
    maker.get_by_role("button", name="Record", exact=True).click()
    expect(maker.locator("[data-clock]")).to_contain_text("1 of 180 seconds")
    maker.get_by_role("button", name="Stop").click()
    expect(maker.locator("voice-field audio")).to_be_visible()
    # It is not sent yet, and a reload does not lose it.
    maker.reload()
    expect(maker.get_by_text("This recording was not sent yet.")).to_be_visible()
    axe(maker)
    maker.get_by_role("button", name="Keep it").click()
    expect(maker.get_by_text("Your voice note is kept.")).to_be_visible()
    note = voices.voice_of(piece)
    assert note.mime in ("audio/webm", "audio/mp4") and 1 <= note.seconds <= 6
    # Another one, from a file, takes its place; then it goes.
    maker.get_by_label("Choose a recording").set_input_files(RECORDING)
    maker.get_by_role("button", name="Keep it").click()
    expect(maker.get_by_text("Your voice note is kept.")).to_be_visible()
    assert voices.voice_of(piece).pk != note.pk
    maker.locator("voice-field").get_by_role("button", name="Remove").click()
    expect(maker.get_by_text("The voice note is removed.")).to_be_visible()
    assert voices.voice_of(piece) is None
