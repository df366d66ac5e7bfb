"""Journey A on a telephone over 3G: a co-operative opens, lists its first piece, sells, ships and is paid.

In Vietnamese, and in Thai (drills). tests/browser/slow_phone.py can write pictures of all screens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Error, Route, expect

from catalogue.models import Product
from marketplace.fulfilment.conversations import write
from marketplace.fulfilment.models import Consignment, DispatchPhoto, Message
from marketplace.workshops.deciding import decide
from marketplace.workshops.models import Decision, Workshop
from tests.browser.slow_phone import PHONE, Walk
from tests.factories import make_buyer, make_craft, make_material, make_order, make_village
from tests.factories.places import make_officer
from tests.marketplace.payouts import make_terms
from tests.storefront.signing_up import code_in

MOST_SCREENS, MOST_FIELDS = 12, 10


@dataclass(frozen=True)
class Maker:
    """Who opens, in her own language, and what she answers."""

    language: str
    locale: str
    economy: str
    typed: str
    number: str
    village: str
    group: str
    person: str
    title: str
    summary: str
    story: str
    receive: str
    answer: str
    hs: str
    customs: str
    address: dict[str, str]
    tracking: str = "RR123456785VN"


HOA = Maker(
    "vi", "vi-VN", "VN", "0901 234 567", "+84901234567", "Sao Mai", "Hợp tác xã sơn mài Sao Mai", "Nguyễn Thị Hoa",
    "Bát tre sơn son", "Bát tre quấn tay, mười hai lớp sơn.", "Mẹ tôi dạy tôi quấn tre. Mỗi lớp sơn khô ba ngày.",
    "380000", "Chào anh, chúng tôi bắt đầu làm bát từ thứ hai.", "441919", "Bowl of coiled bamboo with lacquer, for the table",
    {"name": "Sao Mai Lacquer Cooperative", "line1": "12 Duong Tre", "city": "Sao Mai", "postcode": "100000"},
)  # fmt: skip
SOMJAI = Maker(
    "th", "th-TH", "TH", "081 234 5678", "+66812345678", "บ้านฝ้าย", "สหกรณ์ทอผ้าบ้านฝ้าย", "สมใจ แก้วงาม",
    "ผ้าพันคอย้อมคราม", "ผ้าฝ้ายทอมือ ย้อมครามสามครั้ง", "เราปลูกครามเองที่ริมน้ำ ย้อมแล้วตากในร่มสามวัน",
    "850", "สวัสดีค่ะ เราเริ่มทอวันจันทร์นี้ค่ะ", "621490", "Scarf of woven cotton, dyed with indigo",
    {"name": "Ban Fai Weavers Cooperative", "line1": "7 Moo 3", "city": "Ban Fai", "postcode": "50000"},
)  # fmt: skip


@cache
def heavy_photo(colour: str) -> bytes:
    """A JPEG of 12 megapixels and more than 2 MB, as a telephone makes them: mostly plain, with a grainy part."""
    image = Image.new("RGB", (4000, 3000), colour)
    image.paste(Image.effect_noise((1500, 1400), 90).convert("RGB"), (1200, 800))
    file = BytesIO()
    image.save(file, "JPEG", quality=95)
    assert 2_000_000 < file.tell() < 3_500_000
    return file.getvalue()


def photos() -> list[dict]:
    rows = (("front.jpg", "firebrick"), ("back.jpg", "saddlebrown"))
    return [{"name": name, "mimeType": "image/jpeg", "buffer": heavy_photo(colour)} for name, colour in rows]


@pytest.fixture
def register(live_server, smsoutbox) -> Iterator[dict]:
    """What is there before anybody comes: villages with their officer, crafts, materials and how makers are paid."""
    make_terms("VN", "TH")
    there = {
        maker.economy: make_village(economy=maker.economy, name={"en": "A village", maker.language: maker.village})
        for maker in (HOA, SOMJAI)
    }
    make_village(economy="VN", name="Đồng Hạ")
    make_craft(name={"en": "Lacquer", "vi": "Sơn mài", "th": "เครื่องเขิน"})
    for words in ({"en": "Bamboo", "vi": "Tre", "th": "ไม้ไผ่"}, {"en": "Lacquer", "vi": "Sơn ta", "th": "ยางรัก"}):
        make_material(name=words)
    return {code: make_officer(village) for code, village in there.items()} | {"sms": smsoutbox}


@pytest.mark.drill_only
@pytest.mark.parametrize("maker", [HOA, SOMJAI], ids=lambda maker: maker.language)
def test_from_a_link_to_the_first_parcel_on_a_telephone_over_3g(maker, register, open_page):
    page = open_page(locale=maker.locale, **PHONE)
    walk = Walk(page, f"{maker.language}-360")
    open_workshop(walk, maker, register["sms"])
    list_piece(walk, maker, register[maker.economy])
    assert len(walk.screens) <= MOST_SCREENS, walk.screens
    piece = Product.objects.get()
    assert (piece.title, piece.stage, piece.is_public) == (maker.title, "live", True)
    assert (piece.supply, piece.lead_days, piece.month_capacity, piece.images.count()) == ("made_to_order", 12, 20, 2)
    stranger = open_page(locale=maker.locale, **PHONE)
    stranger.goto(f"/{maker.language}/products/")
    stranger.get_by_role("link", name=maker.title).first.click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(maker.title)
    walk.leave_3g()
    tell_customs(walk, maker)
    sell(walk, maker, piece)


def open_workshop(walk: Walk, maker: Maker, sms: list) -> None:
    """From the officer's link to an own desk: five screens."""
    page, start = walk.page, f"/{maker.language}/desk/open"
    page.goto(f"{start}/?economy={maker.economy}")
    expect(page.locator(".keep")).to_be_visible()
    walk.look("open")
    walk.fields()
    walk.press("a[href*='/open/contact/']", f"**{start}/contact/**")
    walk.look("contact")
    walk.fields()
    page.fill("[name=contact]", maker.typed)
    walk.press("main form .button", f"**{start}/code/")
    walk.look("code")
    walk.fields()
    page.fill("[name=code]", code_in(sms, maker.number))
    walk.press("main form:has([name=code]) .button", f"**{start}/group/")
    walk.fields()
    page.fill("main [name=name]", maker.group)
    page.check("[name=kind][value=cooperative]")
    page.fill("[name=person]", maker.person)
    walk.look("group")
    walk.press("main form .button", f"**{start}/village/")
    walk.fields()
    page.get_by_text(maker.village, exact=True).click()
    walk.look("village")
    walk.press("form:has([name=village_asked]) .button", re.compile(rf"/{maker.language}/desk/(?!open)[^/]+/$"))
    walk.look("desk")
    assert len(walk.asked) <= MOST_FIELDS, walk.asked
    workshop = Workshop.objects.get()
    assert (workshop.stage, workshop.kind, str(workshop.source_language)) == ("applied", "cooperative", maker.language)


