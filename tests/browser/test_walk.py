"""The whole walk on a phone: from a card on an agency's page to two makers' consignments and the agency's statement.

In Japanese, and in two languages that nobody speaks: one from right to left and one with very long words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext
from oscar.core.loading import get_model
from playwright.sync_api import Page, expect

from marketplace.fulfilment.models import Consignment
from marketplace.payments import refunds
from marketplace.payments.models import Payment, ShareRule
from marketplace.payments.payouts.balances import balance_of, currencies_of
from marketplace.payments.refund_amounts import Wish
from tests import pseudo
from tests.browser.conftest import PHONE
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_member,
    make_piece,
    make_seat,
    make_story,
    make_village,
    make_workshop,
)
from tests.factories.places import PASSWORD
from tests.tools.agency_page import Agency

# A browser that says it has no head is a robot, and robots bring nobody.
BROWSER = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
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


@dataclass(frozen=True)
class Reader:
    """Somebody with a phone. What she reads of the stories and pieces is Japanese, or English where she has no words."""

    language: str
    story: str = "The bowl that waits"
    bowl: str = "Red bowl"
    cup: str = "Small cup"
    lacquer: str = "Sao Mai Lacquer"
    kiln: str = "Yunshan Kiln"
    pay: str = "Pay"

    def reads(self, message: str, context: str | None = None) -> str:
        """What stands on the screen for one of our messages."""
        with override(self.language):
            return pgettext(context, message) if context else gettext(message)


JAPANESE = Reader("ja", "待つ椀", "朱の椀", "小さな杯", "サオマイ漆器", "雲杉窯", "支払う")
NOBODY = [Reader(pseudo.RIGHT_TO_LEFT), Reader(pseudo.LONG)]


@pytest.fixture
def nobodys_languages(settings, tmp_path) -> Iterator[None]:
    """The shop answers in the two languages of tests/pseudo.py as well."""
    codes = [reader.language for reader in NOBODY]
    settings.LANGUAGES = [*settings.LANGUAGES, *((code, code) for code in codes)]
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = [*settings.MARKETPLACE_STOREFRONT_LANGUAGES, *codes]
    settings.LOCALE_PATHS = [pseudo.write_catalogues(tmp_path)]
    yield from pseudo.forget_catalogues()


def test_from_an_agencys_page_to_two_consignments_and_the_agencys_statement(open_page, two_makers, fake_stripe, shop):
    agency = make_agency("chang-thong")
    make_agency_terms("5")
    ShareRule.objects.create(commission=Decimal("12.5"), valid_from="2020-01-01", source="Sample")
    elsewhere = open_page(locale="ja-JP", timezone_id="Asia/Tokyo", user_agent=BROWSER, **PHONE)
    with Agency(shop, via=agency.code) as site:
        story = _follow_the_card(elsewhere, site.url, shop)
    number = _walk(JAPANESE, story, open_page, two_makers, fake_stripe)
    _assert_stands_once_in_the_statement(open_page, agency, number)


@pytest.mark.drill_only
@pytest.mark.parametrize("reader", NOBODY, ids=["right-to-left", "long"])
def test_the_same_walk_in_languages_that_nobody_speaks(
    reader: Reader, nobodys_languages, open_page, two_makers, fake_stripe
):
    page = open_page(**PHONE)
    page.goto(f"/{reader.language}/stories/the-bowl-that-waits/")
    _walk(reader, page, open_page, two_makers, fake_stripe)


def _walk(reader: Reader, phone: Page, open_page, makers: dict, fake_stripe) -> str:
    """From the story to two paid and packed consignments; answers the order's number."""
    expect(phone.get_by_role("heading", level=1)).to_have_text(reader.story)
    direction = "rtl" if reader.language == pseudo.RIGHT_TO_LEFT else "ltr"
    assert phone.evaluate("getComputedStyle(document.body).direction") == direction
    _add_to_basket(reader, phone, reader.bowl)
    phone.goto(f"/{reader.language}/products/?economy=TW")
    _assert_whole(phone)
    _add_to_basket(reader, phone, reader.cup)
    expect(phone.locator("basket-count")).to_contain_text("2")
    _check_out(reader, phone)
    number = _pay(reader, phone, fake_stripe)
    _assert_two_consignments(reader, number, makers)
    _assert_each_desk_shows_its_own(reader, open_page, makers)
    return number


