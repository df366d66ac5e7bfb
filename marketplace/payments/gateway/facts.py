"""What the payment service answers: values, read once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from marketplace.money import Money


class Standing(StrEnum):
    """Where a hosted payment stands. After EXPIRED and FAILED (a slow method brought no money) it cannot be paid any more."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class PaymentStanding(StrEnum):
    """Where the money of one payment is. DISPUTED: the buyer's bank asks for it back; LOST: it has taken it back.

    A payment of which a part was refunded is PAID. A dispute counts before a refund.
    """

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    LOST = "lost"
    CANCELLED = "cancelled"


class RefundStanding(StrEnum):
    """PENDING may still end as any of the others. After FAILED and CANCELLED the money is back with us."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DisputeStanding(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class DisputeKind(StrEnum):
    """An INQUIRY is a question of the buyer's bank that has taken no money; it may grow into a CHARGEBACK."""

    INQUIRY = "inquiry"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True)
class HostedPage:
    session_id: str
    url: str


@dataclass(frozen=True)
class Facts:
    """What the payment service says of one hosted payment.

    ``method`` is the service's word for how it is paid ("card", "konbini"), "" while nobody has chosen. ``pay_by`` is
    the last moment at which a slow method that is PROCESSING can bring money, where the service states one.
    """

    session_id: str
    reference: str
    standing: Standing
    amount: Money | None
    payment_id: str
    method: str = ""
    pay_by: datetime | None = None


@dataclass(frozen=True)
class RefundFacts:
    """One refund. ``why`` is the service's word for a failure. ``settled`` is what it took from our balance, in the
    balance's currency (None while unknown). ``key`` is the request's, "" for a refund made elsewhere.
    """

    refund_id: str
    reference: str
    payment_id: str
    standing: RefundStanding
    amount: Money
    why: str = ""
    settled: Money | None = None
    key: str = ""


@dataclass(frozen=True)
class DisputeFacts:
    """One dispute. ``due_by``: our answer counts until then. ``taken`` is what it took from our balance without the
    ``fee``, both in the balance's currency; None for an inquiry, zero taken after it came back. While ``refundable``
    a refund ends the matter.
    """

    dispute_id: str
    payment_id: str
    amount: Money
    standing: DisputeStanding
    reason: str
    due_by: datetime | None
    kind: DisputeKind
    taken: Money | None = None
    fee: Money | None = None
    refundable: bool = False


@dataclass(frozen=True)
class PaymentFacts:
    """One payment with its money. ``refunded`` counts pending refunds too. ``settled`` (net) and ``fee`` are in the
    currency of our balance, None while they are not known; ``rate`` is balance currency per one unit paid, None where
    both are the same. ``reference`` is "" for a payment that no order of ours asked for.
    """

    payment_id: str
    reference: str
    standing: PaymentStanding
    amount: Money
    captured: Money
    refunded: Money
    created_at: datetime
    method: str = ""
    pay_by: datetime | None = None
    settled: Money | None = None
    fee: Money | None = None
    rate: Decimal | None = None
    disputes: tuple[DisputeFacts, ...] = ()


@dataclass(frozen=True)
class TransferFacts:
    """One transfer; ``reversed`` is what came back of it. ``key`` is the request's, "" for one made elsewhere."""

    transfer_id: str
    account: str
    amount: Money
    reversed: Money
    reference: str
    created_at: datetime
    key: str = ""


@dataclass(frozen=True)
class ReversalFacts:
    reversal_id: str
    transfer_id: str
    amount: Money
    key: str = ""


@dataclass(frozen=True)
class AccountFacts:
    """A connected account. ``economy`` is its ISO 3166 code, ``currency`` the one it is paid out in; ``missing`` are
    the service's words for what it still wants to know before it may receive money.
    """

    account_id: str
    economy: str
    currency: str
    can_receive: bool
    can_pay_out: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """One signed message, as it was when it was sent. Which of ``facts``, ``refund``, ``dispute`` and ``transfer`` is
    there depends on its kind; ``payment_id`` is the payment it concerns, "" if none.

    ``account`` is "" for our own account. A message about another connected account must never touch a payment:
    there all of them are None.
    """

    event_id: str
    kind: str
    live: bool
    payload: Mapping
    facts: Facts | None
    refund: RefundFacts | None = None
    dispute: DisputeFacts | None = None
    transfer: TransferFacts | None = None
    payment_id: str = ""
    account: str = ""
