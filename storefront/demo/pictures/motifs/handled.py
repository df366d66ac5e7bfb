"""Vessels with a handle or a stand: teapot, basket, lamp."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..palettes import Look
from ..paper import cloud, mottled, tones
from ..revolve import Solid, paint_mouth, paint_solid
from ..shapes import Layer, poly, ring, smooth, strokes
from ..stage import Sprite
from ..textures import texture
from .vessels import braid, gloss, shadow_of, skin_of, standing


def teapot(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, deep, tilt = width * 0.31, width * rng.uniform(0.38, 0.52), rng.uniform(0.16, 0.22)
    layer = Layer(width * 1.15, deep + width * 0.55, darker(look.body, 0.2))
    cx, top = width * 0.56, width * 0.36
    solid = Solid.spun(
        cx,
        top,
        deep,
        tilt,
        [
            (0, r * 0.5),
            (0.1, r * 0.74),
            (0.34, r * 0.98),
            (0.6, r * 1.0),
            (0.85, r * 0.8),
            (0.93, r * 0.64),
            (1, r * 0.66),
        ],
    )
    over = rng.random() < 0.6
    skin = skin_of(look, craft, rng, solid)
    cane = rng.choice((look.accent3, darker(look.body, 0.45), (150, 104, 62)))
    back = None
    if over:
        arc = ring(
            cx, top + deep * 0.16, r * 0.8, width * rng.uniform(0.32, 0.36), start=math.pi, end=math.tau
        )
        back = strokes([arc], width * 0.026)
        layer.fill(back, cane)
        layer.round_off(back, 7, 0.5, 0.4)
    else:
        ear = smooth(
            [
                (cx + r * 0.8, top + deep * 0.2),
                (cx + r * 1.42, top + deep * 0.1),
                (cx + r * 1.5, top + deep * 0.5),
                (cx + r * 0.84, top + deep * 0.74),
            ]
        )
        handle = strokes([ear], width * 0.036)
        layer.fill(handle, mix(look.body, look.alt, 0.2))
        layer.round_off(handle, 9, 0.55, 0.45)
    _spout(layer, look, cx, r, top, deep)
    paint_solid(layer, solid, skin, shadow=shadow_of(look), gloss=gloss(craft))
    lid = Solid.spun(cx, top - deep * 0.1, deep * 0.14, tilt, [(0, r * 0.12), (0.3, r * 0.36), (1, r * 0.54)])
    paint_solid(layer, lid, mottled((400, 120), look.body, rng), shadow=shadow_of(look), gloss=gloss(craft))
    knob = Solid.spun(
        cx,
        top - deep * 0.24,
        deep * 0.14,
        tilt,
        [(0, r * 0.05), (0.35, r * 0.13), (0.8, r * 0.1), (1, r * 0.07)],
    )
    paint_solid(layer, knob, mottled((100, 80), look.alt, rng), shadow=shadow_of(look), gloss=gloss(craft))
    if over:
        for side in (-1, 1):
            x, y = cx + side * r * 0.76, top + deep * 0.2
            loop = poly(ring(x, y, width * 0.022, width * 0.03))
            layer.fill(loop, darker(look.body, 0.25))
            layer.round_off(loop, 6, 0.5, 0.5)
    return Sprite(layer, (cx, solid.y(1) + r * 0.66 * tilt * 0.5), r * 0.7)


def _spout(layer: Layer, look: Look, cx: float, r: float, top: float, deep: float) -> None:
    upper = smooth(
        [
            (cx - r * 0.7, top + deep * 0.28),
            (cx - r * 1.2, top + deep * 0.2),
            (cx - r * 1.42, top - deep * 0.06),
        ]
    )
    lower = smooth(
        [
            (cx - r * 1.6, top + deep * 0.0),
            (cx - r * 1.38, top + deep * 0.42),
            (cx - r * 0.7, top + deep * 0.72),
        ]
    )
    patch = poly(upper + lower)
    layer.fill(patch, mix(look.body, look.alt, 0.15))
    layer.round_off(patch, r * 0.12, 0.6, 0.5)
    layer.tint(
        poly(ring(cx - r * 1.51, top - deep * 0.03, r * 0.11, r * 0.05, turn=0.35)), darker(look.body, 0.6)
    )


def basket(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, deep, tilt = width * 0.42, width * rng.uniform(0.42, 0.6), rng.uniform(0.2, 0.28)
    flare, handle = rng.uniform(0.68, 0.98), rng.choice(("hoop", "ears", "none", "hoop"))
    space = width * (0.46 if handle == "hoop" else 0.12)
    layer = Layer(width * 1.1, deep + width * 0.3 + space, darker(look.body, 0.2))
    cx, top = width * 0.55, space + r * tilt
    solid = Solid.spun(
        cx,
        top,
        deep,
        tilt,
        [
            (0, r),
            (0.3, r * (0.6 + 0.42 * flare)),
            (0.7, r * (0.35 + 0.62 * flare)),
            (0.94, r * flare * 0.84),
            (1, r * flare * 0.78),
        ],
    )
    cane = mix(look.body, (196, 150, 92), 0.45)
    if handle == "hoop":
        hoop = strokes(
            [ring(cx, top, r * 0.94, space + r * tilt * 0.3, start=math.pi, end=math.tau)], width * 0.034
        )
        layer.fill(hoop, cane)
        layer.round_off(hoop, 9, 0.5, 0.4)
    paint_solid(
        layer, solid, skin_of(look, craft, rng, solid), shadow=shadow_of(look), gloss=gloss(craft) * 0.3
    )
    inner = texture(craft, layer.size, look, r * 0.16)
    paint_mouth(layer, solid, rim=darker(cane, 0.2), inside=inner, shadow=shadow_of(look), lip=r * 0.05)
    braid(layer, solid, look, r * 0.075)
    if handle == "hoop":
        for side in (-1, 1):
            leg = strokes(
                [[(cx + side * r * 0.94, top - 10), (cx + side * r * 0.95, top + deep * 0.3)]], width * 0.034
            )
            layer.fill(leg, cane)
            layer.round_off(leg, 9, 0.5, 0.4)
    elif handle == "ears":
        for side in (-1, 1):
            ear = strokes(
                [ring(cx + side * r * 0.97, top + r * 0.06, r * 0.13, r * 0.17, start=0, end=math.tau)],
                width * 0.024,
            )
            layer.fill(ear, cane)
            layer.round_off(ear, 7, 0.5, 0.4)
    return standing(layer, solid)


def lamp(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A paper or woven shade, lit from within."""
    r, high = width * rng.uniform(0.28, 0.36), width * rng.uniform(0.6, 0.82)
    form = rng.choice(
        (
            [(0, 0.4), (0.08, 0.6), (0.3, 0.94), (0.55, 1.0), (0.8, 0.86), (1, 0.5)],
            [(0, 0.5), (0.5, 0.8), (1, 1.0)],
            [(0, 0.8), (0.5, 0.9), (1, 0.8)],
        )
    )
    stand = width * 0.12
    layer = Layer(r * 2.6, high + stand + r * 0.5, lighter(look.body, 0.3))
    cx = r * 1.3
    base = Solid.spun(
        cx, high + r * 0.1, stand, 0.16, [(0, r * 0.1), (0.6, r * 0.12), (0.8, r * 0.4), (1, r * 0.44)]
    )
    paint_solid(
        layer, base, mottled((200, 60), darker(look.accent3, 0.3), rng), shadow=shadow_of(look), gloss=0.3
    )
    solid = Solid.spun(cx, r * 0.18, high, 0.13, [(t, r * f) for t, f in form])
    skin = skin_of(look, craft, rng, solid, r * 0.26)
    warm = tones(cloud(skin.size, (300, 300), rng), (246, 190, 104), (255, 228, 168))
    skin = Image.blend(skin, warm, 0.5 if not look.dark_body else 0.3)
    patch = paint_solid(layer, solid, skin, shadow=(196, 120, 70), gloss=0.02)
    heart = poly(ring(cx, r * 0.18 + high * 0.58, r * 0.55, high * 0.3)).blurred(r * 0.3).within(patch)
    layer.tint(heart.faded(0.75), (255, 246, 212))
    ribs = [solid.ring(i / 10) for i in range(1, 10)]
    layer.tint(strokes(ribs, max(2, r * 0.012)).within(patch).faded(0.3), darker(look.accent3, 0.3))
    for t in (0, 1):
        layer.tint(
            strokes([solid.ring(t, grow=0.99)], max(4, r * 0.03)).faded(0.9), darker(look.accent3, 0.2)
        )
    return Sprite(layer, (cx, base.y(1) + 4), r * 0.5)
