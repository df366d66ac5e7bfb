"""A small map without tiles and without borders: coasts and spots, as numbers for an SVG. Pure but for one data file.

The land is that of Natural Earth (public domain, data/coasts*.txt). Borders are left out on purpose: nobody asks a card
for an opinion on them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, radians, sin
from pathlib import Path

DATA = Path(__file__).with_name("data")
WIDTH, HEIGHT = 400, 320  # of the part that has to be seen
LEAST = 9.0  # degrees of latitude that a map shows at least
# From this height on a map shows all land there is, from 55 S to 84 N, so it is the land that stands in its middle.
WORLD, WORLD_MIDDLE, SOUTH_END = 150.0, 12.0, -55.0  # degrees of latitude
MARGIN = 0.12  # of the spots' own extent, on each side
AROUND = 0.75  # of the map, drawn on each side of it for frames of another shape
APART = 29  # between the numbers of two spots
BESIDE = 21  # from a spot to its number, at least
SIDES = 16  # directions in which a number may stand
STEPS = 5  # and how often it may go further away

Point = tuple[float, float]


@dataclass(frozen=True)
class Level:
    """A file of coasts, true to ``tolerance`` degrees, for windows of at most ``scale`` pixels a degree."""

    file: str
    tolerance: float
    scale: float


# From the finest on; tools/coasts.py makes the others from it.
LEVELS = (
    Level("coasts.txt", 0.05, 1000.0),
    Level("coasts-middle.txt", 0.12, 12.0),
    Level("coasts-coarse.txt", 0.4, 3.5),
)
FINEST = LEVELS[0]


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
    if height > WORLD and min(latitudes) > SOUTH_END:
        middle = WORLD_MIDDLE
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
    """{"width", "height", "land": the ``d`` of a path, "spots": [(x, y)], "signs": [(x, y)]}.

    For at least one spot (longitude, latitude). Spots stand where they are, their numbers (signs) beside them.
    """
    window = window_for(spots)
    places = [window.pixel(*spot) for spot in spots]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "land": _land(window),
        "spots": [(round(x, 1), round(y, 1)) for x, y in places],
        "signs": _signs(places),
    }


def _signs(places: list[Point]) -> list[Point]:
    """Where the number of each place stands: near it, and on no place and no other number.

    The most crowded come first, for they have the least choice. A land as small as its number stays in view.
    """
    crowd = [sum(hypot(x - u, y - v) < 3 * APART for u, v in places) for x, y in places]
    signs: dict[int, Point] = {}
    for at in sorted(range(len(places)), key=lambda at: -crowd[at]):
        signs[at] = min(_around(places[at]), key=lambda sign: _cost(sign, places[at], places, list(signs.values())))
    return [signs[at] for at in range(len(places))]


def _around(place: Point) -> Iterable[Point]:
    for step in range(STEPS):
        for side in range(SIDES):
            turn, far = 2 * pi * side / SIDES, BESIDE + 9 * step
            yield round(place[0] + far * cos(turn), 1), round(place[1] + far * sin(turn), 1)


def _cost(sign: Point, own: Point, places: list[Point], taken: list[Point]) -> float:
    """In pixels of way; what hides something or lies outside of the map costs more than any way."""
    cost = hypot(sign[0] - own[0], sign[1] - own[1])
    cost += sum(200 + APART - far for far in (hypot(sign[0] - x, sign[1] - y) for x, y in taken) if far < APART)
    cost += sum(100 + APART - far for far in (hypot(sign[0] - x, sign[1] - y) for x, y in places) if far < BESIDE - 3)
    inside = APART / 2 <= sign[0] <= WIDTH - APART / 2 and APART / 2 <= sign[1] <= HEIGHT - APART / 2
    # Away from where the others are, so that the lines do not cross.
    pull = sum((sign[0] - x) * (own[0] - x) + (sign[1] - y) * (own[1] - y) < 0 for x, y in places if (x, y) != own)
    return cost + 4 * pull + (0 if inside else 1000)


@lru_cache(maxsize=64)
def _land(window: Window) -> str:
    width, height = window.span
    low, high = window.north - height * (1 + AROUND), window.north + height * AROUND
    left, right = window.west - width * AROUND, window.west + width * (1 + AROUND)
    parts = []
    level = next(level for level in reversed(LEVELS) if window.scale <= level.scale)
    for ring, (west, south, east, north) in _rings(level):
        if north < low or south > high:
            continue
        for turn in (-360, 0, 360, 720):
            if east + turn < left or west + turn > right:
                continue
            clipped = _clip([(x + turn, y) for x, y in ring], left, low, right, high)
            parts.append(_path(clipped, window))
    return "".join(parts)


def _path(ring: list[Point], window: Window) -> str:
    """Whole pixels, as steps, which are shorter to write; what is smaller than a pixel is left out."""
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
    steps = (f"{x - u} {y - v}" for (u, v), (x, y) in zip(drawn, drawn[1:], strict=False))
    return f"M{drawn[0][0]} {drawn[0][1]}l" + " ".join(steps).replace(" -", "-") + "z"


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


@lru_cache(maxsize=len(LEVELS))
def _rings(level: Level) -> list[tuple[list[Point], tuple[float, float, float, float]]]:
    """Each ring with its western, southern, eastern and northern end, in degrees."""
    found = []
    for ring in read_rings(level):
        xs, ys = zip(*ring, strict=True)
        found.append((ring, (min(xs), min(ys), max(xs), max(ys))))
    return found


def read_rings(level: Level) -> list[list[Point]]:
    """In degrees. A ring across the date line goes on beyond 180."""
    rings = []
    for line in (DATA / level.file).read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        x = y = 0
        ring = []
        for step in line.split():
            across, _comma, up = step.partition(",")
            x, y = x + int(across), y + int(up)
            ring.append((x / 100, y / 100))
        rings.append(ring)
    return rings
