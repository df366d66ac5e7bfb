"""Payments, what they are made of and what became of them."""

from marketplace.payments.models.attention import Attention, AttentionQuerySet
from marketplace.payments.models.contact_change import ContactChange
from marketplace.payments.models.ledger import Account, JournalEntry, Posting
from marketplace.payments.models.member_share import MemberShare, MemberShareRule, PayoutShare
from marketplace.payments.models.outbox import OutboxMessage, OutboxQuerySet
from marketplace.payments.models.owed import Owed
from marketplace.payments.models.payment import InboxEvent, Payment, PaymentQuerySet
from marketplace.payments.models.payout import (
    Payee,
    Payout,
    PayoutBatch,
    PayoutEvidence,
    PayoutLine,
    PayoutTerms,
    PayoutTransfer,
)
from marketplace.payments.models.refund import Dispute, Refund, RefundPart
from marketplace.payments.models.shares import ConsignmentShare, ShareRule

__all__ = [
    "Account",
    "Attention",
    "AttentionQuerySet",
    "ConsignmentShare",
    "ContactChange",
    "Dispute",
    "InboxEvent",
    "JournalEntry",
    "MemberShare",
    "MemberShareRule",
    "OutboxMessage",
    "OutboxQuerySet",
    "Owed",
    "Payment",
    "PaymentQuerySet",
    "Payee",
    "Payout",
    "PayoutBatch",
    "PayoutEvidence",
    "PayoutLine",
    "PayoutShare",
    "PayoutTerms",
    "PayoutTransfer",
    "Posting",
    "Refund",
    "RefundPart",
    "ShareRule",
]
