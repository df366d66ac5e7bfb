"""Code 128 of a parcel's number."""

from marketplace.trade.papers.canvas import Canvas

QUIET = 10  # modules left white on either side, ISO/IEC 15417


def modules(number: str) -> str:
    """One sign per module, "1" for a bar: as python-barcode draws it."""
    from barcode.codex import Code128

    return Code128(number).build()[0]


def draw(canvas: Canvas, x: float, y: float, width: float, height: float, number: str) -> None:
    """The bars, centred in ``width`` mm with their quiet zones. A module is at most 0.4 mm wide, and never rounded."""
    bars = modules(number)
    module = min(0.4, width / (len(bars) + 2 * QUIET))
    left = x + (width - module * len(bars)) / 2
    at = 0
    while at < len(bars):
        end = at
        while end < len(bars) and bars[end] == bars[at]:
            end += 1
        if bars[at] == "1":
            canvas.fill(left + at * module, y, (end - at) * module, height)
        at = end
