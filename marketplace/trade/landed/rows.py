"""Rows of the rule tables as plain values: what the engine reads. Dates are days, both ends included.

A row equals only itself (eq=False): the engine keeps rows as keys, and comparing forty fields each time is slow.

Amounts are in major units of their currency, weights in kilograms, percentages as written ("7.5" is 7.5 %).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ANYWHERE = "*"  # a destination: every one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dated:
    """What every row of a rule table says about itself."""

    effective_from: date
    effective_to: date | None = None
    source: str = ""
    source_date: date | None = None
    reviewed_on: date | None = None
    review_by: date | None = None
    confidence: str = "high"  # high, medium, low, or assumed (a sample that nobody has confirmed)
    state: str = "live"  # or draft
    entered_by: str = ""
    note: str = ""

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def reviewed(self, on: date) -> bool:
        """Whether the row may still be relied on that day."""
        return self.review_by is not None and on <= self.review_by

    @property
    def doubtful(self) -> bool:
        return self.confidence in ("low", "assumed")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule(Dated):
    """A levy, a relief or a notice of one destination (TaxRule). marketplace.trade.models explains each field."""

    code: str
    destination: str  # an economy, a bloc such as EU, or ANYWHERE
    levy: str  # duty, vat, sales_tax, fee, data, notice, channel
    sub_region: str = ""
    part: str = ""
    variant: str = ""
    label: str = ""
    channel: str = ""  # post, courier; empty: any
    ship_from: tuple[str, ...] = ()  # economies or groups; empty: any
    origins: tuple[str, ...] = ()
    hs_prefixes: tuple[str, ...] = ()
    threshold_basis: str = "goods"
    threshold_scope: str = "consignment"
    threshold_currency: str = ""
    threshold_factor: Decimal | None = None
    over: Decimal | None = None
    over_includes: bool = False
    up_to: Decimal | None = None
    up_to_excludes: bool = False
    rate_kind: str = "nil"
    rate: Decimal | None = None
    rate_currency: str = ""
    rate_per_kg: Decimal | None = None
    allowance: Decimal | None = None
    allowance_kg: Decimal | None = None
    item_key: str = ""
    value_basis: str = "goods"
    value_factor: Decimal | None = None
    adds_duty: bool = False
    waived_up_to: Decimal | None = None
    waived_by: tuple[str, ...] = ()
    no_claims: bool = False
    scheme: str = ""
    if_registered: str = ""
    if_not: str = "border"
    collector: str = ""
    ddp_only: bool = False
    priority: int = 0
    cited: bool = True
    notice: str = ""

    @property
    def slot(self) -> str:
        """Rows of one slot are alternatives, of which one decides; rows of different slots add up."""
        return self.part or self.levy

    @property
    def ref(self) -> str:
        """Names this very row for ever, such as "AU-GST-LVG/vat/2018-07-01"."""
        names = (self.code, self.slot, self.sub_region, self.variant, self.effective_from.isoformat())
        return "/".join(name for name in names if name)

    @property
    def key(self) -> tuple[str, ...]:
        """Rows of one key follow each other in time."""
        return (self.code, self.destination, self.sub_region, self.slot, self.variant)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tariff(Dated):
    """The duty of a destination on goods whose HS code starts with a prefix (DutyRate)."""

    destination: str
    hs_prefix: str = ""
    agreement: str = ""  # empty: the general (MFN) rate
    ad_valorem: Decimal | None = None
    specific: Decimal | None = None
    specific_currency: str = ""
    unit: str = ""  # kg or piece
    combine: str = "sum"  # of the two parts: sum, or max for "at least"

    @property
    def ref(self) -> str:
        names = (self.destination, self.hs_prefix or "any", self.agreement, self.effective_from.isoformat())
        return "/".join(name for name in names if name)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.destination, self.hs_prefix, self.agreement)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OfficialRate(Dated):
    """1 ``base`` = ``rate`` ``quote`` by a customs authority (CustomsRate)."""

    destination: str
    base: str
    quote: str
    rate: Decimal
    authority: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.destination, self.base, self.quote)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group(Dated):
    """Economies that share rules: a customs union (bloc) or a trade agreement (TradeGroup)."""

    code: str
    kind: str  # bloc, agreement
    members: tuple[str, ...]
    name: str = ""
    waiver: Decimal | None = None
    waiver_currency: str = ""
    proof: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.code,)


Row = Rule | Tariff | OfficialRate | Group
