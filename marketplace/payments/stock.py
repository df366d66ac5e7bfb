"""Stock under lock: the one place that promises a piece to somebody."""

import time
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.payments.errors import SoldOut

StockRecord = get_model("partner", "StockRecord")


def lock_and_check(lines: Iterable) -> None:
    """Lock the stock rows of basket ``lines`` in the order of their ids and check that all can be had.

    Must run inside a transaction: the rows stay locked until it ends, and everyone locks in the same order, so two
    buyers of {A, B} and {B, A} wait for each other instead of dying. Raises SoldOut with a sentence per piece.
    """
    lines = list(lines)
    wanted: Counter = Counter()
    for line in lines:
        wanted[line.stockrecord_id] += line.quantity
    rows = StockRecord.objects.order_by("pk")
    if not getattr(settings, "MARKETPLACE_TEST_SKIP_STOCK_LOCK", False):
        rows = rows.select_for_update()
    records = {row.pk: row for row in rows.filter(pk__in=wanted)}
    problems = []
    for line in lines:
        record = records.get(line.stockrecord_id)
        tracked = record is not None and line.product.get_product_class().track_stock
        if record is None or not line.product.is_public:
            problems.append(_("“%(title)s” is no longer for sale.") % {"title": line.product.get_title()})
        elif tracked and record.net_stock_level < wanted[record.pk]:
            problems.append(_short(line, record.net_stock_level))
    if problems:
        raise SoldOut(*problems)
    # A pause between check and write, set only by the race test's positive control.
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))


def _short(line, left: int) -> str:
    if left <= 0:
        return _("“%(title)s” is sold out.") % {"title": line.product.get_title()}
    return _("Only %(left)s of “%(title)s” are left.") % {"title": line.product.get_title(), "left": left}


def give_back(order) -> None:
    """Return what ``order`` still holds to the shelf. Calling it again changes nothing."""
    for line in _held(order):
        line.stockrecord.cancel_allocation(line.num_allocated)
        _clear(line)


def take_out(order) -> None:
    """What ``order`` holds leaves the stock for good. Calling it again changes nothing."""
    for line in _held(order):
        line.stockrecord.consume_allocation(line.num_allocated)
        _clear(line)


def hold_again(order) -> bool:
    """Hold the stock of ``order`` once more after it was given back; False (and nothing held) when some is gone."""
    lines = [line for line in order.lines.select_related("stockrecord", "product__parent").order_by("stockrecord_id") if line.stockrecord_id]
    list(StockRecord.objects.select_for_update().order_by("pk").filter(pk__in=[line.stockrecord_id for line in lines]))
    wanted: Counter = Counter()
    for line in lines:
        line.stockrecord.refresh_from_db()
        wanted[line.stockrecord_id] += line.quantity
    tracked = [line for line in lines if line.product and line.product.get_product_class().track_stock]
    if len(lines) < order.lines.count() or any(line.stockrecord.net_stock_level < wanted[line.stockrecord_id] for line in tracked):
        return False
    for line in lines:
        line.stockrecord.allocate(line.quantity)
        line.num_allocated = line.quantity
        line.save(update_fields=["num_allocated"])
    return True


def _held(order) -> list:
    """Lines that still hold stock, their rows locked in the order of ids."""
    lines = list(
        order.lines.filter(num_allocated__gt=0, stockrecord__isnull=False).select_related("stockrecord").order_by("stockrecord_id", "pk")
    )
    list(StockRecord.objects.select_for_update().order_by("pk").filter(pk__in=[line.stockrecord_id for line in lines]))
    return lines


def _clear(line) -> None:
    line.num_allocated = 0
    line.save(update_fields=["num_allocated"])
