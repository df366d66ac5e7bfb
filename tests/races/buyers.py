"""Buyers who stand at the last step of the checkout, and press "pay" at the same moment."""

import secrets
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.signing import Signer

from marketplace.fulfilment import pinned
from marketplace.money import Money
from marketplace.payments import caps
from storefront.checkout.views import SESSION_ADDRESS
from tests.factories import make_basket
from tests.ledger import BasketLine
from tests.shopping import ADDRESS, Shopper, hidden_fields, quote_of

PATIENCE = 60  # seconds
TOKEN = "t" * 32


@dataclass
class Buyer:
    """Her cookies and the review page's form; ``basket`` is the id of hers."""

    cookies: dict[str, str]
    form: dict[str, str]
    basket: int

    def pay(self, shop: str) -> requests.Response:
        headers = {"Origin": shop, "X-CSRFToken": TOKEN}
        return requests.post(
            f"{shop}/en/checkout/pay/",
            self.form,
            cookies=self.cookies,
            headers=headers,
            allow_redirects=False,
            timeout=PATIENCE,
        )

    def review(self, shop: str) -> "Buyer":
        """She reads the review page again; the same buyer with its form."""
        page = requests.get(f"{shop}/en/checkout/review/", cookies=self.cookies, timeout=PATIENCE)
        consent = {"consent": "yes"} if 'name="consent"' in page.text else {}
        return Buyer(self.cookies, hidden_fields(page.text) | consent, self.basket)

    def look(self, shop: str) -> requests.Response:
        return requests.get(f"{shop}/en/basket/", cookies=self.cookies, timeout=PATIENCE)

    @property
    def lines(self) -> dict[int, int]:
        """Product id → quantity of what is still in her open basket."""
        rows = BasketLine.objects.filter(basket=self.basket, basket__status="Open")
        return dict(rows.values_list("product", "quantity"))


def make_buyer_at_the_till(*pieces, total: Money | None = None, email: str = "", voucher=None) -> Buyer:
    """A guest with these pieces, an address and a review page before her, offers included."""
    basket = make_basket(*pieces)
    if voucher:
        basket.vouchers.add(voucher)
    address = ADDRESS | ({"email": email} if email else {})
    caps.apply(basket=basket, email=address["email"])
    lines = basket.all_lines()
    held = pinned.hold(quote=quote_of(lines), basket=basket, lines=lines)
    total = total or Money(held.total, held.currency)
    session = SessionStore()
    session[SESSION_ADDRESS] = address
    session.save()
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key,
        settings.OSCAR_BASKET_COOKIE_OPEN: Signer().sign(basket.pk),
        settings.CSRF_COOKIE_NAME: TOKEN,
    }
    form = {
        "idempotency_key": secrets.token_urlsafe(24),
        "expected_total": f"{total.amount} {total.currency}",
        "quote": held.token,
        "consent": "yes",
    }
    return Buyer(cookies, form, basket.pk)


class Browser:
    """As much of tests.people.Visitor as a Shopper needs, over real HTTP."""

    def __init__(self, shop: str, **cookies: str) -> None:
        self._shop = shop
        self._session = requests.Session()
        self._session.cookies.update({settings.CSRF_COOKIE_NAME: TOKEN} | cookies)
        self._session.headers.update({"Origin": shop, "X-CSRFToken": TOKEN})

    def get(self, path: str, *, follow: bool = False) -> requests.Response:
        return self._session.get(self._shop + path, timeout=PATIENCE, allow_redirects=follow)

    def post_from_page(self, path: str, data: dict) -> requests.Response:
        return self._session.post(self._shop + path, data, timeout=PATIENCE, allow_redirects=False)

    @property
    def cookies(self) -> dict[str, str]:
        return self._session.cookies.get_dict()


def walk_to_the_till(shop: str, *pieces) -> Buyer:
    """The same by basket, address and review, in a browser of her own."""
    browser = Browser(shop)
    form = Shopper(browser).go_to_review(*pieces)
    signed = browser.cookies[settings.OSCAR_BASKET_COOKIE_OPEN].strip('"')
    return Buyer(browser.cookies, form, int(Signer().unsign(signed)))


def press_pay_in_turn(buyers: Iterable[Buyer], shop: str, *, at_once: int) -> list[requests.Response]:
    """The answers, in the order of the buyers, of whom so many press at any moment."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda buyer: buyer.pay(shop), buyers))


def press_pay_together(buyers: Iterable[Buyer], shop: str) -> list[requests.Response]:
    """The answers, in the order of the buyers. All threads start from one barrier."""
    buyers = list(buyers)
    barrier = threading.Barrier(len(buyers))

    def press(buyer: Buyer) -> requests.Response:
        barrier.wait(PATIENCE)
        return buyer.pay(shop)

    with ThreadPoolExecutor(len(buyers)) as pool:
        return list(pool.map(press, buyers))
