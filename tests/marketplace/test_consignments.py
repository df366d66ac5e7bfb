"""One consignment per workshop and order: made once, and moved only as its state allows."""

import re

import pytest
from django.db import IntegrityError

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import (
    ALLOWED,
    NotAllowed,
    cancel,
    create_consignments,
    deliver,
    pack,
    send,
)
from marketplace.signals import consignment_sent
from tests.factories import make_order, make_piece, make_workshop
from tests.ledger import ledger, nothing_changes
from tests.shopping import quote_of

pytestmark = pytest.mark.django_db
State = Consignment.State
VERBS = {
    State.PACKED: pack,
    State.SENT: lambda *, consignment: send(consignment=consignment, carrier="Post", tracking="RR1"),
    State.DELIVERED: deliver,
    State.CANCELLED: cancel,
}


def make_paid_consignment() -> Consignment:
    """To pack: its order is paid."""
    return make_order(paid=True).order.consignments.get()


@pytest.fixture
def consignment(recorded) -> Consignment:
    return recorded(make_paid_consignment)


def bring_to(consignment: Consignment, state: str) -> Consignment:
    ways = {
        State.PLACED: [],
        State.PACKED: [State.PACKED],
        State.SENT: [State.SENT],
        State.DELIVERED: [State.SENT, State.DELIVERED],
        State.CANCELLED: [State.CANCELLED],
    }
    for step in ways[state]:
        consignment = VERBS[step](consignment=consignment)
    return consignment


def test_each_workshop_gets_exactly_its_own_lines():
    lacquer, indigo = make_workshop(), make_workshop()
    bowl, tray, cloth = (
        make_piece(lacquer, price="10.00"),
        make_piece(lacquer, price="20.00"),
        make_piece(indigo, price="7.00"),
    )
    order = make_order([bowl, (cloth, 2), tray]).order
    parts = {row.workshop: row for row in order.consignments.all()}
    assert [line.product for line in parts[lacquer].lines] == [bowl, tray]
    assert [line.product for line in parts[indigo].lines] == [cloth]
    assert (parts[lacquer].goods, parts[indigo].goods) == (30, 14)
    assert all(row.shipping_rate.amount == row.shipping for row in parts.values())


def test_the_number_says_nothing_of_the_order():
    """Who knows the order's number may see the whole order; a maker and her carrier know the consignment's."""
    order = make_order([make_piece(make_workshop(code_prefix="SML")), make_piece()]).order
    numbers = list(order.consignments.values_list("number", flat=True))
    assert len(set(numbers)) == 2
    assert re.fullmatch(r"SML-[2-9A-HJKMNP-TV-Z]{8}", min(numbers, key=lambda one: not one.startswith("SML")))
    assert not any(part in number for number in numbers for part in order.number.split("-"))


def test_making_them_again_is_refused_and_changes_nothing():
    payment = make_order([make_piece(), make_piece()])
    basket = payment.order.basket
    from tests.factories.orders import Selector

    basket.strategy = Selector().strategy()
    quote = quote_of(basket.all_lines())
    with nothing_changes(), pytest.raises(IntegrityError, match="consignment_once_per_order_and_workshop"):
        create_consignments(order=payment.order, quote=quote)


@pytest.mark.parametrize("start", list(State))
@pytest.mark.parametrize("goal", list(VERBS))
def test_only_the_published_steps_are_possible(consignment, start, goal):
    consignment = bring_to(consignment, start)
    if goal in ALLOWED[start]:
        assert VERBS[goal](consignment=consignment).state == goal
        assert getattr(Consignment.objects.get(pk=consignment.pk), f"{goal}_at") is not None
    else:
        before = Consignment.objects.values().get(pk=consignment.pk)
        with pytest.raises(NotAllowed, match="cannot become"):
            VERBS[goal](consignment=consignment)
        assert Consignment.objects.values().get(pk=consignment.pk) == before


@pytest.mark.parametrize("goal", [State.PACKED, State.SENT, State.DELIVERED])
def test_nothing_leaves_before_it_is_paid(goal):
    consignment = make_order().order.consignments.get()
    with nothing_changes(), pytest.raises(NotAllowed, match="not paid yet"):
        VERBS[goal](consignment=consignment)


def test_a_stale_copy_does_not_move_it_twice(consignment):
    stale = Consignment.objects.get(pk=consignment.pk)
    send(consignment=consignment, carrier=" Viet Nam Post ", tracking=" RR123 ")
    with pytest.raises(NotAllowed):
        send(consignment=stale, carrier="Another", tracking="XX")
    stored = Consignment.objects.get(pk=consignment.pk)
    assert (stored.carrier, stored.tracking) == ("Viet Nam Post", "RR123")


def test_sending_is_announced_once_and_after_the_commit(consignment, commit):
    commit()
    heard = []

    def hear(sender, consignment, **kwargs):
        heard.append(consignment.pk)

    consignment_sent.connect(hear)
    try:
        send(consignment=consignment, carrier="", tracking="")
        assert heard == []
        commit()
        with pytest.raises(NotAllowed):
            send(consignment=consignment, carrier="", tracking="")
        commit()
    finally:
        consignment_sent.disconnect(hear)
    assert heard == [consignment.pk]


def test_only_paid_ones_of_the_own_workshop_are_a_makers_business(cast):
    own = make_order([make_piece(cast.maker.workshop)], paid=True).order.consignments.get()
    make_order([make_piece(cast.maker.workshop)])
    make_order([make_piece(cast.other_maker.workshop)], paid=True)
    assert list(Consignment.objects.for_user(cast.maker.user).payable()) == [own]
    assert list(Consignment.objects.for_user(cast.helper.user).payable()) == [own]
    assert not Consignment.objects.for_user(cast.buyer.user).exists()


def test_cancelling_leaves_the_money_to_a_person(consignment):
    """What becomes of stock and money is decided by refunds, not by the parcel."""
    before = ledger()
    cancel(consignment=consignment)
    after = ledger()
    assert after.pop("consignments") == [(consignment.number, State.CANCELLED)]
    before.pop("consignments")
    assert after == before
