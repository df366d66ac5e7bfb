"""Plate, mat, hat and fan."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..palettes import Look
from ..paper import mottled
from ..revolve import Solid, paint_solid
from ..shapes import Layer, Patch, poly, ring, smooth, strokes
from ..stage import Sprite
from ..textures import texture
from .vessels import SHADOW, gloss


def polar(image: Image.Image, across: int) -> Image.Image:
    """Bend a pattern round a centre: its top edge becomes the rim. Mirrored, so there is no seam."""
    n, r = 24, across / 2
    cells, w, h = [], image.width - 1, image.height - 1
    marks = [round(across * i / n) for i in range(n + 1)]

    def source(x: float, y: float) -> tuple[float, float]:
        dx, dy = x - r, y - r
        return abs(math.atan2(dx, dy)) / math.pi * w, (1 - min(1.0, math.hypot(dx, dy) / r)) * h

    grid = [[source(x, y) for y in marks] for x in marks]
    for i in range(n):
        for j in range(n):
            box = (marks[i], marks[j], marks[i + 1], marks[j + 1])
            cells.append((box, (*grid[i][j], *grid[i][j + 1], *grid[i + 1][j + 1], *grid[i + 1][j])))
    return image.transform((across, across), Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def plate(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    across = round(width * 0.86)
    r, well = across / 2, rng.uniform(0.58, 0.72)
    layer = Layer(across, across, darker(look.body, 0.2))
    scale = r * rng.uniform(0.16, 0.22)
    flat = texture(craft, (across, across), look, scale)
    if craft not in ("silver-filigree", "looping"):
        round_skin = polar(texture(craft, (round(across * 1.5), round(r)), look, scale), across)
        flat = round_skin if rng.random() < 0.6 or craft == "lacquer" else flat
    disc = poly(ring(r, r, r - 3, r - 3))
    layer.fill(disc, flat)
    centre = poly(ring(r, r, r * well, r * well))
    if craft == "lacquer" or rng.random() < 0.6:
        layer.tint(
            centre, mottled(layer.size, rng.choice((look.body, look.alt, lighter(look.body, 0.1))), rng)
        )
        if rng.random() < 0.92:
            _medallion(layer, look, r, r * well, rng)
    dip = centre.blurred(r * 0.05)
    hollow = Patch(centre.mask, centre.x + round(r * 0.05), centre.y + round(r * 0.06)).blurred(r * 0.05)
    shade = Image.new("L", dip.mask.size, 255)
    shade.paste(hollow.mask.point([255 - v for v in range(256)]), (hollow.x - dip.x, hollow.y - dip.y))
    layer.tint(Patch(shade, dip.x, dip.y).within(centre).faded(0.5), SHADOW)
    layer.tint(
        strokes([ring(r, r, r * well, r * well, start=-0.4, end=1.9)], r * 0.016).blurred(2).faded(0.7),
        (255, 248, 232),
    )
    layer.tint(strokes([ring(r, r, r * well, r * well)], 2.5).faded(0.4), darker(look.body, 0.5))
    edge = (
        mix(look.accent, (214, 168, 82), 0.5)
        if craft in ("lacquer", "shell-inlay")
        else lighter(look.body, 0.3)
    )
    layer.tint(strokes([ring(r, r, r - 6, r - 6)], r * 0.022), edge)
    layer.round_off(disc, r * 0.1, 0.42, 0.3)
    if gloss(craft) > 0.5:
        beam = poly(ring(r * 0.62, r * 0.52, r * 0.5, r * 0.13, turn=-0.75)).blurred(r * 0.07)
        layer.tint(beam.faded(0.36), (255, 250, 238))
    return Sprite(layer, (r, r), r, "lie", r * 0.16)


def _medallion(layer: Layer, look: Look, r: float, well: float, rng: Random) -> None:
    """A drawn middle: rosette, fish pair or a spray."""
    from ..textures.paperlike import leaf

    petals, colour = rng.choice((6, 8, 12)), mix(look.accent, look.light, 0.2)
    for k in range(petals):
        a = k * math.tau / petals
        layer.tint(
            poly(
                leaf(
                    r + math.cos(a) * well * 0.14,
                    r + math.sin(a) * well * 0.14,
                    a,
                    well * 0.42,
                    well * 0.75 / petals,
                )
            ).faded(0.9),
            colour,
        )
        layer.tint(
            poly(
                ring(
                    r + math.cos(a + 0.26) * well * 0.66,
                    r + math.sin(a + 0.26) * well * 0.66,
                    well * 0.03,
                    well * 0.03,
                    n=14,
                )
            ),
            look.accent2,
        )
    layer.tint(strokes([ring(r, r, well * 0.78, well * 0.78)], max(2, well * 0.012)), colour)
    layer.tint(poly(ring(r, r, well * 0.1, well * 0.1)), look.accent2)


def mat(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    if rng.random() < 0.45:
        across = round(width * 0.9)
        r = across / 2
        layer = Layer(across, across, darker(look.body, 0.2))
        disc = poly(ring(r, r, r - 3, r - 3))
        layer.fill(disc, polar(texture(craft, (round(across * 1.5), round(r)), look, r * 0.18), across))
        layer.tint(
            strokes([ring(r, r, r * k, r * k) for k in (0.98, 0.94)], r * 0.02), darker(look.body, 0.3)
        )
        layer.round_off(disc, r * 0.03, 0.5, 0.35)
        return Sprite(layer, (r, r), r, "lie", 22)
    w, h = width, width * rng.uniform(0.62, 0.74)
    layer = Layer(w, h, darker(look.body, 0.3))
    body = poly([(20, 12), (w - 20, 12), (w - 20, h - 12), (20, h - 12)])
    layer.fill(body, texture(craft, layer.size, look, w * rng.uniform(0.07, 0.1)))
    hem = strokes([[(26, 18), (w - 26, 18)], [(26, h - 18), (w - 26, h - 18)]], 16)
    layer.tint(hem, mix(look.accent2, look.body, 0.3))
    layer.round_off(body, 8, 0.45, 0.35)
    return Sprite(layer, (w / 2, h / 2), w / 2, "lie", 20)


def hat(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A brimmed or conical hat resting on the table."""
    r, tilt = width * 0.47, rng.uniform(0.26, 0.32)
    layer = Layer(width, width * 0.75, darker(look.body, 0.2))
    cx, top = width / 2, width * 0.09
    if rng.random() < 0.35:
        cone = Solid.spun(cx, top, width * 0.34, tilt, [(0, r * 0.02), (0.5, r * 0.5), (1, r * 0.98)])
        skin = texture(craft, (900, 500), look, 56)
        patch = paint_solid(layer, cone, skin, shadow=SHADOW, gloss=0.05)
        hoops = [cone.ring(t) for t in (0.25, 0.5, 0.75, 0.97)]
        layer.tint(strokes(hoops, 3).within(patch).faded(0.5), darker(look.body, 0.5))
        return Sprite(layer, (cx, cone.y(1) + r * tilt * 0.4), r * 0.98)
    brim_y = top + width * 0.3
    brim = poly(ring(cx, brim_y, r, r * tilt * 1.1))
    layer.fill(brim, texture(craft, layer.size, look, 56))
    layer.round_off(brim, r * 0.06, 0.5, 0.35)
    layer.tint(
        strokes([ring(cx, brim_y, r * k, r * tilt * 1.1 * k) for k in (0.97, 0.88, 0.78, 0.68)], 3).faded(
            0.4
        ),
        darker(look.body, 0.5),
    )
    layer.tint(
        poly(ring(cx + r * 0.12, brim_y + r * 0.03, r * 0.66, r * tilt * 0.74))
        .blurred(14)
        .within(brim)
        .faded(0.5),
        look.ink,
    )
    crown = Solid.spun(
        cx,
        top + 6,
        width * 0.27,
        tilt,
        [(0, r * 0.3), (0.1, r * 0.44), (0.3, r * 0.5), (0.8, r * 0.54), (1, r * 0.56)],
    )
    paint_solid(layer, crown, texture(craft, (900, 420), look, 56), shadow=SHADOW, gloss=0.05)
    dent = poly(ring(cx, crown.y(0.03), r * 0.26, r * 0.06)).blurred(8)
    layer.tint(dent.faded(0.25), look.ink)
    band = poly([*crown.ring(0.74), *reversed(crown.ring(0.95))])
    layer.tint(band, look.accent)
    layer.tint(strokes([crown.ring(0.74), crown.ring(0.95)], 3), darker(look.accent, 0.5))
    return Sprite(layer, (cx, brim_y + r * tilt * 0.5), r * 0.98)


