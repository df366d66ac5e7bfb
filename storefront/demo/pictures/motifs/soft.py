"""How cloth behaves: bending a pattern, the light on folds, fringes."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image

from ..colour import RGB, darker
from ..shapes import Layer, Point, strokes

FOLD: RGB = (74, 48, 66)


def bent(image: Image.Image, shift: Callable[[float, float], Point], n: int = 24) -> Image.Image:
    """Pull *image* about: ``shift(u, v)`` (0 to 1 each) says how far away the source lies, in pixels."""
    w, h = image.size
    xs, ys = [round(w * i / n) for i in range(n + 1)], [round(h * i / n) for i in range(n + 1)]

    def source(i: int, j: int) -> Point:
        dx, dy = shift(i / n, j / n)
        return min(w - 1, max(0, xs[i] + dx)), min(h - 1, max(0, ys[j] + dy))

    grid = [[source(i, j) for j in range(n + 1)] for i in range(n + 1)]
    cells = [
        (
            (xs[i], ys[j], xs[i + 1], ys[j + 1]),
            (*grid[i][j], *grid[i][j + 1], *grid[i + 1][j + 1], *grid[i + 1][j]),
        )
        for i in range(n)
        for j in range(n)
    ]
    return image.transform((w, h), Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def relief(
    size: tuple[int, int], height: Callable[[float, float], float], cols: int = 72, rows: int = 54
) -> Image.Image:
    """Light a height field (``height(u, v)``, slopes of about 1) from the upper left."""
    data = bytearray()
    for j in range(rows):
        for i in range(cols):
            u, v = i / cols, j / rows
            here = height(u, v)
            slope = (height(u + 0.008, v) - here) + (height(u, v + 0.008) - here) * 0.8
            data.append(max(0, min(255, round(205 + slope * 2600))))
    return Image.frombytes("L", (cols, rows), bytes(data)).resize(size, Image.Resampling.BICUBIC)


def fringe(
    layer: Layer, start: Point, end: Point, length: float, colour: RGB, rng: Random, down: Point = (0, 1)
) -> None:
    """Twisted tassels along an edge, hanging in the direction *down*."""
    span = math.dist(start, end)
    count = max(6, round(span / 22))
    tufts, knots = [], []
    for i in range(count + 1):
        t = i / count
        x, y = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t
        for k in (-1, 0, 1):
            sway = k * 5 + rng.uniform(-3, 3)
            reach = length * rng.uniform(0.88, 1.04)
            tufts.append(
                [
                    (x, y),
                    (
                        x + down[0] * reach * 0.3 - down[1] * k * 2,
                        y + down[1] * reach * 0.3 + down[0] * k * 2,
                    ),
                    (x + down[0] * reach + abs(down[1]) * sway, y + down[1] * reach + abs(down[0]) * sway),
                ]
            )
        knots.append([(x, y), (x + down[0] * 6, y + down[1] * 6)])
    strands = strokes(tufts, 4)
    layer.fill(strands, colour)
    layer.tint(strokes(tufts, 1.2).moved(1, 1).within(strands).faded(0.5), darker(colour, 0.5))
    layer.fill(strokes(knots, 8), darker(colour, 0.12))
