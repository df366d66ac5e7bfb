"""Payments, what they are made of and what became of them."""

from marketplace.payments.models.attention import Attention, AttentionQuerySet
from marketplace.payments.models.attribution import BasketVia, OrderVia
from marketplace.payments.models.contact_change import ContactChange
from marketplace.payments.models.holder import Holder, Owner, holder_of
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
    "BasketVia",
    "ConsignmentShare",
    "ContactChange",
    "Dispute",
    "Holder",
    "InboxEvent",
    "JournalEntry",
    "MemberShare",
    "MemberShareRule",
    "OrderVia",
    "OutboxMessage",
    "OutboxQuerySet",
    "Owed",
    "Owner",
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
    "holder_of",
]
