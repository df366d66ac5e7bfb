"""What an order keeps of its price for ever: each levy with its rule and source, each conversion with its rate."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.models import Consignment, ConsignmentLevy, OrderConversion
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote
from marketplace.money import Money

Purpose = OrderConversion.Purpose


def keep_price(
    *, order, quote: BasketQuote, consignments: Sequence[Consignment], line_ids: Mapping[int, int]
) -> None:
    """Write levies and conversions of a new order, consignments in the quote's order. Nothing of it is ever recomputed.

    ``line_ids``: basket line → order line, so that each line's share of a levy stays with it.
    """
    for consignment, part in zip(consignments, quote.consignments, strict=True):
        _keep_levies(consignment, part, line_ids)
        _keep_conversions(order, consignment, part, quote)
    _keep_settlement(order, quote)


def _keep_levies(consignment: Consignment, part: ConsignmentQuote, line_ids: Mapping[int, int]) -> None:
    levies = part.levies
    consignment.taxes = part.at_checkout.amount
    consignment.incoterm = levies.incoterm
    consignment.rule_ids = list(levies.rule_ids)
    consignment.unknown = [
        {"kind": one.kind, "rule_id": one.rule_id, "why": one.why}
        | ({"at_least": str(one.at_least.amount)} if one.at_least else {})
        for one in levies.unknown
    ]
    consignment.save(update_fields=["taxes", "incoterm", "rule_ids", "unknown"])
    ConsignmentLevy.objects.bulk_create(
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
        for position, row in enumerate(levies.all)
    )


def _keep_conversions(order, consignment: Consignment, part: ConsignmentQuote, quote: BasketQuote) -> None:
    given = part.list_goods + part.shipping.amount
    got = part.goods + part.postage
    _write(order, consignment, Purpose.PRESENTMENT, given, got, quote.rates)
    payout = part.workshop.village.economy.currency
    try:
        _write(order, consignment, Purpose.PAYOUT, given, quote.rates.convert(given, payout), quote.rates)
    except RateMissing:
        # Then the payout stays in the price list's currency until somebody enters a rate (a dated row of its own).
        _write(order, consignment, Purpose.PAYOUT, given, given, quote.rates)


def _keep_settlement(order, quote: BasketQuote) -> None:
    """What is expected on the shop's balance; what the payment service really settles is the ledger's to record."""
    settlement = settings.MARKETPLACE_SETTLEMENT_CURRENCY or settings.MARKETPLACE_CURRENCY
    try:
        got = quote.rates.convert(quote.total, settlement)
    except RateMissing:
        return
    _write(order, None, Purpose.SETTLEMENT, quote.total, got, quote.rates)


def _write(order, consignment, purpose: str, given: Money, got: Money, rates: QuoteRates) -> None:
    rate = rates.rate(given.currency, got.currency)
    OrderConversion.objects.create(
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
