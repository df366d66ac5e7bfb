"""The words in which carriers answer: what a consignment would cost to send, or why it cannot be sent."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from marketplace.fulfilment.models import ShippingRate
from marketplace.fulfilment.packing import Unit
from marketplace.money import Money


class Why(StrEnum):
    """Why nothing is offered, from what may pass to what stays: the first that any carrier names is told to the buyer."""

    CARRIER_DOWN = "carrier_down"
    TOO_LARGE = "too_large"
    TOO_HEAVY = "too_heavy"
    TOO_MANY = "too_many"
    NO_DDP = "no_ddp"
    NO_RATE = "no_rate"


@dataclass(frozen=True)
class NotShippable:
    """Why nothing can be sent, in words for the buyer (active language). ``carrier``: whose refusal it is."""

    reason: str
    why: Why = Why.NO_RATE
    carrier: str = ""


@dataclass(frozen=True)
class Wish:
    """What one workshop wants to send. Economies are two-letter codes; ``incoterm`` empty: either will do."""

    origin: str
    destination: str
    units: tuple[Unit, ...]
    currency: str
    on: date
    workshop_id: int | None = None
    incoterm: str = ""

    @property
    def weight_g(self) -> int:
        """Grams of all units with their packing."""
        return sum(unit.weight_g for unit in self.units)


@dataclass(frozen=True)
class PlannedParcel:
    """One box as planned: grams with packing, sides in millimetres (empty: not known), its price and dated row.

    ``contents``: (product id, how many) of what lies in it.
    """

    weight_g: int
    sides_mm: tuple[int, ...]
    amount: Money
    rate: ShippingRate | None = None
    contents: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class ShippingOffer:
    """One way to send a consignment. ``amount`` is all that it costs, ``duty_fee`` the part for paying duty (DDP).

    Money is in the wish's currency. Days are calendar days from the day the carrier has it. ``others`` are dearer ways,
    ``refusals`` what carriers said who make no offer; both are filled on the offer that was chosen.
    """

    carrier: str
    carrier_name: str
    channel: str
    service: str
    incoterm: str
    amount: Money
    duty_fee: Money
    days_min: int
    days_max: int
    origin: str
    destination: str
    parcels: tuple[PlannedParcel, ...]
    others: tuple["ShippingOffer", ...] = field(default=(), compare=False)
    refusals: tuple[NotShippable, ...] = field(default=(), compare=False)

    @property
    def weight_g(self) -> int:
        """Grams of all parcels with packing, as estimated."""
        return sum(parcel.weight_g for parcel in self.parcels)

    @property
    def rate(self) -> ShippingRate | None:
        """The row of the first parcel; each parcel has its own."""
        return self.parcels[0].rate

    @property
    def label(self) -> str:
        """For the buyer, in the active language: "Post, 5 to 21 days", with the service's name where there is one."""
        name = " ".join(part for part in (str(self.carrier_name), self.service) if part)
        return _("%(carrier)s, %(least)s to %(most)s days") % {
            "carrier": name,
            "least": self.days_min,
            "most": self.days_max,
        }
