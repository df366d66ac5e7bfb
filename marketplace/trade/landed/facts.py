"""What goes into the engine and what comes out of it. Money in major units, weights in grams, dates as days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.money import Money

# Answers something with ``rate.value`` (1 unit of the given currency in the other), ``rate.source`` and ``rate.on``, as
# marketplace.economies.rates.convert does; something without ``rate`` where there is none.
Convert = Callable[..., Any]


class LandedCostError(ValueError):
    """The question itself cannot be answered; the message is for the person who asked."""


class TermsRefused(LandedCostError):
    """DAP was asked for where duty and tax must be paid before the parcel leaves."""


@dataclass(frozen=True)
class Goods:
    """One line. ``value`` is for the whole line. ``preference`` is an agreement that the seller claims, with its proof."""

    ref: str
    hs: str
    origin: str
    quantity: int
    value: Money
    net_weight_g: int = 0
    preference: str = ""
    evidence_until: date | None = None
    description: str = ""


@dataclass(frozen=True)
class Shipment:
    """One consignment on the day it is ordered. All values are in one currency; ``shipping`` includes insurance."""

    ship_from: str
    destination: str
    sub_region: str
    goods: tuple[Goods, ...]
    shipping: Money
    weight_g: int
    on: date
    channel: str = ""  # post, courier; empty: the destination's usual way that day
    terms: str = ""  # DDP, DAP; empty: what the rules bring about
    arrives: date | None = None
    siblings: int = 0  # further consignments of the same order
    order_value: Money | None = None  # goods of the whole order; None: of this consignment
    parcels: int = 1
    levy_currency: str = ""  # levies are computed and rounded in it; empty: the goods' currency


@dataclass(frozen=True)
class Levy:
    """An amount that somebody collects. ``shares`` per ``Goods.ref`` add up to ``amount`` exactly.

    ``collected`` is "checkout" or "border"; ``registration`` the operator's number under which it is collected.
    """

    kind: str
    rule_id: str
    label: str
    amount: Money
    base: Money
    rate_text: str
    collected: str
    collector: str
    estimate: bool
    source: str
    source_date: date | None
    shares: Mapping[str, Money]
    refs: tuple[str, ...] = ()
    registration: str = ""


@dataclass(frozen=True)
class Unknown:
    """A part of the price that nobody here can name. Never to be shown as zero; ``at_least`` where a part is known."""

    kind: str
    rule_id: str
    why: str
    goods: tuple[str, ...] = ()
    at_least: Money | None = None

    @property
    def text(self) -> str:
        from marketplace.trade.landed.words import why_text

        return why_text(self)


@dataclass(frozen=True)
class Warn:
    """Something that the buyer or the operator should know. ``facts`` fill the sentence."""

    code: str
    rule_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        from marketplace.trade.landed.words import warn_text

        return warn_text(self)


@dataclass(frozen=True)
class Applied:
    """A row that decided something, whether or not it cost anything. ``refs`` name the very rows, duty lines included."""

    rule_id: str
    kind: str
    refs: tuple[str, ...]
    outcome: str  # levy, nil, nothing (not collected by anybody), unknown, data
    cited: bool
    source: str
    source_date: date | None


@dataclass(frozen=True)
class LandedCost:
    """What a consignment costs beside goods and shipping."""

    currency: str
    levies: tuple[Levy, ...]
    unknown: tuple[Unknown, ...]
    warnings: tuple[Warn, ...]
    incoterm: str
    applied: tuple[Applied, ...]
    stays_in: str = ""  # an economy or a customs union that the parcel never leaves, so that nothing is imported

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Every rule that applied, in order: duty, tax, information, fees."""
        return tuple(dict.fromkeys(row.rule_id for row in self.applied))

    @property
    def cited_ids(self) -> tuple[str, ...]:
        """The rules that decided duty and tax, as landed-cost tables name them."""
        return tuple(dict.fromkeys(row.rule_id for row in self.applied if row.cited))

    @property
    def checkout(self) -> Money:
        return self.total(collected="checkout")

    @property
    def border(self) -> Money:
        return self.total(collected="border")

    @property
    def is_known(self) -> bool:
        return not self.unknown

    def total(self, *kinds: str, collected: str = "") -> Money:
        """The sum of levies of some kinds (none named: all), collected at one place or at either."""
        rows = (row for row in self.levies if not kinds or row.kind in kinds)
        amounts = (row.amount for row in rows if not collected or row.collected == collected)
        return sum(amounts, Money(Decimal(0), self.currency))