def _assert_whole(page: Page) -> None:
    """Nothing is cut off and nothing hangs over the edge."""
    assert page.evaluate(CUT_OFF) == []


# Texts that are wider than their box (hidden ones and those that end in dots on purpose aside), and a page that
# scrolls sideways.
CUT_OFF = """() => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) found.push(`page ${root.scrollWidth} > ${root.clientWidth}`);
  for (const box of document.body.querySelectorAll("a, button, label, p, h1, h2, h3, dt, dd, li, td, th, legend, summary")) {
    const style = getComputedStyle(box);
    if (!box.checkVisibility() || box.closest(".visually-hidden, .word, .skip") || style.webkitLineClamp !== "none") continue;
    const clips = style.overflowX === "hidden" || style.overflowX === "clip";
    const edge = box.getBoundingClientRect();
    const scrolls = box.parentElement.closest("nav, .strip, .thumbs, table") !== null;
    if (clips && box.scrollWidth > box.clientWidth + 1) found.push(`cut: ${box.outerHTML.slice(0, 120)}`);
    if (!scrolls && edge.width && (edge.right > root.clientWidth + 1 || edge.left < -1)) {
      found.push(`over the edge: ${box.outerHTML.slice(0, 120)}`);
    }
  }
  return found;
}"""


def _add_to_basket(reader: Reader, page: Page, title: str) -> None:
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _assert_whole(page)
    page.locator(".buy-bar").get_by_role("button", name=reader.reads("Add to basket", "shop")).click()
    page.wait_for_url(f"**/{reader.language}/basket/")
    _assert_whole(page)


def _check_out(reader: Reader, page: Page) -> None:
    page.get_by_role("button", name=reader.reads("Go to checkout")).click()
    page.wait_for_url(f"**/{reader.language}/checkout/")
    _assert_whole(page)
    page.get_by_label(reader.reads("E-mail")).fill("kenji@example.com")
    # The fields of Japan come while the name is being typed.
    page.get_by_label(reader.reads("Economy or territory")).select_option(value="JP")
    page.get_by_label(reader.reads("Full name")).fill("田中健司")
    prefectures = page.locator("select:has([value='大阪府'])")
    prefectures.select_option(value="大阪府")
    expect(page.get_by_label(reader.reads("Prefecture", "address"), exact=True)).to_have_value("大阪府")
    expect(page.get_by_label(reader.reads("Full name"))).to_have_value("田中健司")
    _assert_whole(page)
    page.get_by_label(reader.reads("Postcode")).fill("5400001")
    page.get_by_label(reader.reads("City, ward or town", "address")).fill("大阪市中央区")
    page.get_by_label(reader.reads("Street and number"), exact=True).fill("城見1-2-3")
    page.get_by_label(reader.reads("Given name in Latin letters")).fill("Kenji")
    page.get_by_label(reader.reads("Family name in Latin letters")).fill("Tanaka")
    page.get_by_label(reader.reads("Street and number in Latin letters")).fill("1-2-3 Shiromi")
    page.get_by_label(reader.reads("City in Latin letters")).fill("Chuo-ku, Osaka")
    page.get_by_role("button", name=reader.reads("Continue to review")).click()
    page.wait_for_url(f"**/{reader.language}/checkout/review/")
    _assert_whole(page)
    expect(page.get_by_text("540-0001")).to_be_visible()
    expect(page.get_by_text(reader.lacquer)).to_be_visible()
    expect(page.get_by_text(reader.kiln)).to_be_visible()


def _pay(reader: Reader, page: Page, fake_stripe) -> str:
    """Pays on the hosted page; answers the order's number."""
    before, _total, after = reader.reads("Pay %(total)s on Stripe").partition("%(total)s")
    page.get_by_role("button", name=re.compile(f"^{re.escape(before)}.+{re.escape(after)}$")).click()
    page.wait_for_url("**/pay/cs_test_*")
    page.get_by_role("button", name=reader.pay).first.click()
    page.wait_for_url(f"**/{reader.language}/orders/*/**")
    fake_stripe.wait_idle()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(reader.reads("Thank you. Your order is paid."))
    _assert_whole(page)
    return page.url.partition("/orders/")[2].partition("/")[0]


