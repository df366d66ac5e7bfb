"""The verbs of payments by the name that other apps know them by. Place is in placing.py."""

from marketplace.payments.cancelling import cancel_consignment, cancel_order
from marketplace.payments.confirming import apply_facts
from marketplace.payments.disputes import payouts_frozen
from marketplace.payments.inbox import receive_event
from marketplace.payments.reconcile import reconcile
from marketplace.payments.refunds import ask_refund, what_is_left
from marketplace.payments.starting import start_payment

__all__ = [
    "apply_facts",
    "ask_refund",
    "cancel_consignment",
    "cancel_order",
    "payouts_frozen",
    "receive_event",
    "reconcile",
    "start_payment",
    "what_is_left",
]
