"""Round hollow things that stand: bowl, cup, pot, vase, jar, basket, lamp."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import RGB, darker, lighter, mix
from ..palettes import Look
from ..paper import mottled
from ..revolve import Solid, paint_mouth, paint_solid
from ..shapes import Layer, Patch, ellipses, poly, ring, strokes
from ..stage import Sprite
from ..textures import GLOSS, texture

SHADOW: RGB = (92, 52, 62)


def gloss(craft: str) -> float:
    return GLOSS.get(craft, 0.08)


def skin_of(look: Look, craft: str, rng: Random, solid: Solid, scale: float | None = None) -> Image.Image:
    size = (max(60, round(solid.widest * math.pi / 2 * 1.25)), max(60, round(solid.height * 1.15)))
    return texture(craft, size, look, scale or solid.widest * rng.uniform(0.15, 0.22))


def shadow_of(look: Look) -> RGB:
    return mix(SHADOW, look.ink, 0.35) if not look.dark_body else (70, 44, 52)


def _inside(layer: Layer, look: Look, craft: str, rng: Random) -> Image.Image:
    tone = {
        "lacquer": rng.choice((look.alt, look.ink, look.body, darker(look.accent2, 0.1))),
        "tea-ware": lighter(look.body, 0.35),
        "pottery": mix(look.body, look.alt, 0.5),
    }.get(craft, mix(look.body, look.light, 0.15))
    return mottled(layer.size, tone, rng, 0.08)


def _rim(look: Look, craft: str) -> RGB:
    return {
        "lacquer": mix(look.accent, (214, 168, 82), 0.6),
        "shell-inlay": (196, 158, 92),
        "tea-ware": darker(mix(look.body, (150, 110, 70), 0.5), 0.1),
    }.get(craft, lighter(look.body, 0.22))


def standing(layer: Layer, solid: Solid) -> Sprite:
    r = solid.r(1)
    return Sprite(layer, (solid.cx, solid.y(1) + r * solid.tilt * 0.5), r * 1.02)


def bowl(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, deep = width / 2, width * rng.uniform(0.34, 0.48)
    tilt, foot = rng.uniform(0.2, 0.3), rng.uniform(0.3, 0.44)
    belly = rng.uniform(0.9, 1.0)
    layer = Layer(width * 1.2, deep + width * tilt + 40, darker(look.body, 0.2))
    solid = Solid.spun(
        width * 0.6,
        width * tilt / 2 + 16,
        deep,
        tilt,
        [
            (0, r),
            (0.14, r * (0.5 + belly * 0.48)),
            (0.42, r * belly * 0.9),
            (0.7, r * (belly * 0.44 + foot * 0.36)),
            (0.88, r * foot),
            (0.94, r * foot * 0.97),
            (1, r * foot * 1.05),
        ],
    )
    if craft == "basketry":
        return _woven_bowl(layer, solid, look, craft, rng)
    skin = skin_of(look, craft, rng, solid)
    paint_solid(layer, solid, skin, shadow=shadow_of(look), gloss=gloss(craft))
    inside = _inside(layer, look, craft, rng)
    hole = paint_mouth(
        layer, solid, rim=_rim(look, craft), inside=inside, shadow=shadow_of(look), lip=max(6, width * 0.014)
    )
    if gloss(craft) > 0.5:
        glint = poly(
            ring(solid.cx + r * 0.42, solid.y(0) + r * tilt * 0.1, r * 0.24, r * tilt * 0.2, turn=-0.3)
        )
        layer.tint(glint.blurred(14).within(hole).faded(0.42), (255, 250, 238))
    return standing(layer, solid)


def _woven_bowl(layer: Layer, solid: Solid, look: Look, craft: str, rng: Random) -> Sprite:
    skin = skin_of(look, craft, rng, solid)
    paint_solid(layer, solid, skin, shadow=shadow_of(look), gloss=0.05)
    inner = texture(craft, layer.size, look, solid.widest * 0.14)
    paint_mouth(
        layer, solid, rim=darker(look.body, 0.2), inside=inner, shadow=shadow_of(look), lip=solid.r(0) * 0.05
    )
    braid(layer, solid, look, solid.r(0) * 0.06)
    return standing(layer, solid)


def braid(layer: Layer, solid: Solid, look: Look, thick: float) -> None:
    """The bound rim of a basket."""
    r, k, cy = solid.r(0), solid.tilt, solid.y(0)
    cane = mix(look.body, (206, 164, 104), 0.5)
    band = strokes([ring(solid.cx, cy, r - thick * 0.4, r * k - thick * 0.3)], thick)
    layer.fill(band, cane)
    wraps = []
    for i in range(64):
        a = i * math.tau / 64
        x, y = solid.cx + math.cos(a) * (r - thick * 0.4), cy + math.sin(a) * (r * k - thick * 0.3)
        wraps.append([(x - thick * 0.3, y - thick * 0.5), (x + thick * 0.3, y + thick * 0.5)])
    layer.tint(strokes(wraps, max(2, thick * 0.16)).within(band), darker(cane, 0.5))
    layer.round_off(band, max(3, thick * 0.3), 0.5, 0.4)


def teacup(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    width *= 0.62
    r, deep, tilt = width / 2, width * rng.uniform(0.62, 0.9), rng.uniform(0.2, 0.27)
    straight, foot = rng.uniform(0.86, 1.0), rng.uniform(0.42, 0.56)
    layer = Layer(width * 1.8, deep + width * 0.6, darker(look.body, 0.2))
    cx = width * 0.9
    saucer = rng.random() < 0.4
    solid = Solid.spun(
        cx,
        width * tilt / 2 + 30,
        deep,
        tilt,
        [
            (0, r),
            (0.3, r * straight),
            (0.6, r * straight * 0.94),
            (0.82, r * (straight + foot) / 2),
            (0.92, r * foot),
            (1, r * foot * 1.05),
        ],
    )
    if saucer:
        plate = Solid.spun(
            cx, solid.y(1) - width * 0.02, width * 0.07, 0.26, [(0, r * 1.5), (0.5, r * 1.2), (1, r * 0.8)]
        )
        paint_solid(
            layer, plate, mottled((400, 80), look.alt, rng), shadow=shadow_of(look), gloss=gloss(craft)
        )
        paint_mouth(
            layer,
            plate,
            rim=lighter(look.alt, 0.3),
            inside=mottled(layer.size, lighter(look.alt, 0.1), rng),
            shadow=shadow_of(look),
            lip=7,
        )
        layer.tint(
            ellipses([(cx + r * 0.14, solid.y(1) + 6, r * foot * 1.4, r * foot * 0.4)]).blurred(9).faded(0.5),
            look.ink,
        )
    paint_solid(layer, solid, skin_of(look, craft, rng, solid), shadow=shadow_of(look), gloss=gloss(craft))
    hole = paint_mouth(
        layer,
        solid,
        rim=_rim(look, craft),
        inside=_inside(layer, look, craft, rng),
        shadow=shadow_of(look),
        lip=max(5, width * 0.022),
    )
    _tea(layer, solid, hole, rng)
    sprite = standing(layer, solid)
    if saucer:
        sprite.spread, sprite.foot = r * 1.1, (cx, solid.y(1) + r * 0.4)
    return sprite


def _tea(layer: Layer, solid: Solid, hole: Patch, rng: Random) -> None:
    r, k = solid.r(0) * 0.93, solid.tilt
    top = solid.y(0) + solid.height * 0.12
    tea = rng.choice(((176, 112, 44), (148, 156, 70), (120, 60, 30), (196, 150, 70)))
    pool = ellipses([(solid.cx, top, r, r * k)]).within(hole)
    layer.tint(pool, tea)
    layer.tint(
        poly(ring(solid.cx - r * 0.3, top, r * 0.3, r * k * 0.3)).blurred(10).within(pool).faded(0.55),
        lighter(tea, 0.7),
    )
    layer.tint(
        strokes([ring(solid.cx, top, r - 3, r * k - 3, start=0, end=math.pi)], 4).within(pool).faded(0.5),
        lighter(tea, 0.6),
    )


VASES = (
    [(0, 0.32), (0.06, 0.26), (0.2, 0.24), (0.38, 0.62), (0.58, 0.98), (0.78, 0.9), (0.94, 0.56), (1, 0.54)],
    [(0, 0.5), (0.08, 0.4), (0.16, 0.46), (0.36, 0.98), (0.55, 0.94), (0.85, 0.58), (1, 0.52)],
    [(0, 0.26), (0.22, 0.2), (0.42, 0.3), (0.62, 0.72), (0.8, 0.98), (0.93, 0.84), (1, 0.74)],
    [(0, 0.78), (0.05, 0.7), (0.3, 0.62), (0.6, 0.74), (0.86, 0.92), (1, 0.8)],
    [(0, 0.6), (0.07, 0.52), (0.14, 0.6), (0.3, 0.9), (0.5, 1.0), (0.72, 0.84), (0.92, 0.5), (1, 0.56)],
)


def vase(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    form = rng.choice(VASES)
    r, high, tilt = width * rng.uniform(0.28, 0.35), width * rng.uniform(0.78, 0.98), 0.16
    layer = Layer(r * 2.4, high + r * 0.6, darker(look.body, 0.2))
    solid = Solid.spun(
        r * 1.2, r * 0.2 + 10, high, tilt, [(t, r * f * rng.uniform(0.96, 1.04)) for t, f in form]
    )
    paint_solid(
        layer,
        solid,
        skin_of(look, craft, rng, solid, r * rng.uniform(0.22, 0.32)),
        shadow=shadow_of(look),
        gloss=gloss(craft),
    )
    paint_mouth(
        layer,
        solid,
        rim=_rim(look, craft),
        inside=darker(look.body, 0.55),
        shadow=shadow_of(look),
        lip=max(5, r * 0.045),
    )
    return standing(layer, solid)


def jar(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, high, tilt = width * rng.uniform(0.3, 0.37), width * rng.uniform(0.6, 0.78), 0.18
    layer = Layer(r * 2.4, high + r * 1.0, darker(look.body, 0.2))
    cx, top = r * 1.2, r * 0.62
    shoulder = rng.uniform(0.2, 0.36)
    solid = Solid.spun(
        cx,
        top,
        high,
        tilt,
        [
            (0, r * 0.62),
            (0.05, r * 0.64),
            (shoulder, r * 0.97),
            (0.55, r),
            (0.84, r * 0.78),
            (0.97, r * 0.6),
            (1, r * 0.6),
        ],
    )
    paint_solid(layer, solid, skin_of(look, craft, rng, solid), shadow=shadow_of(look), gloss=gloss(craft))
    lid = Solid.spun(
        cx, top - r * 0.24, r * 0.26, tilt, [(0, r * 0.2), (0.3, r * 0.5), (0.8, r * 0.7), (1, r * 0.68)]
    )
    paint_solid(
        layer,
        lid,
        mottled((300, 100), mix(look.body, look.alt, 0.5), rng),
        shadow=shadow_of(look),
        gloss=gloss(craft),
    )
    knob = Solid.spun(
        cx, top - r * 0.46, r * 0.26, tilt, [(0, r * 0.08), (0.4, r * 0.17), (0.8, r * 0.11), (1, r * 0.1)]
    )
    paint_solid(
        layer,
        knob,
        mottled((120, 90), mix(look.alt, look.body, 0.4), rng),
        shadow=shadow_of(look),
        gloss=gloss(craft),
    )
    return standing(layer, solid)
