"""Agencies: they earn of the orders that they brought, of no others, and never more than was agreed."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.invariants.books import GROUP, OWED, POSTING
from marketplace.payments.invariants.contract import invariant
from marketplace.payments.invariants.orders import CONSIGNMENT, SHARE
from marketplace.payments.invariants.refunds import ENTRY, PART, REFUND

VIA, AGENCY = "marketplace_payments_ordervia", "marketplace_partnerships_agency"
RULE = "marketplace_payments_sharerule"
PAYOUT, LINE = "marketplace_payments_payout", "marketplace_payments_payoutline"
TRANSFER = "marketplace_payments_payouttransfer"
# Rounding moves a part by less than one unit of any currency.
UNIT = 1


@invariant("I7", _("An agency has shares of the orders that it brought and earns of, and of no others."))
def agency_has_its_shares() -> str:
    """Of a line that is worth less than a unit to it, nothing may be left for an agency."""
    return f"""
        SELECT placed.number FROM {SHARE} AS share
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = share.consignment_id
        JOIN order_order AS placed ON placed.id = consignment.order_id
        LEFT JOIN {VIA} AS via ON via.order_id = placed.id AND via.excluded = ''
        LEFT JOIN {AGENCY} AS agency ON agency.id = via.agency_id
        WHERE share.party = 'agency' AND (agency.code IS NULL OR agency.code <> share.holder OR share.part <> 'goods')
        UNION
        SELECT placed.number FROM {VIA} AS via
        JOIN order_order AS placed ON placed.id = via.order_id
        JOIN order_line AS line ON line.order_id = placed.id
        JOIN {SHARE} AS shops ON shops.line_id = line.id AND shops.party = 'commission' AND shops.amount >= {UNIT}
        LEFT JOIN {SHARE} AS agencys ON agencys.line_id = line.id AND agencys.party = 'agency'
        WHERE via.excluded = '' AND agencys.id IS NULL AND line.line_price_incl_tax * via.percent >= 100 * {UNIT}"""


@invariant("I7", _("No agency gets more of a line than was agreed, nor more than the shop's commission of it."))
def agency_within_the_commission() -> str:
    return f"""
        SELECT placed.number FROM {SHARE} AS share
        JOIN order_line AS line ON line.id = share.line_id
        JOIN order_order AS placed ON placed.id = line.order_id
        JOIN {VIA} AS via ON via.order_id = placed.id
        LEFT JOIN {RULE} AS rule ON rule.id = share.rule_id
        WHERE share.party = 'agency' AND (
            100 * (share.amount - {UNIT}) > line.line_price_incl_tax * via.percent
            OR 100 * (share.amount - {UNIT}) > line.line_price_incl_tax * coalesce(rule.commission, 0))"""


@invariant(GROUP, _("Each agency is owed its shares, less what went back and what was paid out."))
def agency_is_owed_its_shares() -> str:
    """A payout by transfers ends in parts: those that were refused are owed again."""
    return f"""
        SELECT sides.holder FROM (
            SELECT share.holder, share.own_currency AS currency, share.own_amount AS amount FROM {SHARE} AS share
            JOIN {CONSIGNMENT} AS consignment ON consignment.id = share.consignment_id
            JOIN order_order AS placed ON placed.id = consignment.order_id
            JOIN {ENTRY} AS entry ON entry.key = 'paid:' || placed.number
            WHERE share.party = 'agency'
            UNION ALL
            SELECT share.holder, share.own_currency, -part.own_amount FROM {PART} AS part
            JOIN {SHARE} AS share ON share.id = part.share_id AND share.party = 'agency'
            JOIN {REFUND} AS refund ON refund.id = part.refund_id AND refund.state <> 'failed'
            JOIN {ENTRY} AS entry ON entry.key = 'refund:' || refund.number
            UNION ALL
            SELECT agency.code, payout.currency, -payout.amount FROM {PAYOUT} AS payout
            JOIN {AGENCY} AS agency ON agency.id = payout.agency_id
            WHERE payout.state IN ('transit', 'paid') OR (payout.state = 'failed' AND EXISTS (
                SELECT 1 FROM {TRANSFER} AS transfer WHERE transfer.payout_id = payout.id))
            UNION ALL
            SELECT agency.code, payout.currency, transfer.amount FROM {TRANSFER} AS transfer
            JOIN {PAYOUT} AS payout ON payout.id = transfer.payout_id
            JOIN {AGENCY} AS agency ON agency.id = payout.agency_id
            WHERE transfer.state = 'failed'
            UNION ALL
            SELECT posting.holder, posting.currency, -posting.amount FROM {POSTING} AS posting
            JOIN {ENTRY} AS entry ON entry.id = posting.entry_id AND entry.kind = 'correction'
            WHERE posting.account = 'agency_payable'
            UNION ALL
            SELECT holder, currency, -amount FROM {OWED} WHERE account = 'agency_payable'
        ) AS sides GROUP BY sides.holder, sides.currency HAVING round(sum(sides.amount), 2) <> 0"""


@invariant("I7", _("An agency is paid out for orders that it brought, and for no others."))
def agency_is_paid_for_its_orders() -> str:
    return f"""
        SELECT payout.number FROM {LINE} AS line
        JOIN {PAYOUT} AS payout ON payout.id = line.payout_id AND payout.agency_id IS NOT NULL
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = line.consignment_id
        LEFT JOIN {VIA} AS via ON via.order_id = consignment.order_id AND via.agency_id = payout.agency_id
        WHERE via.id IS NULL"""
