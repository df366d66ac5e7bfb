"""A reader who buys: basket, address, review, pay, over HTTP and as the forms of the pages say."""

import re
from dataclasses import dataclass, field
from datetime import date
from html import unescape

from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.quotes import BasketQuote, quote_basket
from marketplace.money import Money
from marketplace.payments.models import Payment
from tests.ledger import BasketLine
from tests.people import Visitor

ADDRESS = {
    "email": "aiko@example.com",
    "economy": "JP",
    "full_name": "Sato Aiko",
    "postcode": "220-0012",
    "state": "Kanagawa",
    "city": "Yokohama",
    "line1": "1-2-3 Minato",
    "line2": "",
    "phone": "+81 45 123 4567",
    "notes": "Please ring twice.",
}
# What an address needs in other places.
ELSEWHERE = {
    "US": {"city": "New York", "state": "NY", "postcode": "10001"},
    "FR": {"city": "Paris", "state": "", "postcode": "75001"},
    "KR": {"city": "Jongno-gu", "state": "Seoul", "postcode": "03045", "customs_id": "P123456789012"},
}


@dataclass
class Shopper:
    """``client`` is whose browser it is; ``market`` ("/ca-cad") and ``language`` begin the addresses she walks."""

    client: Visitor = field(default_factory=Visitor)
    language: str = "en"
    market: str = ""

    def url(self, path: str) -> str:
        return f"{self.market}/{self.language}/{path}"

    def put(self, piece: Product | int | str, quantity: int | str = 1):
        """POST to basket/add, from one of our own pages."""
        product_id = piece.pk if isinstance(piece, Product) else piece
        return self.client.post_from_page(
            self.url("basket/add/"), {"product_id": product_id, "quantity": quantity}
        )

    def fill(self, *pieces: Product | tuple[Product, int]) -> "Shopper":
        for row in pieces:
            piece, quantity = row if isinstance(row, tuple) else (row, 1)
            assert self.put(piece, quantity).status_code == 302
        return self

    def give_address(self, **changes: str):
        there = ELSEWHERE.get(changes.get("economy", ""), {})
        return self.client.post_from_page(self.url("checkout/"), ADDRESS | there | changes)

    def review(self) -> dict[str, str]:
        """The hidden fields of the review page's form."""
        page = self.client.get(self.url("checkout/review/"), follow=True)
        assert page.status_code == 200, page
        # Whoever pays has read what may be due on arrival.
        consent = {"consent": "yes"} if 'name="consent"' in page.text else {}
        return hidden_fields(page.text) | consent

    def pay(self, form: dict[str, str]):
        return self.client.post_from_page(self.url("checkout/pay/"), form)

    def go_to_review(self, *pieces: Product | tuple[Product, int], **address: str) -> dict[str, str]:
        self.fill(*pieces)
        assert self.give_address(**address).status_code == 302
        return self.review()

    def place(self, *pieces: Product | tuple[Product, int], **address: str) -> Payment:
        """Everything up to Stripe's page."""
        answer = self.pay(self.go_to_review(*pieces, **address))
        assert answer.status_code == 303, answer
        payment = Payment.objects.latest("pk")
        assert answer["Location"] == payment.pay_url
        return payment

    def basket(self) -> dict[int, int]:
        """Product id → quantity of what the basket page shows."""
        groups = self.client.get(self.url("basket/"), follow=True).context["groups"]
        lines = [line["id"] for group in groups for line in group["lines"]]
        return dict(BasketLine.objects.filter(pk__in=lines).values_list("product", "quantity"))

    def see(self, payment: Payment):
        return self.client.get(self.url(f"orders/{payment.order.number}/"))


def total_of(basket, destination: str = "JP") -> Money:
    """What the review page shows for a basket today."""
    return quote_of(basket.all_lines(), destination).total


def quote_of(lines, destination: str = "JP", currency: str = "USD", on: date | None = None) -> BasketQuote:
    """The whole price of basket lines, on a day (default: today)."""
    rates = QuoteRates(on or timezone.localdate())
    return quote_basket(lines=lines, market=MarketChoice(destination, currency), rates=rates)


def hidden_fields(html: str) -> dict[str, str]:
    """name → value of the hidden inputs, without the token and without the menu of markets."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in found if name not in ("csrfmiddlewaretoken", "next")}


def told(response) -> str:
    """The last of the messages above a page's content."""
    return [str(message) for message in response.context["messages"]][-1]


def deliver(stripe, client: Visitor | None = None) -> list[int]:
    """Stripe sends its waiting webhooks to the shop; the statuses answered."""
    client = client or Visitor()

    def post(body: bytes, signature: str) -> int:
        return client.post(
            "/webhooks/stripe/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        ).status_code

    return stripe.pump(post)
