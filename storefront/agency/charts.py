"""Bars of numbers as inline SVG, made here: no script, no style attribute. Pure.

The picture holds bars only and is stretched to the width of the page; words and numbers around it are text of the
page, and the same numbers stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

# Units of the picture: a bar takes BAR of each STEP, heights go up to TALL.
STEP, BAR, TALL = 10, 8, 100


@dataclass(frozen=True)
class Bar:
    x: int
    y: float
    width: int
    height: float
    says: str


@dataclass(frozen=True)
class Chart:
    """``name`` makes its ids; ``top`` is the number at the upper edge; ``first`` and ``last`` are its outer labels.
    ``note`` is a sentence below the total, or empty."""

    name: str
    title: str
    says: str
    total: str
    top: str
    first: str
    last: str
    width: int
    bars: list[Bar] = field(default_factory=list)
    height: int = TALL
    note: str = ""


def round_up(value: int) -> int:
    """The next number of 1, 2 or 5 times a power of ten: the upper edge of a chart. At least 1."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times >= value:
                return step * times
        step *= 10


def draw(
    *,
    name: str,
    title: str,
    says: str,
    points: Sequence[tuple[str, int]],
    write,
    total: int | None = None,
    note: str = "",
) -> Chart:
    """A chart of (label, number ≥ 0), oldest first. ``write`` makes text of a number in the reader's language."""
    values = [value for _label, value in points]
    top = round_up(max(values, default=0))
    bars = []
    for place, (label, value) in enumerate(points):
        height = round(value / top * TALL, 2)
        # What happened once in a month of thousands must not vanish.
        height = max(height, 1.0) if value else 0.0
        bars.append(Bar(place * STEP + (STEP - BAR) // 2, TALL - height, BAR, height, f"{label}: {write(value)}"))
    return Chart(
        name=name,
        title=title,
        says=says,
        total=write(sum(values) if total is None else total),
        top=write(top),
        first=points[0][0] if points else "",
        last=points[-1][0] if points else "",
        width=max(len(points), 1) * STEP,
        bars=bars,
        note=note,
    )
