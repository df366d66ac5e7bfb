"""What it costs to send one workshop's pieces: dated rows, by weight and place."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.fulfilment.models import ShippingRate
from marketplace.fulfilment.quotes import quote_basket
from marketplace.fulfilment.shipping import NotShippable, ShippingQuote, quote_shipping, weight_of
from marketplace.money import Money
from tests.factories import make_basket, make_piece, make_village, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def rates():
    """Only the rows of this test."""
    ShippingRate.objects.all().delete()


def rate(
    amount: str,
    up_to_g: int = 1000,
    *,
    origin="VN",
    destination="",
    currency="USD",
    start="2026-01-01",
    end=None,
) -> ShippingRate:
    return ShippingRate.objects.create(
        origin=origin,
        destination=destination,
        up_to_g=up_to_g,
        amount=amount,
        currency=currency,
        effective_from=start,
        effective_to=end,
        source="A test's tariff",
    )


def quote(weight_g: int = 500, *, origin="VN", destination="JP", currency="USD", on=DAY):
    return quote_shipping(origin=origin, destination=destination, weight_g=weight_g, currency=currency, on=on)


def test_the_quote_names_the_row_it_came_from():
    row = rate("9.50")
    assert quote() == ShippingQuote(Money(Decimal("9.50"), "USD"), row, 500)


@pytest.mark.parametrize(
    ("weight_g", "amount"),
    [(1, "5.00"), (500, "5.00"), (501, "8.00"), (1000, "8.00"), (1001, "14.00"), (2000, "14.00")],
)
def test_the_lightest_class_that_holds_the_weight_is_used(weight_g, amount):
    rate("14.00", 2000)
    rate("5.00", 500)
    rate("8.00", 1000)
    assert quote(weight_g).amount.amount == Decimal(amount)


def test_a_row_for_the_destination_wins_over_elsewhere():
    rate("5.00")
    rate("9.00", destination="JP")
    assert quote().amount.amount == Decimal("9.00")
    assert quote(destination="KR").amount.amount == Decimal("5.00")


def test_a_destination_with_rows_of_its_own_is_never_elsewhere():
    """A heavy parcel does not slip into the class for elsewhere."""
    rate("5.00", 30_000)
    rate("9.00", 1000, destination="JP")
    refusal = quote(1001)
    assert refusal == NotShippable("This parcel from Viet Nam to Japan is too heavy for the post.")


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        ("2025-12-31", None),
        ("2026-01-01", "5.00"),
        ("2026-03-31", "5.00"),
        ("2026-04-01", "6.00"),
        ("2026-12-31", "6.00"),
        ("2027-01-01", None),
    ],
)
def test_rows_count_from_their_first_to_their_last_day(on, amount):
    rate("5.00", end="2026-03-31")
    rate("6.00", start="2026-04-01", end="2026-12-31")
    found = quote(on=date.fromisoformat(on))
    if amount is None:
        assert found == NotShippable("We cannot send from Viet Nam to Japan yet.")
    else:
        assert found.amount.amount == Decimal(amount)


def test_of_several_open_rows_the_latest_start_is_used():
    rate("5.00")
    rate("7.00", start="2026-05-01")
    rate("6.00", start="2026-03-01")
    rate("9.00", start="2026-07-01")
    assert quote().amount.amount == Decimal("7.00")


def test_without_any_row_the_reason_names_both_ends():
    rate("5.00", origin="TH")
    rate("5.00", currency="JPY")
    assert quote() == NotShippable("We cannot send from Viet Nam to Japan yet.")
    with translation.override("ja"):
        assert "フランス" in quote(destination="FR").reason


def test_above_the_heaviest_class_the_reason_says_so():
    rate("5.00", 1000)
    assert quote(1001) == NotShippable("This parcel from Viet Nam to Japan is too heavy for the post.")


def test_sending_may_be_free():
    rate("0.00")
    assert quote().amount == Money(Decimal("0.00"), "USD")


def test_the_table_refuses_a_negative_amount_and_a_second_row_for_one_day():
    rate("5.00")
    for again in ({"amount": "-0.01", "up_to_g": 2000}, {"amount": "6.00"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rate(**again)
    row = ShippingRate(
        origin="VN", up_to_g=1, amount="-1", currency="USD", effective_from="2026-01-01", source="x"
    )
    with pytest.raises(ValidationError):
        row.full_clean()


@pytest.mark.parametrize(
    ("net_g", "quantity", "grams"),
    [
        (100, 1, 120),
        (100, 3, 360),
        (10, 1, 50),
        (10, 4, 200),
        (None, 1, 480),
        (None, 2, 960),
        (1, 99, 4950),
        (333, 1, 400),
    ],
)
def test_a_parcel_weighs_a_fifth_more_than_its_pieces(net_g, quantity, grams):
    piece = SimpleNamespace(net_weight_g=net_g, is_child=False)
    assert weight_of([SimpleNamespace(product=piece, quantity=quantity)]) == grams


def test_a_variant_weighs_what_its_piece_weighs():
    piece = make_piece(variants={"Small": ("10.00", 5)}, net_weight_g=1000)
    basket = make_basket((piece.children.get(), 2))
    assert weight_of(basket.all_lines()) == 2400


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
    found = quote_basket(lines=basket.all_lines(), destination="JP", currency="USD", on=DAY)
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
    found = quote_basket(lines=basket.all_lines(), destination="JP", currency="USD", on=DAY)
    assert found.refusals == ["We cannot send from Thailand to Japan yet."]


def test_an_empty_basket_costs_nothing():
    found = quote_basket(lines=[], destination="JP", currency="USD", on=DAY)
    assert found.total == Money(Decimal("0.00"), "USD")
    assert not found.consignments


def test_the_sample_rates_cover_every_economy():
    from marketplace.economies.models import Economy
    from marketplace.fulfilment.seed import load_sample_rates

    assert load_sample_rates() == 336
    assert load_sample_rates() == 0
    for economy in Economy.objects.all():
        for destination in (economy.pk, "JP", "FR"):
            assert isinstance(quote(480, origin=economy.pk, destination=destination), ShippingQuote)
