"""Oscar's order rows, written a table at a time: a basket of thirty lines takes as many statements as one of three."""

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Case, F, Value, When
from oscar.apps.analytics import receivers as reports
from oscar.core.loading import get_class, get_model

from marketplace.payments import caps

OrderCreator = get_class("order.utils", "OrderCreator")
order_placed = get_class("order.signals", "order_placed")
Line = get_model("order", "Line")
LinePrice = get_model("order", "LinePrice")
ProductRecord = get_model("analytics", "ProductRecord")
LONGEST_TITLE = Line._meta.get_field("title").max_length


class Creator(OrderCreator):
    """Oscar's: rows for the order, its lines, offers and vouchers. Stock is held beside it (stock.hold).

    ``vouchers``: ids of those that the basket uses, which are locked (caps.lock_and_apply). Afterwards ``lines`` are the
    order lines in the basket's order, ``line_ids`` maps basket line to order line, and ``applications`` are the offers.
    """

    def __init__(self, vouchers: Iterable[int] = ()) -> None:
        self._vouchers = list(vouchers)
        self.lines: list[Line] = []
        self.line_ids: dict[int, int] = {}
        self.applications: list[dict] = []

    def place_order(self, basket, total, shipping_method, shipping_charge, *, user=None, order_number: str, **fields):
        """Within the caller's transaction, which has checked the basket. Raises ValueError for a voucher that is over."""
        address, status = fields.pop("shipping_address", None), fields.pop("status", None)
        order = self.create_order_model(
            user, basket, address, shipping_method, shipping_charge, None, total, order_number, status, **fields
        )
        vouchers = list(basket.vouchers.filter(pk__in=self._vouchers)) if self._vouchers else []
        for voucher in vouchers:
            free, why_not = voucher.is_available_to_user(user=user)
            if not free:
                raise ValueError(why_not)
        for application in basket.offer_applications:
            application["message"] = application["offer"].apply_deferred_benefit(basket, order, application)
            # Offers on shipping do not apply to consignments (ConsignmentShipping).
            if not application["result"].affects_shipping:
                self.create_discount_model(order, application)
                # Oscar reads, adds and writes back; ours are counted at the end, all at once (caps.count).
                self.applications.append(application)
        for voucher in vouchers:
            caps.use_voucher(order=order, voucher=voucher, user=user)
        self._write_lines(order, list(basket.all_lines()))
        order_placed.send(sender=self, order=order, user=user, lines=self.lines)
        return order

    def _write_lines(self, order, rows: list) -> None:
        self.lines = Line.objects.bulk_create(_line(order, row) for row in rows)
        pairs = list(zip(self.lines, rows, strict=True))
        self.line_ids = {row.pk: line.pk for line, row in pairs}
        LinePrice.objects.bulk_create(price for line, row in pairs for price in _prices(order, line, row))
        for line, row in pairs:
            self.create_line_attributes(order, line, row)
            self.create_line_discount_models(order, line, row)


def _line(order, row) -> Line:
    """The order line of a basket line: what was bought, of whom, and at which prices (per line and per piece)."""
    product, record = row.product, row.stockrecord
    return Line(
        order=order,
        partner_id=record.partner_id,
        partner_name=record.partner.name,
        partner_sku=record.partner_sku,
        stockrecord=record,
        product=product,
        title=product.get_title()[:LONGEST_TITLE],
        upc=product.upc,
        quantity=row.quantity,
        num_allocated=row.quantity,
        status=settings.OSCAR_INITIAL_LINE_STATUS,
        line_price_excl_tax=row.line_price_excl_tax_incl_discounts,
        line_price_incl_tax=row.line_price_incl_tax_incl_discounts,
        line_price_before_discounts_excl_tax=row.line_price_excl_tax,
        line_price_before_discounts_incl_tax=row.line_price_incl_tax,
        unit_price_excl_tax=row.unit_price_excl_tax,
        unit_price_incl_tax=row.unit_price_incl_tax,
        tax_code=row.tax_code,
    )


def _prices(order, line: Line, row) -> Iterable[LinePrice]:
    for incl_tax, excl_tax, quantity in row.get_price_breakdown():
        yield LinePrice(
            order=order,
            line=line,
            quantity=quantity,
            price_incl_tax=incl_tax,
            price_excl_tax=excl_tax,
            tax_code=row.tax_code,
        )


def count_purchases(sender, order, user=None, lines=None, **kwargs) -> None:
    """Oscar's report of what is bought, for all lines at once; who has an account is counted by Oscar itself."""
    bought: Counter = Counter()
    for line in order.lines.all() if lines is None else lines:
        if line.product_id:
            bought[line.product_id] += line.quantity
    if bought:
        # Pieces that nobody counted yet begin at 0, whoever else begins with them at this moment.
        ProductRecord.objects.bulk_create((ProductRecord(product_id=pk) for pk in sorted(bought)), ignore_conflicts=True)
        more = Case(*(When(product=pk, then=Value(quantity)) for pk, quantity in bought.items()))
        ProductRecord.objects.filter(product__in=bought).update(num_purchases=F("num_purchases") + more)
    if user is not None and user.is_authenticated:
        reports._record_user_order(user, order)


def connect_reports() -> None:
    """Take the place of Oscar's receiver, which asks three times for each line."""
    order_placed.disconnect(reports.receive_order_placed)
    order_placed.connect(count_purchases)
