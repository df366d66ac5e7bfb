"""Strategy mixin: which price, and whether a piece can be had."""

from django.conf import settings
from oscar.apps.partner.availability import Available, Unavailable


class PieceStrategyMixin:
    """Made-to-order pieces can always be had; everything else only while stock that nobody reserved remains."""

    def availability_policy(self, product, stockrecord):
        if not stockrecord or not product.is_public or (product.is_child and not product.parent.is_public):
            return Unavailable()
        if stockrecord.price is None or stockrecord.price_currency != settings.MARKETPLACE_CURRENCY:
            return Unavailable()
        if (product.parent if product.is_child else product).made_to_order:
            return Available()
        return super().availability_policy(product, stockrecord)
