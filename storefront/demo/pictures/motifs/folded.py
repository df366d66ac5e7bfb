"""Cloth on the table: a bolt half unrolled, folded pieces in a stack."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from PIL import Image

from ..colour import darker, mix
from ..palettes import Look
from ..paper import multiply
from ..shapes import Layer, Patch, poly, ring, smooth, strokes, warp
from ..stage import Sprite
from ..textures import texture
from .soft import FOLD, bent, fringe, relief


def bolt(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    w, h, roll = width * 0.7, width * 0.72, width * 0.17
    layer = Layer(w + 70, h + 30, darker(look.body, 0.25))
    size = (round(w), round(h - roll * 0.6))
    phase = rng.uniform(0, 6)

    def wave(u: float, v: float) -> float:
        return 0.013 * math.sin(v * 8 + u * 4 + phase) * (0.3 + v)

    skin = bent(
        texture(craft, size, look, width * rng.uniform(0.085, 0.12)),
        lambda u, v: (w * wave(u, v) * 0.4, h * wave(u, v) * 0.6),
    )
    drop = Image.linear_gradient("L").resize(size).point([min(255, 96 + v * 3) for v in range(256)])
    flat = multiply(multiply(skin, relief(size, wave), FOLD), drop, FOLD)
    sheet = Image.new("RGB", layer.size, look.body)
    sheet.paste(flat, (35, round(roll * 0.6)))
    side = [(35 + w * wave(0, i / 20) * 0.6, roll * 0.6 + size[1] * i / 20) for i in range(21)]
    other = [(35 + w + w * wave(1, i / 20) * 0.6 - 2, roll * 0.6 + size[1] * i / 20) for i in range(21)]
    if rng.random() < 0.5:
        fringe(
            layer,
            (side[-1][0] + 8, h - 34),
            (other[-1][0] - 8, h - 34),
            50,
            mix(look.body, look.accent, 0.4),
            rng,
        )
        side, other = side[:-1], other[:-1]
    patch = poly(side + other[::-1])
    layer.fill(patch, sheet)
    layer.round_off(patch, 8, 0.4, 0.25)
    _roll(layer, skin, look, 30, 8, w + 10, roll)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), w / 2, "lie", 44)


def _roll(layer: Layer, skin: Image.Image, look: Look, x: float, y: float, w: float, thick: float) -> None:
    body = poly(
        [
            *ring(x + w - 8, y + thick / 2, 14, thick / 2, start=-math.pi / 2, end=math.pi / 2),
            *ring(x + 8, y + thick / 2, 14, thick / 2, start=math.pi / 2, end=math.pi * 1.5),
        ]
    )
    part = skin.crop((0, 0, skin.width, round(thick * 1.5))).resize((round(w), round(thick)))
    grey = Image.new("L", (1, 32))
    grey.putdata(
        [
            round(
                255
                * max(0.2, min(1, 0.55 + 0.6 * math.sin((i / 32 + 0.06) * math.pi * 1.02) - i / 32 * 0.42))
            )
            for i in range(32)
        ]
    )
    part = multiply(part, grey.resize(part.size, Image.Resampling.BICUBIC), FOLD)
    sheet = Image.new("RGB", layer.size, look.body)
    sheet.paste(part, (round(x), round(y)))
    layer.fill(body, sheet)
    gleam = strokes([[(x + 10, y + thick * 0.3), (x + w - 10, y + thick * 0.3)]], thick * 0.1).blurred(9)
    layer.tint(gleam.within(body).faded(0.35), (255, 246, 228))


def stacked(look: Look, craft: str, rng: Random, width: float, count: int, thick: float) -> Sprite:
    """Folded pieces, one on the other, seen from the front and a little above."""
    step, deep = width * thick, width * rng.uniform(0.2, 0.26)
    layer = Layer(width * 1.04, deep + step * count + 90, darker(look.body, 0.25))
    base = deep + step * count + 16
    skin = texture(craft, (round(width), round(width * 0.7)), look, width * rng.uniform(0.07, 0.1))
    for i in range(count):
        bottom = base - i * step
        inset = rng.uniform(0, width * 0.03) + i * width * 0.012
        x0, x1 = width * 0.02 + inset, width * 1.02 - rng.uniform(0, width * 0.03) - i * width * 0.012
        piece = skin
        if i and i < count - 1 or (i == 0 and count > 2):
            other = replace(
                look,
                body=look.alt,
                alt=look.body,
                accent=look.accent2,
                accent2=look.accent3,
                seed=look.seed + 1,
            )
            piece = texture(craft, skin.size, other, width * 0.08)
        _folded(layer, piece, look, x0, x1, bottom, step, deep if i == count - 1 else deep * 0.96)
    if rng.random() < 0.6:
        y = base - (count - 1) * step - step * 0.1
        fringe(layer, (width * 0.1, y), (width * 0.95, y), step * 0.8, mix(look.body, look.accent, 0.35), rng)
    return Sprite(layer, (width * 0.52, base - 4), width * 0.5)


def _folded(
    layer: Layer, skin: Image.Image, look: Look, x0: float, x1: float, bottom: float, step: float, deep: float
) -> None:
    front_top = bottom - step
    lean = (x1 - x0) * 0.07
    quad = [
        (x0 + lean, front_top - deep),
        (x1 - lean, front_top - deep),
        (x1, front_top + step * 0.3),
        (x0, front_top + step * 0.3),
    ]
    top = warp(skin, quad, layer.size)
    lid = poly(smooth([quad[0], ((x0 + x1) / 2, front_top - deep - 5), quad[1]], n=8) + [quad[2], quad[3]])
    layer.fill(lid, top)
    layer.tint(
        Patch(Image.linear_gradient("L").resize(lid.mask.size), lid.x, lid.y).within(lid).faded(0.16), FOLD
    )
    layer.round_off(lid, 10, 0.3, 0.35)
    layers = 2
    for k in range(layers):
        y0 = front_top + step * k / layers
        y1 = front_top + step * (k + 1) / layers
        r = (y1 - y0) / 2
        lip = poly(
            [
                *ring(x1 - r, y0 + r, r, r, start=-math.pi / 2, end=math.pi / 2),
                *ring(x0 + r, y0 + r, r, r, start=math.pi / 2, end=math.pi * 1.5),
            ]
        )
        strip = skin.crop(
            (0, round(skin.height * 0.5 * k), skin.width, round(skin.height * 0.5 * k + r * 2.4))
        )
        strip = strip.resize((round(x1 - x0), max(1, round(r * 2))))
        sheet = Image.new("RGB", layer.size, look.body)
        sheet.paste(strip, (round(x0), round(y0)))
        layer.fill(lip, sheet)
        layer.tint(lip.faded(0.12 + 0.1 * k), FOLD)
        layer.round_off(lip, max(4, r * 0.6), 0.75, 0.3)
