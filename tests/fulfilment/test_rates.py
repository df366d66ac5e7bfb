"""Which dated row counts: places, zones, workshops, days, currencies; and what a whole basket costs in statements."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from oscar.core.loading import get_model

from marketplace.fulfilment.models import ShippingRate, Zone
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Why
from marketplace.fulfilment.rates import RateBook
from marketplace.fulfilment.shipping import Group, ask_carriers, quote_parcels, shipping_for
from marketplace.money import Money
from tests.factories import make_village, make_workshop
from tests.fulfilment.making import DAY, line, saved_rate, wish

pytestmark = pytest.mark.django_db
NOWHERE = NotShippable("We cannot send from Viet Nam to Japan yet.", Why.NO_RATE, "post")


@pytest.fixture(autouse=True)
def rates():
    """Only the rows of this test."""
    ShippingRate.objects.all().delete()


def quote(weight_g: int = 500, *, origin="VN", destination="JP", currency="USD", on=DAY):
    return ask_carriers([wish(weight_g, origin=origin, destination=destination, currency=currency, on=on)])[0]


def amount(**asked) -> Decimal:
    return quote(**asked).amount.amount


def zone(name: str, *places: str, **fields) -> Zone:
    made = Zone.objects.create(name=name, **fields)
    made.destinations.set(get_model("address", "Country").objects.filter(pk__in=places))
    return made


def test_an_offer_says_all_of_it():
    row = saved_rate("9.50", service="Small packet", days_min=6, days_max=12)
    found = quote()
    assert (found.carrier, found.channel, found.service, found.incoterm) == ("post", "post", "Small packet", "DAP")
    assert (found.amount, found.duty_fee) == (Money(Decimal("9.50"), "USD"), Money(Decimal(0), "USD"))
    assert (found.days_min, found.days_max, found.origin, found.destination) == (6, 12, "VN", "JP")
    assert (found.rate, found.weight_g, len(found.parcels)) == (row, 500, 1)
    assert found.label == "Post Small packet, 6 to 12 days"
    assert found.others == ()
    assert [(one.carrier, one.why) for one in found.refusals] == [("courier", Why.NO_RATE)]


def test_a_row_for_the_destination_wins_over_a_zone_and_a_zone_over_elsewhere():
    saved_rate("5.00")
    saved_rate("7.00", zone=zone("Asia", "JP", "KR"))
    saved_rate("9.00", destination="JP")
    assert [amount(destination=place) for place in ("JP", "KR", "FR")] == [Decimal("9.00"), Decimal("7.00"), Decimal("5.00")]


def test_a_zone_from_this_economy_wins_over_one_from_anywhere():
    saved_rate("7.00", zone=zone("Asia", "JP"))
    saved_rate("8.00", zone=zone("Asia from Viet Nam", "JP", origin="VN"))
    assert amount() == Decimal("8.00")


@pytest.mark.parametrize("near", ["destination", "zone"])
def test_a_place_with_rows_of_its_own_is_never_elsewhere(near):
    """A heavy parcel does not slip into the class for elsewhere."""
    saved_rate("5.00", 30_000)
    saved_rate("9.00", 1000, **({"destination": "JP"} if near == "destination" else {"zone": zone("Asia", "JP")}))
    assert amount(weight_g=1000) == Decimal("9.00")
    assert quote(1001).why == Why.TOO_HEAVY


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", None),
        ("2026-01-01", "5.00"),
        ("2026-03-31", "5.00"),
        ("2026-04-01", None),
        ("2026-04-30", None),
        ("2026-05-01", "6.00"),
        ("2026-12-31", "6.00"),
        ("2027-01-01", None),
    ],
)
def test_rows_count_from_their_first_to_their_last_day_and_a_gap_is_said(on, expected):
    saved_rate("5.00", effective_to=date(2026, 3, 31))
    saved_rate("6.00", effective_from=date(2026, 5, 1), effective_to=date(2026, 12, 31))
    found = quote(on=date.fromisoformat(on))
    if expected is None:
        assert found == NOWHERE
    else:
        assert found.amount.amount == Decimal(expected)


def test_of_overlapping_rows_the_latest_start_is_used():
    saved_rate("5.00")
    saved_rate("7.00", effective_from=date(2026, 5, 1))
    saved_rate("6.00", effective_from=date(2026, 3, 1))
    saved_rate("9.00", effective_from=date(2026, 7, 1))
    assert amount() == Decimal("7.00")
    assert amount(on=date(2026, 7, 1)) == Decimal("9.00")


def test_another_currency_or_origin_is_no_rate():
    saved_rate("5.00", origin="TH")
    saved_rate("500", currency="JPY")
    assert quote() == NOWHERE
    assert quote(currency="XYZ").why == Why.NO_RATE
    assert amount(currency="JPY") == Decimal(500)
    with translation.override("ja"):
        assert "フランス" in quote(destination="FR").reason


def test_sending_may_be_free():
    saved_rate("0.00")
    assert quote().amount == Money(Decimal("0.00"), "USD")


def test_a_workshops_own_rows_win_for_it_alone():
    own, other = make_workshop(), make_workshop()
    saved_rate("9.00", destination="JP")
    saved_rate("4.00", workshop=own)
    found = shipping_for([Group(own, [line()]), Group(other, [line()])], destination="JP", on=DAY)
    assert [offer.amount.amount for offer in found] == [Decimal("4.00"), Decimal("9.00")]


def test_where_a_workshop_has_no_row_the_rows_for_all_count():
    own = make_workshop()
    saved_rate("9.00")
    saved_rate("4.00", workshop=own, destination="KR")
    assert quote_parcels(workshop=own, lines=[line()], destination="JP", on=DAY).amount.amount == Decimal("9.00")
    assert quote_parcels(workshop=own, lines=[line()], destination="KR", on=DAY).amount.amount == Decimal("4.00")
    assert amount(destination="KR") == Decimal("9.00")


def test_the_cheapest_is_proposed_and_the_others_stay_known():
    saved_rate("9.00", service="EMS", days_max=5)
    saved_rate("5.00", service="Surface", days_max=60)
    saved_rate("20.00", carrier="courier", days_min=2, days_max=3)
    found = quote()
    assert [(one.carrier, one.service) for one in (found, *found.others)] == [
        ("post", "Surface"),
        ("post", "EMS"),
        ("courier", ""),
    ]


def test_at_one_price_the_quicker_is_proposed():
    saved_rate("9.00", service="Slow", days_max=30)
    saved_rate("9.00", carrier="courier", days_max=3)
    assert quote().carrier == "courier"


def test_channel_and_incoterm_narrow_the_offers():
    workshop = make_workshop()
    saved_rate("5.00")
    saved_rate("20.00", carrier="courier")
    saved_rate("25.00", carrier="courier", incoterm="DDP", duty_fee=Decimal("6.50"))
    asked = {"workshop": workshop, "lines": [line()], "destination": "US", "on": DAY}
    assert quote_parcels(**asked).amount.amount == Decimal("5.00")
    assert quote_parcels(**asked, channel="courier").amount.amount == Decimal("20.00")
    paid = quote_parcels(**asked, incoterm="DDP")
    assert (paid.amount.amount, paid.duty_fee.amount, paid.incoterm) == (Decimal("31.50"), Decimal("6.50"), "DDP")
    refused = quote_parcels(**asked, channel="post", incoterm="DDP")
    assert (refused.why, refused.reason) == (
        Why.NO_DDP,
        "From Viet Nam to The United States, no carrier pays duty and tax in advance yet.",
    )


def test_the_fee_for_duty_is_paid_once_however_many_parcels():
    saved_rate("25.00", incoterm="DDP", duty_fee=Decimal("6.50"))
    (found,) = ask_carriers([wish(900, 900)])
    assert (len(found.parcels), found.amount.amount) == (2, Decimal("56.50"))


def test_within_one_economy_nobody_pays_duty():
    saved_rate("3.00", destination="VN")
    (found,) = ask_carriers([wish(500, destination="VN", incoterm="DDP")])
    assert found.amount.amount == Decimal("3.00")


@pytest.mark.parametrize("workshops", [1, 4])
def test_a_basket_of_several_workshops_costs_one_statement(workshops, django_assert_num_queries):
    places = ["VN", "TH", "PE", "JP"]
    groups = [
        Group(make_workshop(village=make_village(economy=place)), [line(), line(300, 2)]) for place in places[:workshops]
    ]
    for number, place in enumerate(places, start=1):
        saved_rate(f"{number}.00", origin=place, zone=zone(place, "CA"), carrier="post")
        saved_rate("30.00", origin=place, carrier="courier", workshop=groups[0].workshop)
    with django_assert_num_queries(1):
        found = shipping_for(groups, destination="CA", on=DAY)
    assert [offer.amount.amount for offer in found] == [Decimal(number) for number in range(1, workshops + 1)]


def test_no_groups_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert shipping_for([], destination="CA", on=DAY) == []


def test_a_zone_of_many_places_gives_each_row_once():
    saved_rate("5.00", zone=zone("World", "JP", "KR", "CA", "US", "DE"))
    assert len(RateBook.load([wish()]).rows) == 1


@pytest.mark.parametrize(
    "again",
    [
        {"amount": "-0.01", "up_to_g": 2000},
        {"amount": "6.00"},
        {"amount": "6.00", "up_to_g": 2000, "duty_fee": Decimal(1)},
        {"amount": "6.00", "up_to_g": 2000, "incoterm": "DDP", "duty_fee": Decimal("-1")},
    ],
)
def test_the_table_refuses_what_cannot_be(again):
    saved_rate("5.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        saved_rate(**again)
    assert ShippingRate.objects.count() == 1


def test_the_table_refuses_a_zone_and_a_destination_in_one():
    row = {"zone": zone("Asia", "JP"), "destination": "JP"}
    with pytest.raises(IntegrityError), transaction.atomic():
        saved_rate(**row)
    with pytest.raises(ValidationError, match="Choose a destination or a zone"):
        ShippingRate(origin="VN", up_to_g=1, amount=1, currency="USD", effective_from=DAY, source="x", **row).full_clean()


def test_rows_of_zones_and_workshops_are_rows_of_their_own():
    workshop = make_workshop()
    saved_rate("5.00")
    saved_rate("6.00", workshop=workshop)
    saved_rate("7.00", zone=zone("Asia", "JP"))
    saved_rate("8.00", service="EMS")
    saved_rate("9.00", incoterm="DDP")
    with pytest.raises(IntegrityError), transaction.atomic():
        saved_rate("6.50", workshop=workshop)
    assert ShippingRate.objects.count() == 5


def test_the_sample_rates_cover_every_economy_by_post_and_courier_and_with_duty_paid():
    from marketplace.economies.models import Economy
    from marketplace.fulfilment.seed import load_sample_rates

    assert load_sample_rates() == 882
    assert load_sample_rates() == 0
    economies = list(Economy.objects.values_list("pk", flat=True))
    for destination in ("JP", "FR", "US"):
        for incoterm in ("DAP", "DDP"):
            asked = [wish(480, origin=origin, destination=destination, incoterm=incoterm) for origin in economies]
            assert all(isinstance(found, ShippingOffer) for found in ask_carriers(asked))
    assert quote(480, origin="VN").carrier == "post"