def list_piece(walk: Walk, maker: Maker, officer) -> None:
    """Six screens; the line is lost while photos are on their way, and again when the words are sent."""
    page = walk.page
    walk.press("a[href$='/pieces/new/']", "**/pieces/new/")
    send_photos(walk)
    walk.press(".step-end .button", "**/step/words/")
    send_words(walk, maker)
    expect(page.locator("[name=craft]")).to_be_visible()
    page.select_option("[name=craft]", index=1)
    page.locator("[name=materials]").first.check()
    page.fill("[name=net_weight_g]", "420")
    page.fill("[name=length]", "18")
    walk.look("thing")
    walk.press(".step-end .button", "**/step/sale/")
    page.check("[value=made_to_order]")
    page.fill("[name=lead_days]", "12")
    page.fill("[name=month_capacity]", "20")
    walk.look("sale")
    walk.press(".step-end .button", "**/step/price/")
    page.fill("[name=receive]", maker.receive)
    expect(page.locator(".worked-out .example")).to_have_count(3)
    walk.look("price")
    walk.press(".step-end .button", "**/step/ready/")
    walk.look("ready")
    workshop = Workshop.objects.get()
    decide(workshop=workshop, officer=officer, outcome=Decision.Outcome.OPENED, reason=Decision.Reason.VISITED)
    walk.press(".step-publish .button", re.compile(r"/pieces/#piece-\d+$"))
    walk.shoot("in-the-shop")


def send_photos(walk: Walk) -> None:
    """Cut after the first one has arrived, and the tab is gone: both are there when she comes back."""
    page, sent = walk.page, []

    def second_is_lost(route: Route) -> None:
        sent.append(len(route.request.post_data_buffer))
        if len(sent) == 1:
            route.continue_()
        else:
            walk.cut()
            route.abort("connectionreset")

    page.route("**/photos/", second_is_lost)
    page.set_input_files("[name=photos]", photos())
    lost = page.locator("photo-field").get_attribute("data-lost")
    states = page.locator("photo-field [data-state]")
    expect(states).to_have_text([page.locator("photo-field").get_attribute("data-arrived"), lost])
    # Made small on the telephone before they travel.
    assert max(sent) < 500_000, sent
    walk.shoot("photos-lost")
    page.unroute("**/photos/")
    here = page.url
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    walk.reconnect()
    page.goto(here)
    expect(page.locator("photo-field [name=kept]")).to_have_count(2)
    walk.look("photos")


