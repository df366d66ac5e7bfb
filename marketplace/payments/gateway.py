"""The contract with whoever takes the money, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.money import Money


class GatewayDown(Exception):
    """The payment service did not answer, or said that it cannot now. Nothing is known to have happened."""


class BadEvent(Exception):
    """A message that does not come from the payment service, or cannot be read."""


class Standing(StrEnum):
    """Where a hosted payment stands. After EXPIRED and FAILED (a slow method brought no money) it cannot be paid any more."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True)
class CheckoutLine:
    """One row on the hosted page: a name, the price of one, how many."""

    name: str
    unit: Money
    quantity: int


@dataclass(frozen=True)
class CheckoutRequest:
    """What the hosted page needs. ``expires_at`` is a Unix time in seconds; ``key`` makes a repeat harmless."""

    reference: str
    email: str
    language: str
    lines: tuple[CheckoutLine, ...]
    success_url: str
    cancel_url: str
    expires_at: int
    key: str


@dataclass(frozen=True)
class HostedPage:
    session_id: str
    url: str


@dataclass(frozen=True)
class Facts:
    """What the payment service says of one hosted payment."""

    session_id: str
    reference: str
    standing: Standing
    amount: Money | None
    payment_id: str


@dataclass(frozen=True)
class Event:
    """One signed message. ``facts`` is None for kinds that do not concern us."""

    event_id: str
    kind: str
    live: bool
    payload: Mapping
    facts: Facts | None


class Gateway(Protocol):
    def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Open a hosted page; the same ``key`` gives the same page. Raises GatewayDown."""

    def look_up(self, session_id: str) -> Facts:
        """What is true now. Raises GatewayDown."""

    def close_checkout(self, session_id: str) -> Facts:
        """Make sure that the page can no longer be paid; answers what is true after. Raises GatewayDown."""

    def read_event(self, body: bytes, signature: str) -> Event:
        """Check and read a message. Raises BadEvent."""


@lru_cache(maxsize=1)
def get_gateway() -> Gateway:
    """The backend of MARKETPLACE_GATEWAY."""
    chosen = settings.MARKETPLACE_GATEWAY
    return import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {}))
