"""Exchange rates of a day, and amounts in another currency. Missing or stale is a value, never a guess."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from django.db.models import Max

from marketplace.economies import versions
from marketplace.economies.day_rates import PIVOT, DayRates, NoRate, Rate, RatePart, Why
from marketplace.economies.models import CurrencyPeg, ExchangeRate
from marketplace.economies.models.rates import MANUAL, SAMPLE
from marketplace.economies.periods import valid_on
from marketplace.money import Money, MoneyError, PricePoint, round_payable

__all__ = [
    "PIVOT", "Conversion", "NoRate", "Rate", "DayRates", "RatePart", "Why",
    "convert", "converted", "rate_between", "day_rates",
]  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """``given`` is worth ``got`` at ``rate``. Keep all three: a stored amount is never converted again."""

    given: Money
    got: Money
    rate: Rate


def rate_between(base: str, quote: str, *, on: date) -> Rate | NoRate:
    """1 ``base`` = ? ``quote`` by the last rows at or before ``on``, at most MARKETPLACE_RATE_MAX_AGE_DAYS days old."""
    return day_rates(on).between(base, quote)


def convert(money: Money, currency: str, *, on: date, points: PricePoint | None = None) -> Conversion | NoRate:
    """``money`` in ``currency`` at the rate of a day, rounded once: half up to what can be charged, or to a price point."""
    rate = rate_between(money.currency, currency, on=on)
    return rate if isinstance(rate, NoRate) else converted(money, rate, points)


def converted(money: Money, rate: Rate, points: PricePoint | None = None) -> Conversion:
    """``money`` at a rate that is known already. What needs no conversion stays as it is, price points or not.

    Raises MoneyError where the rate or the price points are of other currencies.
    """
    if money.currency != rate.base:
        raise MoneyError(f"{money.currency} cannot be converted at a rate of {rate.base}.")
    if rate.base == rate.quote:
        return Conversion(money, money, rate)
    exact = Money(money.amount * rate.value, rate.quote)
    return Conversion(money, points.of(exact) if points else round_payable(exact), rate)


def day_rates(on: date) -> DayRates:
    """All rates that may be used on a day, kept in memory until a row changes. At most one statement when kept."""
    return _day_rates(on, settings.MARKETPLACE_RATE_MAX_AGE_DAYS, versions.current(versions.RATES))


@lru_cache(maxsize=32)
def _day_rates(on: date, max_age: int, token: str) -> DayRates:
    rows = ExchangeRate.objects.filter(on__lte=on)
    last = dict(rows.values_list("quote").annotate(Max("on")).order_by())
    fresh = sorted(rows.filter(on__gte=on - timedelta(days=max_age)), key=_best_first)
    links = {quote: tuple(map(_link, group)) for quote, group in groupby(fresh, key=lambda row: row.quote)}
    for currency, peg in _pegs(on):
        links[currency] = (peg, *links.get(currency, ()))
    return DayRates(on, links, last)


def _best_first(row: ExchangeRate) -> tuple:
    """Rows of a currency: real before sample, the newest, a person's before an import's, counted in EUR."""
    newest, by_import = -row.on.toordinal(), row.origin != MANUAL
    return row.quote, row.origin == SAMPLE, newest, by_import, row.base != PIVOT, row.base, row.origin


def _link(row: ExchangeRate) -> RatePart:
    return RatePart(row.base, row.quote, row.value, row.source, row.on, row.origin == SAMPLE)


def _pegs(on: date) -> Iterator[tuple[str, RatePart]]:
    """A peg that is valid on a day counts as of that day."""
    for row in CurrencyPeg.objects.filter(valid_on(on)).order_by("currency", "valid_from"):
        yield row.currency, RatePart(row.anchor, row.currency, row.value, row.source, on)
