"""The lines of a price beside goods and shipping, as review, order page and product page draw them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.dates import delivery_times, delivery_window
from marketplace.fulfilment.levies import PricedLevies
from marketplace.fulfilment.levy_words import levy_label, levy_note
from marketplace.fulfilment.models import Consignment, ConsignmentLevy
from marketplace.fulfilment.offers import ShippingOffer
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote, quote_basket
from marketplace.money import Money, format_money
from marketplace.trade.landed import Unknown
from storefront.checkout.repricing import rate_sentence

CHECKOUT = ConsignmentLevy.Collected.CHECKOUT


def describe_levies(levies: PricedLevies) -> dict:
    """What components/levies.html draws of a quote."""
    return {
        "nothing": not levies.border and not levies.more_is_unknown,
        "inside": inside_text(levies.stays_in),
        "checkout": [_line(row.levy, row.amount) for row in levies.checkout],
        "border": [_line(row.levy, row.amount) for row in levies.border],
        "unknown": [row.text for row in levies.unknown],
        "warnings": [row.text for row in levies.warnings],
    }


def describe_kept(consignment: Consignment, kept: Iterable[ConsignmentLevy]) -> dict:
    """The same of a consignment, as its order keeps it."""
    rows = [(row, _line(row, Money(row.amount, row.currency))) for row in kept]
    return {
        "nothing": not consignment.unknown and all(row.collected == CHECKOUT for row, _line in rows),
        "checkout": [line for row, line in rows if row.collected == CHECKOUT],
        "border": [line for row, line in rows if row.collected != CHECKOUT],
        "unknown": [_kept_unknown(row, consignment.currency).text for row in consignment.unknown],
        "warnings": [],
    }


def estimate_of(request: HttpRequest) -> dict:
    """The whole price of a basket before its address is known, for the destination that was chosen; empty for none.

    {"to", "refusals", "parcels"} and, where nothing is refused, {"shipping_total", "levies_total", "border", "total"}.
    ``parcels``: workshop id → what basket_parcel.html draws of its consignment.
    """
    market, basket = request.market, request.basket
    lines = [line for line in basket.all_lines() if line.stockrecord] if basket.id else []
    if not market.destination or not lines or basket.strategy.currency != market.currency:
        return {}
    quote = quote_basket(lines=lines, market=market, rates=QuoteRates(timezone.localdate()))
    found = {
        "to": economy_name(market.destination),
        "refusals": quote.refusals,
        "parcels": {part.workshop.pk: _parcel(part) for part in quote.consignments},
    }
    if quote.refusals:
        return found
    return found | {
        "shipping_total": quote.shipping,
        "levies_total": sum_of_levies(quote),
        "border": due_on_arrival(quote.at_border, quote.more_is_unknown),
        "total": quote.total,
    }


def _parcel(part: ConsignmentQuote) -> dict:
    if part.refusal:
        return {"refusal": part.refusal}
    return {
        "shipping": part.postage,
        "shipping_name": part.shipping.label,
        "levies": _by_name((levy_label(row.levy), row.amount) for row in part.levies.checkout),
        "inside": inside_text(part.levies.stays_in),
        "unknown": [row.text for row in part.levies.unknown],
    }


def inside_text(place: str) -> str:
    """That nothing is imported, for a parcel that stays in an economy or customs union; empty for any other."""
    if not place:
        return ""
    return _("This parcel stays inside %(place)s, so no customs duty and no import tax is due.") % {
        "place": economy_name(place)
    }


def arrival_text(lines: list, offer: ShippingOffer, on: date) -> str:
    """When a consignment that is ordered ``on`` a day is likely to arrive, in words."""
    first, last = delivery_window(lines, offer, on)
    return _("Arrives about %(first)s to %(last)s") % {"first": formats.day(first), "last": formats.day(last)}


def leaving_text(lines: list, offer: ShippingOffer, on: date) -> str:
    """By when a consignment that is ordered ``on`` a day leaves its workshop: what the order keeps as a promise."""
    return _("Leaves the workshop by %(day)s") % {"day": formats.day(delivery_times(lines, offer, on).sent_by)}


def sum_of_levies(quote: BasketQuote) -> list[dict]:
    """What is paid with the order beside goods and shipping, by name: [{"label", "amount"}]. Never one sum of all."""
    return _by_name(
        (levy_label(row.levy), row.amount) for part in quote.consignments for row in part.levies.checkout
    )


def due_on_arrival(amount: Money, more_is_unknown: bool) -> str:
    """A sentence about what is collected on arrival, or that nothing is."""
    if not amount and not more_is_unknown:
        return _("Nothing more is due when the parcels arrive.")
    if not amount:
        return _("More may be due when the parcels arrive, collected there, not by us. We cannot say how much.")
    shown = {"amount": format_money(amount, get_language())}
    if more_is_unknown:
        return _("At least %(amount)s more will be due when the parcels arrive, collected there, not by us.") % shown
    return _("About %(amount)s more will be due when the parcels arrive, collected there, not by us.") % shown


def due_of_kept(consignments: Iterable[Consignment], kept: Iterable[ConsignmentLevy], currency: str) -> str:
    """The same of an order."""
    unknown = [_kept_unknown(row, currency) for consignment in consignments for row in consignment.unknown]
    known = [Money(row.amount, currency) for row in kept if row.collected != CHECKOUT]
    known += [row.at_least for row in unknown if row.at_least]
    return due_on_arrival(sum(known, Money(Decimal("0.00"), currency)), bool(unknown))


def sum_of_kept(kept: Iterable[ConsignmentLevy]) -> list[dict]:
    """The same of an order's rows."""
    return _by_name((levy_label(row), Money(row.amount, row.currency)) for row in kept if row.collected == CHECKOUT)


def rate_note(quote: BasketQuote) -> str:
    """At which rate the price list was converted; empty where it needed none."""
    rates = quote.rates.used.values()
    found = next((rate for rate in rates if rate.quote == quote.currency and rate.base != rate.quote), None)
    return rate_sentence(found) if found else ""


def _line(levy, amount: Money) -> dict:
    words = {"label": levy_label(levy), "note": levy_note(levy), "source": levy.source}
    return words | {"amount": amount, "estimate": levy.estimate}


def _kept_unknown(row: dict, currency: str) -> Unknown:
    known = Money(Decimal(row["at_least"]), currency) if row.get("at_least") else None
    return Unknown(row["kind"], row["rule_id"], row["why"], at_least=known)


def _by_name(rows: Iterable[tuple[str, Money]]) -> list[dict]:
    found: dict[str, Money] = {}
    for label, amount in rows:
        found[label] = found.get(label, Money(Decimal("0.00"), amount.currency)) + amount
    return [{"label": label, "amount": amount} for label, amount in found.items()]
