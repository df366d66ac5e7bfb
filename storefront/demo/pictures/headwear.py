"""What the makers of the portraits wear on their heads."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image

from .colour import RGB, darker, lighter, luminance
from .palettes import Look
from .shapes import Layer, Patch, poly, ring, smooth, strokes
from .textures import texture
from .textures.paperlike import leaf


def hair_behind(layer: Layer, head: str, hair: RGB, cx: float, cy: float) -> None:
    if head in ("bun", "plaits", "brim", "cone"):
        layer.fill(
            poly(
                smooth(
                    [
                        (cx, cy - 214),
                        (cx + 168, cy - 130),
                        (cx + 176, cy + 60),
                        (cx + 110, cy + 150),
                        (cx - 110, cy + 150),
                        (cx - 176, cy + 60),
                        (cx - 168, cy - 130),
                    ],
                    closed=True,
                )
            ),
            darker(hair, 0.1),
        )


def _cap_of_hair(layer: Layer, hair: RGB, cx: float, cy: float, turn: float, rng: Random) -> None:
    part = cx + turn * 0.6 + rng.uniform(-50, 50)
    top = smooth(
        [
            (cx - 158, cy + 6),
            (cx - 160, cy - 130),
            (cx - 70, cy - 216),
            (cx + 70, cy - 216),
            (cx + 160, cy - 130),
            (cx + 158, cy + 6),
        ]
    )
    lower = smooth(
        [
            (cx + 158, cy + 6),
            (cx + 126, cy - 70),
            (part + 30, cy - 128),
            (part, cy - 142),
            (part - 30, cy - 128),
            (cx - 126, cy - 70),
            (cx - 158, cy + 6),
        ]
    )
    patch = poly(top + lower)
    layer.fill(patch, hair)
    strands = [
        smooth(
            [
                (part, cy - 170),
                (part + s * (40 + 26 * k), cy - 176 + 12 * k),
                (part + s * (66 + 30 * k), cy - 90 + 20 * k),
            ]
        )
        for s in (-1, 1)
        for k in range(4)
    ]
    layer.tint(strokes(strands, 3).within(patch).faded(0.5), lighter(hair, 0.3))
    layer.round_off(patch, 18, 0.4, 0.35)


def bun(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    knot = poly(ring(cx - turn, cy - 236, 78, 64))
    layer.fill(knot, hair)
    layer.round_off(knot, 20, 0.5, 0.4)
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    stick = strokes([[(cx - turn - 120, cy - 268), (cx - turn + 120, cy - 214)]], 10)
    layer.fill(stick, look.accent)
    layer.fill(poly(ring(cx - turn + 122, cy - 213, 16, 16)), look.accent2)


def crop(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    patch = poly(
        smooth(
            [
                (cx - 154, cy - 20),
                (cx - 166, cy - 120),
                (cx - 90, cy - 216),
                (cx + 60, cy - 228),
                (cx + 160, cy - 130),
                (cx + 154, cy - 20),
                (cx + 130, cy - 96),
                (cx + 40 + turn, cy - 140),
                (cx - 60 + turn, cy - 118),
                (cx - 130, cy - 90),
            ],
            closed=True,
        )
    )
    layer.fill(patch, hair)
    layer.round_off(patch, 18, 0.4, 0.4)


def plaits(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    for s in (-1, 1):
        for k in range(9):
            lobe = poly(
                ring(
                    cx + s * (150 + 6 * k) - turn * 0.3,
                    cy + 60 + k * 50,
                    36,
                    32,
                    turn=s * (0.6 if k % 2 else -0.6),
                )
            )
            layer.fill(lobe, hair)
            layer.round_off(lobe, 9, 0.5, 0.4)
        tie = poly(ring(cx + s * 206 - turn * 0.3, cy + 500, 26, 20))
        layer.fill(tie, look.accent)
    _cap_of_hair(layer, hair, cx, cy, turn, rng)


def scarf(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    tone = rng.choice((look.accent, look.accent2, look.alt))
    side = rng.choice((-1, 1))
    for a, long in ((0.9, 190), (1.35, 230)):
        tail = poly(leaf(cx + side * 150, cy - 70, a if side == 1 else math.pi - a, long, 44))
        layer.fill(tail, darker(tone, 0.15))
        layer.round_off(tail, 12, 0.5, 0.3)
    wrap = poly(
        smooth(
            [
                (cx - 160, cy - 10),
                (cx - 176, cy - 130),
                (cx - 90, cy - 232),
                (cx + 90, cy - 232),
                (cx + 176, cy - 130),
                (cx + 160, cy - 10),
                (cx + 96, cy - 94),
                (cx + turn, cy - 118),
                (cx - 96, cy - 94),
            ],
            closed=True,
        )
    )
    layer.fill(
        wrap,
        texture("indigo-weaving", layer.size, look, 60)
        if rng.random() < 0.4
        else Image.new("RGB", layer.size, tone),
    )
    folds = [
        smooth(
            [
                (cx + side * 150, cy - 80),
                (cx + side * (60 - 40 * k), cy - 130 - 18 * k),
                (cx - side * 150, cy - 110 - 26 * k),
            ]
        )
        for k in range(4)
    ]
    layer.tint(strokes(folds, 6).within(wrap).faded(0.35), darker(tone, 0.6))
    layer.round_off(wrap, 26, 0.6, 0.35)
    knot = poly(ring(cx + side * 152, cy - 78, 34, 30))
    layer.fill(knot, tone)
    layer.round_off(knot, 12, 0.6, 0.4)


def brim(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    straw = rng.choice(((214, 182, 130), (190, 152, 104), darker(look.alt, 0.1), (96, 72, 60)))
    crown = poly(
        smooth(
            [
                (cx - 146, cy - 112),
                (cx - 136, cy - 250),
                (cx - 70, cy - 312),
                (cx + 70, cy - 312),
                (cx + 136, cy - 250),
                (cx + 146, cy - 112),
            ],
            closed=True,
        )
    )
    layer.fill(crown, straw)
    layer.tint(
        poly([(cx - 170, cy - 178), (cx + 170, cy - 178), (cx + 170, cy - 128), (cx - 170, cy - 128)]).within(
            crown
        ),
        look.accent2,
    )
    layer.round_off(crown, 30, 0.6, 0.35)
    brim = poly(
        smooth(
            [
                (cx - 300, cy - 118),
                (cx - 150, cy - 150),
                (cx + 150, cy - 150),
                (cx + 300, cy - 118),
                (cx + 150, cy - 84),
                (cx - 150, cy - 84),
            ],
            closed=True,
        )
    )
    layer.tint(brim.moved(4, 26).blurred(14).within(Patch(layer.alpha, 0, 0)).faded(0.4), look.ink)
    layer.fill(brim, lighter(straw, 0.1))
    layer.round_off(brim, 10, 0.5, 0.4)


def cone(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    straw = (224, 198, 150)
    cone = poly(
        [
            (cx - 330, cy - 70),
            (cx - 6, cy - 318),
            (cx + 6, cy - 318),
            (cx + 330, cy - 70),
            *ring(cx, cy - 70, 330, 44, start=0, end=math.pi),
        ]
    )
    layer.tint(cone.moved(4, 30).blurred(16).within(Patch(layer.alpha, 0, 0)).faded(0.4), look.ink)
    layer.fill(cone, straw)
    ribs = [
        [(cx, cy - 318), (cx + math.cos(a) * 330, cy - 70 + math.sin(a) * 44)]
        for a in (math.pi * k / 14 for k in range(15))
    ]
    hoops = [
        ring(cx, cy - 318 + 248 * k, 330 * k, 44 * k, start=0, end=math.pi) for k in (0.3, 0.5, 0.7, 0.88)
    ]
    layer.tint(strokes(ribs + hoops, 3).within(cone).faded(0.4), darker(straw, 0.5))
    layer.round_off(cone, 40, 0.6, 0.3)


def cap(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    """A knitted cap with ear flaps."""
    cap = poly(
        smooth(
            [
                (cx - 164, cy - 40),
                (cx - 172, cy - 140),
                (cx - 96, cy - 244),
                (cx, cy - 290),
                (cx + 96, cy - 244),
                (cx + 172, cy - 140),
                (cx + 164, cy - 40),
                (cx + 170, cy + 90),
                (cx + 140, cy + 110),
                (cx + 126, cy - 60),
                (cx, cy - 106),
                (cx - 126, cy - 60),
                (cx - 140, cy + 110),
                (cx - 170, cy + 90),
            ],
            closed=True,
        )
    )
    layer.fill(cap, texture("highland-weaving", layer.size, look, 70))
    layer.tint(
        strokes([smooth([(cx - 128, cy - 58), (cx, cy - 104), (cx + 128, cy - 58)])], 24).within(cap),
        look.accent2,
    )
    layer.round_off(cap, 26, 0.6, 0.3)
    bobble = poly(ring(cx, cy - 300, 34, 34))
    layer.fill(bobble, look.accent)
    layer.round_off(bobble, 14, 0.6, 0.4)


def earrings(layer: Layer, look: Look, cx: float, cy: float, turn: float) -> None:
    metal = look.accent if luminance(look.accent) > 120 else (214, 180, 110)
    for s in (-1, 1):
        drop = poly(leaf(cx + s * 152 - turn * 0.4, cy + 52, math.pi / 2, 54, 14))
        layer.fill(drop, metal)
        layer.round_off(drop, 5, 0.6, 0.6)


Wear = Callable[[Layer, Look, Random, RGB, float, float, float], None]

HEADWEAR: dict[str, Wear] = {
    "bun": bun,
    "crop": crop,
    "scarf": scarf,
    "brim": brim,
    "cone": cone,
    "plaits": plaits,
    "cap": cap,
}
