"""Turned and thrown things: a profile spun round an axis, wrapped in a pattern, lit from the upper left."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from .colour import RGB
from .paper import stipple
from .shapes import Layer, Patch, Point, ellipses, ring, smooth, strokes

LIGHT = (-0.52, 0.5, 0.69)
STEPS = 56
CELLS = 24


@dataclass
class Solid:
    """A profile placed on a layer. Radii and heights in pixels; *tilt*: height of a ring over its width."""

    cx: float
    top: float
    radii: list[float]
    height: float
    tilt: float

    @classmethod
    def spun(cls, cx: float, top: float, height: float, tilt: float, profile: Sequence[Point]) -> Solid:
        """*profile*: (0 top to 1 bottom, radius in pixels) pairs, joined by a smooth curve."""
        curve = smooth(profile, n=24)
        ts = [p[0] for p in curve]
        radii = []
        for i in range(STEPS + 1):
            t = i / STEPS
            j = min(len(curve) - 1, max(1, bisect_left(ts, t)))
            (t0, r0), (t1, r1) = curve[j - 1], curve[j]
            part = 0 if t1 == t0 else min(1, max(0, (t - t0) / (t1 - t0)))
            radii.append(max(1.0, r0 + (r1 - r0) * part))
        return cls(cx, top, radii, height, tilt)

    def y(self, t: float) -> float:
        return self.top + t * self.height

    def r(self, t: float) -> float:
        at = min(1.0, max(0.0, t)) * STEPS
        i = min(STEPS - 1, int(at))
        return self.radii[i] + (self.radii[i + 1] - self.radii[i]) * (at - i)

    @property
    def widest(self) -> float:
        return max(self.radii)

    def patch(self) -> Patch:
        """The outline, mouth included."""
        fine = 150  # rings; fewer show as teeth on a steep shoulder
        rings = [
            (self.cx, self.y(i / fine), self.r(i / fine), self.r(i / fine) * self.tilt)
            for i in range(fine + 1)
        ]
        right = [(cx + r, y) for cx, y, r, _ in rings]
        left = [(cx - r, y) for cx, y, r, _ in rings]
        return ellipses(rings, right + left[::-1])

    def ring(self, t: float, *, front: bool = True, grow: float = 1.0) -> list[Point]:
        r = self.r(t) * grow
        start, end = (0, math.pi) if front else (0, math.tau)
        return ring(self.cx, self.y(t), r, r * self.tilt, start=start, end=end)

    def _column(self, x: float) -> list[float]:
        """Where each ring's front passes on the column *x* (distance from the axis)."""
        last, ys = -1e9, []
        for i, r in enumerate(self.radii):
            y = self.y(i / STEPS) + self.tilt * math.sqrt(max(0.0, r * r - x * x))
            last = max(last + 1e-4, y)
            ys.append(last)
        return ys

    def _where(self, x: float, y: float, column: list[float]) -> tuple[float, float]:
        """Angle (-1 left edge to 1 right edge) and height (0 to 1) of the surface seen at a point."""
        j = min(STEPS, max(1, bisect_left(column, y)))
        part = (y - column[j - 1]) / (column[j] - column[j - 1])
        t = (j - 1 + min(1.0, max(0.0, part))) / STEPS
        return math.asin(max(-1.0, min(1.0, x / self.r(t)))) / (math.pi / 2), t

    def mesh(self, box: tuple[int, int, int, int]) -> list[tuple[tuple, tuple]]:
        """Cells for Image.transform that bend a unit square (angle, height) onto the pixels of *box*."""
        x0, y0, x1, y1 = box
        xs = [x0 + (x1 - x0) * i // CELLS for i in range(CELLS + 1)]
        ys = [y0 + (y1 - y0) * i // CELLS for i in range(CELLS + 1)]
        grid = []
        for x in xs:
            column = self._column(x - self.cx)
            spots = (self._where(x - self.cx, y, column) for y in ys)
            grid.append([((a + 1) / 2, t) for a, t in spots])
        cells = []
        for i in range(CELLS):
            for j in range(CELLS):
                corners = (*grid[i][j], *grid[i][j + 1], *grid[i + 1][j + 1], *grid[i + 1][j])
                cells.append(((xs[i] - x0, ys[j] - y0, xs[i + 1] - x0, ys[j + 1] - y0), corners))
        return cells

    def lighting(self, gloss: float) -> tuple[Image.Image, Image.Image]:
        """Shade (white = lit) and gleam (white = reflection) over the unwrapped surface."""
        cols, rows = 40, 32
        spots = [
            self._lit((2 * (i + 0.5) / cols - 1) * math.pi / 2, (j + 0.5) / rows, gloss)
            for j in range(rows)
            for i in range(cols)
        ]
        return tuple(
            Image.frombytes("L", (cols, rows), bytes(spot[k] for spot in spots)).resize(
                (320, 256), Image.Resampling.BICUBIC
            )
            for k in (0, 1)
        )

    def _lit(self, angle: float, t: float, gloss: float) -> tuple[int, int]:
        slope = (self.r(t + 0.03) - self.r(t - 0.03)) / (0.06 * self.height)
        size = math.sqrt(1 + slope * slope)
        n = (math.sin(angle) / size, -slope / size, math.cos(angle) / size)
        dot = sum(a * b for a, b in zip(n, LIGHT, strict=True))
        bounce = 0.16 * max(0.0, n[0]) ** 2 + 0.1 * max(0.0, -n[1])
        foot = 0.78 + 0.22 * min(1.0, (1 - t) * 4)
        value = (0.3 + 0.7 * max(0.0, dot) ** 0.8 + bounce) * foot
        half = (LIGHT[0] * 0.6, LIGHT[1] * 0.6, LIGHT[2] * 0.6 + 0.5)
        norm = math.sqrt(sum(v * v for v in half))
        shine = max(0.0, sum(a * b for a, b in zip(n, half, strict=True)) / norm) ** (10 + 50 * gloss)
        return min(255, round(255 * value)), min(255, round(255 * shine))


def paint_solid(
    layer: Layer, solid: Solid, texture: Image.Image, *, shadow: RGB, gloss: float, grainy: float = 1.0
) -> Patch:
    """Paint the outside of *solid* on *layer*; gives back its outline. *gloss* 0 matt to 1 lacquer."""
    patch = solid.patch()
    box = (patch.x, patch.y, patch.x + patch.mask.width, patch.y + patch.mask.height)
    mesh, size = solid.mesh(box), patch.mask.size
    skin = _bent(texture, mesh, size)
    shade, gleam = (_bent(image, mesh, size) for image in solid.lighting(gloss))
    shade = stipple_shade(shade, grainy)
    layer.fill(patch, skin)
    layer.multiply(patch, shade, shadow)
    shine = Patch(gleam, patch.x, patch.y).within(patch)
    layer.tint(shine.faded(0.2 + 0.5 * gloss), (255, 249, 234))
    return patch


def _bent(image: Image.Image, mesh: list, size: tuple[int, int]) -> Image.Image:
    w, h = image.width - 1, image.height - 1
    cells = [(box, tuple(v * (h if k % 2 else w) for k, v in enumerate(corners))) for box, corners in mesh]
    return image.transform(size, Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def stipple_shade(shade: Image.Image, grainy: float) -> Image.Image:
    """Let part of a soft shade break up into grain, like a litho crayon."""
    if not grainy:
        return shade
    dark = shade.point([max(0, min(255, round((215 - v) * 1.25))) for v in range(256)])
    rough = stipple(dark, 2.0)
    return Image.blend(shade, rough.point([255 - v for v in range(256)]), 0.3 * grainy)


def paint_mouth(
    layer: Layer, solid: Solid, *, rim: RGB, inside: Image.Image | RGB, shadow: RGB, lip: float
) -> Patch:
    """Open the top of *solid*: rim of *lip* pixels and the inner wall. Gives back the opening."""
    r = solid.r(0)
    cx, cy, k = solid.cx, solid.y(0), solid.tilt
    layer.fill(ellipses([(cx, cy, r, r * k)]), rim)
    hole = ellipses([(cx, cy + lip * 0.22, r - lip, max(1.0, r * k - lip * 0.75))])
    layer.tint(hole, inside)
    _inner_shade(layer, hole, shadow)
    layer.tint(
        strokes([ring(cx, cy, r - 1, r * k - 1, start=2.6, end=5.4)], max(1.5, lip * 0.22)).faded(0.55),
        (255, 248, 230),
    )
    return hole


def _inner_shade(layer: Layer, hole: Patch, shadow: RGB) -> None:
    cols, rows = 40, 24
    grey = bytearray(cols * rows)
    for j in range(rows):
        for i in range(cols):
            x, y = (i + 0.5) / cols * 2 - 1, (j + 0.5) / rows * 2 - 1
            # The near wall (below) is hidden, the wall on the lit side lies in its own shade.
            value = 0.68 + 0.26 * x + 0.3 * y - 0.22 * max(0.0, x * x + y * y - 0.45)
            grey[j * cols + i] = max(0, min(255, round(255 * value)))
    shade = Image.frombytes("L", (cols, rows), bytes(grey)).resize(hole.mask.size, Image.Resampling.BICUBIC)
    layer.multiply(hole, stipple_shade(shade, 0.7), shadow)
