"""A basket split into what each workshop will send, with the whole price of each: goods, shipping, taxes and duties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from marketplace.economies.markets import MarketChoice, MarketOffer, offer_for
from marketplace.economies.models import MarketChannel
from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.export import ExportKnowledge, read_export
from marketplace.fulfilment.levies import PricedLevies, levies_of
from marketplace.fulfilment.models import Incoterm
from marketplace.fulfilment.offers import NotShippable, ShippingOffer
from marketplace.fulfilment.prepaid import with_levies
from marketplace.fulfilment.refusals import not_to_be_sent, of_consignment, who_wrote
from marketplace.fulfilment.shipping import Group, shipping_for
from marketplace.money import Money
from marketplace.workshops.models import Workshop, WorkshopText


@dataclass(frozen=True)
class ConsignmentQuote:
    """One workshop's part of a basket, in the order's currency.

    ``goods`` is after offers; ``list_goods`` the same pieces in the price list's currency, before offers. ``shipping``
    is a NotShippable where nothing can be sent, for whatever reason; its offer is in the price list's currency,
    ``postage`` in the order's.
    """

    workshop: Workshop
    lines: list
    goods: Money
    list_goods: Money
    shipping: ShippingOffer | NotShippable
    postage: Money
    levies: PricedLevies = field(default_factory=PricedLevies)

    @property
    def refusal(self) -> str:
        """Why this part of the basket cannot be ordered; empty where it can."""
        return self.shipping.reason if isinstance(self.shipping, NotShippable) else ""

    @property
    def at_checkout(self) -> Money:
        """Taxes, duties and fees that are paid with the order."""
        return sum((levy.amount for levy in self.levies.checkout), Money(Decimal("0.00"), self.goods.currency))

    @property
    def at_border(self) -> Money:
        """What is expected on arrival, as far as it is known. Not part of ``total``."""
        known = [levy.amount for levy in self.levies.border]
        known += [row.at_least for row in self.levies.unknown if row.at_least]
        return sum(known, Money(Decimal("0.00"), self.goods.currency))

    @property
    def total(self) -> Money:
        """What is paid with the order."""
        return self.goods + self.postage + self.at_checkout


@dataclass(frozen=True)
class BasketQuote:
    """All consignments of a basket; their totals add up to ``total``. ``refusals``: why it cannot be ordered as it is."""

    market: MarketChoice
    rates: QuoteRates
    consignments: list[ConsignmentQuote] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.market.currency

    @property
    def line_totals(self) -> list[Money]:
        """What each line costs, after offers."""
        return [line_total(line, self.currency) for row in self.consignments for line in row.lines]

    @property
    def goods(self) -> Money:
        return self._sum(row.goods for row in self.consignments)

    @property
    def shipping(self) -> Money:
        return self._sum(row.postage for row in self.consignments)

    @property
    def at_checkout(self) -> Money:
        return self._sum(row.at_checkout for row in self.consignments)

    @property
    def at_border(self) -> Money:
        return self._sum(row.at_border for row in self.consignments)

    @property
    def total(self) -> Money:
        return self.goods + self.shipping + self.at_checkout

    @property
    def more_is_unknown(self) -> bool:
        """Whether more may be due on arrival than ``at_border``, and nobody can say how much."""
        return any(row.levies.more_is_unknown for row in self.consignments)

    @property
    def needs_consent(self) -> bool:
        """Whether something is or may be due on arrival, which the buyer must have read."""
        return any(row.levies.border or row.levies.more_is_unknown for row in self.consignments)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, Money(Decimal("0.00"), self.currency))


def quote_basket(*, lines: Iterable, market: MarketChoice, rates: QuoteRates, region: str = "") -> BasketQuote:
    """Group basket lines by workshop and price each group's parcels to the market's destination on the day of ``rates``.

    The lines are priced in the market's currency already (the basket's strategy does that). ``region``: state or
    province, where its taxes differ.
    """
    lines = list(lines)
    groups = _groups(lines)
    products = {line.product_id: line.product for line in lines}.values()
    writers = who_wrote(products, market.destination)
    known = read_export(products, market.destination, on=rates.on, writers=writers)
    refusals = not_to_be_sent(products, market.destination, rates.on, known, writers)
    return price_groups(groups, market=market, rates=rates, region=region, refusals=refusals, known=known)


def price_groups(
    groups: Sequence[Group],
    *,
    market: MarketChoice,
    rates: QuoteRates,
    region: str = "",
    refusals: Iterable[str] = (),
    known: ExportKnowledge | None = None,
) -> BasketQuote:
    """The whole price of what each workshop sends. One statement for the shipping rates, however many workshops.

    A consignment that cannot be sent is refused by name, and the others keep their prices.
    """
    offers = _Offers(groups, market, rates)
    lines = [line for group in groups for line in group.lines]
    rest = {
        "region": region,
        "siblings": len(groups) - 1,
        "order_goods": _goods(lines, market.currency),
        "known": known,
    }
    found, why_not = [], list(refusals)
    try:
        found = [
            _quote(group, *offers.taxed(number, rest), market, rates) for number, group in enumerate(groups)
        ]
    except RateMissing as missing:
        # A rate is the whole order's, not one consignment's.
        why_not.append(missing.no_rate.text)
    why_not += [of_consignment(row.workshop, row.lines, row.refusal) for row in found if row.refusal]
    return BasketQuote(market, rates, found, list(dict.fromkeys(why_not)))


def terms_of(market: MarketChoice, rates: QuoteRates) -> dict:
    """Which way parcels go and who pays duty, as the operator decided for the destination."""
    offer = offer_for(market, on=rates.on)
    if not isinstance(offer, MarketOffer):
        return {}
    any_way = offer.channel == MarketChannel.Channel.ANY
    return {"channel": None if any_way else offer.channel, "incoterm": offer.terms}


def _groups(lines: Sequence) -> list[Group]:
    found: dict[int, list] = {}
    for line in lines:
        found.setdefault(line.stockrecord.partner_id, []).append(line)
    words = Prefetch("texts", WorkshopText.objects.select_related("locale"))
    rows = Workshop.objects.filter(partner__in=found).select_related("village__economy").prefetch_related(words)
    workshops = {row.partner_id: row for row in rows}
    return [Group(workshops[partner_id], group) for partner_id, group in found.items()]


class _Offers:
    """What carriers offer for each group; asked once for all groups, and a second time only where one must be prepaid."""

    def __init__(self, groups: Sequence[Group], market: MarketChoice, rates: QuoteRates) -> None:
        self.groups, self.market, self.rates = groups, market, rates
        self.terms = terms_of(market, rates)

    def taxed(self, number: int, rest: dict[str, Any]) -> tuple[ShippingOffer | NotShippable, PricedLevies]:
        """The offer for the group of that number with its levies. Raises RateMissing."""
        return with_levies(
            self._usual[number],
            lambda: self._prepaid[number],
            lambda offer: levies_of(
                list(self.groups[number].lines),
                offer,
                self.rates.convert(offer.amount, self.market.currency),
                self.market,
                self.rates,
                **rest,
            ),
        )

    @cached_property
    def _usual(self) -> list[ShippingOffer | NotShippable]:
        return self._ask(**self.terms)

    @cached_property
    def _prepaid(self) -> list[ShippingOffer | NotShippable]:
        return self._ask(**self.terms | {"incoterm": Incoterm.DDP.value})

    def _ask(self, **terms) -> list[ShippingOffer | NotShippable]:
        currency = settings.MARKETPLACE_CURRENCY
        return shipping_for(
            self.groups, destination=self.market.destination, currency=currency, on=self.rates.on, **terms
        )


def _quote(group: Group, offer, levies: PricedLevies, market: MarketChoice, rates: QuoteRates) -> ConsignmentQuote:
    sendable = isinstance(offer, ShippingOffer)
    return ConsignmentQuote(
        workshop=group.workshop,
        lines=list(group.lines),
        goods=_goods(group.lines, market.currency),
        list_goods=sum((_listed(line) for line in group.lines), Money(Decimal("0.00"), settings.MARKETPLACE_CURRENCY)),
        shipping=offer,
        postage=rates.convert(offer.amount, market.currency) if sendable else Money(Decimal("0.00"), market.currency),
        levies=levies,
    )


def _goods(lines: Iterable, currency: str) -> Money:
    return sum((line_total(line, currency) for line in lines), Money(Decimal("0.00"), currency))


def line_total(line, currency: str) -> Money:
    """What a basket line costs, after offers."""
    return Money(line.line_price_incl_tax_incl_discounts, currency)


def _listed(line) -> Money:
    return Money(line.stockrecord.price * line.quantity, line.stockrecord.price_currency)
