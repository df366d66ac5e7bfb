"""A reader who buys: basket, address, review, pay, over HTTP and as the forms of the pages say."""

import re
from dataclasses import dataclass, field
from html import unescape

from django.utils import timezone

from catalogue.models import Product
from marketplace.fulfilment.quotes import quote_basket
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


@dataclass
class Shopper:
    """``client`` is whose browser it is; ``language`` the first part of the addresses she walks."""

    client: Visitor = field(default_factory=Visitor)
    language: str = "en"

    def url(self, path: str) -> str:
        return f"/{self.language}/{path}"

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
        return self.client.post_from_page(self.url("checkout/"), ADDRESS | changes)

    def review(self) -> dict[str, str]:
        """The hidden fields of the review page's form."""
        page = self.client.get(self.url("checkout/review/"))
        assert page.status_code == 200, page
        return hidden_fields(page.text)

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
        groups = self.client.get(self.url("basket/")).context["groups"]
        lines = [line["id"] for group in groups for line in group["lines"]]
        return dict(BasketLine.objects.filter(pk__in=lines).values_list("product", "quantity"))

    def see(self, payment: Payment):
        return self.client.get(self.url(f"orders/{payment.order.number}/"))


def total_of(basket, destination: str = "JP") -> Money:
    """What the review page shows for a basket today."""
    return quote_basket(
        lines=basket.all_lines(), destination=destination, currency="USD", on=timezone.localdate()
    ).total


def hidden_fields(html: str) -> dict[str, str]:
    """name → value of the hidden inputs, without the token."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


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
