"""Holding a quote for a while, so that what is charged is what was shown."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import thaw
from marketplace.fulfilment.dates import delivery_times
from marketplace.fulfilment.models import PriceQuote
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote, quote_basket
from marketplace.money import Money


def print_of(lines: Iterable) -> str:
    """What basket lines hold, for comparing: the pieces, their stock records and how many of each."""
    rows = sorted(f"{line.product_id}:{line.stockrecord_id}:{line.quantity}" for line in lines)
    return sha256(" ".join(rows).encode()).hexdigest()


def parts_of(quote: BasketQuote) -> list[dict]:
    """Every amount of a quote, per consignment, as JSON."""
    return [
        {
            "partner": row.workshop.partner_id,
            "goods": str(row.goods.amount),
            "postage": str(row.postage.amount),
            "levies": [[one.levy.rule_id, one.levy.collected, str(one.amount.amount)] for one in row.levies.all],
            "unknown": row.levies.open_questions,
            "times": [day.isoformat() for day in _promised(row, quote)],
        }
        for row in quote.consignments
    ]


def _promised(row: ConsignmentQuote, quote: BasketQuote) -> tuple[date, ...]:
    """Sent by, arrives from and by; nothing for what cannot be sent."""
    if row.refusal:
        return ()
    times = delivery_times(row.lines, row.shipping, quote.rates.on)
    return times.sent_by, times.arrives_from, times.arrives_by


def hold(*, quote: BasketQuote, basket, lines: Iterable, region: str = "") -> PriceQuote:
    """Keep a quote for MARKETPLACE_QUOTE_MINUTES. The same quote of the same basket keeps the time that it has."""
    now, parts = timezone.now(), parts_of(quote)
    same = {
        "basket": basket,
        "basket_print": print_of(lines),
        "destination": quote.market.destination,
        "currency": quote.currency,
        "region": region,
    }
    for held in PriceQuote.objects.filter(**same, expires_at__gt=now, on=quote.rates.on):
        if held.parts == parts:
            return held
    return PriceQuote.objects.create(
        **same,
        token=secrets.token_urlsafe(24),
        total=quote.total.amount,
        on=quote.rates.on,
        rates=quote.rates.freeze(),
        parts=parts,
        expires_at=now + timedelta(minutes=settings.MARKETPLACE_QUOTE_MINUTES),
    )


def find(*, basket, token: str, now: datetime | None = None) -> PriceQuote | None:
    """The quote that was shown for this basket, if it still holds."""
    rows = PriceQuote.objects.filter(basket=basket, token=token, expires_at__gt=now or timezone.now())
    return rows.first()


def latest(*, basket, lines: Iterable, market: MarketChoice, region: str = "") -> PriceQuote | None:
    """The newest quote that holds for this basket as it is, this market and region: the next page shows it again."""
    return PriceQuote.objects.filter(
        basket=basket,
        basket_print=print_of(lines),
        destination=market.destination,
        currency=market.currency,
        region=region,
        expires_at__gt=timezone.now(),
    ).first()


def requote(*, held: PriceQuote, lines: Iterable) -> BasketQuote:
    """The same basket at the rates and on the day of ``held``. The lines must be priced at those rates, too."""
    market = MarketChoice(held.destination, held.currency)
    return quote_basket(lines=lines, market=market, rates=thaw(held.on, held.rates), region=held.region)


def is_as_shown(*, held: PriceQuote, quote: BasketQuote) -> bool:
    """Whether every amount and every day is what ``held`` says."""
    return quote.total == Money(held.total, held.currency) and parts_of(quote) == held.parts


def leaves_later(*, held: PriceQuote, quote: BasketQuote) -> bool:
    """Whether all amounts are what ``held`` says, but days are not: somebody else took the place in the maker's month."""
    before, now = ([part | {"times": []} for part in parts] for parts in (held.parts, parts_of(quote)))
    return before == now and not is_as_shown(held=held, quote=quote)
