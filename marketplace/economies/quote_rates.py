"""The exchange rates of one quote: each is looked up once, and what was used can be written down and used again."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from marketplace.economies.rates import Conversion, NoRate, Rate, converted, rate_between
from marketplace.money import Money


class RateMissing(Exception):
    """No rate to trust between two currencies. ``no_rate`` says why, in words for the buyer."""

    def __init__(self, no_rate: NoRate) -> None:
        super().__init__(no_rate.text)
        self.no_rate = no_rate


class QuoteRates:
    """Rates on one day. Those that were pinned come first; others are looked up, and ``used`` remembers all."""

    def __init__(self, on: date, pinned: Iterable[Rate] = ()) -> None:
        self.on = on
        self.used: dict[tuple[str, str], Rate] = {(rate.base, rate.quote): rate for rate in pinned}

    def rate(self, base: str, quote: str) -> Rate:
        """1 ``base`` in ``quote``. Raises RateMissing."""
        if (base, quote) not in self.used:
            found = rate_between(base, quote, on=self.on)
            if isinstance(found, NoRate):
                raise RateMissing(found)
            self.used[base, quote] = found
        return self.used[base, quote]

    def convert(self, money: Money, currency: str) -> Money:
        """``money`` in another currency, rounded once, half up to what can be charged. Raises RateMissing."""
        if money.currency == currency:
            return money
        return converted(money, self.rate(money.currency, currency)).got

    def conversion(self, money: Money, currency: str, *, on: date | None = None) -> Conversion | NoRate:
        """As marketplace.economies.rates.convert, at the rates of this quote; a missing rate is a value here."""
        try:
            return converted(money, self.rate(money.currency, currency))
        except RateMissing as missing:
            return missing.no_rate

    def freeze(self) -> list[dict[str, str]]:
        """The rates used, as JSON: {"base", "quote", "value", "source", "on"}."""
        return [
            {
                "base": rate.base,
                "quote": rate.quote,
                "value": str(rate.value),
                "source": rate.source,
                "on": rate.on.isoformat(),
            }
            for rate in self.used.values()
        ]


def thaw(on: date, frozen: Iterable[dict[str, str]]) -> QuoteRates:
    """The rates that ``freeze`` wrote down."""
    return QuoteRates(on, [_rate(row) for row in frozen])


def _rate(row: dict[str, str]) -> Rate:
    return Rate(row["base"], row["quote"], Decimal(row["value"]), row["source"], date.fromisoformat(row["on"]))
