"""From what a maker wants to receive to the price that the buyer pays, and back, at the rates and terms of one day."""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.names import economy_name
from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.economies.rates import Rate
from marketplace.economies.requirements import writers_of
from marketplace.money import Money, quantum
from marketplace.payments.shares import Party, Terms, price_for, terms_for
from marketplace.workshops.models import Workshop
from storefront.checkout.repricing import rate_sentence
from storefront.listing.models import ProductCard
from storefront.listing.shares import percent
from storefront.market.choice import shopping_in
from storefront.market.door import at_your_door
from storefront.market.offers import get_offers
from storefront.market.prices import selling_price

# How many destinations are shown as examples.
EXAMPLES = 3


class CannotWorkOut(Exception):
    """No price follows from it. Carries a sentence for the maker."""


@dataclass(frozen=True)
class WorkedOut:
    """``price`` and ``parts``, which add up to it, in the shop's currency; ``own``: the maker's part in hers, None without
    a rate, of which ``why_not`` then says why.
    """

    price: Money
    parts: dict[Party, Money]
    terms: Terms
    own: Money | None
    rate: Rate | None = None
    why_not: str = ""


class Calculator:
    """For one workshop, on the day of ``rates``."""

    def __init__(self, workshop: Workshop, rates: QuoteRates) -> None:
        self.currency = workshop.village.economy.currency
        self.list_currency = settings.MARKETPLACE_CURRENCY
        self._terms = terms_for([workshop], on=rates.on)[workshop.pk]
        self._rates = rates

    def from_receive(self, amount: Decimal) -> WorkedOut:
        """The lowest price of which the maker gets at least ``amount`` of her own currency. Raises CannotWorkOut."""
        try:
            rate = self._rates.rate(self.list_currency, self.currency)
            net = Money(amount / rate.value, self.list_currency)
            price = price_for(net, self._terms, quantum(self.list_currency))
        except RateMissing as missing:
            raise CannotWorkOut(missing.no_rate.text) from missing
        except ValueError as problem:
            raise CannotWorkOut(_("The terms leave the maker nothing.")) from problem
        step = Money(quantum(self.list_currency), self.list_currency)
        # Each part is rounded, and so is what it is worth to the maker: at most a step or two below.
        while self.from_price(price).own.amount < amount:
            price += step
        return self.from_price(price)

    def from_price(self, price: Money) -> WorkedOut:
        parts = self._terms.split(price)
        try:
            rate = self._rates.rate(price.currency, self.currency)
        except RateMissing as missing:
            return WorkedOut(price, parts, self._terms, None, why_not=missing.no_rate.text)
        own = self._rates.convert(parts[Party.WORKSHOP], self.currency)
        return WorkedOut(price, parts, self._terms, own, rate)


def describe_worked_out(worked: WorkedOut, product: Product | None = None, *, on=None) -> dict:
    """What desk/parts/worked_out.html draws. With ``product``, also what buyers pay in some markets."""
    terms = worked.terms
    rows = [
        (_("You receive"), terms.workshop, worked.parts[Party.WORKSHOP]),
        (_("Village fund"), terms.village_fund, worked.parts[Party.VILLAGE_FUND]),
        (_("This shop"), terms.commission, worked.parts[Party.COMMISSION]),
    ]
    return {
        "own": worked.own,
        "why_not": worked.why_not,
        "rows": [{"label": label, "percent": percent(share), "amount": part} for label, share, part in rows],
        "price": worked.price,
        "rate": rate_sentence(worked.rate) if worked.rate else "",
        "markets": [_market(destination, worked.price, product) for destination in _examples()],
        "saved": product is not None,
    }


def _examples() -> list[str]:
    """Destinations that are on offer today: the operator's choice first, then by code."""
    offered = get_offers().markets
    wanted = settings.MARKETPLACE_EXAMPLE_DESTINATIONS
    return [*(code for code in wanted if code in offered), *(c for c in sorted(offered) if c not in wanted)][:EXAMPLES]


def _card_of_draft(product: Product) -> ProductCard:
    workshop = product.partner.workshop
    return ProductCard(product_id=product.pk, economy=workshop.village.economy_id, workshop_id=workshop.pk)


def _market(destination: str, price: Money, product: Product | None) -> dict:
    """{"to", "price", "shipping", "levies", "total", "refusals"} for one destination in its own currency."""
    choice = MarketChoice(destination, get_offers().markets[destination].default_currency)
    found = {"to": economy_name(destination), "price": selling_price(price, choice), "refusals": []}
    if product is None:
        return found
    # A draft has no card yet; its maker's economy and the price are all that the way to the buyer needs.
    known = getattr(product, "card", None)
    card = copy(known) if known else _card_of_draft(product)
    card.price, card.currency = price.amount, price.currency
    with shopping_in(choice):
        door = at_your_door(product, card, writers_of([product])[product.pk])
    return found | {name: door[name] for name in ("shipping", "levies", "total", "refusals") if name in door}
