"""A basket's consignments, each priced by its own place. What a rate is: tests/fulfilment."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.fulfilment.models import ShippingRate
from marketplace.fulfilment.packing import units_of
from marketplace.money import Money
from tests.factories import make_basket, make_piece, make_village, make_workshop
from tests.fulfilment.making import saved_rate as rate
from tests.shopping import quote_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def rates():
    """Only the rows of this test."""
    ShippingRate.objects.all().delete()


def test_a_variant_weighs_what_its_piece_weighs():
    piece = make_piece(variants={"Small": ("10.00", 5)}, net_weight_g=1000)
    basket = make_basket((piece.children.get(), 2))
    assert [unit.weight_g for unit in units_of(basket.all_lines())] == [1200, 1200]


def test_consignments_are_quoted_each_by_its_own_place_and_add_up():
    rate("5.00", 1000)
    rate("8.00", 2000)
    rate("3.50", 1000, origin="TH")
    lacquer = make_workshop(village=make_village(economy="VN"))
    indigo = make_workshop(village=make_village(economy="TH"))
    heavy = make_piece(lacquer, price="48.00", net_weight_g=900)
    light = make_piece(lacquer, price="0.01", net_weight_g=100)
    cloth = make_piece(indigo, price="19.99", net_weight_g=200)
    basket = make_basket(heavy, (cloth, 3), (light, 2))
    found = quote_of(basket.all_lines(), on=DAY)
    by_workshop = {row.workshop: row for row in found.consignments}
    assert set(by_workshop) == {lacquer, indigo}
    assert by_workshop[lacquer].shipping.weight_g == 1080 + 240
    assert by_workshop[lacquer].goods == Money(Decimal("48.02"), "USD")
    assert by_workshop[lacquer].total == Money(Decimal("56.02"), "USD")
    assert by_workshop[indigo].shipping.weight_g == 720
    assert by_workshop[indigo].total == Money(Decimal("63.47"), "USD")
    assert not found.refusals
    assert found.goods == Money(Decimal("107.99"), "USD")
    assert found.shipping == Money(Decimal("11.50"), "USD")
    assert found.total == Money(Decimal("119.49"), "USD")
    assert sum((row.total for row in found.consignments), Money(Decimal(0), "USD")) == found.total


def test_one_consignment_that_cannot_be_sent_is_named():
    rate("5.00", 1000)
    indigo = make_workshop(village=make_village(economy="TH"))
    basket = make_basket(make_piece(make_workshop(), net_weight_g=100), make_piece(indigo))
    found = quote_of(basket.all_lines(), on=DAY)
    assert found.refusals == ["We cannot send from Thailand to Japan yet."]


def test_an_empty_basket_costs_nothing():
    found = quote_of([], on=DAY)
    assert found.total == Money(Decimal("0.00"), "USD")
    assert not found.consignments
