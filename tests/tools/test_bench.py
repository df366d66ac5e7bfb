"""What the bench calls a wrong outcome."""

from __future__ import annotations

import pytest

from bench.checkout import Checkouts


@pytest.mark.parametrize(
    ("seen", "paid", "wrong"),
    [
        (["A", "B"], ["A", "B"], 0),
        (["A"], ["A", "B"], 1),  # paid, and no buyer was told
        (["A", "B"], ["A"], 1),  # told, and not paid
        (["A"], ["B"], 2),  # as many of each, and both wrong
        (["A", "A"], ["A"], 1),  # two buyers, one order
        ([], [], 0),
    ],
)
def test_wrong_outcomes_are_counted_by_order_number(seen: list[str], paid: list[str], wrong: int) -> None:
    assert Checkouts(seen=seen, paid=paid).wrong == wrong
