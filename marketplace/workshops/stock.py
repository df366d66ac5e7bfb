"""The rules of stock on the maker's side: what is promised to a buyer cannot be taken back."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.workshops.details import MOST_IN_STOCK, PieceDetails, Refused

StockRecord = get_model("partner", "StockRecord")
OrderLine = get_model("order", "Line")
Supply = Product.Supply


def locked_records(piece: Product) -> list:
    """The stock records of ``piece`` and its variants, locked in the order of their ids."""
    family = Q(product=piece) | Q(product__parent=piece)
    rows = StockRecord.objects.filter(family, partner_id=piece.partner_id)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def first_quantity(details: PieceDetails) -> int | None:
    """The stock of a new piece; None for one made to order. Raises Refused."""
    if details.supply == Supply.MADE_TO_ORDER:
        return None
    quantity = 1 if details.supply == Supply.ONE_OF_A_KIND and details.stock is None else details.stock
    if quantity is None:
        raise Refused(_("Please say how many you have."), "stock")
    _check_range(details.supply, quantity)
    return quantity


def quantity_after(product: Product, records: list, details: PieceDetails, shown: int | None) -> int | None:
    """The stock of a piece without variants after a change. Raises Refused.

    Between counted and made to order nothing may be on hold: a hold can only be settled the way it was made.
    """
    counted, was_counted = details.supply != Supply.MADE_TO_ORDER, product.supply != Supply.MADE_TO_ORDER
    if counted != was_counted and _on_hold(records):
        raise Refused(
            _("Somebody is paying for this piece right now. Please try again in an hour."), "supply"
        )
    if product.is_parent:
        if details.supply == Supply.ONE_OF_A_KIND:
            raise Refused(_("A piece with variants cannot be one of a kind."), "supply")
        return None
    if not counted:
        return None
    if not records or (details.stock is None and not was_counted):
        return first_quantity(details)
    if details.stock is None:
        _check_range(details.supply, records[0].num_in_stock or 0)
        return records[0].num_in_stock
    _check_quantity(details.supply, records[0], details.stock, shown if was_counted else None)
    return details.stock


def check(piece: Product, record, quantity: int, shown: int | None) -> None:
    """Whether ``quantity`` of ``piece`` (the parent of a variant) may stand on ``record``; raises Refused."""
    if piece.supply == Supply.MADE_TO_ORDER:
        raise Refused(_("This piece is made to order, so there is no stock to change."))
    _check_quantity(piece.supply, record, quantity, shown)


def _check_quantity(supply: str, record, quantity: int, shown: int | None) -> None:
    now, held = record.num_in_stock or 0, record.num_allocated or 0
    if shown is not None and shown != now:
        raise Refused(
            _("Meanwhile the number changed from %(shown)s to %(now)s. Please count again.")
            % {"shown": shown, "now": now},
            "stock",
        )
    _check_range(supply, quantity)
    if quantity < held:
        message = ngettext(
            "A buyer is paying for %(held)s of these now. Please give at least %(held)s, or wait an hour.",
            "Buyers are paying for %(held)s of these now. Please give at least %(held)s, or wait an hour.",
            held,
        )
        raise Refused(message % {"held": held}, "stock")


def _check_range(supply: str, quantity: int) -> None:
    if supply == Supply.ONE_OF_A_KIND and quantity > 1:
        raise Refused(_("Of a one-of-a-kind piece there is one. For more, choose “In stock”."), "stock")
    if not 0 <= quantity <= MOST_IN_STOCK:
        raise Refused(_("Please give a whole number from 0 to %(most)s.") % {"most": MOST_IN_STOCK}, "stock")


def _on_hold(records: list) -> bool:
    """Whether an order that is not settled holds some: also made-to-order lines wait for their payment."""
    if any(record.num_allocated for record in records):
        return True
    return OrderLine.objects.filter(stockrecord__in=records, num_allocated__gt=0).exists()
