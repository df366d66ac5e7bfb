"""The market in the address: prices follow it everywhere, public pages stay public, and what is closed is said."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace import formats
from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate, Market
from marketplace.fulfilment.models import ConsignmentLevy, OrderConversion, PriceQuote, ShippingRate
from marketplace.money import Money, format_money, to_minor
from marketplace.payments.models import Payment
from tests.factories import make_piece, make_village, make_workshop
from tests.ledger import nothing_changes
from tests.people import Visitor
from tests.shopping import Shopper, deliver, hidden_fields, told

pytestmark = pytest.mark.django_db
CANADA = {
    "email": "jo@example.com",
    "economy": "CA",
    "full_name": "Jo Maple",
    "line1": "1 Maple Street",
    "city": "Calgary",
    "state": "AB",
    "postcode": "T2P 1J9",
    "phone": "+1 403 555 0199",
}


@pytest.fixture
def rates(fresh):
    """1 USD is worth 1.25 CAD, 150.25 JPY and 0.80 EUR today."""
    today = timezone.localdate()
    ExchangeRate.objects.all().delete()
    for quote, value in (("USD", "1.25"), ("CAD", "1.5625"), ("JPY", "187.8125")):
        ExchangeRate.objects.create(base="EUR", quote=quote, value=Decimal(value), on=today, source="test")
    versions.touch(versions.RATES)
    fresh()


def set_rate(quote: str, value: str, on=None) -> None:
    ExchangeRate.objects.filter(quote=quote).delete()
    if value:
        ExchangeRate.objects.create(
            base="EUR", quote=quote, value=Decimal(value), on=on or timezone.localdate(), source="test"
        )
    versions.touch(versions.RATES)


def test_prices_follow_the_market_on_every_public_page(rates):
    piece = make_piece(title={"en": "Red bowl"}, price="48.00")
    client = Visitor()
    for path in ("products/", f"products/{piece.slug}-{piece.pk}/", "search/?q=bowl"):
        plain, there = client.get(f"/en/{path}"), client.get(f"/ca-cad/en/{path}")
        assert "$48.00" in plain.text and "CA$" not in plain.text
        assert "CA$59.95" in there.text and "$48.00" not in there.text
        assert "public" in there["Cache-Control"] and not there.cookies
        assert f'href="/ca-cad/en/products/{piece.slug}-{piece.pk}/"' in there.text or "bowl" not in path
    yen = client.get("/jp-jpy/ja/products/")
    assert format_money(Money(Decimal(7210), "JPY"), "ja") in yen.text


def test_links_keep_the_market_and_search_engines_are_told_of_none(rates):
    make_piece(title={"en": "Red bowl"})
    page = Visitor().get("/ca-cad/en/products/")
    assert page.context["canonical_url"].endswith("//testserver/en/products/")
    assert {row["url"] for row in page.context["alternates"]} & {"http://testserver/ja/products/"}
    assert [row["url"] for row in page.context["languages"]][:2] == ["/ca-cad/en/products/", "/ca-cad/ja/products/"]
    links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', page.text))
    assert [link for link in links if not link.startswith("/ca-cad/")] == []


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        ("/zz-cad/en/products/", "/en/products/?was=zz-cad"),
        ("/ca-xyz/en/products/", "/ca-cad/en/products/?was=ca-xyz"),
        ("/ru-usd/en/products/?sort=price", "/en/products/?sort=price&was=ru-usd"),
    ],
)
def test_what_is_not_on_offer_leads_to_what_is(rates, asked, lands):
    client = Visitor()
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (302, lands)
    assert client.get(lands).context["market"]["was"]


def test_a_currency_without_a_fresh_rate_is_off_offer_and_says_so(rates):
    make_piece(price="48.00")
    client = Visitor()
    set_rate("CAD", "1.5625", on=timezone.localdate() - timedelta(days=4))
    assert client.get("/ca-cad/en/products/").status_code == 200
    set_rate("CAD", "1.5625", on=timezone.localdate() - timedelta(days=5))
    answer = client.get("/ca-cad/en/products/", follow=True)
    assert answer.redirect_chain == [("/ca-usd/en/products/?was=ca-cad", 302)]
    assert "At the moment nothing can be paid in CAD: there is no recent exchange rate." in answer.text
    assert "Prices are in US Dollar." in answer.text
    assert "$48.00" in answer.text


@pytest.mark.parametrize("path", ["admin/", "webhooks/stripe/", "oembed/", "media/x.jpg", "static/x.css", "dashboard/"])
def test_only_the_storefront_has_markets(path):
    assert Visitor().get(f"/ca-cad/{path}").status_code == 404


def test_choosing_a_market_leads_to_the_same_page_and_basket_follows(rates):
    piece = make_piece(title={"en": "Red bowl"}, price="48.00")
    shopper = Shopper().fill((piece, 2))
    answer = shopper.client.get("/en/market/", {"to": "CA", "currency": "", "next": "/en/products/?sort=price"})
    assert (answer.status_code, answer["Location"]) == (302, "/ca-cad/en/products/?sort=price")
    page = shopper.client.get("/en/basket/", follow=True)
    assert page.redirect_chain == [("/ca-cad/en/basket/", 302)]
    assert page.context["total"] == Money(Decimal("119.90"), "CAD")
    assert told(page) == (
        "Prices are now in Canadian Dollar. Your pieces were $96.00 and are now CA$119.90. "
        f"1 USD = 1.25 CAD (test, {formats.day(timezone.localdate(), 'en')})."
    )
    assert not list(shopper.client.get("/ca-cad/en/basket/").context["messages"])


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil", ""])
def test_choosing_a_market_leads_nowhere_else(there):
    answer = Visitor().get("/en/market/", {"to": "CA", "currency": "CAD", "next": there})
    assert answer["Location"] == "/ca-cad/en/"


@pytest.mark.parametrize("to", ["zz", "ca-cad", "<b>", "C" * 5000, "", "\x00"])
def test_a_market_that_is_none_is_not_chosen(to):
    answer = Visitor().get("/en/market/", {"to": to, "currency": "CAD", "next": "/en/products/"})
    assert answer["Location"] in ("/en/products/", "/ca-cad/en/products/")
    assert (answer["Location"] == "/ca-cad/en/products/") == (to == "ca-cad")


def test_what_is_shown_is_what_stripe_the_mail_and_the_order_say(rates, fake_stripe, mailoutbox):
    bowl = make_piece(title={"en": "Red scarf"}, price="48.00", stock=5, hs_code="611019")
    cup = make_piece(
        make_workshop(village=make_village(economy="PE")),
        title={"en": "Small cap"},
        price="18.50",
        stock=5,
        hs_code="611019",
    )
    shopper = Shopper(market="/ca-cad").fill((bowl, 2), cup)
    assert shopper.client.post_from_page(shopper.url("checkout/"), CANADA).status_code == 302
    page = shopper.client.get(shopper.url("checkout/review/"))
    total = page.context["total"]
    parts = page.context["consignments"]
    assert total.currency == "CAD"
    assert sum((part["total"] for part in parts), Money(Decimal(0), "CAD")) == total
    answer = shopper.pay(shopper.review())
    assert answer.status_code == 303
    payment = Payment.objects.get()
    assert Money(payment.amount, payment.currency) == total
    session = fake_stripe.sessions[payment.gateway_session]
    assert (session["amount_total"], session["currency"]) == (to_minor(total), "cad")
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    (mail,) = [mail for mail in mailoutbox if mail.to == ["jo@example.com"]]
    assert f"Total paid: {format_money(total, 'en')}" in mail.body
    kept = ConsignmentLevy.objects.filter(consignment__order=payment.order)
    assert kept.exists()
    assert {row.purpose for row in OrderConversion.objects.filter(order=payment.order)} == {
        "presentment",
        "settlement",
        "payout",
    }
    shown = shopper.see(payment)
    assert shown.context["total"] == total
    assert shown.context["border_total"] == page.context["border_total"]


def place_with_quote(shopper: Shopper) -> dict:
    assert shopper.client.post_from_page(shopper.url("checkout/"), CANADA).status_code == 302
    return shopper.review()


def test_a_rate_that_changes_before_paying_changes_nothing(rates, fake_stripe):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    form = place_with_quote(shopper)
    set_rate("CAD", "1.9")
    assert shopper.pay(form).status_code == 303
    payment = Payment.objects.get()
    assert f"{payment.amount} {payment.currency}" == form["expected_total"]
    conversion = OrderConversion.objects.get(order=payment.order, purpose="presentment")
    assert conversion.rate == Decimal("1.25")


def test_after_the_quote_expired_the_buyer_is_asked_again(rates, fake_stripe):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    form = place_with_quote(shopper)
    PriceQuote.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    set_rate("CAD", "1.9")
    with nothing_changes():
        answer = shopper.pay(form)
    assert (answer.status_code, answer["Location"]) == (302, "/ca-cad/en/checkout/review/")
    again = shopper.review()
    assert again["expected_total"] != form["expected_total"]
    assert shopper.pay(again).status_code == 303
    assert Payment.objects.get().amount == Decimal(again["expected_total"].split()[0])


def test_a_currency_that_goes_off_offer_after_the_review_is_still_paid_at_its_quote(rates, fake_stripe):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    form = place_with_quote(shopper)
    set_rate("CAD", "")
    assert shopper.pay(form).status_code == 303
    assert Payment.objects.get().currency == "CAD"


def test_a_destination_that_closes_between_quote_and_pay_is_refused(rates):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    form = place_with_quote(shopper)
    market = Market.objects.get(destination="CA")
    market.enabled = False
    market.save()
    versions.touch(versions.MARKETS)
    with nothing_changes():
        answer = shopper.pay(form)
    assert answer.status_code == 409
    assert "Nothing is sent to Canada at the moment." in answer.text


def test_another_baskets_quote_is_none(rates):
    mine, other = Shopper(market="/ca-cad"), Shopper(market="/ca-cad")
    piece = make_piece(price="48.00", stock=5)
    form = place_with_quote(mine.fill(piece))
    theirs = place_with_quote(other.fill((piece, 3)))
    with nothing_changes():
        answer = other.pay(theirs | {"quote": form["quote"]})
    assert answer.status_code == 302
    assert not Payment.objects.exists()


def test_what_may_be_due_on_arrival_must_have_been_read(rates):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="480.00"))
    form = place_with_quote(shopper)
    assert form.pop("consent") == "yes"
    with nothing_changes():
        answer = shopper.pay(form)
    assert answer.status_code == 302
    assert told(shopper.client.get(shopper.url("checkout/review/"))) == (
        "Please confirm that you have read what may be due on arrival."
    )
    assert hidden_fields(shopper.client.get(shopper.url("checkout/review/")).text)["quote"] == form["quote"]


def test_a_currency_of_another_market_can_be_paid_and_stays_when_the_destination_changes(rates):
    client = Visitor()
    answer = client.get("/en/market/", {"to": "CA", "currency": "JPY", "next": "/en/products/?sort=price"})
    assert answer["Location"] == "/ca-jpy/en/products/?sort=price"
    # The menu proposes to keep it, while a destination's own currency gives way to the next one's.
    assert '<option value="JPY" selected>' in client.get("/ca-jpy/en/products/").text
    assert not re.search(r'<option value="(CAD|JPY)" selected>', client.get("/ca-cad/en/products/").text)


def test_a_currency_that_a_market_refuses_is_said(rates):
    Market.objects.filter(destination="CA").update(other_currencies=False)
    versions.touch(versions.MARKETS)
    client = Visitor()
    answer = client.get("/en/market/", {"to": "CA", "currency": "JPY", "next": "/en/products/?sort=price"}, follow=True)
    assert answer.redirect_chain == [("/ca-cad/en/products/?sort=price&was=ca-jpy", 302)]
    assert "Parcels to Canada cannot be paid in JPY. Prices are in Canadian Dollar." in answer.text


def test_another_destination_during_the_review_leads_to_an_address_there(rates):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    place_with_quote(shopper)
    chosen = {"to": "DE", "currency": "", "next": "/en/checkout/review/"}
    page = shopper.client.get("/ca-cad/en/market/", chosen, follow=True)
    assert page.redirect_chain[-1] == ("/de-eur/en/checkout/", 302)
    assert told(page) == "You chose Germany. Please give an address there."
    initial = page.context["form"].initial
    assert [initial[name] for name in ("economy", "email", "full_name", "line1", "city")] == [
        "DE", "jo@example.com", "Jo Maple", "1 Maple Street", "",
    ]  # fmt: skip
    # And back: the address in Canada is still known.
    back = shopper.client.get("/de-eur/en/market/", chosen | {"to": "CA"}, follow=True)
    assert back.context["address_lines"][0] == "Jo Maple"


def test_a_gift_is_said_on_the_review(rates):
    shopper = Shopper(market="/ca-cad").fill(make_piece(price="48.00"))
    place_with_quote(shopper)
    said = "This is a gift: the packing slip shows no prices."
    assert said not in shopper.client.get(shopper.url("checkout/review/")).text
    assert shopper.client.post_from_page(shopper.url("checkout/"), CANADA | {"gift": "on"}).status_code == 302
    page = shopper.client.get(shopper.url("checkout/review/")).text
    assert said in page and 'href="/ca-cad/en/checkout/#id_gift"' in page


def test_a_basket_that_cannot_be_ordered_names_whose_part_and_does_not_lead_on(rates):
    ShippingRate.objects.filter(origin="TH").delete()
    thai = make_workshop(village=make_village(economy="TH"), name={"en": "Ban Fai Indigo"})
    cloth, bowl = make_piece(thai, title={"en": "Blue cloth"}, price="20.00"), make_piece(price="48.00", hs_code="999999")
    shopper = Shopper(market="/ca-cad").fill(cloth, bowl)
    page = shopper.client.get(shopper.url("basket/"))
    assert page.context["estimate"]["refusals"] == [
        "Ban Fai Indigo (“Blue cloth”): We cannot send from Thailand to Canada yet."
    ]
    first, second = page.context["groups"]
    assert first["parcel"] == {"refusal": "We cannot send from Thailand to Canada yet."}
    assert second["parcel"]["shipping"].amount > 0 and second["parcel"]["unknown"]
    assert all(sentence in page.text for sentence in second["parcel"]["unknown"])
    assert "cannot be ordered to Canada as it is" in page.text and 'name="go"' not in page.text
    line = first["lines"][0]["id"]
    with nothing_changes():
        answer = shopper.client.post_from_page(shopper.url("basket/"), {"go": "checkout"})
    assert answer["Location"] == shopper.url("basket/")
    # Without that piece it leads on, in one step.
    gone = {"go": "checkout", f"line-{line}-quantity": "0"}
    assert shopper.client.post_from_page(shopper.url("basket/"), gone)["Location"] == shopper.url("checkout/")


def test_a_parcel_that_stays_inside_its_economy_has_no_import_tax(rates):
    piece = make_piece(make_workshop(village=make_village(economy="JP")), price="480.00")
    shopper = Shopper(market="/jp-jpy").fill(piece)
    page = shopper.client.get(shopper.url(f"products/{piece.slug}-{piece.pk}/"))
    inside = "This parcel stays inside Japan, so no customs duty and no import tax is due."
    assert inside in page.text and "Consumption tax" not in page.text
    assert inside in shopper.client.get(shopper.url("basket/")).text
    assert shopper.give_address().status_code == 302
    review = shopper.client.get(shopper.url("checkout/review/"))
    assert inside in review.text and "Nothing more is due when the parcels arrive." in review.text
    assert review.context["needs_consent"] is False
    assert review.context["total"] == review.context["goods_total"] + review.context["shipping_total"]
