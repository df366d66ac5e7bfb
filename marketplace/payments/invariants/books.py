"""The ledger: zero in every currency, and what it says of every order is what was frozen, less what went back."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.invariants.contract import invariant
from marketplace.payments.invariants.orders import CONSIGNMENT, PAYMENT, SHARE
from marketplace.payments.invariants.refunds import ENTRY, PART, REFUND

POSTING, OWED = "marketplace_payments_posting", "marketplace_payments_owed"
GROUP = "ledger"
# As ledger_events.ACCOUNTS.
ACCOUNT = """CASE share.party WHEN 'workshop' THEN 'workshop_payable' WHEN 'carrier' THEN 'carrier_payable'
    WHEN 'agency' THEN 'agency_payable'
    WHEN 'tax' THEN 'tax_payable' WHEN 'duty' THEN 'duty_payable' WHEN 'fee' THEN 'fee_payable'
    ELSE share.party END"""


@invariant(GROUP, _("Every entry of the books adds up to zero in each of its currencies."))
def entries_are_zero() -> str:
    return f"""
        SELECT entry.key FROM (
            SELECT entry_id FROM {POSTING} GROUP BY entry_id, currency HAVING round(sum(amount), 2) <> 0
        ) AS wrong JOIN {ENTRY} AS entry ON entry.id = wrong.entry_id"""


@invariant(GROUP, _("The books as a whole add up to zero in every currency."))
def books_are_zero() -> str:
    return f"SELECT currency FROM {POSTING} GROUP BY currency HAVING round(sum(amount), 2) <> 0"


@invariant(GROUP, _("What each workshop and each agency is owed of each consignment is the sum of its postings."))
def owed_is_what_is_posted() -> str:
    return f"""
        SELECT sides.holder FROM (
            SELECT account, holder, currency, consignment_id, -amount AS amount FROM {POSTING}
            WHERE account IN ('workshop_payable', 'agency_payable')
            UNION ALL
            SELECT account, holder, currency, consignment_id, -amount FROM {OWED}
        ) AS sides GROUP BY sides.account, sides.holder, sides.currency, sides.consignment_id
        HAVING round(sum(sides.amount), 2) <> 0"""


@invariant(GROUP, _("Every order that was paid is in the books, and no other."))
def paid_orders_are_booked() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment
        JOIN order_order AS placed ON placed.id = payment.order_id
        LEFT JOIN {ENTRY} AS entry ON entry.key = 'paid:' || placed.number
        WHERE (entry.id IS NULL AND payment.state = 'paid')
        OR (entry.id IS NOT NULL AND payment.state IN ('pending', 'processing', 'expired'))"""


@invariant(GROUP, _("Every refund is in the books as it stands."))
def refunds_are_booked() -> str:
    return f"""
        SELECT refund.number FROM {REFUND} AS refund
        LEFT JOIN {ENTRY} AS taken ON taken.key = 'refund:' || refund.number
        LEFT JOIN {ENTRY} AS sent ON sent.key = 'refund-sent:' || refund.number
        LEFT JOIN {ENTRY} AS undone ON undone.key = 'refund-failed:' || refund.number
        WHERE (refund.state = 'done' AND refund.reason <> 'dispute' AND sent.id IS NULL)
        OR (refund.state <> 'failed' AND undone.id IS NOT NULL)
        OR (taken.id IS NOT NULL AND refund.state = 'failed' AND undone.id IS NULL)
        OR (taken.id IS NULL AND EXISTS (SELECT 1 FROM {PART} AS part WHERE part.refund_id = refund.id))"""


@invariant(GROUP, _("Everybody is owed the shares that were frozen, less what went back to the buyer."))
def owed_is_what_was_frozen() -> str:
    """Of each consignment and account; payouts take from another side of the same accounts and are not counted here."""
    return f"""
        SELECT consignment.number FROM (SELECT sides.id FROM (
            SELECT share.consignment_id AS id, {ACCOUNT} AS account, share.own_currency AS currency,
                share.own_amount AS amount
            FROM {SHARE} AS share
            JOIN {CONSIGNMENT} AS owner ON owner.id = share.consignment_id
            JOIN order_order AS placed ON placed.id = owner.order_id
            JOIN {ENTRY} AS entry ON entry.key = 'paid:' || placed.number
            UNION ALL
            SELECT share.consignment_id, {ACCOUNT}, share.own_currency, -part.own_amount
            FROM {PART} AS part
            JOIN {SHARE} AS share ON share.id = part.share_id
            JOIN {REFUND} AS refund ON refund.id = part.refund_id AND refund.state <> 'failed'
            JOIN {ENTRY} AS entry ON entry.key = 'refund:' || refund.number
            UNION ALL
            SELECT posting.consignment_id, posting.account, posting.currency, posting.amount
            FROM {POSTING} AS posting
            JOIN {ENTRY} AS entry ON entry.id = posting.entry_id
            WHERE entry.kind IN ('paid', 'refund', 'refund_failed') AND posting.consignment_id IS NOT NULL
        ) AS sides GROUP BY sides.id, sides.account, sides.currency HAVING round(sum(sides.amount), 2) <> 0) AS wrong
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = wrong.id"""
