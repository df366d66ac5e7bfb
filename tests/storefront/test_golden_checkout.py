"""Worked cases of landed cost through a real checkout: what the review shows, the order keeps and Stripe charges."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate, Market, Registration, RegistrationScheme
from marketplace.fulfilment.models import Consignment, ConsignmentLevy, ShippingRate
from marketplace.money import Money, to_minor
from marketplace.payments.models import Payment
from tests.factories import make_piece, make_village, make_workshop
from tests.shopping import Shopper

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent.parent / "trade" / "data" / "golden_landed_cost.csv"
# Case → the scheme that its seller is registered under, and an address there.
THROUGH = {
    "AU-1": ("AU-GST", {"state": "NSW", "city": "Sydney", "postcode": "2000"}),
    "GB-1": ("GB-VAT", {"city": "London", "postcode": "SW1A 1AA"}),
    "CA-1": ("", {"state": "AB", "city": "Calgary", "postcode": "T2P 1J9"}),
    "TH-1": ("", {"state": "กรุงเทพมหานคร", "city": "Bangkok", "postcode": "10200", "district": "Phra Nakhon"}),
    "PH-1": ("", {"city": "Manila", "postcode": "1000", "state": "Metro Manila"}),
    "BN-1": ("", {"city": "Bandar Seri Begawan", "postcode": "BS8711"}),
}
NUMBERS = {"AU-GST": "51824753556", "GB-VAT": "980780684"}


def case(name: str) -> dict[str, str]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["id"] == name)


def prepare(row: dict[str, str], scheme: str, fresh) -> Shopper:
    """A shop whose prices in the case's currency are the case's own, and a basket with its goods."""
    currency, today = row["currency"], timezone.localdate()
    ExchangeRate.objects.all().delete()
    # One dollar of the price list is one unit there, and prices stand where they are.
    for quote in ("USD", currency):
        ExchangeRate.objects.create(base="EUR", quote=quote, value=Decimal(1), on=today, source="test")
    market = Market.objects.get(destination=row["destination"])
    market.currencies.filter(currency=currency).update(price_point_step=Decimal("0.01"), price_point_ending="")
    if scheme:
        known = RegistrationScheme.objects.get(code=scheme)
        Registration.objects.create(scheme=known, number=NUMBERS[scheme], valid_from="2020-01-01", source="test")
    ShippingRate.objects.all().delete()
    ShippingRate.objects.create(
        origin=row["ship_from"],
        up_to_g=30_000,
        amount=Decimal(row["shipping"]),
        currency="USD",
        effective_from="2020-01-01",
        source="test",
    )
    for name in (versions.RATES, versions.MARKETS):
        versions.touch(name)
    fresh()
    workshop = make_workshop(village=make_village(economy=row["ship_from"]))
    shopper = Shopper(market=f"/{row['destination']}-{currency}".lower())
    for line in row["lines_hs6_qty_value"].split("|"):
        hs, _x, rest = line.partition("x")
        quantity, _colon, value = rest.partition(":")
        price = Decimal(value) / int(quantity)
        grams = int(Decimal(row["weight_kg"]) * 1000)
        shopper.fill((make_piece(workshop, price=str(price), hs_code=hs, net_weight_g=grams, stock=9), int(quantity)))
    return shopper


@pytest.mark.parametrize("name", THROUGH)
def test_a_worked_case_comes_out_at_the_checkout(name, fresh, fake_stripe):
    row, (scheme, place) = case(name), THROUGH[name]
    shopper = prepare(row, scheme, fresh)
    address = {
        "email": "a@example.com",
        "economy": row["destination"],
        "full_name": "Ana Lee",
        "line1": "1 Long Road",
        "phone": "",
    }
    given = shopper.client.post_from_page(shopper.url("checkout/"), address | place)
    assert given.status_code == 302, given.context["form"].errors
    page = shopper.client.get(shopper.url("checkout/review/"))
    assert page.status_code == 200, page
    currency = row["currency"]
    charged = Decimal(row["goods_net"]) + Decimal(row["shipping"]) + Decimal(row["charged_at_checkout"])
    assert page.context["total"] == Money(charged, currency)
    assert page.context["border_total"] == Money(Decimal(row["due_at_border"]), currency)
    assert shopper.pay(shopper.review()).status_code == 303
    payment = Payment.objects.get()
    assert fake_stripe.sessions[payment.gateway_session]["amount_total"] == to_minor(Money(charged, currency))
    consignment = Consignment.objects.get()
    kept = ConsignmentLevy.objects.filter(consignment=consignment)
    totals = {kind: sum((levy.amount for levy in kept if levy.kind == kind), Decimal(0)) for kind in ("duty", "vat")}
    assert totals == {"duty": Decimal(row["duty"]), "vat": Decimal(row["tax"])}
    assert consignment.total == charged
    assert set(row["rule_ids"].split(";")) <= set(consignment.rule_ids)
    assert charged + Decimal(row["due_at_border"]) == Decimal(row["landed_total"])
