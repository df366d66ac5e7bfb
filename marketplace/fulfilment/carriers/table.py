"""A carrier whose prices are the operator's own dated rows: a post, a courier, a bus line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from marketplace.fulfilment.carriers.contract import Answer, Channel, TrackingNumber
from marketplace.fulfilment.carriers.numbers import S10, read_number
from marketplace.fulfilment.carriers.pages import page_of, pages_of_posts
from marketplace.fulfilment.carriers.refusals import refusal
from marketplace.fulfilment.models import Incoterm, ShippingRate
from marketplace.fulfilment.offers import PlannedParcel, ShippingOffer, Why, Wish
from marketplace.fulfilment.packing import Box, DoesNotFit, TooMany, pack
from marketplace.fulfilment.rates import RateBook, row_for, weight_class_for
from marketplace.money import Money


class TableCarrier:
    """Options: ``channel`` "post" or "courier"; ``name`` for people (default: the channel's); ``destinations`` it goes to
    (empty: all that have rates) and ``not_destinations``; ``numbers`` "s10" or a regular expression of its tracking
    numbers; ``tracking_url`` with {number}, or ``tracking_urls`` by the post's two-letter code.
    """

    def __init__(
        self,
        *,
        key: str,
        channel: str,
        name: str = "",
        destinations: Sequence[str] = (),
        not_destinations: Sequence[str] = (),
        numbers: str = "",
        tracking_url: str = "",
        tracking_urls: Mapping[str, str] | None = None,
    ) -> None:
        self.key, self.channel = key, Channel(channel)
        self.name = name or self.channel.label
        self._only, self._never = frozenset(destinations), frozenset(not_destinations)
        self._numbers, self._url, self._urls = numbers, tracking_url, dict(tracking_urls or {})

    def serves(self, destination: str) -> bool:
        return destination not in self._never and (not self._only or destination in self._only)

    def quote(self, wishes: Sequence[Wish], rates: RateBook) -> list[Answer]:
        return [self._answer(wish, rates) for wish in wishes]

    def read_number(self, text: str) -> TrackingNumber:
        return read_number(text, numbers=self._numbers, issuer=self.key)

    def tracking_url(self, number: str, destination: str) -> str:
        if self._url:
            return page_of(number, {"": self._url}, "")
        if self._numbers != S10:
            return ""
        # The post that gave the number out knows it; the buyer's own post does, too.
        return page_of(number, pages_of_posts() | self._urls, number[-2:], destination)

    def _answer(self, wish: Wish, rates: RateBook) -> Answer:
        services = rates.services(wish, self.key) if self.serves(wish.destination) else []
        if not services:
            return refusal(wish, self._no_rate(wish, rates), self.key, self.channel)
        answers = [self._service(wish, rows) for rows in services]
        offers = tuple(answer for answer in answers if isinstance(answer, ShippingOffer))
        return offers or refusal(wish, min(answers, key=list(Why).index), self.key, self.channel)

    def _service(self, wish: Wish, rows: list[ShippingRate]) -> ShippingOffer | Why:
        try:
            boxes = pack(wish.units, lambda box: row_for(rows, box) is not None)
        except DoesNotFit:
            heavy = any(weight_class_for(rows, Box().with_unit(unit)) is None for unit in set(wish.units))
            return Why.TOO_HEAVY if heavy else Why.TOO_LARGE
        except TooMany:
            return Why.TOO_MANY
        used = [row_for(rows, box) for box in boxes]
        parcels = tuple(
            PlannedParcel(box.weight_g, box.sides_mm, Money(row.amount, row.currency), row, box.contents)
            for box, row in zip(boxes, used, strict=True)
        )
        fee = Money(max(row.duty_fee for row in used), wish.currency)
        return ShippingOffer(
            carrier=self.key,
            carrier_name=self.name,
            channel=self.channel.value,
            service=used[0].service,
            incoterm=used[0].incoterm,
            amount=sum((parcel.amount for parcel in parcels), fee),
            duty_fee=fee,
            days_min=max(row.days_min for row in used),
            days_max=max(row.days_max for row in used),
            origin=wish.origin,
            destination=wish.destination,
            parcels=parcels,
        )

    def _no_rate(self, wish: Wish, rates: RateBook) -> Why:
        """NO_DDP where it goes there, but nobody pays duty in advance."""
        anyway = rates.services(replace(wish, incoterm=""), self.key) if self.serves(wish.destination) else []
        return Why.NO_DDP if anyway and wish.incoterm == Incoterm.DDP else Why.NO_RATE
