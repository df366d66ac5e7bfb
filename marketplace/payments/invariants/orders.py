"""I1 and I3 to I7: stock, orders and their states, offers, totals and whose a line is."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.invariants.contract import invariant

PAYMENT, CONSIGNMENT = "marketplace_payments_payment", "marketplace_fulfilment_consignment"
SHARE, WORKSHOP = "marketplace_payments_consignmentshare", "marketplace_workshops_workshop"
ATTENTION = "marketplace_payments_attention"
# Oscar's values of Voucher.usage.
SINGLE, ONCE_EACH = "Single use", "Once per customer"


@invariant("I1", _("Nothing is held that is not in stock."))
def stock_within_limits() -> str:
    return """
        SELECT partner_sku FROM partner_stockrecord
        WHERE coalesce(num_allocated, 0) < 0
        OR (num_in_stock IS NOT NULL AND (num_in_stock < 0 OR coalesce(num_allocated, 0) > num_in_stock))"""


@invariant("I1", _("What a stock record holds is what order lines hold of it."))
def stock_is_held_by_lines() -> str:
    return """
        SELECT record.partner_sku FROM partner_stockrecord AS record
        LEFT JOIN (
            SELECT stockrecord_id, sum(num_allocated) AS held FROM order_line
            WHERE num_allocated <> 0 GROUP BY stockrecord_id
        ) AS line ON line.stockrecord_id = record.id
        JOIN catalogue_product AS product ON product.id = record.product_id
        LEFT JOIN catalogue_product AS parent ON parent.id = product.parent_id
        JOIN catalogue_productclass AS class
            ON class.id = coalesce(product.product_class_id, parent.product_class_id)
        WHERE coalesce(record.num_allocated, 0) <> CASE WHEN class.track_stock THEN coalesce(line.held, 0) ELSE 0 END"""


@invariant("I1", _("An order that is paid or over holds no stock."))
def stock_is_let_go() -> str:
    return f"""
        SELECT DISTINCT placed.number FROM order_line AS line
        JOIN order_order AS placed ON placed.id = line.order_id
        JOIN {PAYMENT} AS payment ON payment.order_id = placed.id
        WHERE line.num_allocated <> 0 AND payment.state NOT IN ('pending', 'processing', 'attention')"""


@invariant("I3", _("A payment at the payment service belongs to one order."))
def gateway_payment_is_one_order() -> str:
    return f"""
        SELECT gateway_payment FROM {PAYMENT} WHERE gateway_payment <> ''
        GROUP BY gateway_payment HAVING count(*) > 1
        UNION ALL
        SELECT gateway_session FROM {PAYMENT} WHERE gateway_session <> ''
        GROUP BY gateway_session HAVING count(*) > 1"""


@invariant("I3", _("A paid order knows its payment and when it was paid."))
def paid_knows_its_payment() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment JOIN order_order AS placed ON placed.id = payment.order_id
        WHERE payment.state = 'paid' AND (payment.gateway_payment = '' OR payment.paid_at IS NULL)"""


@invariant("I3", _("An order that needs attention has an open row that says so."))
def attention_is_open() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment JOIN order_order AS placed ON placed.id = payment.order_id
        WHERE payment.state = 'attention' AND NOT EXISTS (
            SELECT 1 FROM {ATTENTION} AS matter WHERE matter.payment_id = payment.id AND matter.closed_at IS NULL)"""


@invariant("I4", _("Every order has one payment."))
def order_has_a_payment() -> str:
    """But those from before the kit, which have no consignments either."""
    return f"""
        SELECT placed.number FROM order_order AS placed LEFT JOIN {PAYMENT} AS payment ON payment.order_id = placed.id
        WHERE payment.id IS NULL AND (
            placed.date_placed > (SELECT min(created_at) FROM {PAYMENT})
            OR placed.id IN (SELECT order_id FROM {CONSIGNMENT}))"""


@invariant("I4", _("An order and its payment are in the same state, and it is one of the graph's."))
def states_agree() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment JOIN order_order AS placed ON placed.id = payment.order_id
        WHERE placed.status <> payment.state OR payment.state NOT IN
            ('pending', 'processing', 'paid', 'expired', 'cancelled', 'attention', 'refunded')"""


@invariant("I4", _("Only what is paid was packed, sent or delivered."))
def only_paid_goods_leave() -> str:
    return f"""
        SELECT consignment.number FROM {CONSIGNMENT} AS consignment
        JOIN {PAYMENT} AS payment ON payment.order_id = consignment.order_id
        WHERE consignment.state IN ('packed', 'sent', 'delivered')
        AND payment.state NOT IN ('paid', 'refunded', 'attention')"""


