"""What the payment service is asked for."""

from dataclasses import dataclass

from marketplace.money import Money


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
class RefundRequest:
    """Money back to the buyer, in the currency that was paid. ``reason`` is ours, ``reference`` the order's number.

    ``email``: methods that cannot send money back by themselves (Konbini) ask the buyer for a bank account there. Leave
    it empty for cards.
    """

    payment_id: str
    amount: Money
    reason: str
    reference: str
    key: str
    email: str = ""


@dataclass(frozen=True)
class TransferRequest:
    """Money from our balance to a connected account. With ``payment_id`` it is taken from that payment's money and
    cannot exceed it; it must then be in the currency in which that payment settled.
    """

    account: str
    amount: Money
    reference: str
    key: str
    payment_id: str = ""


@dataclass(frozen=True)
class ReversalRequest:
    """Money of a transfer back to us, at most what is left of it."""

    transfer_id: str
    amount: Money
    reference: str
    key: str
