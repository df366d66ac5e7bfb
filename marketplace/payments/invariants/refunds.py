"""I2: what came in, what went back, and what each part of it was."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.invariants.contract import invariant
from marketplace.payments.invariants.orders import CONSIGNMENT, PAYMENT, SHARE

ENTRY = "marketplace_payments_journalentry"
REFUND, PART = "marketplace_payments_refund", "marketplace_payments_refundpart"


@invariant("I2", _("What is marked as paid back is the sum of the refunds, and at most what was paid."))
def refunded_is_its_refunds() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment
        JOIN order_order AS placed ON placed.id = payment.order_id
        LEFT JOIN (
            SELECT payment_id, round(sum(amount), 2) AS amount, max(currency) AS highest, min(currency) AS lowest
            FROM {REFUND} WHERE state <> 'failed' GROUP BY payment_id
        ) AS back ON back.payment_id = payment.id
        WHERE payment.refunded <> coalesce(back.amount, 0) OR payment.refunded > payment.amount
        OR payment.refunded < 0 OR payment.currency <> back.lowest OR payment.currency <> back.highest"""


@invariant("I2", _("Nothing goes back that never came."))
def only_paid_money_goes_back() -> str:
    return f"""
        SELECT refund.number FROM {REFUND} AS refund JOIN {PAYMENT} AS payment ON payment.id = refund.payment_id
        WHERE payment.gateway_payment = '' OR payment.state IN ('pending', 'processing')"""


@invariant("I2", _("A refund is the sum of its parts, and all are of its own order."))
def refund_is_its_parts() -> str:
    """Money that came too late was never anybody's share, so it goes back without parts."""
    return f"""
        SELECT refund.number FROM {REFUND} AS refund
        LEFT JOIN (SELECT refund_id, round(sum(amount), 2) AS amount FROM {PART} GROUP BY refund_id) AS parts
            ON parts.refund_id = refund.id
        JOIN {PAYMENT} AS payment ON payment.id = refund.payment_id
        JOIN order_order AS placed ON placed.id = payment.order_id
        LEFT JOIN {ENTRY} AS entry ON entry.key = 'paid:' || placed.number
        WHERE refund.amount <> parts.amount OR (parts.amount IS NULL AND entry.id IS NOT NULL)
        UNION
        SELECT refund.number FROM {PART} AS part
        JOIN {REFUND} AS refund ON refund.id = part.refund_id
        JOIN {PAYMENT} AS payment ON payment.id = refund.payment_id
        JOIN {SHARE} AS share ON share.id = part.share_id
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = share.consignment_id
        WHERE consignment.order_id <> payment.order_id OR share.currency <> refund.currency"""


@invariant("I2", _("Of no share more goes back than it was."))
def parts_within_their_share() -> str:
    return f"""
        SELECT consignment.number FROM {PART} AS part
        JOIN {REFUND} AS refund ON refund.id = part.refund_id AND refund.state <> 'failed'
        JOIN {SHARE} AS share ON share.id = part.share_id
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = share.consignment_id
        GROUP BY consignment.number, share.id, share.amount, share.own_amount
        HAVING round(sum(part.amount), 2) > share.amount OR round(sum(part.own_amount), 2) > share.own_amount"""


@invariant("I2", _("An order is called paid back only when all of it went back."))
def paid_back_means_all() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment JOIN order_order AS placed ON placed.id = payment.order_id
        WHERE payment.state = 'refunded' AND payment.refunded <> payment.amount"""
