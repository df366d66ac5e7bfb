"""Pieces become parcels: weights, boxes, and splitting only where the carrier takes no more."""

from decimal import Decimal

import pytest

from marketplace.fulfilment.carriers.table import TableCarrier
from marketplace.fulfilment.offers import ShippingOffer, Why
from marketplace.fulfilment.packing import (
    Box,
    DoesNotFit,
    TooMany,
    pack,
    smallest_box,
    unit_of,
    units_of,
)
from marketplace.fulfilment.rates import RateBook, charged_g, row_for
from tests.fulfilment.making import line, rate, unit, wish

POST = TableCarrier(key="post", channel="post", numbers="s10")


def answer(rows, *grams, **fields):
    return POST.quote([wish(*grams, **fields)], RateBook(rows))[0]


def offer(rows, *grams, **fields) -> ShippingOffer:
    (one,) = answer(rows, *grams, **fields)
    return one


@pytest.mark.parametrize(
    ("net_g", "quantity", "grams"),
    [(100, 1, 120), (100, 3, 360), (10, 1, 50), (10, 4, 200), (None, 1, 480), (None, 2, 960), (1, 99, 4950), (333, 1, 400)],
)
def test_a_parcel_weighs_a_fifth_more_than_its_pieces(net_g, quantity, grams):
    assert sum(one.weight_g for one in units_of([line(net_g, quantity)])) == grams


def test_the_share_of_packing_is_the_operators(settings):
    settings.MARKETPLACE_PACKING = settings.MARKETPLACE_PACKING | {"SHARE": "0.5", "LEAST_G": 10}
    assert unit_of(line(101).product).weight_g == 152
    assert unit_of(line(1).product).weight_g == 10


def test_a_variant_without_measures_has_its_pieces():
    piece = line(1000, sides=(300, 200, 100)).product
    assert unit_of(line(None, parent=piece).product) == unit_of(piece)
    assert unit_of(piece).sides_mm == (300, 200, 100)
    assert unit_of(piece).volume_mm3 == 7_200_000


def test_of_two_sides_no_box_is_made():
    assert unit_of(line(100, sides=(300, 200, None)).product).sides_mm == ()


@pytest.mark.parametrize(
    ("least", "volume", "box"),
    [
        ((300, 200, 100), 6_000_000, (300, 200, 100)),
        ((300, 200, 100), 6_000_001, (300, 200, 101)),
        ((300, 200, 100), 12_000_000, (300, 200, 200)),
        ((300, 200, 100), 12_000_001, (300, 201, 201)),
        ((300, 200, 100), 27_000_000, (300, 300, 300)),
        ((300, 200, 100), 27_000_001, (301, 301, 301)),
        ((1000, 10, 10), 50_000, (1000, 10, 10)),
    ],
)
def test_a_box_grows_as_little_as_it_must(least, volume, box):
    assert smallest_box(least, volume) == box
    assert box[0] * box[1] * box[2] >= volume


@pytest.mark.parametrize(
    ("grams", "amount"),
    [(1, "5.00"), (500, "5.00"), (501, "8.00"), (1000, "8.00"), (1001, "14.00"), (2000, "14.00")],
)
def test_the_lightest_class_that_holds_the_weight_is_used(grams, amount):
    rows = [rate("14.00", 2000), rate("5.00", 500), rate("8.00", 1000)]
    assert offer(rows, grams).amount.amount == Decimal(amount)


def test_pieces_go_into_one_parcel_while_the_carrier_takes_it_even_where_two_were_cheaper():
    found = offer([rate("1.00", 500), rate("9.00", 1000)], 500, 500)
    assert [parcel.weight_g for parcel in found.parcels] == [1000]
    assert found.amount.amount == Decimal("9.00")


def test_what_is_too_heavy_for_one_parcel_goes_in_several_and_each_is_paid():
    found = offer([rate("5.00", 500), rate("8.00", 1000)], 600, 500, 400, 300)
    assert [parcel.weight_g for parcel in found.parcels] == [1000, 800]
    assert found.amount.amount == Decimal("16.00")
    assert found.weight_g == 1800


def test_one_gram_too_much_makes_a_second_parcel():
    assert len(offer([rate("8.00", 1000)], 500, 500).parcels) == 1
    assert [parcel.weight_g for parcel in offer([rate("8.00", 1000)], 501, 500).parcels] == [501, 500]


