"""Small and precious: spoon, pin, earrings, figure."""

from __future__ import annotations

import math
from random import Random

from ..colour import RGB, darker, lighter, mix
from ..palettes import Look
from ..paper import mottled
from ..shapes import Layer, Patch, Point, poly, polys, ring, smooth, strokes
from ..stage import Sprite
from ..textures import texture
from ..textures.paperlike import leaf
from ..textures.precious import nacre, spiral
from .vessels import SHADOW, gloss


def spoon(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A pair or a trio lying side by side."""
    count, long = rng.choice((1, 2, 3)), width * 0.84
    head = long * rng.uniform(0.13, 0.18)
    step = head * 2.5
    layer = Layer(step * count + 40, long + 40, darker(look.body, 0.25))
    skin = texture(craft, layer.size, look, width * 0.1)
    for i in range(count):
        cx, top = 20 + step * (i + 0.5), 20 + rng.uniform(0, 24)
        tone = (look.body, look.alt, mix(look.body, look.alt, 0.5))[i]
        neck, end = top + head * 2.4, top + long * rng.uniform(0.93, 0.97) - 20
        shape = smooth(
            [
                (cx, top),
                (cx + head * 0.8, top + head * 0.6),
                (cx + head * 0.86, top + head * 1.5),
                (cx + head * 0.3, neck),
                (cx + head * 0.17, neck + head),
                (cx + head * 0.22, end - head),
                (cx + head * 0.3, end - 12),
                (cx, end),
                (cx - head * 0.3, end - 12),
                (cx - head * 0.22, end - head),
                (cx - head * 0.17, neck + head),
                (cx - head * 0.3, neck),
                (cx - head * 0.86, top + head * 1.5),
                (cx - head * 0.8, top + head * 0.6),
            ],
            closed=True,
        )
        patch = poly(shape)
        layer.fill(patch, mottled(layer.size, tone, rng))
        grip = poly(
            [
                (cx - head, neck + head * rng.uniform(0.4, 1.6)),
                (cx + head, neck + head * 1.2),
                (cx + head, end),
                (cx - head, end),
            ]
        )
        layer.tint(grip.within(patch), skin)
        layer.round_off(patch, head * 0.2, 0.75, 0.6)
        bowl = poly(ring(cx, top + head * 1.18, head * 0.62, head * 0.92))
        layer.tint(
            bowl,
            mottled(
                layer.size,
                mix(tone, look.accent, 0.12) if gloss(craft) < 0.5 else rng.choice((look.alt, look.ink)),
                rng,
            ),
        )
        hollow = bowl.moved(head * 0.16, head * 0.2).blurred(head * 0.14)
        inverse = Patch(hollow.mask.point([255 - v for v in range(256)]), hollow.x, hollow.y).within(bowl)
        layer.tint(inverse.faded(0.7), SHADOW)
        layer.tint(
            poly(ring(cx + head * 0.22, top + head * 1.5, head * 0.13, head * 0.3, turn=0.4))
            .blurred(6)
            .faded(0.55),
            (255, 250, 236),
        )
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), width / 2, "lie", 34)


def _wire(layer: Layer, lines: list[list[Point]], thick: float, metal: RGB) -> None:
    """Draw bright round wire."""
    coil = strokes(lines, thick)
    layer.tint(coil.moved(thick * 0.5, thick * 0.7), darker(metal, 0.72))
    layer.fill(coil, metal)
    layer.tint(strokes(lines, max(1.2, thick * 0.4)).moved(-thick * 0.16, -thick * 0.2), lighter(metal, 0.85))


def _jewel(
    layer: Layer, look: Look, craft: str, cx: float, cy: float, r: float, rng: Random, petals: int
) -> None:
    """A rosette: filigree petals, or inlaid ones, around a stone."""
    metal = (
        mix(look.body, (226, 222, 214), 0.25)
        if craft == "silver-filigree"
        else mix(look.accent, (214, 168, 82), 0.6)
    )
    if craft == "silver-filigree":
        outline, coils = [], []
        for k in range(petals):
            a = k * math.tau / petals
            outline.append(
                leaf(cx + math.cos(a) * r * 0.16, cy + math.sin(a) * r * 0.16, a, r * 0.82, r * 1.5 / petals)
            )
            for d, size, way in ((0.42, 0.62, 1), (0.66, 0.46, -1)):
                coils.append(
                    spiral(
                        cx + math.cos(a) * r * d,
                        cy + math.sin(a) * r * d,
                        r * size / petals * 1.5,
                        way,
                        a,
                        2.2,
                    )
                )
        layer.fill(polys(outline), darker(metal, 0.62))
        _wire(layer, coils, max(2.4, r * 0.022), metal)
        _wire(layer, [[*o, o[0]] for o in outline], max(3.5, r * 0.036), metal)
        beads = [
            ring(cx + math.cos(a) * r, cy + math.sin(a) * r, r * 0.05, r * 0.05, n=16)
            for a in (k * math.tau / petals for k in range(petals))
        ]
        layer.fill(polys(beads), metal)
        layer.round_off(polys(beads), r * 0.02, 0.8, 0.8)
    else:
        base = poly(ring(cx, cy, r, r))
        layer.fill(base, texture(craft, layer.size, look, r * 0.5))
        if craft == "shell-inlay":
            layer.tint(base, darker(look.body if look.dark_body else look.ink, 0.2))
            shapes = [
                leaf(cx + math.cos(a) * r * 0.2, cy + math.sin(a) * r * 0.2, a, r * 0.66, r * 1.35 / petals)
                for a in (k * math.tau / petals for k in range(petals))
            ]
            shapes += [
                ring(cx + math.cos(a) * r * 0.83, cy + math.sin(a) * r * 0.83, r * 0.05, r * 0.05, n=14)
                for a in ((k + 0.5) * math.tau / petals for k in range(petals))
            ]
            layer.tint(polys(shapes), nacre(layer.size, rng, r * 0.2))
        layer.round_off(base, r * 0.12, 0.7, 0.55)
        _wire(layer, [ring(cx, cy, r * 0.97, r * 0.97)], max(4, r * 0.05), metal)
    stone = poly(ring(cx, cy, r * 0.17, r * 0.17))
    layer.fill(stone, rng.choice((look.accent3, look.accent2, look.alt)))
    layer.round_off(stone, r * 0.06, 0.7, 0.8)
    layer.tint(poly(ring(cx - r * 0.06, cy - r * 0.07, r * 0.04, r * 0.03)), (255, 255, 250))


def pin(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r = width * rng.uniform(0.3, 0.36)
    layer = Layer(r * 2.5, r * (2.5 if rng.random() < 0.5 else 4.0), darker(look.body, 0.3))
    cx, cy = r * 1.25, r * 1.2
    if layer.size[1] > r * 3:
        metal = (
            mix(look.body, (226, 222, 214), 0.3)
            if craft == "silver-filigree"
            else mix(look.accent, (214, 168, 82), 0.6)
        )
        shaft = poly(
            [(cx - r * 0.05, cy), (cx + r * 0.05, cy), (cx + r * 0.012, r * 3.95), (cx - r * 0.012, r * 3.95)]
        )
        layer.fill(shaft, metal)
        layer.round_off(shaft, 5, 0.7, 0.8)
    _jewel(layer, look, craft, cx, cy, r, rng, rng.choice((5, 6, 8, 10)))
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), r, "lie", 22)


def earrings(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, petals = width * rng.uniform(0.15, 0.19), rng.choice((5, 6, 8))
    gap = width * 0.5
    layer = Layer(gap + r * 2.6, r * 5.4, darker(look.body, 0.3))
    metal = (
        mix(look.body, (226, 222, 214), 0.25)
        if craft == "silver-filigree"
        else mix(look.accent, (214, 168, 82), 0.6)
    )
    drops, seed = rng.choice((0, 3, 5)), rng.random()
    for i in range(2):
        cx, cy = r * 1.3 + gap * i, r * 2.3 + (r * 0.3 if i else 0)
        hook = smooth(
            [
                (cx + r * 0.2, cy - r * 1.5),
                (cx + r * 0.24, cy - r * 2.0),
                (cx, cy - r * 2.15),
                (cx - r * 0.14, cy - r * 1.8),
                (cx, cy - r * 1.0),
            ]
        )
        _wire(layer, [hook], max(4, r * 0.045), metal)
        _jewel(layer, look, craft, cx, cy, r, Random(seed), petals)
        for k in range(drops):
            x = cx + (k - (drops - 1) / 2) * r * 0.36
            y = cy + r * 1.0 - abs(k - (drops - 1) / 2) * r * 0.12
            _wire(layer, [[(x, y), (x, y + r * 0.4)]], max(3, r * 0.03), metal)
            bead = poly(leaf(x, y + r * 0.36, math.pi / 2, r * 0.55, r * 0.13))
            layer.fill(bead, metal)
            layer.round_off(bead, r * 0.05, 0.7, 0.7)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), width / 2, "lie", 20)


# Outlines on a 0..1 square, y down; the eye and the line of the wing or saddle come after.
FIGURES: dict[str, tuple[list[Point], Point, list[Point]]] = {
    "bird": (
        [
            (0.06, 0.3),
            (0.14, 0.22),
            (0.24, 0.14),
            (0.36, 0.2),
            (0.44, 0.36),
            (0.62, 0.44),
            (0.8, 0.42),
            (0.98, 0.34),
            (0.9, 0.56),
            (0.74, 0.76),
            (0.56, 0.88),
            (0.52, 0.98),
            (0.36, 0.98),
            (0.36, 0.87),
            (0.22, 0.74),
            (0.16, 0.52),
            (0.15, 0.36),
        ],
        (0.24, 0.26),
        [(0.36, 0.5), (0.52, 0.5), (0.74, 0.54), (0.6, 0.68), (0.44, 0.68)],
    ),
    "llama": (
        [
            (0.16, 0.2),
            (0.18, 0.04),
            (0.24, 0.1),
            (0.3, 0.04),
            (0.33, 0.16),
            (0.34, 0.42),
            (0.56, 0.46),
            (0.82, 0.44),
            (0.9, 0.54),
            (0.86, 0.74),
            (0.85, 0.98),
            (0.74, 0.98),
            (0.72, 0.78),
            (0.48, 0.78),
            (0.46, 0.98),
            (0.34, 0.98),
            (0.32, 0.74),
            (0.22, 0.5),
            (0.2, 0.3),
            (0.08, 0.28),
        ],
        (0.22, 0.18),
        [(0.42, 0.46), (0.72, 0.45), (0.7, 0.68), (0.44, 0.68)],
    ),
    "fish": (
        [
            (0.02, 0.52),
            (0.16, 0.36),
            (0.36, 0.26),
            (0.56, 0.28),
            (0.72, 0.42),
            (0.96, 0.26),
            (0.9, 0.52),
            (0.96, 0.78),
            (0.72, 0.62),
            (0.56, 0.76),
            (0.36, 0.78),
            (0.16, 0.68),
        ],
        (0.17, 0.47),
        [(0.34, 0.38), (0.54, 0.4), (0.56, 0.62), (0.36, 0.66)],
    ),
    "turtle": (
        [
            (0.02, 0.54),
            (0.1, 0.42),
            (0.2, 0.46),
            (0.3, 0.3),
            (0.5, 0.2),
            (0.72, 0.3),
            (0.86, 0.52),
            (0.97, 0.66),
            (0.84, 0.72),
            (0.82, 0.9),
            (0.68, 0.9),
            (0.66, 0.76),
            (0.4, 0.76),
            (0.36, 0.92),
            (0.22, 0.9),
            (0.22, 0.72),
            (0.1, 0.66),
        ],
        (0.09, 0.5),
        [(0.3, 0.42), (0.5, 0.28), (0.72, 0.42), (0.74, 0.64), (0.32, 0.64)],
    ),
}


def figure(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A small animal with a patterned back."""
    side = width * 0.74
    shape, eye, saddle = FIGURES[rng.choice(sorted(FIGURES))]
    flip = rng.random() < 0.5
    layer = Layer(side + 30, side + 30, darker(look.body, 0.25))

    def place(points: list[Point]) -> list[Point]:
        return [(15 + (1 - x if flip else x) * side, 15 + y * side) for x, y in points]

    patch = poly(smooth(place(shape), closed=True))
    skin = texture(craft, layer.size, look, width * 0.085)
    layer.fill(patch, mottled(layer.size, look.body, rng))
    blanket_patch = poly(smooth(place(saddle), closed=True)).within(patch)
    layer.tint(blanket_patch, skin)
    layer.tint(strokes([smooth([*place(saddle), place(saddle)[0]])], 6).within(patch), look.accent)
    layer.round_off(patch, side * 0.07, 0.85, 0.4)
    layer.round_off(patch, side * 0.02, 0.5, 0.3)
    ((ex, ey),) = place([eye])
    layer.tint(poly(ring(ex, ey, side * 0.02, side * 0.02)), look.ink)
    layer.tint(poly(ring(ex - 3, ey - 3, side * 0.006, side * 0.006)), (255, 255, 250))
    bottom = max(y for _, y in place(shape))
    return Sprite(layer, (layer.size[0] / 2, bottom - side * 0.01), side * 0.36)
