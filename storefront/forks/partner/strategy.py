from decimal import Decimal

from oscar.apps.partner import strategy as oscar_strategy

from catalogue.pricing import PieceStrategyMixin
from marketplace.economies.markets import MarketChoice
from marketplace.economies.rates import Rate
from marketplace.money import Money
from storefront.market.choice import nowhere
from storefront.market.prices import rate_to, selling_price


class Strategy(PieceStrategyMixin, oscar_strategy.Default):
    """What a shopper pays and whether she can have it."""

    def __init__(self, request=None) -> None:
        # Oscar's asks who the shopper is here. Its middleware makes a strategy for every request, so every page would
        # read the session and vary by cookie.
        self.request = request
        self.market: MarketChoice = getattr(request, "market", None) or nowhere()
        self._pinned: Rate | None = None

    @property
    def user(self):
        """The shopper who is logged in, else None."""
        return self.request.user if self.request and self.request.user.is_authenticated else None

    @property
    def rate(self) -> Rate | None:
        """From the price list's currency to the shopper's; None where her currency is not on offer."""
        return self._pinned or rate_to(self.market.currency)

    @property
    def currency(self) -> str:
        """In which prices are: the market's currency, or the price list's where the market's is not on offer."""
        return self.market.currency if self.rate else nowhere().currency

    def pinned(self, market: MarketChoice, rate: Rate) -> "Strategy":
        """The same shopper in ``market`` at ``rate``, as a quote holds it."""
        other = Strategy(self.request)
        other.market, other._pinned = market, rate
        return other

    def unpinned(self) -> "Strategy":
        """The same shopper in the market of her address, at today's rate."""
        return Strategy(self.request)

    def fetch_for_line(self, line, stockrecord=None):
        """By the stock row that the line was put into the basket from; Oscar would look for the piece's first one."""
        return self.fetch_for_product(line.product, stockrecord or line.stockrecord)

    def sold_at(self, amount: Decimal, currency: str) -> tuple[Decimal, str]:
        sold = selling_price(Money(amount, currency), self.market, self._pinned)
        return sold.amount, sold.currency


class Selector(oscar_strategy.Selector):
    def strategy(self, request=None, user=None, **kwargs) -> Strategy:
        return Strategy(request)
