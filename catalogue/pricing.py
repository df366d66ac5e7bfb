"""Strategy mixin: which price, in which currency, and whether a piece can be had."""

from decimal import Decimal

from django.conf import settings
from oscar.apps.partner.availability import Available, Unavailable
from oscar.apps.partner.prices import FixedPrice


class PieceStrategyMixin:
    """Made-to-order pieces can always be had; everything else only while stock that nobody reserved remains.

    Prices stand in the price list's currency; ``sold_at`` says what a shopper pays.
    """

    def sold_at(self, amount: Decimal, currency: str) -> tuple[Decimal, str]:
        """What one piece costs the shopper, with its currency, whose price in the price list is ``amount``."""
        return amount, currency

    def pricing_policy(self, product, stockrecord):
        return self._sold(super().pricing_policy(product, stockrecord))

    def parent_pricing_policy(self, product, children_stock):
        return self._sold(super().parent_pricing_policy(product, children_stock))

    def _sold(self, price):
        if not price.exists:
            return price
        amount, currency = self.sold_at(price.excl_tax, price.currency)
        return FixedPrice(currency=currency, excl_tax=amount, tax=Decimal(0))

    def availability_policy(self, product, stockrecord):
        if not stockrecord or not product.is_public or (product.is_child and not product.parent.is_public):
            return Unavailable()
        if stockrecord.price is None or stockrecord.price_currency != settings.MARKETPLACE_CURRENCY:
            return Unavailable()
        if (product.parent if product.is_child else product).made_to_order:
            return Available()
        return super().availability_policy(product, stockrecord)
