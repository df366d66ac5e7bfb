from oscar.apps.partner import strategy as oscar_strategy

from catalogue.pricing import PieceStrategyMixin


class Strategy(PieceStrategyMixin, oscar_strategy.Default):
    """What a shopper pays and whether she can have it."""

    def __init__(self, request=None) -> None:
        # Oscar's asks who the shopper is here. Its middleware makes a strategy for every request, so every page would
        # read the session and vary by cookie.
        self.request = request

    @property
    def user(self):
        """The shopper who is logged in, else None."""
        return self.request.user if self.request and self.request.user.is_authenticated else None


class Selector(oscar_strategy.Selector):
    def strategy(self, request=None, user=None, **kwargs) -> Strategy:
        return Strategy(request)
