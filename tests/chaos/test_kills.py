"""Case 20: the process dies at each of ten points, another one goes on. One order, one charge; or none."""

import contextlib

import pytest
import requests
from django.core import mail
from oscar.core.loading import get_model

from marketplace.payments import outbox
from marketplace.payments.failpoints import KILLED, POINTS
from marketplace.payments.models import OutboxMessage, Payment, Refund
from marketplace.payments.services import reconcile
from tests.factories import make_piece
from tests.ledger import stock_of
from tests.marketplace.paying import later
from tests.races.buyers import Buyer, make_buyer_at_the_till
from tests.races.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
Order = get_model("order", "Order")
BUYING = [point for point in POINTS if point.startswith(("place.", "pay."))]
CONFIRMING = [point for point in POINTS if point.startswith("confirm.")]
REFUNDING = [point for point in POINTS if point.startswith("refund.")]


def killed(press) -> bool:
    """Whether the server died instead of answering."""
    try:
        press()
    except requests.ConnectionError:
        return True
    return False


@contextlib.contextmanager
def dying(stripe, point: str, shop: Server):
    """The same shop in a process that dies when it reaches ``point``; its next process would die there, too."""
    with Server(stripe.url, workers=1, site_url=shop.url, MARKETPLACE_TEST_FAILPOINT=point) as server:
        yield server


def webhooks_to(stripe, server: Server) -> None:
    stripe.control(webhook_url=f"{server.url}/webhooks/stripe/")


def later_ones() -> None:
    """Messages that a dead process left behind, when their turn comes."""
    while outbox.deliver(now=later(60 * 24))["done"]:
        pass


def paid_at_stripe(stripe) -> list[str]:
    return [row["id"] for row in stripe.sessions.values() if row["payment_status"] == "paid"]


def buyer_of(piece) -> Buyer:
    return make_buyer_at_the_till(piece)


@pytest.mark.parametrize("comes_back", [True, False], ids=["comes back", "goes away"])
@pytest.mark.parametrize("point", BUYING)
def test_while_buying(point, comes_back, shop, fake_stripe, all_is_true):
    piece = make_piece(stock=3)
    buyer = buyer_of(piece)
    with dying(fake_stripe, point, shop) as server:
        assert killed(lambda: buyer.pay(server.url))
    placed = point not in ("place.after_stock", "place.after_order")
    assert (Payment.objects.count(), stock_of(piece)) == (int(placed), (3, int(placed)))
    if comes_back:
        answer = buyer.pay(shop.url)
        assert answer.status_code == 303
        payment = Payment.objects.get()
        assert answer.headers["Location"] == payment.pay_url
        webhooks_to(fake_stripe, shop)
        fake_stripe.pay(payment.gateway_session)
        assert fake_stripe.wait_idle()
        payment.refresh_from_db()
        assert (payment.state, stock_of(piece)) == ("paid", (2, 0))
        assert paid_at_stripe(fake_stripe) == [payment.gateway_session]
    else:
        fake_stripe.advance(36 * 60)
        assert reconcile(now=later())["expired"] == int(placed)
        assert (list(Payment.objects.values_list("state", flat=True)), stock_of(piece)) == (["expired"] * placed, (3, 0))
        assert paid_at_stripe(fake_stripe) == []
    assert Order.objects.count() == (1 if comes_back else int(placed))
    later_ones()
    all_is_true()


@pytest.mark.parametrize("rescue", ["stripe repeats", "reconcile asks"])
@pytest.mark.parametrize("point", CONFIRMING)
def test_while_confirming(point, rescue, shop, fake_stripe, all_is_true):
    piece = make_piece(stock=3)
    buyer = buyer_of(piece)
    assert buyer.pay(shop.url).status_code == 303
    payment = Payment.objects.get()
    fake_stripe.control(webhook_attempts=1)
    with dying(fake_stripe, point, shop) as server:
        webhooks_to(fake_stripe, server)
        fake_stripe.pay(payment.gateway_session)
        assert fake_stripe.wait_idle(15)
        assert 0 in {delivery.status for delivery in fake_stripe.deliveries}
    payment.refresh_from_db()
    confirmed = point == "confirm.after_commit"
    assert payment.state == ("paid" if confirmed else "pending")
    _nobody_can_pay_again(buyer, payment, shop, fake_stripe)
    mail.outbox.clear()
    if rescue == "stripe repeats":
        webhooks_to(fake_stripe, shop)
        for event in fake_stripe.events:
            fake_stripe.redeliver(event["id"])
        assert fake_stripe.wait_idle(15)
    else:
        assert reconcile()["paid"] == int(not confirmed)
    payment.refresh_from_db()
    assert (payment.state, stock_of(piece)) == ("paid", (2, 0))
    later_ones()
    assert not OutboxMessage.objects.exclude(state="done").exists()
    told = OutboxMessage.objects.filter(payment=payment, kind__startswith="mail").values_list("key", flat=True)
    assert len(told) == len(set(told)) > 0
    assert paid_at_stripe(fake_stripe) == [payment.gateway_session]
    all_is_true()


def _nobody_can_pay_again(buyer: Buyer, payment: Payment, shop: Server, stripe) -> None:
    """Case 19: nobody has told the buyer that it was paid. She is sent where it was, and Stripe takes nothing twice."""
    answer = buyer.pay(shop.url)
    if payment.state == "paid":
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/en/orders/{payment.order.number}/")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, payment.pay_url)
    known = len(stripe.events)
    stripe.pay(payment.gateway_session)
    assert list(stripe.sessions) == paid_at_stripe(stripe) == [payment.gateway_session]
    assert [row["status"] for row in stripe.intents.values()] == ["succeeded"]
    assert [(row["status"], row["amount"]) for row in stripe.charges.values()] == [("succeeded", payment.amount * 100)]
    assert (Order.objects.count(), Payment.objects.count(), len(stripe.events)) == (1, 1, known)


ASK = """
from marketplace.payments.models import Payment
from marketplace.payments.services import ask_refund
from marketplace.payments.refunds import Wish
payment = Payment.objects.get()
consignment = payment.order.consignments.get()
ask_refund(payment=payment, wishes=[Wish(consignment, None, True, None)], reason="goodwill", key="form-1", as_="staff")
"""


@pytest.mark.parametrize("point", REFUNDING)
def test_while_refunding(point, shop, fake_stripe, all_is_true):
    """The process that dies is the one that asks, or the one that delivers."""
    assert buyer_of(make_piece(stock=3)).pay(shop.url).status_code == 303
    payment = Payment.objects.get()
    webhooks_to(fake_stripe, shop)
    fake_stripe.pay(payment.gateway_session)
    assert fake_stripe.wait_idle()
    asked = shop.manage("shell", "--no-imports", "-c", ASK, MARKETPLACE_TEST_FAILPOINT=point)
    assert asked.returncode == KILLED, asked.stderr
    refund = Refund.objects.get()
    assert refund.state not in ("done", "failed")
    assert len(fake_stripe.refunds) == (1 if point == "refund.after_sent" else 0)
    # The form once more, after the crash: the same refund.
    again = shop.manage("shell", "--no-imports", "-c", ASK)
    assert again.returncode == 0, again.stderr
    later_ones()
    refund.refresh_from_db()
    (at_stripe,) = fake_stripe.refunds.values()
    assert (refund.state, refund.gateway_refund) == ("done", at_stripe["id"])
    payment.refresh_from_db()
    assert (Refund.objects.count(), payment.refunded) == (1, refund.amount)
    all_is_true()
