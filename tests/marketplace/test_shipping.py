"""A basket's consignments, each priced by its own place. What a rate is: tests/fulfilment."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.economies import versions
from marketplace.economies.models import Market, Registration, RegistrationScheme
from marketplace.fulfilment.models import ShippingRate
from marketplace.fulfilment.packing import units_of
from marketplace.money import Money
from marketplace.trade.models import ResponsiblePerson
from marketplace.trade.readiness_sample import PERSON
from marketplace.trade.restriction_rules import RESTRICTIONS
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
    assert found.refusals == ["Sao Mai Lacquer (“Red bowl”): We cannot send from Thailand to Japan yet."]
    first, second = found.consignments
    assert (first.refusal, second.refusal) == ("", "We cannot send from Thailand to Japan yet.")
    assert (first.postage, second.postage) == (Money(Decimal("5.00"), "USD"), Money(Decimal("0.00"), "USD"))


@pytest.fixture
def ioss():
    scheme = RegistrationScheme.objects.get(code="IOSS")
    Registration.objects.create(scheme=scheme, number="IM2760000000", valid_from="2026-01-01", source="test")
    versions.touch(versions.MARKETS)


def known_in_the_union():
    """A workshop with a responsible person there."""
    workshop = make_workshop()
    ResponsiblePerson.objects.create(destination="EU", workshop=workshop, **PERSON)
    versions.touch(RESTRICTIONS)
    return workshop


def test_with_ioss_a_small_parcel_goes_prepaid_whatever_the_markets_terms_are(ioss):
    """The market is DAP. EUR 18 of goods: VAT and the EUR 3 with the order, nothing at the border, by the way that prepays."""
    rate("5.00", 1000)
    rate("7.00", 1000, incoterm="DDP", duty_fee=Decimal("1.00"))
    workshop = known_in_the_union()
    small, dear = (make_piece(workshop, price=price, net_weight_g=100) for price in ("18.00", "480.00"))
    assert Market.objects.get(destination="DE").terms == "DAP"
    found = quote_of(make_basket(small).all_lines(), "DE")
    assert not found.refusals
    (part,) = found.consignments
    assert (part.shipping.incoterm, part.postage, part.levies.incoterm) == ("DDP", Money(Decimal("8.00"), "USD"), "DDP")
    assert not part.levies.border and not part.levies.unknown
    assert {row.levy.kind: row.levy.rule_id for row in part.levies.checkout} == {"duty": "EU-DUTY-3EUR", "vat": "EU-VAT-IOSS"}
    assert {row.levy.registration for row in part.levies.checkout} == {"IM2760000000"}
    # Above EUR 150 the market's own terms hold.
    (part,) = quote_of(make_basket(dear).all_lines(), "DE").consignments
    assert (part.shipping.incoterm, part.postage, part.levies.checkout) == ("DAP", Money(Decimal("5.00"), "USD"), ())


def test_with_ioss_and_no_carrier_that_prepays_the_consignment_is_refused_by_name(ioss):
    rate("5.00", 1000)
    small, dear = (make_piece(known_in_the_union(), price=price, net_weight_g=100) for price in ("18.00", "400.00"))
    found = quote_of(make_basket(small, dear).all_lines(), "DE")
    assert found.refusals == [
        "Sao Mai Lacquer (“Red bowl”): Parcels of this value go to Germany only with duty and tax paid beforehand. "
        "None of our carriers does that yet."
    ]
    assert [bool(part.refusal) for part in found.consignments] == [True, False]
    assert found.consignments[1].postage == Money(Decimal("5.00"), "USD")


def test_an_empty_basket_costs_nothing():
    found = quote_of([], on=DAY)
    assert found.total == Money(Decimal("0.00"), "USD")
    assert not found.consignments
