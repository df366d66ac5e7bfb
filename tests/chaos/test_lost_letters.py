"""A thousand orders whose messages are doubled, mixed up, late and lost; after reconciling every one is right."""

import json
import random
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from marketplace.payments import outbox
from marketplace.payments.models import Payment, Posting
from marketplace.payments.services import reconcile
from tests.factories import make_order, make_piece
from tests.ledger import stock_of
from tests.marketplace.paying import later, post, start

pytestmark = [pytest.mark.django_db, pytest.mark.drill, pytest.mark.timeout(1500)]
SEEDS, FEW, MANY = 5, 20, 1000
# How often a message arrives: every sixth never does.
COPIES = (0, 1, 1, 1, 2, 3)
WAYS = (
    "pay", "pay", "pay", "decline, then pay", "3ds", "leave", "decline, then leave",
    "delayed, then paid", "delayed, then not",
)  # fmt: skip
PAID = {"pay", "decline, then pay", "3ds", "delayed, then paid"}


def walk(stripe, payment: Payment, way: str) -> None:
    """What the buyer does on the hosted page, and her bank after it."""
    session = payment.gateway_session
    first, _comma, then = way.partition(", then ")
    if first == "3ds":
        stripe.pay(session, "3ds")
        stripe.pay(session, "3ds-complete")
    elif first != "leave":
        stripe.pay(session, first)
    if then == "pay":
        stripe.pay(session)
    elif first == "delayed":
        stripe.settle(session, succeeded=then == "paid")


def send_some(stripe, known: set[str], chance: random.Random) -> int:
    """All new events in any order, each as often as ``chance`` says; answers the number of messages."""
    events = [event for event in stripe.events if event["id"] not in known]
    known.update(event["id"] for event in events)
    sent = [event for event in events for _copy in range(chance.choice(COPIES))]
    # Some of the older ones are repeated days later.
    sent += chance.sample(stripe.events, min(3, len(stripe.events)))
    chance.shuffle(sent)
    for event in sent:
        body = json.dumps(event).encode()
        assert post(body, stripe.sign(body)).status_code == 200
    return len(sent)


def finish(stripe) -> None:
    """Time passes, and the two commands do their work."""
    stripe.advance(60 * 60)
    month = later(60 * 24 * 30)
    # One run asks for a limited time, the next one goes on.
    while any(reconcile(now=month)[rest] for rest in ("waiting", "unreachable", "paid", "expired")):
        pass
    while outbox.deliver(now=month)["done"]:
        pass


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_order_is_wrong(seed, full, fake_stripe, all_is_true):
    number = (MANY if full else FEW) // SEEDS
    chance, known = random.Random(seed), set()
    piece = make_piece(price="48.00", stock=10 * MANY)
    ways: dict[int, str] = {}
    quantities: dict[int, int] = {}
    for turn in range(number):
        quantity = chance.randint(1, 3)
        payment = make_order([(piece, quantity)])
        start(payment)
        payment.refresh_from_db()
        way = chance.choice(WAYS)
        walk(fake_stripe, payment, way)
        ways[payment.pk], quantities[payment.pk] = way, quantity
        if chance.random() < 0.2 or turn == number - 1:
            send_some(fake_stripe, known, chance)
        if chance.random() < 0.02:
            reconcile()
    finish(fake_stripe)
    ends = dict(Payment.objects.values_list("pk", "state"))
    assert ends == {pk: "paid" if way in PAID else "expired" for pk, way in ways.items()}
    charged = Counter(row["client_reference_id"] for row in fake_stripe.sessions.values() if row["payment_status"] == "paid")
    orders = Payment.objects.filter(state="paid").values_list("order__number", flat=True)
    assert charged == Counter(orders)
    sold = sum(quantities[pk] for pk, way in ways.items() if way in PAID)
    assert stock_of(piece) == (10 * MANY - sold, 0)
    sums = Posting.objects.values("currency").annotate(sum=Sum("amount")).values_list("currency", "sum")
    assert {amount for _currency, amount in sums} <= {Decimal(0)}
    all_is_true()
