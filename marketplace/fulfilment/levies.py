"""Taxes, duties and fees of one consignment: the landed-cost engine's answer, in the currency of the order.

The engine computes each levy in the destination's own currency and rounds it once; here it is converted once at the
quote's rate, rounded half up to what can be charged, and shared over the lines by largest remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from marketplace.economies.markets import MarketChoice, MarketOffer, offer_for
from marketplace.economies.quote_rates import QuoteRates
from marketplace.economies.registrations import registrations_on
from marketplace.fulfilment.dates import ready_on
from marketplace.fulfilment.export import ExportKnowledge
from marketplace.fulfilment.offers import ShippingOffer
from marketplace.money import Money, allocate
from marketplace.trade.landed import Goods, LandedCost, Levy, RuleBook, Shipment, Unknown, Warn, landed_cost

# Warnings of sums that somebody may ask for and that no levy counts.
MAY_COST_MORE = ("further_duties", "further_fees", "duty_disputed", "seller_must")


@dataclass(frozen=True)
class PricedLevy:
    """``levy`` as its rule has it; ``amount`` and ``shares`` (basket line id → share) in the order's currency."""

    levy: Levy
    amount: Money
    shares: Mapping[str, Money]


@dataclass(frozen=True)
class PricedLevies:
    """What a consignment costs beside goods and shipping, and what nobody here can say."""

    checkout: tuple[PricedLevy, ...] = ()
    border: tuple[PricedLevy, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    warnings: tuple[Warn, ...] = ()
    incoterm: str = "DAP"
    rule_ids: tuple[str, ...] = field(default=())
    stays_in: str = ""  # the economy or customs union that the parcel never leaves

    @property
    def more_is_unknown(self) -> bool:
        """Whether more may be due than is counted here, and nobody can say how much."""
        return bool(self.open_questions)

    @property
    def open_questions(self) -> list[list[str]]:
        """[rule id, why] of each, as a held quote keeps them."""
        warned = [[row.rule_id, row.code] for row in self.warnings if row.code in MAY_COST_MORE]
        return [[row.rule_id, row.why] for row in self.unknown] + warned

    @property
    def all(self) -> tuple[PricedLevy, ...]:
        """In the order to show: paid with the order, then due on arrival."""
        return (*self.checkout, *self.border)


def levies_of(
    lines: list,
    offer: ShippingOffer,
    postage: Money,
    market: MarketChoice,
    rates: QuoteRates,
    *,
    region: str = "",
    siblings: int = 0,
    order_goods: Money | None = None,
    known: ExportKnowledge | None = None,
) -> PricedLevies:
    """The levies of ``lines`` sent by ``offer``; ``known`` as read_export answers. Raises LandedCostError, RateMissing."""
    shipment = Shipment(
        ship_from=offer.origin,
        destination=market.destination,
        sub_region=region,
        goods=tuple(_goods(line, market.currency, known or ExportKnowledge()) for line in lines),
        shipping=postage,
        weight_g=offer.weight_g,
        on=rates.on,
        channel=offer.channel,
        terms=offer.incoterm,
        arrives=ready_on(lines, rates.on) + timedelta(days=offer.days_max),
        siblings=siblings,
        order_value=order_goods,
        parcels=len(offer.parcels),
        levy_currency=_currency_there(market, rates),
    )
    cost = landed_cost(shipment, RuleBook.load(rates.on), registrations_on(rates.on), rates.conversion)
    return _priced(cost, market.currency, rates)


def _currency_there(market: MarketChoice, rates: QuoteRates) -> str:
    """The destination's own currency, in which its levies are computed."""
    offer = offer_for(market, on=rates.on)
    return offer.default_currency if isinstance(offer, MarketOffer) else market.currency


def _goods(line, currency: str, known: ExportKnowledge) -> Goods:
    facts, claim = known.of(line.product), known.claim(line.product)
    return Goods(
        ref=str(line.pk),
        hs=facts.tariff_code(*known.places),
        origin=facts.origin,
        quantity=line.quantity,
        value=Money(_customs_value(line), currency),
        net_weight_g=(facts.net_weight_g or 0) * line.quantity,
        description=facts.customs_description or line.product.title,
        preference=claim.agreement if claim else "",
        evidence_until=claim.valid_to if claim else None,
    )


def _customs_value(line) -> Decimal:
    """What was paid; what an offer made free is still worth its price (customs want a value for samples, too)."""
    return line.line_price_incl_tax_incl_discounts or line.line_price_incl_tax


def _priced(cost: LandedCost, currency: str, rates: QuoteRates) -> PricedLevies:
    levies = [_price(levy, currency, rates) for levy in cost.levies]
    return PricedLevies(
        checkout=tuple(row for row in levies if row.levy.collected == "checkout"),
        border=tuple(row for row in levies if row.levy.collected != "checkout"),
        unknown=tuple(_in_currency(row, currency, rates) for row in cost.unknown),
        warnings=cost.warnings,
        incoterm=cost.incoterm,
        rule_ids=cost.rule_ids,
        stays_in=cost.stays_in,
    )


def _in_currency(row: Unknown, currency: str, rates: QuoteRates) -> Unknown:
    return replace(row, at_least=rates.convert(row.at_least, currency)) if row.at_least else row


def _price(levy: Levy, currency: str, rates: QuoteRates) -> PricedLevy:
    amount = rates.convert(levy.amount, currency)
    weights = [share.amount for share in levy.shares.values()]
    shares = allocate(amount, weights) if any(weights) else [Money(Decimal("0.00"), currency)] * len(weights)
    return PricedLevy(levy, amount, dict(zip(levy.shares, shares, strict=True)))
