"""What it costs to send what each workshop sends: every carrier is asked, one offer is proposed, the others stay known."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db import DatabaseError

from marketplace.fulfilment.carriers.contract import Answer, Carrier, get_carriers
from marketplace.fulfilment.carriers.refusals import refusal
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Why, Wish
from marketplace.fulfilment.packing import units_of
from marketplace.fulfilment.rates import RateBook
from marketplace.trade.landed import RuleBook
from marketplace.workshops.models import Workshop

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Group:
    """A workshop and the basket lines that it sends."""

    workshop: Workshop
    lines: Sequence


def shipping_for(
    groups: Iterable[Group],
    *,
    destination: str,
    on: date,
    currency: str = "",
    channel: str | None = None,
    incoterm: str = "",
) -> list[ShippingOffer | NotShippable]:
    """The proposed offer for each group, in order. One statement, however many workshops.

    ``destination`` is a two-letter code, ``currency`` the price list's (default: the shop's). ``channel`` ("post",
    "courier") and ``incoterm`` ("DAP", "DDP") narrow what is offered. Reads ``workshop.village.economy_id`` and each
    line's product (and its parent), which the caller has loaded. Where no border is crossed, any incoterm will do.
    """
    wishes = [
        Wish(
            origin=group.workshop.village.economy_id,
            destination=destination,
            units=units_of(group.lines),
            currency=currency or settings.MARKETPLACE_CURRENCY,
            on=on,
            workshop_id=group.workshop.pk,
            incoterm=wanted_terms(incoterm, group.workshop.village.economy_id, destination, on),
        )
        for group in groups
    ]
    return ask_carriers(wishes, channel=channel)


def wanted_terms(incoterm: str, origin: str, destination: str, on: date) -> str:
    """The incoterm to ask carriers for: none in particular where a parcel stays in one economy or customs union."""
    inside = origin == destination or (incoterm and RuleBook.load(on).stays_in(origin, destination, on))
    return "" if inside else incoterm


def quote_parcels(
    *, workshop: Workshop, lines: Sequence, destination: str, on: date, channel: str | None = None, **terms
) -> ShippingOffer | NotShippable:
    """The proposed offer for one workshop's lines; see shipping_for, which takes a whole basket at the same cost."""
    group = Group(workshop, lines)
    return shipping_for([group], destination=destination, on=on, channel=channel, **terms)[0]


def ask_carriers(
    wishes: Sequence[Wish], *, channel: str | None = None
) -> list[ShippingOffer | NotShippable]:
    """The proposed offer for each wish. A carrier that fails is left out by name; the others still answer."""
    rates = RateBook.load(wishes)
    carriers = [one for one in get_carriers().values() if channel in (None, one.channel)]
    answers = [_ask(carrier, wishes, rates) for carrier in carriers]
    return [
        _propose(wish, [answer[number] for answer in answers], channel) for number, wish in enumerate(wishes)
    ]


def _ask(carrier: Carrier, wishes: Sequence[Wish], rates: RateBook) -> Sequence[Answer]:
    """The carrier's answers; refusals in its name when it is down, or when its backend fails in whatever way."""
    try:
        answers = carrier.quote(wishes, rates)
        if len(answers) == len(wishes):
            return answers
        logger.error("Carrier %s answered %s of %s wishes.", carrier.key, len(answers), len(wishes))
    except DatabaseError:
        # Ours, not the carrier's: nothing after it could be trusted.
        raise
    except Exception:
        logger.warning("Carrier %s makes no offer.", carrier.key, exc_info=True)
    return [refusal(wish, Why.CARRIER_DOWN, carrier.key, carrier.channel) for wish in wishes]


def _propose(wish: Wish, answers: Sequence[Answer], channel: str | None) -> ShippingOffer | NotShippable:
    """The cheapest offer, then the quickest, then by the order of the carriers; else the refusal that helps most."""
    refusals = tuple(answer for answer in answers if isinstance(answer, NotShippable))
    offers = [offer for answer in answers if not isinstance(answer, NotShippable) for offer in answer]
    offers.sort(key=lambda offer: (offer.amount.amount, offer.days_max))
    if offers:
        return replace(offers[0], others=tuple(offers[1:]), refusals=refusals)
    order = list(Why)
    nobody = refusal(wish, Why.NO_RATE, "", channel or "")
    return min(refusals, key=lambda one: order.index(one.why), default=nobody)
