"""Turned and thrown things: a profile spun around an axis, wrapped in a pattern and lit from the upper left."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from .colour import RGB
from .paper import fade, stipple, tones
from .shapes import Layer, Patch, Point, ellipses, ring, smooth, strokes

LIGHT = (-0.52, 0.5, 0.69)
STEPS = 56


@dataclass
class Solid:
    """A profile placed on a layer. Radii and heights in pixels; *tilt* is the height of a ring over its width."""

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
        return ellipses([(self.cx, self.y(i / STEPS), r, r * self.tilt) for i, r in enumerate(self.radii)])

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

    def wrapped(self, texture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
        """*texture* (half the way round, full height) bent onto the surface, for the pixels of *box*."""
        x0, y0, x1, y1 = box
        cols, rows = 22, 22
        xs = [x0 + (x1 - x0) * i // cols for i in range(cols + 1)]
        ys = [y0 + (y1 - y0) * i // rows for i in range(rows + 1)]
        tw, th = texture.width - 1, texture.height - 1
        grid = []
        for x in xs:
            column = self._column(x - self.cx)
            spots = (self._where(x - self.cx, y, column) for y in ys)
            grid.append([((a + 1) / 2 * tw, t * th) for a, t in spots])
        cells = []
        for i in range(cols):
            for j in range(rows):
                nw, sw, se, ne = grid[i][j], grid[i][j + 1], grid[i + 1][j + 1], grid[i + 1][j]
                cells.append(((xs[i] - x0, ys[j] - y0, xs[i + 1] - x0, ys[j + 1] - y0), (*nw, *sw, *se, *ne)))
        return texture.transform((x1 - x0, y1 - y0), Image.Transform.MESH, cells, Image.Resampling.BILINEAR)

    def lighting(self, box: tuple[int, int, int, int], gloss: float) -> tuple[Image.Image, Image.Image]:
        """Shade (white = lit) and gleam (white = reflection) for the pixels of *box*."""
        x0, y0, x1, y1 = box
        cols, rows = 64, 44
        shade, gleam = bytearray(cols * rows), bytearray(cols * rows)
        for i in range(cols):
            x = x0 + (x1 - x0) * (i + 0.5) / cols - self.cx
            column = self._column(x)
            for j in range(rows):
                a, t = self._where(x, y0 + (y1 - y0) * (j + 0.5) / rows, column)
                lit, shine = self._lit(a * math.pi / 2, t, gloss)
                shade[j * cols + i], gleam[j * cols + i] = lit, shine
        size = (x1 - x0, y1 - y0)
        return tuple(
            Image.frombytes("L", (cols, rows), bytes(b)).resize(size, Image.Resampling.BICUBIC) for b in (shade, gleam)
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
    skin = solid.wrapped(texture, box)
    shade, gleam = solid.lighting(box, gloss)
    shade = stipple_shade(shade, grainy)
    whole = Image.new("RGB", layer.size)
    whole.paste(Image.composite(skin, Image.new("RGB", skin.size), patch.mask.point(lambda v: 255)), box[:2])
    layer.fill(patch, whole)
    layer.multiply(patch, shade, shadow)
    shine = Patch(gleam, patch.x, patch.y).within(patch)
    layer.tint(shine.faded(0.2 + 0.5 * gloss), (255, 249, 234))
    return patch


def stipple_shade(shade: Image.Image, grainy: float) -> Image.Image:
    """Let part of a soft shade break up into grain, like a litho crayon."""
    if not grainy:
        return shade
    dark = shade.point([max(0, min(255, round((215 - v) * 1.25))) for v in range(256)])
    rough = stipple(dark, 2.0)
    return Image.blend(shade, rough.point([255 - v for v in range(256)]), 0.3 * grainy)


def paint_mouth(layer: Layer, solid: Solid, *, rim: RGB, inside: Image.Image | RGB, shadow: RGB, lip: float) -> Patch:
    """Open the top of *solid*: rim of *lip* pixels and the inner wall. Gives back the opening."""
    r = solid.r(0)
    cx, cy, k = solid.cx, solid.y(0), solid.tilt
    layer.fill(ellipses([(cx, cy, r, r * k)]), rim)
    hole = ellipses([(cx, cy + lip * 0.22, r - lip, max(1.0, r * k - lip * 0.75))])
    layer.tint(hole, inside)
    _inner_shade(layer, hole, shadow)
    layer.tint(strokes([ring(cx, cy, r - 1, r * k - 1, start=2.6, end=5.4)], max(1.5, lip * 0.22)).faded(0.55),
               (255, 248, 230))
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


def tinted(texture: Image.Image, dark: RGB, light: RGB) -> Image.Image:
    """A quiet echo of a pattern in two other colours."""
    return tones(fade(texture.convert("L"), 1.0), dark, light)
