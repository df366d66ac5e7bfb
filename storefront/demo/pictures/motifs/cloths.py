"""Soft things: scarf, cloth, bag, blanket, cushion."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, mix
from ..palettes import Look
from ..paper import multiply
from ..shapes import Layer, Patch, poly, ring, smooth, strokes
from ..stage import Sprite
from ..textures import texture
from .folded import bolt, stacked
from .soft import FOLD, bent, fringe, relief


def scarf(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """Hung over a rod, or folded and laid out with its fringe."""
    if rng.random() < 0.5:
        return hung(look, craft, rng, width * 0.66, width * 0.92, split=True)
    return _laid(look, craft, rng, width)


def hung(look: Look, craft: str, rng: Random, width: float, height: float, *, split: bool) -> Sprite:
    """A length of cloth over a wooden rod. With *split* the back half shows, longer, behind the front."""
    rod_over, rod = width * 0.22, 13
    layer = Layer(width + rod_over * 2, height + 90, darker(look.body, 0.25))
    left, top = rod_over, 26
    folds, phase = rng.uniform(2.2, 4.2), rng.uniform(0, 6)

    def wave(u: float, v: float) -> float:
        soft = 0.35 + 0.65 * v
        return (
            0.024
            * soft
            * (
                math.sin(u * math.tau * folds + phase + v * 0.8)
                + 0.4 * math.sin(u * math.tau * folds * 2.1 + 1)
            )
        )

    def panel(x: float, w: float, long: float, dim: float) -> None:
        size = (round(w), round(long))
        skin = texture(craft, size, look, width * scale)
        skin = bent(skin, lambda u, v: (w * wave(u + 0.1, v) * 0.5, long * wave(u, v) * 0.25))
        shade = relief(size, wave)
        skin = multiply(skin, shade, FOLD)
        sheet = Image.new("RGB", layer.size, look.body)
        sheet.paste(skin, (round(x), round(top)))
        hem = [(x + w * i / 30, top + long + long * wave(i / 30, 1) * 0.5 - 4) for i in range(31)]
        fringe_colour = rng.choice((mix(look.body, look.accent, 0.5), look.body, look.accent))
        if tassel:
            fringe(layer, (x + 8, top + long - 8), (x + w - 8, top + long - 8), tassel, fringe_colour, rng)
        patch = poly([(x, top), (x + w, top), *reversed(hem)])
        layer.fill(patch, sheet)
        if dim:
            layer.tint(patch.faded(dim), FOLD)
        layer.round_off(patch, 9, 0.4, 0.25)

    scale = rng.uniform(0.11, 0.16)
    tassel = rng.choice((0, 46, 60))
    if split:
        panel(left + width * 0.2, width * 0.78, height * 0.93, 0.34)
        panel(left, width * 0.72, height * rng.uniform(0.6, 0.8), 0)
    else:
        panel(left, width, height * 0.92, 0)
    pole = strokes([[(8, top), (layer.size[0] - 8, top)]], rod * 2)
    cover = poly(
        [
            (left, top - 15),
            (left + width * (0.98 if split else 1), top - 15),
            (left + width * (0.98 if split else 1), top + 8),
            (left, top + 8),
        ]
    )
    timber = mix(look.table, (120, 84, 54), 0.4)
    layer.fill(pole, timber)
    layer.round_off(pole, 7, 0.5, 0.45)
    strip = Image.new("RGB", layer.size, look.body)
    strip.paste(layer.rgb.crop((0, top + 14, layer.size[0], top + 60)), (0, top - 18))
    layer.fill(cover, strip)
    layer.round_off(cover, 8, 0.55, 0.4)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), width / 2, "hang", 34)


def _laid(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A long scarf folded over itself, the ends running out to one side."""
    w, h = width * 0.98, width * 0.86
    layer = Layer(w + 90, h + 60, darker(look.body, 0.25))
    strips = rng.choice((2, 3))
    colour = rng.choice((look.accent, mix(look.body, look.accent, 0.4), look.body))
    for i in range(strips):
        sx, sy = 70 + i * rng.uniform(30, 80), 26 + h * i / strips * 0.76
        sw, sh = w - sx - rng.uniform(0, 40), h * (0.62 - 0.08 * strips) + rng.uniform(0, h * 0.06)
        size = (round(sw), round(sh))
        phase, folds = rng.uniform(0, 6), rng.uniform(1.1, 2.2)

        def wave(u: float, v: float, phase: float = phase, folds: float = folds) -> float:
            return 0.02 * math.sin(v * math.tau * folds + u * 3 + phase) + 0.012 * math.sin(u * 9 + phase)

        skin = texture(craft, (size[1], size[0]), look, width * 0.11).transpose(Image.Transpose.ROTATE_90)
        skin = bent(skin, lambda u, v, f=wave, s=size: (s[0] * f(u, v) * 0.4, s[1] * f(u, v) * 0.8))
        skin = multiply(skin, relief(size, wave), FOLD)
        sheet = Image.new("RGB", layer.size, look.body)
        sheet.paste(skin, (round(sx), round(sy)))
        upper = [(sx + sw * t / 24, sy + sh * wave(t / 24, 0) * 0.9 + 6) for t in range(25)]
        lower = [(sx + sw * t / 24, sy + sh + sh * wave(t / 24, 1) * 0.9 - 6) for t in range(25)]
        patch = poly(upper + lower[::-1])
        if i:
            layer.tint(patch.moved(8, -14).blurred(16).within(Patch(layer.alpha, 0, 0)).faded(0.5), FOLD)
        fringe(layer, (sx + 6, upper[0][1] + 10), (sx + 6, lower[0][1] - 10), 58, colour, rng, (-1, 0))
        layer.fill(patch, sheet)
        layer.round_off(patch, 12, 0.55, 0.32)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), w / 2, "lie", 40)


