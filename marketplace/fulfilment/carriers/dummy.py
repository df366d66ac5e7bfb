"""A carrier for trials and tests: one price per parcel, no rows, and down whenever one likes."""

from collections.abc import Sequence
from decimal import Decimal

from marketplace.fulfilment.carriers.contract import Answer, CarrierDown, Channel, TrackingNumber
from marketplace.fulfilment.carriers.numbers import read_number
from marketplace.fulfilment.carriers.pages import page_of
from marketplace.fulfilment.carriers.refusals import refusal
from marketplace.fulfilment.models import Incoterm
from marketplace.fulfilment.offers import PlannedParcel, ShippingOffer, Why, Wish
from marketplace.fulfilment.packing import DoesNotFit, TooMany, pack
from marketplace.fulfilment.rates import RateBook
from marketplace.money import Money


class DummyCarrier:
    """Options: ``amount`` per parcel in whatever currency is asked for, ``up_to_g``, ``days``, ``incoterm``, ``down``."""

    def __init__(
        self,
        *,
        key: str,
        channel: str = "courier",
        name: str = "Dummy",
        amount: str = "10.00",
        up_to_g: int = 30_000,
        days: tuple[int, int] = (1, 2),
        incoterm: str = Incoterm.DAP,
        destinations: Sequence[str] = (),
        down: bool = False,
    ) -> None:
        self.key, self.name, self.channel = key, name, Channel(channel)
        self._amount, self._up_to_g, self._days = Decimal(amount), up_to_g, days
        self._incoterm, self._only, self._down = str(incoterm), frozenset(destinations), down

    def serves(self, destination: str) -> bool:
        return not self._only or destination in self._only

    def quote(self, wishes: Sequence[Wish], rates: RateBook) -> list[Answer]:
        if self._down:
            raise CarrierDown(self.key)
        return [self._answer(wish) for wish in wishes]

    def read_number(self, text: str) -> TrackingNumber:
        return read_number(text, numbers="DUMMY[0-9]{6}", issuer=self.key)

    def tracking_url(self, number: str, destination: str) -> str:
        return page_of(number, {"": "https://carrier.example/track/{number}"}, "")

    def _answer(self, wish: Wish) -> Answer:
        if not self.serves(wish.destination) or wish.incoterm not in ("", self._incoterm):
            return refusal(wish, Why.NO_RATE, self.key, self.channel)
        try:
            boxes = pack(wish.units, lambda box: box.weight_g <= self._up_to_g)
        except (DoesNotFit, TooMany) as problem:
            why = Why.TOO_MANY if isinstance(problem, TooMany) else Why.TOO_HEAVY
            return refusal(wish, why, self.key, self.channel)
        price = Money(self._amount, wish.currency)
        parcels = tuple(
            PlannedParcel(box.weight_g, box.sides_mm, price, contents=box.contents) for box in boxes
        )
        offer = ShippingOffer(
            carrier=self.key,
            carrier_name=self.name,
            channel=self.channel.value,
            service="",
            incoterm=self._incoterm,
            amount=price * len(parcels),
            duty_fee=Money(Decimal("0.00"), wish.currency),
            days_min=self._days[0],
            days_max=self._days[1],
            origin=wish.origin,
            destination=wish.destination,
            parcels=parcels,
        )
        return (offer,)
