"""Stock under lock: the one place that promises a piece to somebody."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.payments.errors import SoldOut
from marketplace.signals import stock_held

StockRecord = get_model("partner", "StockRecord")


def lock_and_check(lines: Iterable) -> dict:
    """Lock the stock rows of basket ``lines`` in the order of their ids, check that all can be had, and answer them by id.

    Must run inside a transaction: the rows stay locked until it ends, and everyone locks in the same order, so two
    buyers of {A, B} and {B, A} wait for each other instead of dying. Raises SoldOut with a sentence per piece.
    """
    lines = list(lines)
    wanted: Counter = Counter()
    for line in lines:
        wanted[line.stockrecord_id] += line.quantity
    records = _records(lines, lock=not getattr(settings, "MARKETPLACE_TEST_SKIP_STOCK_LOCK", False))
    problems = []
    for line in lines:
        record = records.get(line.stockrecord_id)
        if record is None or not _for_sale(line.product, record):
            problems.append(_("“%(title)s” is no longer for sale.") % {"title": line.product.get_title()})
        elif line.product.get_product_class().track_stock and record.net_stock_level < wanted[record.pk]:
            problems.append(_short(line, record.net_stock_level))
    if problems:
        raise SoldOut(*problems)
    # A pause between check and write, set only by the race test's positive control.
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))
    return records


def hold(lines: Iterable, records: Mapping[int, object]) -> None:
    """Promise basket ``lines`` their pieces, of the rows that lock_and_check answered. One statement for all of them.

    As Oscar's ``allocate``, which takes four for each and calls its listeners with each: ours hear of all at once
    (stock_held), Oscar's low-stock alerts of those that have a threshold.
    """
    wanted: Counter = Counter()
    for line in lines:
        if line.product.get_product_class().track_stock:
            wanted[line.stockrecord_id] += line.quantity
    if not wanted:
        return
    more = Case(*(When(pk=pk, then=Value(quantity)) for pk, quantity in wanted.items()))
    StockRecord.objects.filter(pk__in=wanted).update(num_allocated=Coalesce(F("num_allocated"), 0) + more)
    held = [records[pk] for pk in sorted(wanted)]
    for record in held:
        record.num_allocated = (record.num_allocated or 0) + wanted[record.pk]
    stock_held.send(sender=StockRecord, records=held)
    for record in held:
        if record.low_stock_threshold is not None:
            record.post_save_signal()


def _records(lines: Iterable, *, lock: bool = True) -> dict:
    """The stock rows of basket or order ``lines`` as they are now, by id, locked in the order of their ids.

    The rows of a piece's other variants are locked too: what is derived from a piece as a whole, such as its card in
    a listing, is then written by one transaction at a time.
    """
    lines = list(lines)
    wanted = {line.stockrecord_id for line in lines}
    parents = {line.product.parent_id for line in lines if line.product and line.product.parent_id}
    if parents:
        wanted.update(StockRecord.objects.filter(product__parent__in=parents).values_list("pk", flat=True))
    rows = StockRecord.objects.order_by("pk")
    if lock:
        rows = rows.select_for_update()
    return {row.pk: row for row in rows.filter(pk__in=wanted)}


def _for_sale(product, record) -> bool:
    shown = product.is_public and (not product.is_child or product.parent.is_public)
    return shown and record.price is not None and record.price_currency == settings.MARKETPLACE_CURRENCY


def _short(line, left: int) -> str:
    if left <= 0:
        return _("“%(title)s” is sold out.") % {"title": line.product.get_title()}
    return _("Only %(left)s of “%(title)s” are left.") % {"title": line.product.get_title(), "left": left}


def give_back(order) -> None:
    """Return what ``order`` still holds to the shelf. Calling it again changes nothing."""
    for line in _held(order):
        line.stockrecord.cancel_allocation(line.num_allocated)
        _set_held(line, 0)


def take_out(order) -> bool:
    """What ``order`` holds leaves the stock for good. Calling it again changes nothing.

    False, and nothing is taken, when somebody lowered the stock below what was promised.
    """
    lines = _held(order)
    needed: Counter = Counter()
    for line in lines:
        needed[line.stockrecord] += line.num_allocated
    if not all(_can_give(record, quantity) for record, quantity in needed.items()):
        return False
    for line in lines:
        line.stockrecord.consume_allocation(line.num_allocated)
        _set_held(line, 0)
    return True


def put_back(lines: Iterable) -> None:
    """The pieces of these paid order lines go on sale again. The caller sees to it that it happens once per line."""
    lines = [line for line in lines if line.product_id and line.stockrecord_id]
    records = _records(lines)
    for line in lines:
        if record := records.get(line.stockrecord_id):
            _restock(record, line.quantity)


def _restock(record, quantity: int) -> None:
    """As Oscar's own steps of a stock row do it: at once, and its listeners hear of it."""
    if not record.can_track_allocations:
        return
    record.pre_save_signal()
    StockRecord.objects.filter(pk=record.pk).update(num_in_stock=Coalesce(F("num_in_stock"), 0) + quantity)
    record.refresh_from_db(fields=["num_in_stock"])
    record.post_save_signal()


def _can_give(record, quantity: int) -> bool:
    if not record.can_track_allocations:
        return True
    return record.num_in_stock is not None and record.is_allocation_consumption_possible(quantity)


def hold_again(order) -> bool:
    """Hold the stock of ``order`` once more after it was given back; False (and nothing held) when some is gone."""
    lines = list(order.lines.select_related("product__parent").order_by("stockrecord_id", "pk"))
    records = _records(line for line in lines if line.stockrecord_id)
    wanted: Counter = Counter()
    for line in lines:
        if line.product is None or line.stockrecord_id not in records:
            return False
        line.stockrecord = records[line.stockrecord_id]
        if line.product.get_product_class().track_stock:
            wanted[line.stockrecord] += line.quantity
    if any(record.net_stock_level < quantity for record, quantity in wanted.items()):
        return False
    for line in lines:
        line.stockrecord.allocate(line.quantity)
        _set_held(line, line.quantity)
    return True


def _held(order) -> list:
    """Lines that still hold stock, each with its stock row: locked, and as it is now."""
    holding = order.lines.filter(num_allocated__gt=0, stockrecord__isnull=False)
    lines = list(holding.select_related("product").order_by("stockrecord_id", "pk"))
    records = _records(lines)
    for line in lines:
        line.stockrecord = records[line.stockrecord_id]
    return lines


def _set_held(line, quantity: int) -> None:
    line.num_allocated = quantity
    line.save(update_fields=["num_allocated"])
