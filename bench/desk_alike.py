"""Makes two workshops of different size alike in what a page shows, so that a page is measured and not its rows.

A page of a list shows at most so many rows. Where the small workshop has fewer of a kind than that, it is given more
before the page is asked for: then both draw the same page, and only what lies behind it differs.
"""

from __future__ import annotations

from django.db import connection

from bench.desk_data import FIRST
from marketplace.fulfilment.models import Consignment

State = Consignment.State
OPEN = "ARRAY['placed', 'packed', 'sent', 'delivered']"
# Of the consignments that wait, some are late, some leave today or this week, some later.
SEND_BY = "current_date + mod(c.id / 4, 14)::int - 4"


def spread(workshop, partner_id: int) -> None:
    """Consignments of every kind: late and not, called off, with an open question; hidden and sold out pieces."""
    _run(f"UPDATE marketplace_fulfilment_consignment c SET send_by = {SEND_BY} WHERE workshop_id = %s", workshop.pk)
    _run(
        "UPDATE marketplace_fulfilment_consignment c SET state = 'cancelled' FROM marketplace_payments_owed o"
        " WHERE o.consignment_id = c.id AND o.amount = 0 AND c.workshop_id = %s AND mod(c.id, 100) = 0", workshop.pk,
    )  # fmt: skip
    _run(
        "UPDATE marketplace_fulfilment_message m SET read_at = now() FROM marketplace_fulfilment_consignment c"
        " WHERE m.consignment_id = c.id AND c.workshop_id = %s AND NOT (c.state = 'placed' AND mod(c.id, 16) = 0)", workshop.pk,
    )  # fmt: skip
    _hide(partner_id, "mod(id, 8) = 0")
    _sell_out(workshop, "mod(product_id, 8) = 1")


def prepare(name: str, workshop, partner_id: int) -> None:
    """Before the page ``name`` of the small workshop is asked for."""
    kind, _blank, value = name.partition(" ")
    if kind == "consignments":
        state, send_by, unread = f"({OPEN})[1 + mod(c.id, 4)]", SEND_BY, "mod(c.id, 16) = 0"
        if value in State.values:
            state = f"'{value}'"
        elif value in ("due late", "due week"):
            state, send_by = "'placed'", f"current_date + {-1 if value == 'due late' else 2}"
        elif value == "due asked":
            unread = "true"
        _run(
            f"UPDATE marketplace_fulfilment_consignment c SET state = {state}, send_by = {send_by}"
            f" WHERE workshop_id = %s AND id >= {FIRST}", workshop.pk,
        )  # fmt: skip
        _run(
            f"UPDATE marketplace_fulfilment_message m SET read_at = CASE WHEN {unread} THEN NULL ELSE now() END"
            " FROM marketplace_fulfilment_consignment c WHERE m.consignment_id = c.id AND c.workshop_id = %s", workshop.pk,
        )  # fmt: skip
    elif kind == "pieces":
        _hide(partner_id, "true" if value == "hidden" else "mod(id, 8) = 0")
        _sell_out(workshop, "true" if value == "sold out" else "mod(product_id, 8) = 1")


def _hide(partner_id: int, which: str) -> None:
    _run(
        f"UPDATE catalogue_product SET is_public = NOT ({which}), stage = CASE WHEN {which} THEN 'paused' ELSE 'live' END"
        f" WHERE partner_id = %s AND id >= {FIRST}", partner_id,
    )  # fmt: skip


def _sell_out(workshop, which: str) -> None:
    _run(
        f"UPDATE storefront_productcard SET state = CASE WHEN {which} THEN 'sold_out' ELSE 'in_stock' END"
        f" WHERE workshop_id = %s AND product_id >= {FIRST}", workshop.pk,
    )  # fmt: skip


def _run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
