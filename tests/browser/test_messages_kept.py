"""A message survives that its writer was signed out meanwhile, and a photo travels with it."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from marketplace.fulfilment.models import Consignment, Message
from tests.browser.conftest import PHONE
from tests.factories import make_member, make_order, make_piece, make_workshop
from tests.factories.places import PASSWORD

WORDS = "Cảm ơn! The bowl dries until Friday."


@pytest.fixture
def consignment(db) -> Consignment:
    return make_order([make_piece(make_workshop("sao-mai-lacquer"))], paid=True).order.consignments.get()


def test_signed_out_in_another_tab_she_finds_her_words_again(open_page, shop, consignment):
    user = make_member(consignment.workshop, email="hoa@example.com")
    client = Client()
    client.force_login(user)
    page = open_page(**PHONE)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": shop}])
    here = reverse("desk:conversation", kwargs={"workshop": consignment.workshop.slug, "pk": consignment.pk})
    page.goto(here)
    page.fill("[name=text]", WORDS)
    page.select_option("[name=language]", "vi")
    client.logout()
    page.locator(".message-form .button").click()
    page.wait_for_url("**/account/login/**")
    assert not Message.objects.exists()
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**{here}")
    expect(page.locator("[name=text]")).to_have_value(WORDS)
    expect(page.locator("[name=language]")).to_have_value("vi")
    expect(page.locator(".keep-note")).to_contain_text("Here is what you typed before.")
    file = BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(file, "JPEG")
    page.set_input_files("[name=photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    page.locator(".message-form .button").click()
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    message = Message.objects.get()
    assert (message.text, message.language, bool(message.photo)) == (WORDS, "vi", True)
    expect(page.locator(f"#m{message.pk}")).to_contain_text(WORDS)
    expect(page.locator("[name=text]")).to_have_value("")
    page.goto(here)
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator(".keep-note")).to_have_count(0)