def fan(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A folding fan opened, or a round one on its handle."""
    if rng.random() < 0.45:
        return _round_fan(look, craft, rng, width)
    r = width * 0.52
    layer = Layer(width * 1.06, r * 1.16, darker(look.body, 0.2))
    cx, cy = width * 0.53, r * 1.03
    start, end, ribs = math.pi + 0.2, math.tau - 0.2, 22
    sticks = [
        [(cx, cy), (cx + math.cos(a) * r * 0.6, cy + math.sin(a) * r * 0.6)]
        for a in (start + (end - start) * i / ribs for i in range(ribs + 1))
    ]
    slats = strokes(sticks, r * 0.022)
    layer.fill(slats, mix(look.accent3, (150, 104, 62), 0.5))
    layer.round_off(slats, 4, 0.4, 0.4)
    leaf_shape = poly(
        [*ring(cx, cy, r, r, start=start, end=end), *ring(cx, cy, r * 0.46, r * 0.46, start=end, end=start)]
    )
    layer.fill(leaf_shape, texture(craft, layer.size, look, r * 0.13))
    for i in range(ribs):
        a0, a1 = (start + (end - start) * k / ribs for k in (i, i + 1))
        wedge = [
            (cx + math.cos(a) * d, cy + math.sin(a) * d)
            for a, d in ((a0, r * 1.01), (a1, r * 1.01), (a1, r * 0.45), (a0, r * 0.45))
        ]
        dark = i % 2 == 0
        layer.tint(
            poly(wedge).within(leaf_shape).faded(0.2 if dark else 0.1), look.ink if dark else (255, 250, 236)
        )
    layer.tint(strokes([ring(cx, cy, r - 5, r - 5, start=start, end=end)], 7), look.accent2)
    layer.fill(poly(ring(cx, cy, r * 0.035, r * 0.035)), look.accent)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), r, "lie", 34)


def _round_fan(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r = width * 0.36
    layer = Layer(r * 2.1, r * 3.1, darker(look.body, 0.2))
    cx, cy = r * 1.05, r * 1.03
    bamboo = mix(look.accent3, (186, 146, 88), 0.6)
    stick = strokes([[(cx, cy), (cx, r * 3.0)]], r * 0.09)
    layer.fill(stick, bamboo)
    layer.round_off(stick, 8, 0.5, 0.5)
    face = poly(
        smooth(
            [
                (cx, cy - r * 0.98),
                (cx + r * 0.86, cy - r * 0.5),
                (cx + r * 0.94, cy + r * 0.3),
                (cx + r * 0.3, cy + r * 0.92),
                (cx - r * 0.3, cy + r * 0.92),
                (cx - r * 0.94, cy + r * 0.3),
                (cx - r * 0.86, cy - r * 0.5),
            ],
            closed=True,
        )
    )
    layer.fill(face, texture(craft, layer.size, look, r * 0.2))
    ribs = [
        [(cx, cy + r * 1.1), (cx + math.cos(a) * r * 1.6, cy + r * 1.1 + math.sin(a) * r * 2.1)]
        for a in (math.pi * (1.2 + 0.6 * i / 16) for i in range(17))
    ]
    layer.tint(strokes(ribs, 3).within(face).faded(0.28), darker(look.body, 0.6))
    layer.round_off(face, r * 0.03, 0.5, 0.4)
    layer.fill(
        poly(
            [
                (cx - r * 0.3, cy + r * 0.86),
                (cx + r * 0.3, cy + r * 0.86),
                (cx + r * 0.05, cy + r * 1.12),
                (cx - r * 0.05, cy + r * 1.12),
            ]
        ),
        look.accent2,
    )
    return Sprite(layer, (cx, layer.size[1] / 2), r, "lie", 30)
