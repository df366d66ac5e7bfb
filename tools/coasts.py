"""Makes the coarser coasts of the cards' maps from the finest: ``python -m tools.coasts``. Same input, same files."""

from math import hypot

from storefront.embeds.coasts import DATA, FINEST, LEVELS, Point, read_rings

HEAD = """\
# Coasts of the world: Natural Earth 1:50m land (public domain), without Antarctica and islets, simplified to {size} degree.
# One ring a line, in hundredths of degrees (longitude,latitude): the first point, then steps from each to the next.
# A ring never jumps at the date line: its longitudes go on beyond 180 or -180.
"""


def simplify(ring: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker's, on a closed ring; ``tolerance`` in degrees. Less than three points: nothing to be seen."""
    far = max(range(len(ring)), key=lambda at: hypot(ring[at][0] - ring[0][0], ring[at][1] - ring[0][1]))
    there, back = ring[: far + 1], ring[far:] + ring[:1]
    return _line(there, tolerance)[:-1] + _line(back, tolerance)[:-1]


def _line(points: list[Point], tolerance: float) -> list[Point]:
    keep, open_parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_parts:
        start, end = open_parts.pop()
        if end - start < 2:
            continue
        gap, at = max((_off(points[at], points[start], points[end]), at) for at in range(start + 1, end))
        if gap > tolerance:
            keep.add(at)
            open_parts += [(start, at), (at, end)]
    return [points[at] for at in sorted(keep)]


def _off(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the line between two others."""
    across, up = end[0] - start[0], end[1] - start[1]
    x, y = point[0] - start[0], point[1] - start[1]
    long = across * across + up * up
    share = min(1.0, max(0.0, (x * across + y * up) / long)) if long else 0.0
    return hypot(x - share * across, y - share * up)


def written(rings: list[list[Point]], tolerance: float) -> str:
    """The text of a data file."""
    lines = []
    for ring in rings:
        whole = [(round(x * 100), round(y * 100)) for x, y in ring]
        steps = [(x - u, y - v) for (x, y), (u, v) in zip(whole, [(0, 0), *whole], strict=False)]
        lines.append(" ".join(f"{x},{y}" for x, y in steps))
    return HEAD.format(size=tolerance) + "\n".join(lines) + "\n"


def main() -> None:
    rings = read_rings(FINEST)
    for level in LEVELS[1:]:
        simple = (simplify(ring, level.tolerance) for ring in rings)
        kept = [ring for ring in simple if len(ring) > 2]
        (DATA / level.file).write_text(written(kept, level.tolerance), "ascii")


if __name__ == "__main__":
    main()
