"""The contract with whoever takes parcels, in our words, and the carriers of MARKETPLACE_CARRIERS."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Wish
from marketplace.fulfilment.rates import RateBook

Answer = tuple[ShippingOffer, ...] | NotShippable


class Channel(models.TextChoices):
    """The two roads through customs: rules and restrictions differ between them."""

    POST = "post", _("Post")
    COURIER = "courier", _("Courier")


class CarrierDown(Exception):
    """The carrier's own service did not answer, or said that it cannot now."""


class BadNumber(ValueError):
    """A tracking number that the carrier cannot have given out; the message is for the person who typed it."""


@dataclass(frozen=True)
class TrackingNumber:
    """A number as it is stored, and who gave it out: numbers are unique per ``issuer``."""

    text: str
    issuer: str


class Carrier(Protocol):
    """Someone who takes parcels. ``key`` is its name in the settings, ``name`` what people call it."""

    key: str
    name: str
    channel: Channel

    def serves(self, destination: str) -> bool:
        """Whether it goes to that economy at all (two-letter code), by its contract; says nothing of weights."""

    def quote(self, wishes: Sequence[Wish], rates: RateBook) -> list[Answer]:
        """An answer to each wish, in order: its services with price, days, incoterm and planned parcels, or why none.

        All wishes of a basket come in one call. ``rates`` are the operator's rows for them, which a backend that asks
        outside may leave alone. It keeps a timeout of its own and raises CarrierDown; offers are only DDP where duty
        and tax are prepaid.
        """

    def read_number(self, text: str) -> TrackingNumber:
        """The number as it is stored. Raises BadNumber with a sentence for the person who typed it."""

    def tracking_url(self, number: str, destination: str) -> str:
        """Address (https) of the page that tells where the parcel is; empty where none is known."""


@lru_cache(maxsize=1)
def get_carriers() -> dict[str, Carrier]:
    """The backends of MARKETPLACE_CARRIERS by name, in its order."""
    return {
        key: import_string(chosen["BACKEND"])(key=key, **chosen.get("OPTIONS", {}))
        for key, chosen in settings.MARKETPLACE_CARRIERS.items()
    }
