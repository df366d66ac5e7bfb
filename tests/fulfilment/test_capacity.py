"""Four a month: the fifth order leaves later, and nobody reads "sold out"."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment import pinned
from marketplace.fulfilment.capacity import begun_on, places_for
from marketplace.fulfilment.dates import ready_on
from marketplace.fulfilment.models import Consignment, MakingSlot
from marketplace.fulfilment.quotes import quote_basket
from marketplace.payments.cancelling import cancel_consignment
from marketplace.payments.confirming import expire
from marketplace.payments.errors import TotalChanged
from marketplace.payments.models import Payment, Refund
from marketplace.payments.placing import place_order
from tests.factories import make_basket, make_buyer, make_order, make_piece, make_user
from tests.factories.texts import number

pytestmark = pytest.mark.django_db
MADE = Product.Supply.MADE_TO_ORDER


def month_after(day: date, months: int = 1) -> date:
    first = day.replace(day=1)
    for _step in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    return first


@pytest.fixture
def bowl(db):
    return make_piece(supply=MADE, lead_days=12, month_capacity=4, stock=0)


def lines_of(piece, quantity: int = 1) -> list:
    return list(make_basket((piece, quantity)).all_lines())


def test_the_fifth_order_of_a_month_leaves_later_and_is_not_sold_out(bowl):
    today = timezone.localdate()
    orders = [make_order([bowl], paid=True) for _order in range(5)]
    rows = [Consignment.objects.get(order=payment.order) for payment in orders]
    slots = list(MakingSlot.objects.order_by("pk").values_list("piece", "month", "quantity"))
    this, following = today.replace(day=1), month_after(today)
    assert slots == [(bowl.pk, this, 1)] * 4 + [(bowl.pk, following, 1)]
    first, fifth = rows[0].send_by, rows[4].send_by
    assert {row.send_by for row in rows[:4]} == {first}
    assert first >= today + timedelta(12)
    # Near the end of a month a weekend may bring both to the same day.
    assert fifth >= max(first, following + timedelta(12))


def test_the_day_itself(bowl):
    lines = lines_of(bowl)
    make_order([(bowl, 4)])
    MakingSlot.objects.update(month=date(2026, 11, 1))
    assert ready_on(lines, date(2026, 10, 31)) == date(2026, 11, 12)
    assert ready_on(lines, date(2026, 11, 10)) == date(2026, 12, 13), "begun on the first of December"
    assert ready_on(lines, date(2026, 12, 10)) == date(2026, 12, 22)


def test_who_was_shown_a_day_gets_that_day_or_is_asked_again(bowl):
    buyer, basket = make_buyer(), make_basket(bowl)
    today, market = timezone.localdate(), MarketChoice("JP", "USD")
    quote = quote_basket(lines=basket.all_lines(), market=market, rates=QuoteRates(today), region=buyer.state)
    held = pinned.hold(quote=quote, basket=basket, lines=basket.all_lines(), region=buyer.state)
    promised = held.parts[0]["times"]
    make_order([(bowl, 4 + 31)])
    fields = {"basket": basket, "buyer": buyer, "language": "en", "expected_total": quote.total, "held": held}
    with pytest.raises(TotalChanged) as refused:
        place_order(**fields, idempotency_key="shown-a-day-before")
    assert "a day has changed" in str(refused.value)
    assert not Payment.objects.filter(idempotency_key="shown-a-day-before").exists()
    MakingSlot.objects.all().delete()
    payment = place_order(**fields, idempotency_key="shown-a-day-before")
    row = payment.order.consignments.get()
    assert [f"{row.send_by}", f"{row.arrives_from}", f"{row.arrives_by}"] == promised


def test_an_order_may_reach_over_several_months(bowl):
    today = timezone.localdate()
    payment = make_order([(bowl, 9)], paid=True)
    slots = payment.order.lines.get().making_slots.order_by("month").values_list("month", "quantity")
    months = [today.replace(day=1), month_after(today), month_after(today, 2)]
    assert list(slots) == list(zip(months, [4, 4, 1], strict=True))
    assert begun_on(lines_of(bowl, 3), today) == {bowl.pk: months[2]}
    assert begun_on(lines_of(bowl, 4), today) == {bowl.pk: month_after(today, 3)}


def test_variants_share_the_makers_hands(db):
    piece = make_piece(supply=MADE, lead_days=5, month_capacity=3, variants={"S": ("9.00", 0), "L": ("12.00", 0)})
    small, large = piece.children.order_by("pk")
    payment = make_order([(small, 2), (large, 2)], paid=True)
    found = [
        list(line.making_slots.order_by("month").values_list("month", "quantity"))
        for line in payment.order.lines.order_by("pk")
    ]
    today = timezone.localdate()
    this, following = today.replace(day=1), month_after(today)
    assert found == [[(this, 2)], [(this, 1), (following, 1)]]


def test_what_was_cancelled_or_never_paid_gives_its_place_back(bowl):
    today, this = timezone.localdate(), timezone.localdate().replace(day=1)
    orders = [make_order([bowl], paid=index < 3) for index in range(4)]
    assert begun_on(lines_of(bowl), today) == {bowl.pk: month_after(today)}, "an order that waits for its payment counts"
    expire(orders[3])
    assert places_for(lines_of(bowl), today) == {bowl.pk: [(this, 1)]}
    row = orders[0].order.consignments.get()
    member = row.workshop.members.create(user=make_user(), is_owner=True)
    cancel_consignment(consignment=row, key=f"key-{number()}", by=member.user, as_=Refund.As.MAKER)
    assert places_for(lines_of(bowl, 2), today) == {bowl.pk: [(this, 2)]}


@pytest.mark.parametrize("fields", [{"month_capacity": None}, {"month_capacity": 0}])
def test_without_a_capacity_it_is_as_before(db, django_assert_num_queries, fields):
    piece = make_piece(supply=MADE, lead_days=12, stock=0, **fields)
    lines, today = lines_of(piece, 50), timezone.localdate()
    with django_assert_num_queries(0):
        assert ready_on(lines, today) == today + timedelta(12)
    make_order([(piece, 50)])
    assert not MakingSlot.objects.exists()


def test_a_capacity_says_nothing_of_what_lies_on_the_shelf(db):
    piece = make_piece(stock=9, month_capacity=1)
    payment = make_order([(piece, 3)], paid=True)
    assert not MakingSlot.objects.exists()
    assert payment.order.consignments.get().send_by <= timezone.localdate() + timedelta(7)


def test_looking_takes_one_statement_for_all_pieces(bowl, django_assert_num_queries):
    other = make_piece(bowl.partner.workshop, supply=MADE, lead_days=3, month_capacity=1)
    lines = list(make_basket(bowl, other).all_lines())
    with django_assert_num_queries(1):
        assert begun_on(lines, timezone.localdate()).keys() == {bowl.pk, other.pk}
