"""What an order keeps of its price for ever: each levy with its rule and source, each conversion with its rate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.models import Consignment, ConsignmentLevy, OrderConversion
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote
from marketplace.money import Money

Purpose = OrderConversion.Purpose


def levied(part: ConsignmentQuote) -> dict[str, Any]:
    """The fields of a new consignment that say what is levied on it, and what nobody knows."""
    return {
        "taxes": part.at_checkout.amount,
        "incoterm": part.levies.incoterm,
        "rule_ids": list(part.levies.rule_ids),
        "unknown": [
            {"kind": one.kind, "rule_id": one.rule_id, "why": one.why}
            | ({"at_least": str(one.at_least.amount)} if one.at_least else {})
            for one in part.levies.unknown
        ],
    }


def keep_price(
    *, order, quote: BasketQuote, consignments: Sequence[Consignment], line_ids: Mapping[int, int]
) -> list[ConsignmentLevy]:
    """Write levies and conversions of a new order, consignments in the quote's order. Nothing of it is ever recomputed.

    ``line_ids``: basket line → order line, so that each line's share of a levy stays with it. Answers the levies.
    """
    parts = list(zip(consignments, quote.consignments, strict=True))
    levies = [row for consignment, part in parts for row in _levies(consignment, part, line_ids)]
    conversions = [row for consignment, part in parts for row in _conversions(order, consignment, part, quote)]
    OrderConversion.objects.bulk_create([*conversions, *_settlement(order, quote)])
    return ConsignmentLevy.objects.bulk_create(levies)


def _levies(
    consignment: Consignment, part: ConsignmentQuote, line_ids: Mapping[int, int]
) -> list[ConsignmentLevy]:
    return [
        ConsignmentLevy(
            consignment=consignment,
            position=position,
            kind=row.levy.kind,
            rule_id=row.levy.rule_id,
            refs=list(row.levy.refs),
            label=row.levy.label,
            own_amount=row.levy.amount.amount,
            own_currency=row.levy.amount.currency,
            amount=row.amount.amount,
            currency=row.amount.currency,
            collected=row.levy.collected,
            collector=row.levy.collector,
            registration=row.levy.registration,
            estimate=row.levy.estimate,
            rate_text=row.levy.rate_text,
            source=row.levy.source,
            source_date=row.levy.source_date,
            shares={str(line_ids[int(ref)]): str(share.amount) for ref, share in row.shares.items()},
        )
        for position, row in enumerate(part.levies.all)
    ]


def _conversions(order, consignment: Consignment, part: ConsignmentQuote, quote: BasketQuote) -> Iterator[OrderConversion]:
    given = part.list_goods + part.shipping.amount
    got = part.goods + part.postage
    yield _conversion(order, consignment, Purpose.PRESENTMENT, given, got, quote.rates)
    payout = part.workshop.village.economy.currency
    try:
        owed = quote.rates.convert(given, payout)
    except RateMissing:
        # Then the payout stays in the price list's currency until somebody enters a rate (a dated row of its own).
        owed = given
    yield _conversion(order, consignment, Purpose.PAYOUT, given, owed, quote.rates)


def _settlement(order, quote: BasketQuote) -> Iterator[OrderConversion]:
    """What is expected on the shop's balance; what the payment service really settles is the ledger's to record."""
    settlement = settings.MARKETPLACE_SETTLEMENT_CURRENCY or settings.MARKETPLACE_CURRENCY
    try:
        got = quote.rates.convert(quote.total, settlement)
    except RateMissing:
        return
    yield _conversion(order, None, Purpose.SETTLEMENT, quote.total, got, quote.rates)


def _conversion(order, consignment, purpose: str, given: Money, got: Money, rates: QuoteRates) -> OrderConversion:
    rate = rates.rate(given.currency, got.currency)
    return OrderConversion(
        order=order,
        consignment=consignment,
        purpose=purpose,
        given=given.amount,
        given_currency=given.currency,
        got=got.amount,
        got_currency=got.currency,
        rate=rate.value,
        source=rate.source,
        rate_date=rate.on,
    )
