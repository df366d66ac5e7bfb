"""What is written down: a refusal is proved by everything that did not change, a success by books that balance."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Sum
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment
from marketplace.payments.invariants import check
from marketplace.payments.models import InboxEvent, Payment

StockRecord = get_model("partner", "StockRecord")
Basket = get_model("basket", "Basket")
BasketLine = get_model("basket", "Line")
Order = get_model("order", "Order")
OrderLine = get_model("order", "Line")
ShippingAddress = get_model("order", "ShippingAddress")


def ledger(stripe=None) -> dict:
    """All that money and goods hang on; with ``stripe`` (a FakeStripe) also what it knows."""
    known = {
        "orders": list(Order.objects.order_by("pk").values_list("number", "status", "total_incl_tax")),
        "lines": list(OrderLine.objects.order_by("pk").values_list("pk", "quantity", "num_allocated")),
        "addresses": ShippingAddress.objects.count(),
        "payments": list(
            Payment.objects.order_by("pk").values_list(
                "pk", "state", "gateway_session", "pay_url", "expires_at"
            )
        ),
        "consignments": list(Consignment.objects.order_by("pk").values_list("number", "state")),
        "stock": {row.pk: (row.num_in_stock, row.num_allocated or 0) for row in StockRecord.objects.all()},
        # A log-in makes an empty basket; only one with something in it counts.
        "baskets": list(
            BasketLine.objects.order_by("pk").values_list("basket", "basket__status", "product", "quantity")
        ),
        "events": InboxEvent.objects.count(),
    }
    if stripe is not None:
        known["stripe"] = {
            row["id"]: (row["status"], row["payment_status"]) for row in stripe.sessions.values()
        }
    return known


@contextmanager
def nothing_changes(stripe=None) -> Iterator[None]:
    before = ledger(stripe)
    yield
    assert ledger(stripe) == before


def stock_of(piece: Product) -> tuple[int | None, int]:
    """(in stock, held) of a piece or variant."""
    record = StockRecord.objects.get(product=piece)
    return record.num_in_stock, record.num_allocated or 0


def assert_books_balance() -> None:
    """What every test of money ends with: no piece promised twice, every amount the sum of its parts."""
    for record in StockRecord.objects.select_related("product"):
        if not record.product.get_product_class().track_stock:
            assert not record.num_allocated
            continue
        held = OrderLine.objects.filter(stockrecord=record).aggregate(held=Sum("num_allocated"))["held"] or 0
        assert held == (record.num_allocated or 0), (
            f"{record}: lines hold {held}, the row says {record.num_allocated}"
        )
        assert 0 <= held <= record.num_in_stock
    for payment in Payment.objects.select_related("order"):
        _assert_payment_adds_up(payment)
    assert Order.objects.count() == Payment.objects.count()
    broken = {one.invariant.name: (one.count, one.first) for one in check() if one.count}
    assert not broken, broken


def _assert_payment_adds_up(payment: Payment) -> None:
    order, parts = payment.order, list(payment.order.consignments.all())
    assert payment.amount == order.total_incl_tax == sum(part.total for part in parts)
    assert order.shipping_incl_tax == sum(part.shipping for part in parts)
    for part in parts:
        assert part.goods == sum(line.line_price_incl_tax for line in part.all_lines)
    assert {line.partner_id for line in order.lines.all()} == {part.workshop.partner_id for part in parts}
    assert order.status == payment.state
    if payment.state in ("paid", "expired", "cancelled", "refunded"):
        assert not order.lines.filter(num_allocated__gt=0).exists()