def _assert_two_consignments(reader: Reader, number: str, makers: dict) -> None:
    payment = Payment.objects.get(order__number=number)
    assert (payment.state, payment.language) == ("paid", reader.language)
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
        "lin@example.com",  # it was the last cup
    ]
    subject = reader.reads("Your order %(number)s is paid") % {"number": number}
    assert subject in [message.subject for message in mail.outbox]


def _assert_each_desk_shows_its_own(reader: Reader, open_page, makers: dict) -> None:
    # A maker reads her own words for her piece, whatever language the buyer read.
    bowl, cup = re.compile("Bát sơn"), re.compile("Small cup|小さな杯")
    for email, own, other in (("hoa@example.com", bowl, cup), ("lin@example.com", cup, bowl)):
        desk = open_page(viewport={"width": 390, "height": 844})
        desk.goto(f"/{reader.language}/desk/")
        desk.get_by_label(reader.reads("E-mail or telephone number")).fill(email)
        desk.get_by_label(reader.reads("Password")).fill(PASSWORD)
        desk.get_by_role("button", name=reader.reads("Sign in")).click()
        desk.wait_for_url(f"**/{reader.language}/desk/**")
        _assert_whole(desk)
        # The line of this buyer within the task, not the way to all that are due with it.
        desk.locator("main li:not(:has(li))").filter(has_text="田中健司").get_by_role("link").first.click()
        expect(desk.get_by_text(own).first).to_be_visible()
        expect(desk.get_by_text(other)).to_have_count(0)
        _assert_whole(desk)
        desk.locator("input[name$=weight]").first.fill("600")
        desk.get_by_role("button", name=reader.reads("The parcel is packed")).click()
        expect(desk.get_by_text(reader.reads("Marked as packed."))).to_be_visible()
    assert set(Consignment.objects.values_list("state", flat=True)) == {"packed"}


def _follow_the_card(page: Page, site: str, shop: str) -> Page:
    """From the card on another site, which sets no cookie, to the story in the shop, in a page of its own."""
    page.goto(f"{site}/ja/")
    card = page.frame_locator("iframe")
    expect(card.get_by_role("heading", level=1)).to_have_text("待つ椀")
    expect(card.get_by_text("朱の椀")).to_be_visible()
    assert page.context.cookies() == []
    with page.expect_popup() as opened:
        card.get_by_role("link", name="物語を読む").click()
    opened.value.wait_for_url(f"{shop}/ja/stories/the-bowl-that-waits/")
    return opened.value


def _assert_stands_once_in_the_statement(open_page, agency, number: str) -> None:
    """5 % of 66.50 USD of goods, line by line; all of it is taken back with a refund of the whole order."""
    make_seat(agency, email="ploy@example.com")
    desk = open_page(**PHONE)
    desk.goto("/ja/agency/")
    desk.get_by_label(JAPANESE.reads("E-mail or telephone number")).fill("ploy@example.com")
    desk.get_by_label(JAPANESE.reads("Password")).fill(PASSWORD)
    desk.get_by_role("button", name=JAPANESE.reads("Sign in")).click()
    desk.wait_for_url("**/ja/agency/chang-thong/**")
    [currency] = currencies_of(agency)
    month = timezone.localdate()
    desk.goto(f"/ja/agency/chang-thong/money/{currency}/{month:%Y-%m}/")
    lines = desk.locator(".desk-rows li").filter(has_text=number.partition("-")[0])
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text(re.compile("5 ?% .*66[.]50|66[.]50.*5 ?%"))
    _assert_whole(desk)
    assert balance_of(agency, currency, None).owed.amount > 0
    payment = Payment.objects.get(order__number=number)
    whole = [Wish(row) for row in payment.order.consignments.all()]
    refunds.ask_refund(payment=payment, wishes=whole, reason="cancelled", key="all", as_="staff")
    desk.reload()
    expect(lines).to_have_count(2)
    assert balance_of(agency, currency, None).owed.amount == 0
    _assert_whole(desk)