def send_words(walk: Walk, maker: Maker) -> None:
    """Cut just before she presses the button: she is told, and it goes by itself when the line is back."""
    page = walk.page
    page.fill("[name=title]", maker.title)
    page.fill("[name=summary]", maker.summary)
    page.fill("main [name=description]", maker.story)
    walk.look("words")
    walk.cut()
    page.locator(".step-end .button").click()
    expect(page.locator(".keep-note")).to_contain_text(page.locator("keep-form").get_attribute("data-lost"))
    walk.shoot("words-lost")
    assert Product.objects.get().title == ""
    walk.reconnect()
    page.wait_for_url("**/step/thing/")
    assert Product.objects.get().title == maker.title


def tell_customs(walk: Walk, maker: Maker) -> None:
    """What the last screen called missing: the code of customs, and the address on her parcels."""
    page = walk.page
    page.locator(".row-link").first.click()
    page.wait_for_url(re.compile(r"/pieces/\d+/$"))
    walk.press("main a[href$='/readiness/']", "**/readiness/")
    walk.look("readiness")
    page.fill("#own-code", maker.hs)
    page.locator(".hs-own button").click()
    expect(page.locator(".hs-helper b")).to_contain_text(maker.hs[:4])
    about = page.locator("form:has([name=customs_description])").first
    about.locator("[name=customs_description]").fill(maker.customs)
    about.locator("button").click()
    expect(page.locator(".ready-gap [name=customs_description]")).to_have_count(0)
    page.goto(f"{page.url.partition('/pieces/')[0]}/sender/")
    for name, value in maker.address.items():
        page.fill(f"main [name={name}]", value)
    walk.look("sender")
    page.locator("main form button").first.click()
    expect(page.locator(".messages")).to_be_visible()


def sell(walk: Walk, maker: Maker, piece: Product) -> None:
    """A buyer in Yokohama pays and asks: she answers, packs, prints, sends, and reads what she is owed."""
    page, desk = walk.page, f"/{maker.language}/desk/"
    make_order([piece], buyer=make_buyer(), language="ja", paid=True)
    row = Consignment.objects.get()
    write(consignment=row, side=Message.Side.BUYER, key=uuid4(), language="ja", text="いつ始めますか。")
    page.goto(desk)
    walk.look("to-do")
    page.locator(f"main a[href$='/consignments/{row.pk}/']").first.click()
    page.wait_for_url(f"**/consignments/{row.pk}/")
    walk.look("consignment")
    walk.press("main a[href$='/messages/']", "**/messages/")
    walk.look("messages")
    page.fill("[name=text]", maker.answer)
    page.locator("[name=action][value=write]").click()
    expect(page.locator(".message.mine")).to_contain_text(maker.answer)
    walk.shoot("answered")
    page.goto(f"{page.url.partition('/messages/')[0]}/")
    page.locator("[name^=weight]").first.fill("610")
    page.locator("[value=pack]").click()
    expect(page.locator("[value=send]")).to_be_visible()
    walk.look("packed")
    paper = page.request.get(page.locator(".all-papers a").get_attribute("href"))
    assert (paper.status, paper.headers["content-type"], paper.body()[:5]) == (200, "application/pdf", b"%PDF-")
    page.select_option("[name=carrier]", index=0)
    page.locator("form:has([value=send]) [name^=tracking]").fill(maker.tracking)
    page.set_input_files("form:has([value=send]) [name=photo]", photos()[0])
    page.locator("[value=send]").click()
    expect(page.locator("[value=deliver]")).to_be_visible()
    walk.look("sent")
    row.refresh_from_db()
    assert (row.state, row.parcels.get().tracking, DispatchPhoto.objects.count()) == ("sent", maker.tracking, 1)
    assert list(row.messages.values_list("side", "text")) == [("buyer", "いつ始めますか。"), ("maker", maker.answer)]
    page.goto(f"{page.url.partition('/consignments/')[0]}/earnings/")
    expect(page.locator("main")).to_contain_text(row.number)
    walk.look("earnings")
