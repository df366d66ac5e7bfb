"""Boxes of a consignment: planned by the offer, weighed by the maker, each with a tracking number of its own."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import Product
from marketplace.fulfilment.carriers.contract import BadNumber
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.offers import PlannedParcel, ShippingOffer
from marketplace.fulfilment.parcels import (
    BadParcel,
    Piece,
    Weighed,
    assign_number,
    check_parcels,
    planned_parcels,
    read_tracking,
    tracking_of,
    year_before,
)
from marketplace.fulfilment.services import NotAllowed, correct_number, pack, send, weigh
from marketplace.money import Money
from tests.fulfilment.making import make_consignment, saved_rate

GOOD, SECOND, THIRD = "RR123456785VN", "RA966331020JP", "RR473124829GB"
PIECES = [Piece(1, 2, 300), Piece(2, 1, 150)]


def refusal(parcels, pieces=PIECES) -> tuple[int, str, str]:
    with pytest.raises(BadParcel) as problem:
        check_parcels(parcels, pieces)
    return problem.value.number, problem.value.field, str(problem.value)


@pytest.mark.parametrize("grams", [750, 751, 70_000])
def test_a_parcel_weighs_at_least_what_is_in_it_and_at_most_what_hands_carry(grams):
    check_parcels([Weighed(grams)], PIECES)


@pytest.mark.parametrize(
    ("grams", "words"),
    [
        (0, "weighs more than nothing"),
        (-1, "weighs more than nothing"),
        (70_001, "70.001 kg is more than a person can carry"),
        (749, "The pieces alone weigh 750 g, so the packed parcel cannot weigh 749 g."),
    ],
)
def test_a_weight_that_cannot_be_is_refused_with_the_reason(grams, words):
    number, field, text = refusal([Weighed(grams)])
    assert (number, field) == (1, "weight") and words in text


@pytest.mark.parametrize("sides", [(1, 1), (0, 10, 10), (10, -1, 10), (3001, 10, 10)])
def test_sides_that_cannot_be_are_refused(sides):
    assert refusal([Weighed(800, sides)])[:2] == (1, "size")


def test_of_several_parcels_each_is_as_heavy_as_what_is_in_it():
    check_parcels([Weighed(600, contents={1: 2}), Weighed(150, contents={2: 1})], PIECES)
    assert refusal([Weighed(900, contents={1: 2}), Weighed(149, contents={2: 1})])[:2] == (2, "weight")


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ({}, {2: 1}, 1),
        ({1: 2}, {}, 2),
        ({1: 2}, {2: 0}, 2),
        ({1: 1}, {2: 1}, 2),
        ({1: 2}, {2: 2}, 2),
        ({1: 2, 9: 1}, {2: 1}, 2),
        ({1: 3}, {1: -1, 2: 1}, 2),
    ],
)
def test_of_several_parcels_every_piece_lies_in_one(first, second, number):
    assert refusal([Weighed(2000, contents=first), Weighed(2000, contents=second)])[:2] == (number, "contents")


def test_pieces_of_unknown_weight_do_not_stop_the_packing():
    check_parcels([Weighed(300)], [Piece(1, 1, 300), Piece(2, 5, None)])
    assert refusal([Weighed(299)], [Piece(1, 1, 300), Piece(2, 5, None)])[1] == "weight"


def test_nothing_weighed_is_refused():
    assert refusal([])[:2] == (1, "weight")


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-11-22", "2025-11-22"), ("2028-02-29", "2027-02-28"), ("2027-02-28", "2026-02-28"), ("2028-03-01", "2027-03-01")],
)
def test_a_year_before(day, before):
    assert year_before(date.fromisoformat(day)) == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("carrier", "text", "stored", "issuer"),
    [
        ("post", "rr 123 456 785 vn", GOOD, "S10:VN"),
        ("courier", "ab-12345678", "AB12345678", "courier"),
        ("Viet Nam Post", "rr123456785vn", GOOD, "S10:VN"),
        ("Bus 12", "x 77", "X77", "name:bus 12"),
        ("", "x 77", "X77", "name:"),
    ],
)
def test_numbers_are_read_by_the_carrier(carrier, text, stored, issuer):
    number = read_tracking(carrier, text)
    assert (number.text, number.issuer) == (stored, issuer)


@pytest.mark.parametrize("carrier", ["post", "courier", "Bus 12"])
def test_no_number_is_no_mistake(carrier):
    assert read_tracking(carrier, "  ") is None


@pytest.mark.parametrize(
    ("carrier", "text"),
    [("post", "RR123456784VN"), ("post", "1Z999"), ("courier", "AB"), ("Viet Nam Post", "RR123456784VN"), ("Bus 12", "ボックス")],
)
def test_a_number_that_cannot_be_is_refused(carrier, text):
    with pytest.raises(BadNumber):
        read_tracking(carrier, text)


@pytest.fixture
def consignment(db) -> Consignment:
    """Paid and to pack: two bowls of 300 g and a cup of 150 g."""
    return make_consignment(("Bowl", 300, 2), ("Cup", 150, 1))


def offer(*boxes: PlannedParcel) -> ShippingOffer:
    zero = Money(Decimal(0), "USD")
    return ShippingOffer(
        "post", "Post", "post", "EMS", "DAP", zero, zero, 1, 2, "VN", "JP", tuple(boxes)
    )


def stored(consignment: Consignment) -> list[tuple]:
    rows = Parcel.objects.filter(consignment=consignment)
    return list(rows.values_list("number", "gross_weight_g", "packing_weight_g", "tracking"))


def test_parcels_are_planned_with_the_row_they_were_priced_by(consignment):
    consignment.parcels.all().delete()
    row = saved_rate("9.00", up_to_g=999)
    (parcel,) = planned_parcels(consignment, offer(PlannedParcel(900, (), Money(Decimal(9), "USD"), row)))
    assert (parcel.number, parcel.planned_weight_g, parcel.carrier, parcel.service) == (1, 900, "post", "EMS")
    assert (parcel.rate, parcel.gross_weight_g, parcel.weight_g) == (row, None, 900)
    assert str(parcel) == f"{consignment.number}/1"


def test_planned_boxes_know_the_lines_that_lie_in_them(consignment):
    consignment.parcels.all().delete()
    bowls, cup = consignment.lines
    zero = Money(Decimal(0), "USD")
    boxes = [
        PlannedParcel(360, (), zero, contents=((bowls.product_id, 1),)),
        PlannedParcel(540, (), zero, contents=((bowls.product_id, 1), (cup.product_id, 1))),
    ]
    planned = planned_parcels(consignment, offer(*boxes))
    assert [row.contents for row in planned] == [{str(bowls.pk): 1}, {str(bowls.pk): 1, str(cup.pk): 1}]
    assert [row.service for row in planned] == ["EMS", "EMS"]


def test_the_maker_weighs_what_she_packed(consignment):
    moved = pack(consignment=consignment, parcels=[Weighed(905, (300, 200, 125))])
    assert moved.state == "packed"
    parcel = consignment.parcels.get()
    assert (parcel.gross_weight_g, parcel.packing_weight_g, parcel.sides_mm) == (905, 155, (300, 200, 125))
    assert parcel.contents == {str(line.pk): line.quantity for line in consignment.lines}


def test_a_wrong_weight_packs_nothing(consignment):
    before = Consignment.objects.values().get(pk=consignment.pk), stored(consignment)
    with pytest.raises(BadParcel):
        pack(consignment=consignment, parcels=[Weighed(749)])
    assert (Consignment.objects.values().get(pk=consignment.pk), stored(consignment)) == before


def test_weights_are_corrected_until_it_is_sent(consignment):
    bowls, cup = consignment.lines
    pack(consignment=consignment, parcels=[Weighed(905)])
    weigh(
        consignment=consignment,
        parcels=[Weighed(700, contents={bowls.pk: 2}, tracking=GOOD), Weighed(200, contents={cup.pk: 1})],
    )
    assert stored(consignment) == [(1, 700, 100, GOOD), (2, 200, 50, "")]
    weigh(consignment=consignment, parcels=[Weighed(880, tracking=GOOD)])
    assert stored(consignment) == [(1, 880, 130, GOOD)]
    send(consignment=consignment, carrier="post")
    with pytest.raises(NotAllowed, match="before the parcel is sent"):
        weigh(consignment=consignment, parcels=[Weighed(900)])
    assert stored(consignment) == [(1, 880, 130, GOOD)]


def test_packing_of_a_piece_of_unknown_weight_is_not_known(consignment):
    Product.objects.filter(title="Cup").update(net_weight_g=None)
    weigh(consignment=consignment, parcels=[Weighed(900)])
    assert consignment.parcels.get().packing_weight_g is None


def test_it_is_sent_with_the_number_as_the_post_writes_it(consignment):
    moved = send(consignment=consignment, carrier="post", carrier_name=" Viet Nam Post ", tracking=" rr 123456785 vn ")
    assert (moved.carrier, moved.tracking) == ("Viet Nam Post", GOOD)
    parcel = consignment.parcels.get()
    assert (parcel.tracking, parcel.tracking_issuer, parcel.tracking_current) == (GOOD, "S10:VN", True)
    (told,) = tracking_of(Consignment.objects.get(pk=consignment.pk))
    assert (told.number, told.carrier, told.url) == (
        GOOD,
        "Viet Nam Post",
        f"https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1={GOOD}&locale=en",
    )


def test_a_wrong_number_sends_nothing(consignment):
    before = Consignment.objects.values().get(pk=consignment.pk), stored(consignment)
    with pytest.raises(BadNumber, match="RR123456785VN"):
        send(consignment=consignment, carrier="post", tracking="RR123456784VN")
    assert (Consignment.objects.values().get(pk=consignment.pk), stored(consignment)) == before


def test_the_number_given_at_packing_stays_when_none_is_given_at_sending(consignment):
    pack(consignment=consignment, parcels=[Weighed(900, tracking=GOOD)])
    assert send(consignment=consignment, carrier="post").tracking == GOOD


def test_two_parcels_of_one_consignment_have_two_numbers(consignment):
    bowls, cup = consignment.lines
    boxes = [Weighed(700, contents={bowls.pk: 2}), Weighed(200, contents={cup.pk: 1})]
    pack(consignment=consignment, parcels=boxes)
    with pytest.raises(BadNumber, match="another parcel already"):
        send(consignment=consignment, carrier="post", tracking=[GOOD, GOOD.lower()])
    assert Consignment.objects.get(pk=consignment.pk).state == "packed"
    send(consignment=consignment, carrier="post", tracking=[GOOD, SECOND])
    assert [row.number for row in tracking_of(Consignment.objects.get(pk=consignment.pk))] == [GOOD, SECOND]


def test_two_labels_may_change_places(consignment):
    bowls, cup = consignment.lines
    boxes = [{bowls.pk: 2}, {cup.pk: 1}]
    for numbers in ((GOOD, SECOND), (SECOND, GOOD)):
        weighed = [Weighed(700, contents=box, tracking=number) for box, number in zip(boxes, numbers, strict=True)]
        weigh(consignment=consignment, parcels=weighed)
        assert [row[3] for row in stored(consignment)] == list(numbers)


@pytest.mark.parametrize(
    ("later", "free"), [("2026-11-22", False), ("2027-11-21", False), ("2027-11-22", True), ("2028-01-01", True)]
)
def test_a_post_uses_a_number_again_after_twelve_months(consignment, later, free):
    first = consignment.parcels.get()
    assign_number(first, read_tracking("post", GOOD), on=date(2026, 11, 22))
    second = Parcel(consignment=consignment, number=2)
    if not free:
        with pytest.raises(BadNumber):
            assign_number(second, read_tracking("post", GOOD), on=date.fromisoformat(later))
        assert Parcel.objects.filter(tracking=GOOD).count() == 1
        return
    assign_number(second, read_tracking("post", GOOD), on=date.fromisoformat(later))
    first.refresh_from_db()
    assert (first.tracking, first.tracking_current, second.tracking_current) == (GOOD, False, True)


def test_the_same_digits_of_another_carrier_are_another_number(consignment):
    assign_number(consignment.parcels.get(), read_tracking("courier", "AB12345678"), on=date(2026, 11, 22))
    assign_number(
        Parcel(consignment=consignment, number=2), read_tracking("Bus 12", "AB12345678"), on=date(2026, 11, 22)
    )
    assert Parcel.objects.filter(tracking="AB12345678", tracking_current=True).count() == 2


@pytest.mark.parametrize(
    "wrong", [{"gross_weight_g": 0}, {"number": 1}, {"tracking_current": True}, {"tracking_current": True, "tracking": "X"}]
)
def test_the_table_refuses_what_cannot_be(consignment, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcel.objects.create(**{"consignment": consignment, "number": 2} | wrong)


def test_a_number_is_corrected_after_a_slip(consignment):
    send(consignment=consignment, carrier="post", tracking=GOOD)
    parcel = consignment.parcels.get()
    correct_number(parcel=parcel, carrier="post", tracking=THIRD)
    assert consignment.parcels.get().tracking == THIRD
    assert Consignment.objects.get(pk=consignment.pk).tracking == THIRD
    with pytest.raises(BadNumber):
        correct_number(parcel=parcel, carrier="post", tracking="RR123456784VN")
    assert consignment.parcels.get().tracking == THIRD


def test_a_consignment_from_before_parcels_is_sent_as_well(consignment):
    consignment.parcels.all().delete()
    send(consignment=consignment, carrier="post", tracking=GOOD)
    assert stored(consignment) == [(1, None, None, GOOD)]
