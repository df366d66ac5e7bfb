"""Place: the first of the three steps place → pay → confirm. Stock is held, prices are frozen, the order is pending."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price

from marketplace.economies.names import economy_name
from marketplace.fulfilment.quotes import BasketQuote, quote_basket
from marketplace.fulfilment.services import create_consignments
from marketplace.money import Money, MoneyError, format_money, smallest_payment, to_minor
from marketplace.payments import stock
from marketplace.payments.errors import BasketIsEmpty, CannotPay, CannotShip, SoldOut, TotalChanged
from marketplace.payments.models import Payment

Basket = get_model("basket", "Basket")
Country = get_model("address", "Country")
ShippingAddress = get_model("order", "ShippingAddress")
OrderCreator = get_class("order.utils", "OrderCreator")

# Without letters that look like digits; 15 of 30 signs hold 73 bits, so a number cannot be guessed.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST_TITLE = 255


@dataclass(frozen=True)
class Buyer:
    """Who buys and where it goes. ``economy`` is a two-letter code; ``user`` may be None for a guest."""

    email: str
    full_name: str
    line1: str
    city: str
    postcode: str
    economy: str
    line2: str = ""
    state: str = ""
    phone: str = ""
    notes: str = ""
    user: object = None


@dataclass(frozen=True)
class ConsignmentShipping:
    """Oscar wants one shipping method per order; ours is the sum over the consignments."""

    code: str = "per-consignment"
    name: str = "Per consignment"

    def discount(self, basket) -> Decimal:
        """Oscar asks when an offer on shipping is active: such offers do not apply to consignments."""
        return Decimal("0.00")


class Creator(OrderCreator):
    """Oscar's, with room for the title of a variant: its piece's and its own."""

    def create_line_models(self, order, basket_line, extra_line_fields=None):
        fields = {"title": basket_line.product.get_title()[:LONGEST_TITLE]} | (extra_line_fields or {})
        return super().create_line_models(order, basket_line, fields)


def new_reference() -> str:
    """A random public order number such as "K7MQ9-2XDNC-VP4TR"."""
    signs = [secrets.choice(ALPHABET) for _number in range(15)]
    return "-".join("".join(signs[start : start + 5]) for start in (0, 5, 10))


def place_order(*, basket, buyer: Buyer, language: str, idempotency_key: str, expected_total: Money) -> Payment:
    """Turn ``basket`` into a pending order whose stock is held; the same key answers with the same payment.

    Raises BasketIsEmpty, SoldOut, CannotShip, CannotPay or TotalChanged; then nothing was written.
    """
    try:
        return _place(basket, buyer, language, idempotency_key, expected_total)
    except IntegrityError:
        # The key came with another basket at the same moment.
        known = Payment.objects.filter(idempotency_key=idempotency_key).first()
        if known is None:
            raise
        return known


@transaction.atomic
def _place(basket, buyer: Buyer, language: str, idempotency_key: str, expected_total: Money) -> Payment:
    locked = Basket.objects.select_for_update().filter(pk=basket.pk).first()
    known = Payment.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None:
        return known
    if locked is None or locked.status != Basket.OPEN:
        raise BasketIsEmpty(pgettext("shop", "Your basket is empty."))
    lines = list(basket.all_lines())
    if not lines:
        raise BasketIsEmpty(pgettext("shop", "Your basket is empty."))
    if any(line.stockrecord_id is None for line in lines):
        raise SoldOut(_("A piece in your basket is no longer for sale."))
    stock.lock_and_check(lines)
    quote = quote_basket(
        lines=lines, destination=buyer.economy, currency=settings.MARKETPLACE_CURRENCY, on=timezone.localdate()
    )
    _refuse_what_cannot_be_sent(quote, buyer)
    _refuse_changes(quote, expected_total, language)
    _refuse_what_cannot_be_paid(quote, language)
    order = _write_order(basket, buyer, quote)
    create_consignments(order=order, quote=quote)
    return Payment.objects.create(
        order=order,
        idempotency_key=idempotency_key,
        amount=quote.total.amount,
        currency=quote.total.currency,
        language=language,
        expires_at=timezone.now() + timedelta(minutes=settings.MARKETPLACE_RESERVATION_MINUTES),
    )


def _refuse_what_cannot_be_sent(quote: BasketQuote, buyer: Buyer) -> None:
    if quote.refusals:
        raise CannotShip(*quote.refusals)
    if not Country.objects.filter(pk=buyer.economy, is_shipping_country=True).exists():
        raise CannotShip(_("We do not send to %(destination)s.") % {"destination": economy_name(buyer.economy)})


def _refuse_what_cannot_be_paid(quote: BasketQuote, language: str) -> None:
    least = smallest_payment(quote.currency)
    try:
        for part in (quote.total, quote.shipping, *quote.line_totals):
            to_minor(part)
    except MoneyError as problem:
        raise CannotPay(_("This amount cannot be paid exactly.")) from problem
    if quote.total.amount < least.amount:
        raise CannotPay(_("The smallest amount that can be paid is %(least)s.") % {"least": format_money(least, language)})


def _refuse_changes(quote: BasketQuote, expected: Money, language: str) -> None:
    if quote.total != expected:
        raise TotalChanged(
            quote.total,
            _("The total is now %(total)s. Please look at it again before you pay.")
            % {"total": format_money(quote.total, language)},
        )


def _write_order(basket, buyer: Buyer, quote: BasketQuote):
    """Oscar's own order rows: they carry offers, vouchers and reports."""
    shipping = quote.shipping.amount
    address = ShippingAddress.objects.create(
        last_name=buyer.full_name,
        line1=buyer.line1,
        line2=buyer.line2,
        line4=buyer.city,
        state=buyer.state,
        postcode=buyer.postcode,
        country=Country.objects.get(pk=buyer.economy),
        phone_number=buyer.phone,
        notes=buyer.notes,
    )
    total = quote.total
    order = Creator().place_order(
        basket=basket,
        total=Price(total.currency, total.amount, total.amount),
        shipping_method=ConsignmentShipping(),
        shipping_charge=Price(total.currency, shipping, shipping),
        user=buyer.user,
        shipping_address=address,
        order_number=new_reference(),
        status="pending",
        guest_email=buyer.email,
    )
    basket.submit()
    return order