def test_a_piece_that_no_parcel_holds_is_refused_by_name():
    refused = answer([rate("8.00", 1000)], 1001, 5)
    assert (refused.why, refused.carrier) == (Why.TOO_HEAVY, "post")
    assert refused.reason == "This parcel from Viet Nam to Japan is too heavy for the post."


@pytest.mark.parametrize(
    ("limit", "value", "fits"),
    [
        ("longest_side_mm", 400, True),
        ("longest_side_mm", 399, False),
        ("sides_sum_mm", 700, True),
        ("sides_sum_mm", 699, False),
        ("length_girth_mm", 1000, True),
        ("length_girth_mm", 999, False),
    ],
)
def test_size_limits_hold_to_the_millimetre(limit, value, fits):
    found = answer([rate("8.00", **{limit: value})], units=(unit(10, 400, 200, 100),))
    if fits:
        assert found[0].parcels[0].sides_mm == (400, 200, 100)
    else:
        assert found.why == Why.TOO_LARGE
        assert found.reason == "This parcel from Viet Nam to Japan is too large for the post."


def test_a_larger_class_takes_what_a_lighter_one_is_too_small_for():
    rows = [rate("5.00", 500, longest_side_mm=300), rate("9.00", 2000, longest_side_mm=600)]
    assert offer(rows, units=(unit(100, 400, 50, 50),)).amount.amount == Decimal("9.00")


def test_pieces_that_are_large_together_are_parted():
    rows = [rate("8.00", sides_sum_mm=700)]
    found = offer(rows, units=(unit(10, 300, 200, 200), unit(10, 300, 200, 200)))
    assert [parcel.sides_mm for parcel in found.parcels] == [(300, 200, 200), (300, 200, 200)]


@pytest.mark.parametrize(("divisor", "grams"), [(None, 100), (5000, 2400), (6000, 2000), (5001, 2400), (4999, 2401)])
def test_volume_counts_as_weight_by_the_divisor(divisor, grams):
    """30 × 20 × 20 cm are 12,000 cm³: 2.4 kg at 5000 cm³ per kilogram, rounded up to the gram."""
    box = Box().with_unit(unit(100, 300, 200, 200))
    assert charged_g(rate(volumetric_divisor=divisor), box, box.sides_mm) == grams


def test_a_heavy_small_thing_is_charged_by_its_weight():
    box = Box().with_unit(unit(2401, 300, 200, 200))
    assert charged_g(rate(volumetric_divisor=5000), box, box.sides_mm) == 2401


def test_volume_decides_the_class_at_its_border():
    rows = [rate("8.00", 2400, volumetric_divisor=5000), rate("15.00", 3000, volumetric_divisor=5000)]
    assert row_for(rows, Box().with_unit(unit(1, 300, 200, 200))).amount == Decimal("8.00")
    assert row_for(rows, Box().with_unit(unit(1, 300, 200, 201))).amount == Decimal("15.00")


def test_where_no_size_is_known_the_weight_decides():
    assert offer([rate("8.00", volumetric_divisor=5000, longest_side_mm=10)], 900).amount.amount == Decimal("8.00")


def test_more_parcels_than_allowed_are_refused(settings):
    settings.MARKETPLACE_PACKING = settings.MARKETPLACE_PACKING | {"MOST_PARCELS": 3}
    assert len(offer([rate("8.00", 1000)], *[1000] * 3).parcels) == 3
    refused = answer([rate("8.00", 1000)], *[1000] * 4)
    assert refused.why == Why.TOO_MANY
    assert "too many parcels at once" in refused.reason


def test_every_piece_is_packed_once():
    units = [unit(weight) for weight in (700, 10, 300, 300, 650, 50, 990)]
    boxes = pack(units, lambda box: box.weight_g <= 1000)
    assert sorted(one.weight_g for box in boxes for one in box.units) == [10, 50, 300, 300, 650, 700, 990]
    assert [box.weight_g for box in boxes] == [1000, 1000, 1000]


def test_packing_raises_what_it_cannot_do(settings):
    settings.MARKETPLACE_PACKING = settings.MARKETPLACE_PACKING | {"MOST_PARCELS": 1}
    with pytest.raises(DoesNotFit):
        pack([unit(11)], lambda box: box.weight_g <= 10)
    with pytest.raises(TooMany):
        pack([unit(6), unit(6)], lambda box: box.weight_g <= 10)


def test_a_thousand_pieces_are_planned_or_refused_at_once():
    refused = answer([rate("8.00", 1000), *[rate("7.00", grams) for grams in range(100, 1000, 50)]], *[900] * 990)
    assert refused.why == Why.TOO_MANY
