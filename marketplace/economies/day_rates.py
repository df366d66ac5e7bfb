"""The exchange rates of one day, and how any two currencies follow from them. Pure.

Every currency is reached from EUR by a chain of links (EUR → USD → PEN): a row of a source, or a peg. Two currencies
are crossed over what their chains do not share. Rates have twelve significant digits, so that the rate which an order
keeps is the very one that was used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import reduce

from django.utils.translation import gettext as _

from marketplace.formats import day

PIVOT = "EUR"
DIGITS = Context(prec=12, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class RatePart:
    """1 ``base`` = ``value`` ``quote``, as ``source`` gave it for a day. ``sample``: for the demo only."""

    base: str
    quote: str
    value: Decimal
    source: str
    on: date
    sample: bool = False


@dataclass(frozen=True)
class Rate:
    """1 ``base`` = ``value`` ``quote``. ``on`` is the date of the oldest part; of a currency in itself there are none."""

    base: str
    quote: str
    value: Decimal
    source: str
    on: date
    parts: tuple[RatePart, ...] = ()

    @property
    def sample(self) -> bool:
        """Whether any part is made for the demo."""
        return any(part.sample for part in self.parts)


class Why(StrEnum):
    MISSING = "missing"  # there was never a rate
    STALE = "stale"  # the last one is too old


@dataclass(frozen=True)
class NoRate:
    """No rate is known that may be used. ``currency`` is the one that lacks it, ``last_on`` the date of its last."""

    base: str
    quote: str
    why: Why
    last_on: date | None
    currency: str

    @property
    def text(self) -> str:
        """A sentence for people, in the active language."""
        if self.last_on is None:
            return _("There is no exchange rate for %(currency)s.") % {"currency": self.currency}
        stale = _("The last exchange rate for %(currency)s is of %(date)s, which is too old to sell at.")
        return stale % {"currency": self.currency, "date": day(self.last_on)}


@dataclass(frozen=True)
class DayRates:
    """The links that may be used on a day, the best first, by the currency they lead to."""

    on: date
    links: Mapping[str, tuple[RatePart, ...]]
    last_on: Mapping[str, date] = field(default_factory=dict)
    _known: dict = field(default_factory=dict, compare=False, repr=False)

    def between(self, base: str, quote: str) -> Rate | NoRate:
        """The rate from ``base`` to ``quote`` (ISO 4217), remembered."""
        if (base, quote) not in self._known:
            self._known[base, quote] = self._cross(base, quote)
        return self._known[base, quote]

    def _cross(self, base: str, quote: str) -> Rate | NoRate:
        if base == quote:
            return Rate(base, quote, Decimal(1), "", self.on)
        there, here = self._chain(quote), self._chain(base)
        if there is None or here is None:
            return self._missing(base, quote, quote if there is None else base)
        shared = next((i for i, pair in enumerate(zip(there, here, strict=False)) if pair[0] != pair[1]), None)
        start = min(len(there), len(here)) if shared is None else shared
        there, here = there[start:], here[start:]
        value = DIGITS.divide(_product(there), _product(here))
        parts = (*here, *there)
        sources = "; ".join(dict.fromkeys(part.source for part in parts))
        return Rate(base, quote, value, sources, min(part.on for part in parts), parts)

    def _chain(self, currency: str, seen: frozenset[str] = frozenset()) -> tuple[RatePart, ...] | None:
        """Links from PIVOT to ``currency``; None where none leads there."""
        if currency == PIVOT:
            return ()
        for link in self.links.get(currency, ()):
            if link.base not in seen:
                before = self._chain(link.base, seen | {currency})
                if before is not None:
                    return (*before, link)
        return None

    def _missing(self, base: str, quote: str, currency: str) -> NoRate:
        """Blame the currency at the bottom: BND has no rate because SGD has none."""
        seen: set[str] = set()
        while currency not in seen and self.links.get(currency):
            seen.add(currency)
            currency = self.links[currency][0].base
        last = self.last_on.get(currency)
        return NoRate(base, quote, Why.STALE if last else Why.MISSING, last, currency)


def _product(parts: Iterable[RatePart]) -> Decimal:
    return reduce(lambda so_far, part: so_far * part.value, parts, Decimal(1))
