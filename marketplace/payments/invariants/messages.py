"""I8: nothing that came in or must go out lies about."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.payments.invariants.contract import invariant
from marketplace.payments.invariants.orders import ATTENTION

OUTBOX, INBOX = "marketplace_payments_outboxmessage", "marketplace_payments_inboxevent"
# How long a message may be overdue: deliver_outbox runs every minute.
PATIENCE = timedelta(hours=1)


@invariant("I8", _("No outgoing message is overdue by more than an hour."))
def outbox_moves() -> str:
    return f"SELECT key FROM {OUTBOX} WHERE state = 'waiting' AND next_at < '{_an_hour_ago()}'"


@invariant("I8", _("A message that was given up has called a person."))
def given_up_is_told() -> str:
    return f"""
        SELECT message.key FROM {OUTBOX} AS message WHERE message.state = 'failed' AND NOT EXISTS (
            SELECT 1 FROM {ATTENTION} AS matter WHERE matter.kind = 'outbox'
            AND matter.key LIKE 'outbox:' || message.id || ':%')"""


@invariant("I8", _("Every event of the payment service was looked at."))
def inbox_is_processed() -> str:
    return f"""
        SELECT event_id FROM {INBOX}
        WHERE (outcome = 'received' AND received_at < '{_an_hour_ago()}')
        OR (outcome <> 'received' AND processed_at IS NULL)"""


@invariant("I3", _("An event that was put aside has called a person."))
def put_aside_is_told() -> str:
    return f"""
        SELECT event.event_id FROM {INBOX} AS event WHERE event.outcome = 'quarantined' AND NOT EXISTS (
            SELECT 1 FROM {ATTENTION} AS matter WHERE matter.event_id = event.id)"""


def _an_hour_ago() -> str:
    """UTC, as both databases read it."""
    return f"{timezone.now() - PATIENCE:%Y-%m-%d %H:%M:%S}"
