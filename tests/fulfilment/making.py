"""Rates, wishes and pieces with only what a test names."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.classes import product_class_for
from catalogue.models import Product
from marketplace.fulfilment.models import Consignment, Parcel, ShippingRate
from marketplace.fulfilment.offers import Wish
from marketplace.fulfilment.packing import Unit
from marketplace.payments.models import Payment
from tests.factories import make_workshop
from tests.factories.pieces import EXPORTABLE
from tests.factories.texts import number

DAY = date(2026, 6, 15)


def rate(amount: str = "5.00", up_to_g: int = 1000, **fields) -> ShippingRate:
    """A row of the post from Viet Nam to everywhere, not saved."""
    given = {"origin": "VN", "currency": "USD", "effective_from": date(2026, 1, 1), "source": "A test's tariff"} | fields
    return ShippingRate(amount=Decimal(amount), up_to_g=up_to_g, **given)


def saved_rate(amount: str = "5.00", up_to_g: int = 1000, **fields) -> ShippingRate:
    row = rate(amount, up_to_g, **fields)
    row.save()
    return row


def wish(*grams: int, units: tuple[Unit, ...] = (), **fields) -> Wish:
    """From Viet Nam to Japan on DAY in US dollars: one unit per weight, or ``units``."""
    given = {"origin": "VN", "destination": "JP", "currency": "USD", "on": DAY} | fields
    return Wish(units=units or tuple(Unit(weight) for weight in grams or (500,)), **given)


def unit(weight_g: int, *sides_mm: int) -> Unit:
    """Without packing on top."""
    volume = sides_mm[0] * sides_mm[1] * sides_mm[2] if sides_mm else 0
    return Unit(weight_g, tuple(sorted(sides_mm, reverse=True)), volume)


def line(net_g: int | None = 100, quantity: int = 1, sides=(None, None, None), lead_days=None, parent=None):
    """A basket line of a piece (of a variant where ``parent`` is given) that exists in no database."""
    length, width, height = sides
    product = SimpleNamespace(
        pk=7,
        net_weight_g=net_g,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        is_child=parent is not None,
        parent=parent,
        lead_days=lead_days,
        month_capacity=None,
        made_to_order=lead_days is not None,
    )
    return SimpleNamespace(product=product, quantity=quantity)


def make_consignment(*pieces: tuple, workshop=None, destination: str = "JP", rate_row=None) -> Consignment:
    """Paid and to pack, with one planned parcel: (title, net grams, how many) each; written straight into the tables."""
    workshop = workshop or make_workshop()
    address = get_model("order", "ShippingAddress").objects.create(
        last_name="Mori Kenji", line1="1-2-3 Minato", line4="Yokohama", postcode="220-0012", country_id=destination
    )
    total = {name: Decimal("50.00") for name in ("total_incl_tax", "total_excl_tax")}
    order = get_model("order", "Order").objects.create(
        number=f"ORDER-{number()}", currency="USD", shipping_address=address, guest_email="kenji@example.com", **total
    )
    prices = {f"{kind}_{tax}_tax": Decimal("10.00") for kind in ("line_price", "unit_price") for tax in ("incl", "excl")}
    prices |= {f"line_price_before_discounts_{tax}_tax": Decimal("10.00") for tax in ("incl", "excl")}
    kind = product_class_for(Product.Supply.STOCK)
    for title, net_g, quantity in pieces or (("Red bowl", 400, 1),):
        piece = Product.objects.create(
            product_class=kind,
            title=title,
            upc=f"P-{number()}",
            partner=workshop.partner,
            **EXPORTABLE | {"origin": workshop.village.economy_id, "net_weight_g": net_g},
        )
        order.lines.create(partner=workshop.partner, product=piece, title=title, quantity=quantity, num_allocated=0, **prices)
    now = timezone.now()
    Payment.objects.create(
        order=order,
        idempotency_key=f"key-{number()}",
        state="paid",
        amount=Decimal("50.00"),
        currency="USD",
        language="en",
        expires_at=now,
        paid_at=now,
    )
    consignment = Consignment.objects.create(
        order=order,
        workshop=workshop,
        number=f"{workshop.code_prefix}-{number()}",
        currency="USD",
        goods=Decimal("40.00"),
        shipping=Decimal("10.00"),
        shipping_rate=rate_row,
        weight_g=900,
    )
    Parcel.objects.create(consignment=consignment, number=1, planned_weight_g=900, carrier="post", rate=rate_row)
    return consignment
