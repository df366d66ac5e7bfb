"""The contract with whoever takes the money, in our words.

Every call is bounded in time (see the backend's ``timeout``) and says on failure what is known: ``GatewayDown`` means
that nothing is known, so the same request with the same key may and must be repeated; ``GatewayRefused`` is a definite
no, and a repeat of the same request will hear the same. A key makes a repeat harmless however late it comes: the same
key never moves money twice, and the same key with other contents is refused with the code "key_reused".

Facts are what the service says now. Messages (``Event``) only say where to look: whoever acts on one reads the facts
again by their id. All amounts are Money in major units, all times are aware (UTC).
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.payments.gateway.errors import KEY_REUSED, BadEvent, GatewayDown, GatewayRefused
from marketplace.payments.gateway.facts import (
    AccountFacts,
    DisputeFacts,
    DisputeKind,
    DisputeStanding,
    Event,
    Facts,
    HostedPage,
    PaymentFacts,
    PaymentStanding,
    RefundFacts,
    RefundStanding,
    ReversalFacts,
    Standing,
    TransferFacts,
)
from marketplace.payments.gateway.wishes import (
    CheckoutLine,
    CheckoutRequest,
    RefundRequest,
    ReversalRequest,
    TransferRequest,
)

__all__ = [
    "KEY_REUSED",
    "AccountFacts",
    "BadEvent",
    "CheckoutLine",
    "CheckoutRequest",
    "DisputeFacts",
    "DisputeKind",
    "DisputeStanding",
    "Event",
    "Facts",
    "Gateway",
    "GatewayDown",
    "GatewayRefused",
    "HostedPage",
    "PaymentFacts",
    "PaymentStanding",
    "RefundFacts",
    "RefundRequest",
    "RefundStanding",
    "ReversalFacts",
    "ReversalRequest",
    "Standing",
    "TransferFacts",
    "TransferRequest",
    "forget_gateway",
    "get_gateway",
]


class Gateway(Protocol):
    """Every method may raise GatewayDown."""

    def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Open a hosted page; the same ``key`` gives the same page. A refusal, too, is GatewayDown: the buyer can do
        nothing about it, and it is logged as an error.
        """

    def look_up(self, session_id: str) -> Facts:
        """What is true now of a hosted payment."""

    def close_checkout(self, session_id: str) -> Facts:
        """Make sure that the page can no longer be paid; answers what is true after."""

    def look_up_payment(self, payment_id: str) -> PaymentFacts:
        """What is true now of a payment. Raises GatewayRefused."""

    def find_payments(self, *, since: datetime) -> Iterator[PaymentFacts]:
        """Every payment begun since then, newest first, ours or not, with money or not; asks page by page.

        Those in a currency that we do not know come last as one GatewayRefused that names them.
        """

    def refund(self, request: RefundRequest) -> RefundFacts:
        """Give money back; the same ``key`` gives the same refund, however late. Raises GatewayRefused."""

    def look_up_refund(self, refund_id: str) -> RefundFacts:
        """What is true now of a refund. Raises GatewayRefused."""

    def look_up_dispute(self, dispute_id: str) -> DisputeFacts:
        """What is true now of a dispute. Raises GatewayRefused."""

    def look_up_account(self, account_id: str) -> AccountFacts:
        """Whether a connected account may receive money now. Raises GatewayRefused."""

    def transfer(self, request: TransferRequest) -> TransferFacts:
        """Pay a connected account; the same ``key`` gives the same transfer, however late. Raises GatewayRefused."""

    def look_up_transfer(self, transfer_id: str) -> TransferFacts:
        """What is true now of a transfer. Raises GatewayRefused."""

    def reverse_transfer(self, request: ReversalRequest) -> ReversalFacts:
        """Take money of a transfer back; the same ``key`` gives the same reversal. Raises GatewayRefused."""

    def read_event(self, body: bytes, signature: str) -> Event:
        """Check and read a message, without asking anyone. Raises BadEvent, never GatewayDown."""


_MAKING = Lock()


def get_gateway() -> Gateway:
    """The backend of MARKETPLACE_GATEWAY: one for all threads of the process, since it counts who waits."""
    # lru_cache alone lets threads that come first at the same moment make one each.
    with _MAKING:
        return _made()


def forget_gateway() -> None:
    """The next get_gateway() reads the settings anew."""
    with _MAKING:
        _made.cache_clear()


@lru_cache(maxsize=1)
def _made() -> Gateway:
    chosen = settings.MARKETPLACE_GATEWAY
    return import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {}))
