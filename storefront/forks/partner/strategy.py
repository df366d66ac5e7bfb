from oscar.apps.partner import strategy as oscar_strategy

from catalogue.pricing import PieceStrategyMixin


class Strategy(PieceStrategyMixin, oscar_strategy.Default):
    """What a shopper pays and whether she can have it."""


class Selector(oscar_strategy.Selector):
    def strategy(self, request=None, user=None, **kwargs) -> Strategy:
        return Strategy(request)
