"""Smooth-edged shapes: a Patch is a grey mask and its place, a Layer collects painted patches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .colour import RGB
from .paper import fade, tones

Point = tuple[float, float]
SS = 2  # drawn at twice the size, then reduced


@dataclass
class Patch:
    mask: Image.Image
    x: int
    y: int

    def faded(self, part: float) -> Patch:
        return Patch(fade(self.mask, part), self.x, self.y)

    def blurred(self, radius: float) -> Patch:
        """Soften the edges by *radius* pixels (worked out on a small copy when the radius is large)."""
        pad = math.ceil(radius * 2.2) + 1
        wide = Image.new("L", (self.mask.width + 2 * pad, self.mask.height + 2 * pad))
        wide.paste(self.mask, (pad, pad))
        step = max(1, int(radius // 4))
        if step > 1:
            small = wide.reduce(step).filter(ImageFilter.GaussianBlur(radius / step))
            wide = small.resize(wide.size, Image.Resampling.BILINEAR)
        else:
            wide = wide.filter(ImageFilter.GaussianBlur(radius))
        return Patch(wide, self.x - pad, self.y - pad)

    def moved(self, dx: float, dy: float) -> Patch:
        return Patch(self.mask, self.x + round(dx), self.y + round(dy))

    def within(self, other: Patch) -> Patch:
        """The part of this patch that lies on *other*."""
        window = Image.new("L", self.mask.size)
        window.paste(other.mask, (other.x - self.x, other.y - self.y))
        return Patch(ImageChops.multiply(self.mask, window), self.x, self.y)


def drawn(
    box: tuple[float, float, float, float], paint: Callable[[ImageDraw.ImageDraw, Callable], None]
) -> Patch:
    """A patch covering *box*; *paint* gets a draw object and a function that maps points onto it."""
    x0, y0 = math.floor(box[0]) - 2, math.floor(box[1]) - 2
    width, height = math.ceil(box[2]) + 2 - x0, math.ceil(box[3]) + 2 - y0
    width, height = max(1, min(width, 4000)), max(1, min(height, 4000))
    sheet = Image.new("L", (width * SS, height * SS))

    def place(points: Iterable[Point]) -> list[Point]:
        return [((x - x0) * SS, (y - y0) * SS) for x, y in points]

    paint(ImageDraw.Draw(sheet), place)
    return Patch(sheet.reduce(SS), x0, y0)


def _bounds(points: Sequence[Point], pad: float = 0) -> tuple[float, float, float, float]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad


def poly(points: Sequence[Point]) -> Patch:
    return drawn(_bounds(points), lambda d, at: d.polygon(at(points), fill=255))


def polys(many: Sequence[Sequence[Point]]) -> Patch:
    def paint(d: ImageDraw.ImageDraw, at: Callable) -> None:
        for points in many:
            d.polygon(at(points), fill=255)

    return drawn(_bounds([p for points in many for p in points]), paint)


def ellipse(cx: float, cy: float, rx: float, ry: float, turn: float = 0) -> Patch:
    """*turn* in radians."""
    return poly(ring(cx, cy, rx, ry, turn=turn))


def ellipses(many: Sequence[tuple[float, float, float, float]], outline: Sequence[Point] = ()) -> Patch:
    """Several upright ellipses (cx, cy, rx, ry) on one patch, and a polygon within their bounds."""
    corners = [(e[0] + sx * e[2], e[1] + sx * e[3]) for e in many for sx in (-1, 1)]

    def paint(d: ImageDraw.ImageDraw, at: Callable) -> None:
        for cx, cy, rx, ry in many:
            d.ellipse([c for p in at([(cx - rx, cy - ry), (cx + rx, cy + ry)]) for c in p], fill=255)
        if outline:
            d.polygon(at(outline), fill=255)

    return drawn(_bounds(corners), paint)


def strokes(lines: Sequence[Sequence[Point]], width: float) -> Patch:
    """Round-jointed lines, *width* pixels wide."""

    def paint(d: ImageDraw.ImageDraw, at: Callable) -> None:
        for line in lines:
            placed = at(line)
            # Pillow rounds joints one by one in Python: only where a gap would show.
            d.line(placed, fill=255, width=max(1, round(width * SS)), joint="curve" if width > 5 else None)
            if width > 3:
                radius = width * SS / 2 - 0.5
                for x, y in (placed[0], placed[-1]):
                    d.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)

    return drawn(_bounds([p for line in lines for p in line], width), paint)


def ring(
    cx: float,
    cy: float,
    rx: float,
    ry: float,
    *,
    turn: float = 0,
    start: float = 0,
    end: float = math.tau,
    n: int = 96,
) -> list[Point]:
    """Points on an ellipse from angle *start* to *end* (radians, clockwise on screen)."""
    cos, sin = math.cos(turn), math.sin(turn)
    points = []
    for i in range(n + 1):
        a = start + (end - start) * i / n
        x, y = rx * math.cos(a), ry * math.sin(a)
        points.append((cx + x * cos - y * sin, cy + x * sin + y * cos))
    return points


def smooth(points: Sequence[Point], *, closed: bool = False, n: int = 10) -> list[Point]:
    """A Catmull-Rom curve through *points*, *n* steps per segment."""
    pts = list(points)
    pts = [pts[-1], *pts, pts[0], pts[1]] if closed else [pts[0], *pts, pts[-1]]
    curve = []
    for p0, p1, p2, p3 in zip(pts, pts[1:], pts[2:], pts[3:], strict=False):
        for i in range(n):
            t = i / n
            curve.append(
                tuple(
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t**2
                        + (3 * b - a - 3 * c + d) * t**3
                    )
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    if not closed:
        curve.append(tuple(pts[-2]))
    return curve


class Layer:
    """A transparent sheet: colour and coverage kept apart, so nothing bleeds at the edges."""

    def __init__(self, width: float, height: float, base: RGB):
        self.size = (round(width), round(height))
        self.rgb = Image.new("RGB", self.size, base)
        self.alpha = Image.new("L", self.size)

    def fill(self, patch: Patch, paint: RGB | Image.Image) -> None:
        """Lay paint and make it cover. An image paint has the size of the layer or of the patch."""
        self.tint(patch, paint)
        spot = Image.new("L", patch.mask.size)
        spot.paste(self.alpha.crop((patch.x, patch.y, patch.x + spot.width, patch.y + spot.height)))
        self.alpha.paste(ImageChops.lighter(spot, patch.mask), (patch.x, patch.y))

    def tint(self, patch: Patch, paint: RGB | Image.Image) -> None:
        """Lay paint without changing what the layer covers."""
        box = (patch.x, patch.y, patch.x + patch.mask.width, patch.y + patch.mask.height)
        if isinstance(paint, Image.Image) and paint.size != patch.mask.size:
            paint = paint.crop(box)
        self.rgb.paste(paint, box, patch.mask)

    def multiply(self, patch: Patch, grey: Image.Image, tint: RGB) -> None:
        """Darken under *patch* where *grey* (same size as the patch) is dark."""
        box = (patch.x, patch.y, patch.x + patch.mask.width, patch.y + patch.mask.height)
        part = self.rgb.crop(box)
        self.rgb.paste(ImageChops.multiply(part, tones(grey, tint, (255, 255, 255))), box[:2], patch.mask)

    def round_off(self, patch: Patch, depth: float, dark: float = 0.5, light: float = 0.35) -> None:
        """Shade a flat patch as if it were a cushion of *depth* pixels lit from the upper left."""
        soft = patch.blurred(depth)
        # offset wraps around, but the blurred border is empty, so nothing visible wraps.
        dx, dy = round(depth * 0.8), round(depth)
        low = ImageChops.subtract(soft.mask, ImageChops.offset(soft.mask, -dx, -dy))
        high = ImageChops.subtract(soft.mask, ImageChops.offset(soft.mask, dx, dy))
        shade = Patch(low, soft.x, soft.y).within(patch)
        glint = Patch(high, soft.x, soft.y).within(patch)
        self.tint(shade.faded(dark), (34, 18, 20))
        self.tint(glint.faded(light), (255, 246, 226))


def warp(image: Image.Image, quad: Sequence[Point], size: tuple[int, int]) -> Image.Image:
    """Put *image* in perspective: its corners (tl, tr, br, bl) land on *quad* of a sheet of *size*."""
    w, h = image.size
    source = ((0, 0), (w, 0), (w, h), (0, h))
    rows = []
    for (x, y), (u, v) in zip(quad, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for i in range(8):
        pivot = max(range(i, 8), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(8):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return image.transform(
        size, Image.Transform.PERSPECTIVE, [row[8] for row in rows], Image.Resampling.BILINEAR
    )