def cloth(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A hung length, a folded stack or a bolt half unrolled."""
    kind = rng.choice(("hung", "stack", "bolt", "bolt"))
    if kind == "hung":
        return hung(look, craft, rng, width * 0.72, width * 0.88, split=False)
    if kind == "stack":
        return stacked(look, craft, rng, width * 0.92, rng.choice((2, 3)), thick=0.11)
    return bolt(look, craft, rng, width)


def blanket(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """Folded thick, or hung."""
    if rng.random() < 0.3:
        return hung(look, craft, rng, width * 0.84, width * 0.86, split=False)
    return stacked(look, craft, rng, width * 0.96, rng.choice((2, 2, 3)), thick=0.15)


def cushion(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    w, h = width * 0.76, width * rng.uniform(0.62, 0.76)
    layer = Layer(w + 60, h + 60, darker(look.body, 0.25))
    x0, y0, x1, y1 = 30, 30, 30 + w, 30 + h
    puff = rng.uniform(0.012, 0.026)
    corners = [
        (x0, y0),
        ((x0 + x1) / 2, y0 + h * puff),
        (x1, y0),
        (x1 - w * puff, (y0 + y1) / 2),
        (x1, y1),
        ((x0 + x1) / 2, y1 - h * puff * 0.3),
        (x0, y1),
        (x0 + w * puff, (y0 + y1) / 2),
    ]
    patch = poly(smooth(corners, closed=True))
    skin = texture(craft, layer.size, look, width * rng.uniform(0.09, 0.13))
    skin = bent(
        skin,
        lambda u, v: (
            (u - 0.5) * -w * 0.1 * math.sin(v * math.pi),
            (v - 0.5) * -h * 0.1 * math.sin(u * math.pi),
        ),
    )
    swell = relief(
        layer.size,
        lambda u, v: (
            0.05
            * math.sin(max(0.02, min(0.98, u)) * math.pi) ** 0.7
            * math.sin(max(0.02, min(0.98, v)) * math.pi) ** 0.7
            * 2
        ),
    )
    layer.fill(patch, multiply(skin, swell, FOLD))
    layer.round_off(patch, 44, 0.8, 0.3)
    piping = strokes([smooth([*corners, corners[0]], closed=False)], 7)
    layer.tint(piping.within(patch), mix(look.accent2, look.body, 0.2))
    return Sprite(layer, (layer.size[0] / 2, y1 - 8), w * 0.46)


def bag(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A soft carrier on its strap; looped ones hang fuller."""
    w, h = width * rng.uniform(0.6, 0.72), width * rng.uniform(0.56, 0.68)
    strap_h = width * rng.uniform(0.3, 0.38)
    layer = Layer(w + 70, h + strap_h + 50, darker(look.body, 0.25))
    cx, top = layer.size[0] / 2, strap_h + 10
    swell = 1.1 if craft == "looping" else rng.uniform(0.98, 1.06)
    half = w / 2
    outline = smooth(
        [
            (cx - half * 0.86, top),
            (cx, top + h * 0.035),
            (cx + half * 0.86, top),
            (cx + half * 0.96 * swell, top + h * 0.5),
            (cx + half * 0.86 * swell, top + h * 0.9),
            (cx, top + h),
            (cx - half * 0.86 * swell, top + h * 0.9),
            (cx - half * 0.96 * swell, top + h * 0.5),
        ],
        closed=True,
    )
    strap = mix(look.accent2, look.body, 0.35) if rng.random() < 0.6 else darker(look.body, 0.2)
    for back in (True, False):
        lift = 14 if back else 0
        line = smooth(
            [
                (cx - half * 0.52, top + h * 0.1),
                (cx - half * 0.5, top - strap_h * 0.5),
                (cx, top - strap_h + lift),
                (cx + half * 0.5, top - strap_h * 0.5),
                (cx + half * 0.52, top + h * 0.1),
            ]
        )
        tape = strokes([line], width * 0.028)
        if back:
            layer.fill(tape.moved(10, 6), darker(strap, 0.35))
            mouth = poly(ring(cx, top + 8, half * 0.86, h * 0.06))
            layer.fill(mouth, darker(look.body, 0.6))
            continue
        body = poly(outline)
        skin = texture(craft, layer.size, look, width * rng.uniform(0.09, 0.13))
        skin = bent(
            skin, lambda u, v: (-(u - 0.5) * w * 0.14 * math.sin(v * math.pi), (u - 0.5) ** 2 * -h * 0.4)
        )
        folds = relief(
            layer.size, lambda u, v: 0.012 * math.sin(u * 17 + v * 5) * v + 0.06 * math.sin(u * math.pi)
        )
        layer.fill(body, multiply(skin, folds, FOLD))
        layer.round_off(body, 34, 0.75, 0.3)
        hem = strokes(
            [
                smooth(
                    [(cx - half * 0.86, top + 12), (cx, top + h * 0.035 + 14), (cx + half * 0.86, top + 12)]
                )
            ],
            22,
        )
        layer.tint(hem.within(body), strap)
        layer.fill(tape, strap)
        layer.round_off(tape, 6, 0.5, 0.4)
    return Sprite(layer, (cx, top + h - 6), half * 0.8)
