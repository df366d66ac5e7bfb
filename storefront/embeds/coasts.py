"""A small map without tiles and without borders: coasts and spots, as numbers for an SVG. Pure but for one data file.

The land is that of Natural Earth (public domain, data/coasts.txt). Borders are left out on purpose: nobody asks a card
for an opinion on them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path

FILE = Path(__file__).with_name("data") / "coasts.txt"
WIDTH, HEIGHT = 400, 320  # of the part that has to be seen
LEAST = 9.0  # degrees of latitude that a map shows at least
MARGIN = 0.22  # of the spots' own extent, on each side
AROUND = 0.75  # of the map, drawn on each side of it for frames of another shape
APART = 23  # between two spots

Point = tuple[float, float]


@dataclass(frozen=True)
class Window:
    """Degrees: its western and northern edge; ``scale``: pixels of a degree of latitude; ``squeeze``: of longitude."""

    west: float
    north: float
    scale: float
    squeeze: float

    def pixel(self, longitude: float, latitude: float) -> Point:
        east = (longitude - self.west) % 360
        east -= 360 if east > 270 else 0
        return east * self.scale * self.squeeze, (self.north - latitude) * self.scale

    @property
    def span(self) -> Point:
        """Degrees of longitude and latitude from edge to edge."""
        return WIDTH / (self.scale * self.squeeze), HEIGHT / self.scale


def window_for(spots: Sequence[Point]) -> Window:
    """The window that holds all ``spots`` (longitude, latitude), across the date line where that is the shorter way."""
    latitudes = [latitude for _longitude, latitude in spots]
    west, width = _shortest_way([longitude for longitude, _latitude in spots])
    middle = (max(latitudes) + min(latitudes)) / 2
    squeeze = max(cos(radians(middle)), 0.2)
    height = max((max(latitudes) - min(latitudes)) * (1 + 2 * MARGIN), LEAST)
    height = max(height, width * (1 + 2 * MARGIN) * squeeze * HEIGHT / WIDTH)
    scale = HEIGHT / height
    return Window(west + width / 2 - WIDTH / (2 * scale * squeeze), middle + height / 2, scale, squeeze)


def _shortest_way(longitudes: Sequence[float]) -> tuple[float, float]:
    """(western end, width) of the smallest arc that holds all of them."""
    ordered = sorted(value % 360 for value in longitudes)
    gaps = [(after - before) % 360 for before, after in zip(ordered, ordered[1:] + ordered[:1], strict=True)]
    if len(set(ordered)) == 1:
        return ordered[0], 0.0
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    start = ordered[(widest + 1) % len(ordered)]
    return start, 360 - gaps[widest]


def draw(spots: Sequence[Point]) -> dict:
    """{"width", "height", "land": the ``d`` of a path, "spots": [(x, y)]} for at least one spot (longitude, latitude)."""
    window = window_for(spots)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "land": _land(window),
        "spots": _apart([window.pixel(*spot) for spot in spots]),
    }


def _apart(points: list[Point]) -> list[Point]:
    """Spots that lie upon each other are moved aside a little, so that each can be read."""
    places = [list(point) for point in points]
    for _round in range(40):
        moved = False
        for first, one in enumerate(places):
            for other in places[first + 1 :]:
                across, down = other[0] - one[0], other[1] - one[1]
                far = hypot(across, down)
                if far >= APART:
                    continue
                if far < 0.01:
                    across, down, far = 1.0, 0.4, 1.08
                push = (APART - far) / 2 + 0.1
                for place, sign in ((one, -1), (other, 1)):
                    place[0] += sign * push * across / far
                    place[1] += sign * push * down / far
                moved = True
        if not moved:
            break
    return [(round(x, 1), round(y, 1)) for x, y in places]


@lru_cache(maxsize=64)
def _land(window: Window) -> str:
    width, height = window.span
    low, high = window.north - height * (1 + AROUND), window.north + height * AROUND
    left, right = window.west - width * AROUND, window.west + width * (1 + AROUND)
    parts = []
    for ring, (west, south, east, north) in _rings():
        if north < low or south > high:
            continue
        for turn in (-360, 0, 360, 720):
            if east + turn < left or west + turn > right:
                continue
            clipped = _clip([(x + turn, y) for x, y in ring], left, low, right, high)
            parts.append(_path(clipped, window))
    return "".join(parts)


def _path(ring: list[Point], window: Window) -> str:
    """Whole pixels; what is smaller than one is left out."""
    drawn: list[tuple[int, int]] = []
    for x, y in ring:
        pixel = (
            round((x - window.west) * window.scale * window.squeeze),
            round((window.north - y) * window.scale),
        )
        if not drawn or abs(pixel[0] - drawn[-1][0]) + abs(pixel[1] - drawn[-1][1]) > 1:
            drawn.append(pixel)
    if len(drawn) < 3:
        return ""
    return f"M{drawn[0][0]} {drawn[0][1]}L" + " ".join(f"{x} {y}" for x, y in drawn[1:]) + "Z"


def _clip(ring: list[Point], left: float, low: float, right: float, high: float) -> list[Point]:
    """The part of a ring inside of a rectangle (Sutherland and Hodgman, edge by edge)."""
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, low, 1), (1, high, -1)):
        ring = list(_cut(ring, axis, limit, sign))
        if not ring:
            break
    return ring


def _cut(ring: list[Point], axis: int, limit: float, sign: int) -> Iterable[Point]:
    for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
        was, now = ((point[axis] - limit) * sign for point in (before, here))
        if (was < 0) != (now < 0):
            share = was / (was - now)
            yield (before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1]))
        if now >= 0:
            yield here


@lru_cache(maxsize=1)
def _rings() -> list[tuple[list[Point], tuple[float, float, float, float]]]:
    """Each ring with its western, southern, eastern and northern end, in degrees."""
    found = []
    for line in FILE.read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        x = y = 0
        ring = []
        for step in line.split():
            across, _comma, up = step.partition(",")
            x, y = x + int(across), y + int(up)
            ring.append((x / 100, y / 100))
        xs, ys = zip(*ring, strict=True)
        found.append((ring, (min(xs), min(ys), max(xs), max(ys))))
    return found
