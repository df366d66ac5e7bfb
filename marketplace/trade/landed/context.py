"""One consignment seen by the rules: values on every basis, currencies, registrations."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from marketplace.money import Money, quantum
from marketplace.trade.landed.book import RuleBook
from marketplace.trade.landed.facts import Convert, Goods, LandedCostError, Shipment
from marketplace.trade.landed.rows import Rule
from marketplace.trade.landed.steps import levy_step

WITH_SHIPPING = {"cif", "price_shipping"}
ONE = Decimal(1)


class NoRateKnown(Exception):
    """Two currencies cannot be compared; the amount that hangs on it is unknown."""


@dataclass(frozen=True)
class Line:
    """One line of goods in the currency it was given in. ``freight`` is its part of the shipping, by value."""

    goods: Goods
    hs: str
    value: Decimal
    freight: Decimal


class Context:
    """Computed once per consignment. ``nudge`` moves the values that thresholds see, to learn what lies beyond them."""

    def __init__(
        self, shipment: Shipment, book: RuleBook, registrations: Iterable, convert: Convert, nudge: Decimal = ONE
    ) -> None:
        _check(shipment)
        self.shipment, self.book, self.nudge = shipment, book, nudge
        self.on, self.destination = shipment.on, shipment.destination
        self.given = shipment.shipping.currency
        self.currency = shipment.levy_currency or self.given
        self.step = max(levy_step(self.currency), quantum(self.currency))
        known = shipment.channel in ("post", "courier")
        self.channel = shipment.channel if known else book.usual_channel(shipment.destination, shipment.on)
        self._registrations = {row.scheme: row for row in registrations if _valid(row, shipment.on)}
        self._convert, self._rates = convert, {}
        self.reference_used: set[tuple[str, str]] = set()
        self.to_levies = self.rate(self.given, self.currency)
        self.total = sum(goods.value.amount for goods in shipment.goods)
        self.lines = self._lines()

    def registration(self, scheme: str):
        """The operator's registration under a scheme that is valid that day; None without."""
        return self._registrations.get(scheme) if scheme else None

    def place(self, row: Rule) -> str:
        """Where the row's levy is collected: checkout, border, nothing; or skip: the row is not for this operator."""
        registered = self.registration(row.scheme) is not None
        return (row.if_registered if registered else row.if_not) or "border"

    def rate(self, base: str, quote: str) -> Decimal:
        """1 base in quote: the customs rate of the destination, else the reference rate. Raises NoRateKnown."""
        if base == quote:
            return ONE
        if (base, quote) not in self._rates:
            self._rates[base, quote] = self._look_up(base, quote)
        value = self._rates[base, quote]
        if value is None:
            raise NoRateKnown(base, quote)
        return value

    def to_levy(self, amount: Decimal, currency: str) -> Decimal:
        return amount * self.rate(currency, self.currency)

    def is_estimate(self, *currencies: str) -> bool:
        """Whether one of these was brought into the levy currency at a reference rate."""
        pairs = {(code, self.currency) for code in (*currencies, self.given)}
        return bool(pairs & self.reference_used)

    def basis(self, line: Line, basis: str, factor: Decimal | None = None) -> Decimal:
        """A line in the levy currency on a basis: goods (FOB, price), or with its freight (CIF, price and shipping)."""
        value = line.value + line.freight if basis in WITH_SHIPPING else line.value
        return value * self.to_levies * (ONE if factor is None else factor)

    def threshold_value(self, row: Rule, line: Line) -> Decimal:
        """What the row's threshold looks at, in the threshold's currency. Raises NoRateKnown."""
        value, currency = self._scoped(row, line)
        factor = ONE if row.threshold_factor is None else row.threshold_factor
        return value * factor * self.rate(currency, row.threshold_currency or currency) * self.nudge

    def _scoped(self, row: Rule, line: Line) -> tuple[Decimal, str]:
        with_shipping = row.threshold_basis in WITH_SHIPPING
        order = self.shipment.order_value
        if row.threshold_scope == "item":
            return (line.value + line.freight * with_shipping) / line.goods.quantity, self.given
        if row.threshold_scope == "order" and order is not None:
            return order.amount, order.currency
        return self.total + self.shipment.shipping.amount * with_shipping, self.given

    def rounded(self, amount: Decimal) -> Decimal:
        """Half up to the step in which the destination collects."""
        steps = (amount / self.step).quantize(ONE, ROUND_HALF_UP)
        return (steps * self.step).quantize(quantum(self.currency))

    def money(self, amount: Decimal) -> Money:
        return Money(amount.quantize(quantum(self.currency), ROUND_HALF_UP), self.currency)

    def _look_up(self, base: str, quote: str) -> Decimal | None:
        official = self.book.official_rate(self.destination, base, quote, self.on)
        if official is not None:
            return official.rate
        turned = self.book.official_rate(self.destination, quote, base, self.on)
        if turned is not None:
            return ONE / turned.rate
        found = getattr(self._convert(Money(ONE, base), quote, on=self.on), "rate", None)
        if found is None:
            return None
        self.reference_used |= {(base, quote), (quote, base)}
        return found.value

    def _lines(self) -> tuple[Line, ...]:
        shipping = self.shipment.shipping.amount
        return tuple(
            Line(goods, _digits(goods.hs), goods.value.amount, shipping * goods.value.amount / self.total)
            for goods in self.shipment.goods
        )


def _check(shipment: Shipment) -> None:
    """Raises LandedCostError for what no customs paper could say either."""
    if not shipment.goods:
        raise LandedCostError("A consignment needs at least one line of goods.")
    if len({goods.ref for goods in shipment.goods}) != len(shipment.goods):
        raise LandedCostError("Two lines have the same reference.")
    currencies = {shipment.shipping.currency, *(goods.value.currency for goods in shipment.goods)}
    if len(currencies) > 1:
        raise LandedCostError(f"Values are in several currencies: {', '.join(sorted(currencies))}.")
    if any(goods.quantity < 1 or goods.value.amount <= 0 for goods in shipment.goods):
        raise LandedCostError("Every line needs a quantity and a value above zero, free samples too.")
    if shipment.shipping.amount < 0 or shipment.weight_g < 0:
        raise LandedCostError("Shipping and weight cannot be negative.")


def _digits(hs: str) -> str:
    return "".join(char for char in hs if char.isdigit())


def _valid(row, on) -> bool:
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
