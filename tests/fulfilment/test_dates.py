"""When a consignment leaves and arrives. 2026-06-15 is a Monday."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from marketplace.fulfilment.dates import Times, days_off, delivery_times, delivery_window, ready_on
from tests.fulfilment.making import DAY, line


def offer(least: int = 5, most: int = 10, origin: str = "VN", destination: str = "JP"):
    return SimpleNamespace(days_min=least, days_max=most, origin=origin, destination=destination)


def test_what_is_in_stock_is_packed_in_working_days_and_travels_in_calendar_days():
    assert delivery_times([line()], offer(), DAY) == Times(
        sent_from=date(2026, 6, 15),
        sent_by=date(2026, 6, 17),
        arrives_from=date(2026, 6, 22),  # the 20th is a Saturday
        arrives_by=date(2026, 6, 29),  # the 27th is a Saturday
    )
    assert delivery_window([line()], offer(), DAY) == (date(2026, 6, 22), date(2026, 6, 29))


@pytest.mark.parametrize(
    ("on", "sent_from", "sent_by"),
    [
        ("2026-06-18", "2026-06-18", "2026-06-22"),  # Thursday: Friday and Monday to pack
        ("2026-06-19", "2026-06-19", "2026-06-23"),
        ("2026-06-20", "2026-06-22", "2026-06-24"),  # Saturday: begins on Monday
        ("2026-06-21", "2026-06-22", "2026-06-24"),
    ],
)
def test_nobody_packs_at_the_weekend(on, sent_from, sent_by):
    times = delivery_times([line()], offer(), date.fromisoformat(on))
    assert (times.sent_from, times.sent_by) == (date.fromisoformat(sent_from), date.fromisoformat(sent_by))


def test_the_slowest_piece_decides_and_only_what_is_made_to_order():
    stocked = line()
    stocked.product.lead_days = 90
    lines = [line(lead_days=10), line(lead_days=21), stocked]
    assert ready_on(lines, DAY) == DAY + timedelta(21)
    times = delivery_times(lines, offer(), DAY)
    assert times.sent_from == date(2026, 7, 6)
    assert times.arrives_by == times.sent_by + timedelta(days=10 + 2)


def test_a_variant_takes_as_long_as_its_piece():
    piece = line(lead_days=14).product
    assert ready_on([line(parent=piece)], DAY) == DAY + timedelta(14)


def test_made_to_order_without_days_is_sent_like_stock():
    piece = line()
    piece.product.made_to_order = True
    assert ready_on([piece], DAY) == DAY == ready_on([], DAY)


def test_the_days_to_pack_are_the_operators(settings):
    settings.MARKETPLACE_PACKING = settings.MARKETPLACE_PACKING | {"DAYS": 0}
    times = delivery_times([line()], offer(0, 0), DAY)
    assert set(vars(times).values()) == {DAY}


@pytest.mark.parametrize(("economy", "off"), [("VN", {5, 6}), ("JP", {5, 6}), ("IL", {4, 5}), ("AU", {5, 6})])
def test_days_off_are_the_economys(economy, off):
    assert days_off(economy) == off
