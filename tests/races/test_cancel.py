"""Cases 9 and 10: a piece is sold, taken back and counted at the same moment; it comes back once, and is promised once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from catalogue.models import Product
from marketplace.payments.models import Payment, Refund
from storefront.checkout.finding import SESSION_ORDERS
from tests.factories import make_member, make_piece, make_workshop
from tests.ledger import assert_books_balance, stock_of
from tests.marketplace.paying import assert_balanced
from tests.races.buyers import PATIENCE, Browser, make_buyer_at_the_till
from tests.shopping import hidden_fields
from tests.storefront.paying import paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill, pytest.mark.timeout(900)]
FEW = 2
# Seconds that the buyer has, since paying takes longer until it comes to the stock: either of them is first sometimes.
HEAD_STARTS = (0, 0.3, 0.01, 0.02, 0.03, 0.04)


@pytest.fixture
def turns(rounds, full) -> int:
    return rounds if full else FEW


def browser_with(shop: str, **session) -> Browser:
    """Somebody whose session knows this much."""
    kept = SessionStore()
    kept.update(session)
    kept.save()
    return Browser(shop, **{settings.SESSION_COOKIE_NAME: kept.session_key})


def all_at_once(*deeds: Callable[[], requests.Response]) -> list[requests.Response]:
    """Their answers. All threads start from one barrier."""
    barrier = threading.Barrier(len(deeds))

    def do(deed: Callable[[], requests.Response]) -> requests.Response:
        barrier.wait(PATIENCE)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def canceller(shop: str, payment: Payment) -> Callable[[], requests.Response]:
    """She stands before the button on a page of her own, with its own key."""
    browser = browser_with(shop, **{SESSION_ORDERS: [payment.order.number]})
    path = f"/en/orders/{payment.order.number}/cancel/"
    page = browser.get(path)
    assert page.status_code == 200
    form = hidden_fields(page.text)
    return lambda: browser.post_from_page(path, form)


def test_two_cancel_and_one_buys(shop, turns, fake_stripe):
    """Case 9. A buyer who comes before the cancellation is told; after it she gets the piece."""
    for turn in range(turns):
        piece = make_piece(stock=1, supply=Product.Supply.ONE_OF_A_KIND)
        buyer = make_buyer_at_the_till(piece)
        payment = paid(fake_stripe, [piece])
        assert stock_of(piece) == (0, 0)
        cancels = [canceller(shop, payment) for _window in range(2)]
        *cancelled, bought = all_at_once(*cancels, lambda buyer=buyer: buyer.pay(shop))
        # The second of them is told that it is done already.
        assert [answer.status_code for answer in cancelled] == [302, 302]
        assert bought.status_code in (303, 409)
        refund = Refund.objects.get(payment=payment)
        assert (refund.amount, refund.reason, refund.state) == (payment.amount, "cancelled", "done")
        assert stock_of(piece) == ((1, 1) if bought.status_code == 303 else (1, 0))
        assert len(fake_stripe.refunds) == Refund.objects.count() == turn + 1
    assert_balanced()
    assert_books_balance()


def test_a_maker_counts_while_somebody_buys(shop, turns):
    """Case 10. Who comes second is told: she cannot have two of one, the maker cannot take back what is promised."""
    maker = make_member(workshop := make_workshop())
    account = {
        SESSION_KEY: str(maker.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: maker.get_session_auth_hash(),
    }
    desk = browser_with(shop, **account)
    path = reverse("desk:pieces", kwargs={"workshop": workshop.slug})
    for turn in range(turns):
        piece = make_piece(workshop, stock=3)
        buyer = make_buyer_at_the_till((piece, 2))
        count = {"action": "stock", "piece": piece.pk, "stock": "1"}
        wait = HEAD_STARTS[turn % len(HEAD_STARTS)]

        def set_stock(count=count, wait=wait) -> requests.Response:
            time.sleep(wait)
            return desk.post_from_page(path, count)

        bought, counted = all_at_once(lambda buyer=buyer: buyer.pay(shop), set_stock)
        assert (bought.status_code, counted.status_code) in [(303, 400), (409, 302)]
        if bought.status_code == 303:
            assert "Buyers are paying for 2 of these now." in counted.text
            assert stock_of(piece) == (3, 2)
        else:
            assert "nothing has been charged" in bought.text
            assert stock_of(piece) == (1, 0)
    assert_books_balance()
