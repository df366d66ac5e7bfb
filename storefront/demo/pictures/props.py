"""Company for a piece in use: fruit, a branch in a bottle, books, a folded napkin."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from .colour import darker, lighter, mix
from .palettes import Look
from .paper import mottled
from .revolve import Solid, paint_mouth, paint_solid
from .shapes import Layer, poly, polys, ring, smooth, strokes
from .stage import Sprite, paste, put
from .textures.paperlike import leaf
from .textures.woven import threads

FRUIT = ((206, 96, 52), (222, 160, 64), (158, 52, 52), (150, 160, 84), (196, 78, 70))
GREEN = ((92, 112, 74), (120, 134, 88), (74, 98, 86), (140, 138, 92))


def fruit(rng: Random, r: float) -> Sprite:
    """An orange, a plum or a small gourd."""
    tone = rng.choice(FRUIT)
    layer = Layer(r * 2.3, r * 2.4, darker(tone, 0.2))
    cx, cy = r * 1.15, r * 1.3
    body = poly(
        smooth(
            [
                (cx, cy - r * 0.86),
                (cx + r * 0.7, cy - r * 0.74),
                (cx + r, cy),
                (cx + r * 0.66, cy + r * 0.76),
                (cx, cy + r * 0.92),
                (cx - r * 0.66, cy + r * 0.76),
                (cx - r, cy),
                (cx - r * 0.7, cy - r * 0.74),
            ],
            closed=True,
        )
    )
    layer.fill(body, mottled(layer.size, tone, rng, 0.1, r * 0.4))
    layer.round_off(body, r * 0.4, 0.75, 0.5)
    layer.fill(
        strokes(
            [smooth([(cx, cy - r * 0.78), (cx + r * 0.05, cy - r * 1.0), (cx + r * 0.16, cy - r * 1.16)])],
            max(4, r * 0.08),
        ),
        (88, 66, 44),
    )
    if rng.random() < 0.7:
        layer.fill(poly(leaf(cx + r * 0.06, cy - r * 0.98, -0.3, r * 0.8, r * 0.2)), rng.choice(GREEN))
    return Sprite(layer, (cx, cy + r * 0.86), r * 0.7)


def branch(look: Look, rng: Random, high: float) -> Sprite:
    """A slim bottle with a spray of leaves or blossom."""
    layer = Layer(high * 0.9, high, mix(look.alt, look.wall, 0.3))
    cx, r = high * 0.45, high * 0.1
    stems, leaves, blooms = [], [], []
    for k in range(3):
        a, x, y = -math.pi / 2 + (k - 1) * 0.3 + rng.uniform(-0.1, 0.1), cx, high * 0.64
        line = [(x, y)]
        for step in range(6):
            a += (k - 1) * 0.06 + rng.uniform(-0.08, 0.08)
            x, y = x + math.cos(a) * high * 0.085, y + math.sin(a) * high * 0.085
            line.append((x, y))
            if step > 1:
                leaves += [
                    leaf(x, y, a + s * rng.uniform(0.6, 1.1), high * 0.1, high * 0.022) for s in (-1, 1)
                ]
                blooms.append((x, y))
        stems.append(smooth(line, n=5))
    tone = rng.choice(GREEN)
    layer.fill(strokes(stems, 5), darker(tone, 0.35))
    layer.fill(polys(leaves[::2]), tone)
    layer.fill(polys(leaves[1::2]), lighter(tone, 0.22))
    if rng.random() < 0.5:
        petals = [
            ring(x + math.cos(k * 1.257) * 9, y + math.sin(k * 1.257) * 9, 9, 8, n=10)
            for x, y in blooms
            for k in range(5)
        ]
        layer.fill(polys(petals), rng.choice((look.light, (238, 190, 176), (244, 214, 140))))
    solid = Solid.spun(
        cx,
        high * 0.6,
        high * 0.36,
        0.18,
        [(0, r * 0.36), (0.25, r * 0.34), (0.5, r * 0.85), (0.8, r), (1, r * 0.8)],
    )
    tone = rng.choice((look.alt, mix(look.table, look.light, 0.5), look.accent3))
    paint_solid(layer, solid, mottled((200, 300), tone, rng), shadow=(92, 60, 66), gloss=0.4)
    paint_mouth(layer, solid, rim=lighter(tone, 0.3), inside=darker(tone, 0.6), shadow=(60, 40, 44), lip=4)
    return Sprite(layer, (cx, solid.y(1) + 6), r)


def books(look: Look, rng: Random, width: float) -> Sprite:
    layer = Layer(width * 1.1, width * 0.6, look.ink)
    y = width * 0.56
    for _ in range(rng.randint(2, 3)):
        thick, w = width * rng.uniform(0.1, 0.15), width * rng.uniform(0.8, 1.0)
        x = width * 0.05 + rng.uniform(0, width * 0.08)
        tone = rng.choice((look.alt, look.accent2, look.accent3, look.light, look.body))
        spine = poly([(x, y - thick), (x + w, y - thick), (x + w, y), (x, y)])
        layer.fill(spine, mottled(layer.size, mix(tone, look.wall, 0.15), rng))
        layer.tint(
            strokes([[(x + w * k, y - thick), (x + w * k, y)] for k in (0.12, 0.15, 0.85)], 4).faded(0.6),
            lighter(tone, 0.5),
        )
        layer.round_off(spine, 8, 0.6, 0.35)
        y -= thick
    return Sprite(layer, (width * 0.55, width * 0.555), width * 0.48)


def napkin(look: Look, rng: Random, width: float) -> Sprite:
    layer = Layer(width, width * 0.8, look.light)
    w, h = layer.size
    tone = mix(rng.choice((look.light, look.accent2, look.alt)), look.wall, 0.4)
    patch = poly([(10, 14), (w - 14, 8), (w - 8, h - 12), (14, h - 8)])
    cloth = threads(mottled(layer.size, tone, rng), 4, 0.14)
    layer.fill(patch, cloth)
    layer.tint(
        strokes([[(30, 34), (w - 34, 28), (w - 28, h - 32), (34, h - 28), (30, 34)]], 4).faded(0.7),
        mix(tone, look.accent3, 0.5),
    )
    fold = poly([(w * 0.5, 8), (w * 0.52, 8), (w * 0.54, h - 8), (w * 0.5, h - 8)])
    layer.tint(fold.blurred(8).within(patch).faded(0.4), (60, 40, 50))
    layer.round_off(patch, 5, 0.4, 0.3)
    return Sprite(layer, (w / 2, h / 2), w / 2, "lie", 12)


def standing(sheet: Image.Image, look: Look, rng: Random, x: float, y: float, *, tall: bool) -> None:
    """One tall companion behind the piece."""
    if tall and rng.random() < 0.7:
        put(sheet, branch(look, rng, rng.uniform(520, 660)), x, y)
    else:
        put(sheet, books(look, rng, 300), x, y)
        put(sheet, fruit(rng, 46), x + rng.uniform(-40, 40), y - 84)


def scattered(sheet: Image.Image, look: Look, rng: Random, x: float, y: float) -> None:
    """A few fruits in front."""
    for k in range(rng.randint(1, 3)):
        put(
            sheet,
            fruit(rng, rng.uniform(48, 66)),
            x + (k - 1) * rng.uniform(90, 130),
            y + rng.uniform(-26, 26),
        )


def laid_around(sheet: Image.Image, look: Look, rng: Random) -> None:
    """Seen from above: a napkin, a twig, a cup's round."""
    side = rng.choice((-1, 1))
    put(sheet, napkin(look, rng, 420), 800 + side * 560, 600 + rng.uniform(-200, 200))
    x, y = 800 - side * rng.uniform(480, 620), rng.uniform(180, 420)
    a, leaves, line = rng.uniform(0.9, 1.9), [], [(x, y)]
    for _ in range(8):
        a += rng.uniform(-0.12, 0.12)
        x, y = x + math.cos(a) * 62, y + math.sin(a) * 62
        line.append((x, y))
        leaves += [leaf(x, y, a + s * rng.uniform(0.6, 0.95), rng.uniform(80, 110), 20) for s in (-1, 1)]
    tone = rng.choice(GREEN)
    for patch, colour in (
        (strokes([smooth(line, n=5)], 6), darker(tone, 0.4)),
        (polys(leaves[::2]), tone),
        (polys(leaves[1::2]), lighter(tone, 0.2)),
    ):
        paste(sheet, patch.moved(10, 14).blurred(9), (40, 26, 28), 0.3)
        paste(sheet, patch, colour)
    if rng.random() < 0.6:
        _cup_from_above(sheet, look, rng, 800 + side * rng.uniform(500, 600), rng.choice((210, 990)))


def _cup_from_above(sheet: Image.Image, look: Look, rng: Random, x: float, y: float) -> None:
    r, tone = rng.uniform(92, 116), mix(rng.choice((look.light, look.alt)), look.wall, 0.3)
    layer = Layer(r * 2 + 4, r * 2 + 4, darker(tone, 0.2))
    disc = poly(ring(r + 2, r + 2, r, r))
    layer.fill(disc, tone)
    layer.round_off(disc, r * 0.14, 0.5, 0.5)
    tea = poly(ring(r + 2, r + 2, r * 0.82, r * 0.82))
    layer.tint(tea, (150, 92, 44))
    layer.tint(
        poly(ring(r * 1.2, r * 1.3, r * 0.5, r * 0.44)).blurred(14).within(tea).faded(0.4), (214, 150, 80)
    )
    put(sheet, Sprite(layer, (r + 2, r + 2), r, "lie", 40), x, y)
