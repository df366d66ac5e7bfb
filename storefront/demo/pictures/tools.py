"""The tools of each craft, laid out on the maker's table."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image

from .colour import RGB, darker, lighter, mix
from .palettes import Look
from .paper import mottled
from .shapes import Layer, poly, polys, ring, smooth, strokes
from .stage import Sprite, put, scaled, turned
from .textures.paperlike import leaf
from .textures.precious import nacre

WOOD: tuple[RGB, ...] = ((172, 124, 78), (140, 96, 60), (196, 152, 100), (112, 74, 48))
STEEL: RGB = (150, 154, 158)


def _bar(length: float, parts: list[tuple[float, float, float, RGB]]) -> Sprite:
    """A long tool from pieces: (from 0, to 1, half width in pixels, colour)."""
    wide = max(p[2] for p in parts)
    layer = Layer(length + 20, wide * 2 + 20, parts[0][3])
    y = wide + 10
    for start, end, half, colour in parts:
        x0, x1 = 10 + start * length, 10 + end * length
        patch = poly(
            [
                (x0, y - half * 0.8),
                ((x0 + x1) / 2, y - half),
                (x1, y - half * 0.8),
                (x1, y + half * 0.8),
                ((x0 + x1) / 2, y + half),
                (x0, y + half * 0.8),
            ]
        )
        layer.fill(patch, colour)
        layer.round_off(patch, max(3, half * 0.5), 0.6, 0.5)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), length / 2, "lie", 22)


def brush(look: Look, rng: Random) -> Sprite:
    return _bar(
        rng.uniform(300, 380),
        [
            (0, 0.62, 9, rng.choice(WOOD)),
            (0.6, 0.7, 13, STEEL),
            (0.69, 0.92, 15, rng.choice((look.body, (74, 52, 40)))),
            (0.9, 1.0, 6, look.accent),
        ],
    )


def knife(look: Look, rng: Random) -> Sprite:
    return _bar(
        rng.uniform(280, 340),
        [(0, 0.45, 19, rng.choice(WOOD)), (0.44, 0.5, 15, (90, 74, 60)), (0.5, 1.0, 14, STEEL)],
    )


def gouge(look: Look, rng: Random) -> Sprite:
    return _bar(
        rng.uniform(330, 400),
        [(0, 0.5, 22, rng.choice(WOOD)), (0.48, 0.54, 16, (176, 140, 70)), (0.53, 1.0, 9, STEEL)],
    )


def needle(look: Look, rng: Random) -> Sprite:
    return _bar(rng.uniform(220, 280), [(0, 1, 6, (226, 208, 176)), (0.85, 0.95, 8, (206, 184, 148))])


def shuttle(look: Look, rng: Random) -> Sprite:
    layer = Layer(380, 96, (140, 96, 60))
    hull = poly(smooth([(6, 48), (90, 10), (290, 10), (374, 48), (290, 86), (90, 86)], closed=True))
    layer.fill(hull, mottled(layer.size, rng.choice(WOOD), rng))
    layer.round_off(hull, 14, 0.6, 0.5)
    layer.tint(poly(ring(190, 48, 104, 22)), (58, 36, 28))
    thread = poly(ring(190, 48, 86, 16))
    layer.tint(thread, look.accent)
    layer.tint(
        strokes([[(112 + k * 13, 36), (106 + k * 13, 60)] for k in range(13)], 3).within(thread).faded(0.5),
        darker(look.accent, 0.5),
    )
    layer.round_off(thread, 8, 0.6, 0.4)
    return Sprite(layer, (190, 48), 180, "lie", 36)


def ball(look: Look, rng: Random) -> Sprite:
    """A ball of yarn."""
    r, tone = rng.uniform(62, 92), rng.choice((look.body, look.accent, look.accent2, look.alt, look.accent3))
    layer = Layer(r * 2 + 20, r * 2 + 20, darker(tone, 0.2))
    c = r + 10
    disc = poly(ring(c, c, r, r))
    layer.fill(disc, tone)
    for turn in (0.3, 1.3, 2.3):
        lines = [ring(c, c, r * 1.0, r * k / 6, turn=turn, start=0, end=math.pi, n=20) for k in range(-5, 6)]
        layer.tint(strokes(lines, 2.4).within(disc).faded(0.3), darker(tone, 0.55))
    layer.round_off(disc, r * 0.34, 0.7, 0.45)
    return Sprite(layer, (c, c), r, "lie", 70)


def pot(look: Look, rng: Random) -> Sprite:
    """A small dish of colour, glue or water, from above."""
    r, tone = rng.uniform(72, 104), rng.choice(((222, 210, 190), (120, 88, 66), (188, 150, 116), look.alt))
    layer = Layer(r * 2 + 8, r * 2 + 8, darker(tone, 0.2))
    c = r + 4
    disc = poly(ring(c, c, r, r))
    layer.fill(disc, tone)
    layer.round_off(disc, r * 0.16, 0.6, 0.5)
    pool = poly(ring(c, c, r * 0.78, r * 0.78))
    layer.tint(pool, rng.choice((look.body, look.accent, look.accent2, darker(look.body, 0.2))))
    layer.tint(
        poly(ring(c - r * 0.25, c - r * 0.3, r * 0.3, r * 0.14, turn=-0.6))
        .blurred(8)
        .within(pool)
        .faded(0.6),
        (255, 250, 236),
    )
    return Sprite(layer, (c, c), r, "lie", 44)


def splints(look: Look, rng: Random) -> Sprite:
    """A sheaf of split cane, tied."""
    layer = Layer(440, 130, (206, 168, 108))
    for k in range(9):
        tone = mix(rng.choice(((206, 168, 108), (186, 146, 88), look.body)), (220, 186, 130), 0.3)
        y = 26 + k * 9
        stick = strokes(
            [[(10, y + rng.uniform(-10, 10)), (220, 64 + (y - 64) * 0.5), (430, y + rng.uniform(-14, 14))]], 9
        )
        layer.fill(stick, tone)
        layer.round_off(stick, 4, 0.5, 0.4)
    band = poly([(196, 38), (222, 38), (222, 92), (196, 92)])
    layer.fill(band, look.accent2)
    layer.round_off(band, 8, 0.6, 0.4)
    return Sprite(layer, (220, 65), 200, "lie", 30)


def lump(look: Look, rng: Random) -> Sprite:
    """A lump of clay with the mark of the wire."""
    layer = Layer(280, 240, darker(look.body, 0.2))
    tone = mix(look.body, (170, 150, 132), 0.4)
    body = poly(
        smooth(
            [(30, 120), (70, 46), (150, 24), (234, 60), (258, 132), (206, 206), (110, 216), (48, 180)],
            closed=True,
        )
    )
    layer.fill(body, mottled(layer.size, tone, rng, 0.1, 60))
    layer.round_off(body, 46, 0.75, 0.4)
    layer.tint(strokes([smooth([(60, 130), (140, 108), (240, 128)])], 4).faded(0.5), darker(tone, 0.6))
    return Sprite(layer, (140, 130), 120, "lie", 60)


def shards(look: Look, rng: Random) -> Sprite:
    """Cut shell, ready to be set."""
    layer = Layer(300, 200, (220, 220, 224))
    sheen = nacre(layer.size, rng, 40)
    shapes = []
    for _ in range(22):
        x, y, r, a = rng.uniform(30, 270), rng.uniform(28, 172), rng.uniform(12, 26), rng.uniform(0, 6)
        shapes.append(
            leaf(x, y, a, r * 2, r * 0.5)
            if rng.random() < 0.5
            else ring(x, y, r, r * 0.8, turn=a, n=rng.choice((4, 5, 6)))
        )
    patch = polys(shapes)
    layer.fill(patch, sheen)
    layer.round_off(patch, 3, 0.5, 0.5)
    return Sprite(layer, (150, 100), 120, "lie", 8)


def wire(look: Look, rng: Random) -> Sprite:
    """A coil of silver wire."""
    layer = Layer(230, 230, (160, 164, 170))
    rings = strokes(
        [ring(115 + rng.uniform(-4, 4), 115 + rng.uniform(-4, 4), r, r * 0.96) for r in (68, 76, 82, 88, 94)],
        4,
    )
    layer.fill(rings, (196, 200, 204))
    layer.round_off(rings, 2, 0.7, 0.8)
    tail = strokes([smooth([(200, 90), (222, 40), (190, 14), (150, 24)])], 4)
    layer.fill(tail, (196, 200, 204))
    return Sprite(layer, (115, 115), 90, "lie", 12)


def shavings(look: Look, rng: Random) -> Sprite:
    layer = Layer(320, 220, look.body)
    for _ in range(9):
        x, y, r, a = rng.uniform(50, 270), rng.uniform(50, 170), rng.uniform(18, 34), rng.uniform(0, 6)
        curl = strokes([ring(x, y, r, r * 0.7, turn=a, start=0, end=rng.uniform(3.4, 5.4), n=24)], 12)
        layer.fill(curl, lighter(look.body, rng.uniform(0.3, 0.6)))
        layer.round_off(curl, 4, 0.6, 0.4)
    return Sprite(layer, (160, 110), 130, "lie", 16)


def twine(look: Look, rng: Random) -> Sprite:
    layer = Layer(320, 200, look.body)
    tone = rng.choice((look.body, look.accent, (206, 180, 136)))
    loops = strokes(
        [
            ring(
                160 + rng.uniform(-14, 14),
                100 + rng.uniform(-8, 8),
                120 - k * 7,
                66 - k * 5,
                turn=rng.uniform(-0.1, 0.1),
            )
            for k in range(6)
        ],
        6,
    )
    layer.fill(loops, tone)
    layer.round_off(loops, 3, 0.6, 0.4)
    tie = strokes([[(40, 84), (70, 116)], [(250, 86), (280, 116)]], 12)
    layer.fill(tie, look.accent2)
    return Sprite(layer, (160, 100), 140, "lie", 22)


Tool = Callable[[Look, Random], Sprite]

KITS: dict[str, tuple[Tool, ...]] = {
    "lacquer": (brush, pot, brush, pot, knife),
    "indigo-weaving": (shuttle, ball, pot, ball, ball),
    "paper-making": (brush, pot, splints, knife, twine),
    "wood-turning": (gouge, gouge, shavings, brush, knife),
    "highland-weaving": (shuttle, ball, ball, needle, ball),
    "silver-filigree": (wire, needle, knife, wire, pot),
    "basketry": (splints, knife, splints, twine, needle),
    "pottery": (lump, knife, brush, pot, needle),
    "tea-ware": (lump, brush, pot, pot, gouge),
    "fibre-weaving": (shuttle, twine, ball, needle, twine),
    "shell-inlay": (shards, knife, brush, shards, pot),
    "looping": (twine, needle, ball, ball, twine),
}

# Where tools may lie around a piece in the middle: (x, y) on a 1600 by 1200 sheet, seen from above.
PLACES = ((270, 260), (1330, 260), (1290, 930), (310, 920), (800, 1060))


def lay(sheet: Image.Image, craft: str, look: Look, rng: Random, horizon: float) -> None:
    """Lay the kit of *craft* around the middle, below *horizon* (pixels); 0 uses the whole sheet."""
    for tool, (x, y) in zip(KITS[craft], PLACES, strict=True):
        sprite = turned(scaled(tool(look, rng), 1.3), rng.uniform(-50, 50))
        if horizon:
            y = horizon + 40 + y * 0.37
            flat = Layer(1, 1, (0, 0, 0))
            size = (sprite.layer.size[0], max(1, round(sprite.layer.size[1] * 0.66)))
            flat.rgb, flat.alpha = sprite.layer.rgb.resize(size), sprite.layer.alpha.resize(size)
            flat.size = size
            sprite = Sprite(flat, (size[0] / 2, size[1] / 2), sprite.spread, "lie", sprite.height * 0.7)
        put(sheet, sprite, x + rng.uniform(-40, 40), y + rng.uniform(-30, 30))