@invariant("I5", _("No voucher was used more often than it may be."))
def voucher_within_its_limit() -> str:
    return f"""
        SELECT voucher.code FROM voucher_voucherapplication AS used
        JOIN voucher_voucher AS voucher ON voucher.id = used.voucher_id
        WHERE voucher.usage = '{SINGLE}' GROUP BY voucher.code HAVING count(*) > 1
        UNION
        SELECT voucher.code FROM voucher_voucherapplication AS used
        JOIN voucher_voucher AS voucher ON voucher.id = used.voucher_id
        WHERE voucher.usage = '{ONCE_EACH}' AND used.user_id IS NOT NULL
        GROUP BY voucher.code, used.user_id HAVING count(*) > 1"""


@invariant("I5", _("No offer was used more often than it may be."))
def offer_within_its_limit() -> str:
    return """
        SELECT name FROM offer_conditionaloffer
        WHERE max_global_applications > 0 AND num_applications > max_global_applications
        UNION
        SELECT offer.name FROM offer_conditionaloffer AS offer
        JOIN order_orderdiscount AS discount ON discount.offer_id = offer.id
        JOIN order_order AS placed ON placed.id = discount.order_id
        WHERE offer.max_user_applications > 0 AND placed.user_id IS NOT NULL
        AND placed.status NOT IN ('expired', 'cancelled')
        GROUP BY offer.name, offer.max_user_applications, placed.user_id
        HAVING sum(discount.frequency) > offer.max_user_applications"""


@invariant("I6", _("What is paid is the order's total and the sum of its consignments."))
def payment_is_its_consignments() -> str:
    return f"""
        SELECT placed.number FROM {PAYMENT} AS payment
        JOIN order_order AS placed ON placed.id = payment.order_id
        LEFT JOIN (
            SELECT order_id, round(sum(goods + shipping + taxes), 2) AS total, round(sum(shipping), 2) AS shipping,
                min(currency) AS lowest, max(currency) AS highest
            FROM {CONSIGNMENT} GROUP BY order_id
        ) AS parts ON parts.order_id = placed.id
        WHERE payment.amount <> placed.total_incl_tax OR payment.amount <> coalesce(parts.total, 0)
        OR placed.shipping_incl_tax <> parts.shipping
        OR payment.currency <> placed.currency OR payment.currency <> parts.lowest
        OR payment.currency <> parts.highest"""


@invariant("I6", _("A consignment's goods are the prices of its lines."))
def goods_are_their_lines() -> str:
    return f"""
        SELECT consignment.number FROM {CONSIGNMENT} AS consignment
        JOIN {WORKSHOP} AS workshop ON workshop.id = consignment.workshop_id
        LEFT JOIN (
            SELECT order_id, partner_id, round(sum(line_price_incl_tax), 2) AS goods FROM order_line GROUP BY order_id, partner_id
        ) AS lines ON lines.order_id = consignment.order_id AND lines.partner_id = workshop.partner_id
        WHERE consignment.goods <> coalesce(lines.goods, 0)"""


@invariant("I6", _("The shares of workshop, shop, village, carrier and taxes are the consignment's total."))
def shares_are_the_total() -> str:
    return f"""
        SELECT consignment.number FROM {CONSIGNMENT} AS consignment
        LEFT JOIN (
            SELECT consignment_id, round(sum(amount), 2) AS total, min(currency) AS lowest, max(currency) AS highest
            FROM {SHARE} GROUP BY consignment_id
        ) AS shares ON shares.consignment_id = consignment.id
        WHERE round(consignment.goods + consignment.shipping + consignment.taxes, 2) <> coalesce(shares.total, 0)
        OR consignment.currency <> shares.lowest OR consignment.currency <> shares.highest"""


@invariant("I7", _("Every line of an order is in the consignment of the workshop that made it."))
def lines_have_their_consignment() -> str:
    return f"""
        SELECT DISTINCT placed.number FROM order_line AS line
        JOIN order_order AS placed ON placed.id = line.order_id
        JOIN {PAYMENT} AS payment ON payment.order_id = line.order_id
        LEFT JOIN {WORKSHOP} AS workshop ON workshop.partner_id = line.partner_id
        LEFT JOIN {CONSIGNMENT} AS consignment
            ON consignment.order_id = line.order_id AND consignment.workshop_id = workshop.id
        WHERE consignment.id IS NULL"""


@invariant("I7", _("No share and no payout of one workshop is of another one's goods."))
def nothing_of_another_workshop() -> str:
    return f"""
        SELECT consignment.number FROM {SHARE} AS share
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = share.consignment_id
        JOIN {WORKSHOP} AS workshop ON workshop.id = consignment.workshop_id
        LEFT JOIN order_line AS line ON line.id = share.line_id
        WHERE (share.party = 'workshop' AND share.holder <> workshop.code_prefix)
        OR (line.id IS NOT NULL
            AND (line.order_id <> consignment.order_id OR line.partner_id <> workshop.partner_id))
        UNION
        SELECT payout.number FROM marketplace_payments_payoutline AS line
        JOIN marketplace_payments_payout AS payout ON payout.id = line.payout_id
        JOIN {CONSIGNMENT} AS consignment ON consignment.id = line.consignment_id
        WHERE consignment.workshop_id <> payout.workshop_id"""
