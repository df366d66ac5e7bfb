"""The whole walk, in Japanese on a phone: two makers' pieces from a story to two consignments, and the card elsewhere."""

import re
from decimal import Decimal

import pytest
from django.core import mail
from oscar.core.loading import get_model
from playwright.sync_api import Page, expect

from marketplace.fulfilment.models import Consignment
from marketplace.payments.models import Payment
from tests.factories import make_member, make_piece, make_story, make_village, make_workshop
from tests.factories.places import PASSWORD
from tests.tools.agency_page import Agency

StockRecord = get_model("partner", "StockRecord")


@pytest.fixture
def two_makers() -> dict:
    """A lacquer workshop in Viet Nam with a story about it, and a kiln in Chinese Taipei."""
    village = make_village("sao-mai", name={"en": "Sao Mai", "ja": "サオマイ"})
    lacquer = make_workshop(
        "sao-mai-lacquer", village=village, name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"}
    )
    hills = make_village("yunshan", economy="TW", name={"en": "Yunshan", "ja": "雲杉"})
    kiln = make_workshop("yunshan-kiln", village=hills, name={"en": "Yunshan Kiln", "ja": "雲杉窯"})
    bowl = make_piece(
        lacquer,
        title={"vi": "Bát sơn", "en": "Red bowl", "ja": "朱の椀"},
        source="vi",
        price="48.00",
        stock=3,
        pictures=1,
    )
    cup = make_piece(
        kiln,
        title={"en": "Small cup", "ja": "小さな杯"},
        price="18.50",
        supply="one_of_a_kind",
        stock=1,
        pictures=1,
    )
    story = make_story(
        title={"en": "The bowl that waits", "ja": "待つ椀"},
        slug="the-bowl-that-waits",
        village=village,
        workshop=lacquer,
        body=[
            {"type": "text", "id": "1", "value": {"heading": "", "text": "<p>室の壁は土でできている。</p>"}},
            {"type": "product", "id": "2", "value": {"product": bowl.pk}},
        ],
    )
    make_member(lacquer, email="hoa@example.com")
    make_member(kiln, email="lin@example.com")
    return {"bowl": bowl, "cup": cup, "story": story, "lacquer": lacquer, "kiln": kiln}


def test_from_a_story_to_two_consignments_and_a_card(phone: Page, open_page, two_makers, fake_stripe, shop):
    phone.goto("/ja/stories/the-bowl-that-waits/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("待つ椀")
    phone.get_by_role("link", name="朱の椀").first.click()
    _add_to_basket(phone)
    phone.goto("/ja/products/?economy=TW")
    phone.get_by_role("link", name="小さな杯").first.click()
    _add_to_basket(phone)
    expect(phone.locator("basket-count")).to_contain_text("2")
    _check_out(phone)
    number = _pay(phone, fake_stripe)
    _assert_two_consignments(number, two_makers)
    _assert_each_desk_shows_its_own(open_page, two_makers)
    _assert_card_elsewhere(open_page, shop)


def _add_to_basket(page: Page) -> None:
    page.get_by_role("button", name="バスケットに入れる").filter(visible=True).first.click()
    page.wait_for_url("**/ja/basket/")


def _check_out(page: Page) -> None:
    page.get_by_role("button", name="購入手続きへ").click()
    page.get_by_label("メールアドレス").fill("kenji@example.com")
    page.get_by_label("国・地域").select_option(label="日本")
    page.get_by_label("お名前").fill("田中健司")
    page.get_by_label("郵便番号").fill("540-0001")
    page.get_by_label("都道府県・州").fill("大阪府")
    page.get_by_label("市区町村").fill("大阪市中央区")
    page.get_by_label("番地").fill("城見1-2-3")
    page.get_by_role("button", name="確認へ進む").click()
    page.wait_for_url("**/ja/checkout/review/")
    expect(page.get_by_text("〒540-0001")).to_be_visible()
    expect(page.get_by_text("サオマイ漆器")).to_be_visible()
    expect(page.get_by_text("雲杉窯")).to_be_visible()


def _pay(page: Page, fake_stripe) -> str:
    """Pays on the hosted page; answers the order's number."""
    page.get_by_role("button", name="を支払う").click()
    page.wait_for_url("**/pay/cs_test_*")
    page.get_by_role("button", name="支払う").first.click()
    page.wait_for_url("**/ja/orders/*/**")
    fake_stripe.wait_idle()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "ありがとうございます。お支払いが完了しました。"
    )
    return page.url.partition("/orders/")[2].partition("/")[0]


def _assert_two_consignments(number: str, makers: dict) -> None:
    payment = Payment.objects.get(order__number=number)
    assert (payment.state, payment.language) == ("paid", "ja")
    parts = {row.workshop_id: row for row in Consignment.objects.filter(order__number=number)}
    assert set(parts) == {makers["lacquer"].pk, makers["kiln"].pk}
    assert parts[makers["lacquer"].pk].goods == Decimal("48.00")
    assert parts[makers["kiln"].pk].goods == Decimal("18.50")
    assert sum(row.total for row in parts.values()) == payment.amount
    stock = {row.product_id: (row.num_in_stock, row.num_allocated or 0) for row in StockRecord.objects.all()}
    assert stock == {makers["bowl"].pk: (2, 0), makers["cup"].pk: (0, 0)}
    assert sorted(message.to[0] for message in mail.outbox) == [
        "hoa@example.com",
        "kenji@example.com",
        "lin@example.com",
    ]
    assert f"ご注文 {number} のお支払いが完了しました" in [message.subject for message in mail.outbox]


def _assert_each_desk_shows_its_own(open_page, makers: dict) -> None:
    # A maker reads her own words for her piece, whatever language the buyer read.
    bowl, cup = re.compile("Bát sơn"), re.compile("Small cup|小さな杯")
    for email, own, other in (("hoa@example.com", bowl, cup), ("lin@example.com", cup, bowl)):
        desk = open_page(locale="ja-JP", viewport={"width": 390, "height": 844})
        desk.goto("/desk/")
        desk.get_by_label("メールアドレス").fill(email)
        desk.get_by_label("パスワード").fill(PASSWORD)
        desk.get_by_role("button", name="ログイン").click()
        desk.wait_for_url("**/ja/desk/**")
        desk.locator("main").get_by_role("listitem").filter(has_text="田中健司").get_by_role(
            "link"
        ).first.click()
        expect(desk.get_by_text(own).first).to_be_visible()
        expect(desk.get_by_text(other)).to_have_count(0)
        desk.get_by_role("button", name="荷造りができました").click()
        expect(desk.get_by_text("荷造り済みにしました。")).to_be_visible()
    assert set(Consignment.objects.values_list("state", flat=True)) == {"packed"}


def _assert_card_elsewhere(open_page, shop: str) -> None:
    with Agency(shop) as agency:
        page = open_page(locale="ja-JP", viewport={"width": 390, "height": 844})
        page.goto(f"{agency.url}/ja/")
        card = page.frame_locator("iframe")
        expect(card.get_by_role("heading", level=1)).to_have_text("待つ椀")
        expect(card.get_by_text("朱の椀")).to_be_visible()
        assert page.context.cookies() == []
        with page.expect_popup() as opened:
            card.get_by_role("link", name="物語を読む").click()
        assert opened.value.url.startswith(f"{shop}/ja/stories/the-bowl-that-waits/")
