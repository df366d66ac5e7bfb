"""Square things: box, tray, notebook, paper."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..palettes import Look
from ..paper import mottled
from ..revolve import Solid, paint_solid
from ..shapes import Layer, Patch, Point, poly, ring, strokes, warp
from ..stage import Sprite
from ..textures import texture
from .vessels import SHADOW, gloss


def box(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A lidded box: cornered, or round."""
    if rng.random() < 0.4:
        return _round_box(look, craft, rng, width)
    w, d, h = width * rng.uniform(0.6, 0.74), width * rng.uniform(0.2, 0.28), width * rng.uniform(0.22, 0.36)
    skew = rng.uniform(0.22, 0.36) * width
    layer = Layer(w + skew + 60, d + h + 60, darker(look.body, 0.25))
    x, y = 30, d + 24
    a, b, c, e = (x, y), (x + w, y), (x + w, y + h), (x, y + h)
    back_l, back_r = (x + skew * 0.86, y - d), (x + w + skew, y - d)
    low_r = (back_r[0], back_r[1] + h * 0.96)
    scale = width * rng.uniform(0.085, 0.12)
    top_skin = texture(craft, (round(w), round(w * 0.62)), look, scale)
    side_skin = (
        top_skin.crop((0, round(w * 0.3), round(w), round(w * 0.3 + h)))
        if craft in ("basketry", "indigo-weaving")
        else mottled((round(w), round(h)), look.body, rng, 0.07, 300)
    )
    _face(layer, side_skin, [b, back_r, low_r, c], 0.5)
    _face(layer, side_skin, [a, b, c, e], 0.16)
    lid = _face(layer, top_skin, [back_l, back_r, b, a], 0)
    seam = h * rng.uniform(0.26, 0.4)
    trim = mix(look.accent, (214, 168, 82), 0.5) if gloss(craft) > 0.5 else darker(look.body, 0.45)
    layer.tint(
        strokes([[(a[0], a[1] + seam), (b[0], b[1] + seam), (back_r[0], back_r[1] + seam)]], 4).faded(0.9),
        trim,
    )
    layer.tint(
        strokes(
            [[(a[0], a[1] + seam + 5), (b[0], b[1] + seam + 5), (back_r[0], back_r[1] + seam + 5)]], 4
        ).faded(0.5),
        look.ink,
    )
    layer.tint(strokes([[a, b, back_r]], 5).faded(0.75), lighter(look.body, 0.4))
    inner = [_towards(p, (back_l, back_r, b, a), 0.07) for p in (back_l, back_r, b, a)]
    layer.tint(strokes([[*inner, inner[0]]], 4).within(lid), trim)
    if gloss(craft) > 0.5:
        sheen = poly(
            [(x + w * 0.3, y), (x + w * 0.5, y), (x + w * 0.78, y - d), (x + w * 0.6, y - d)]
        ).blurred(16)
        layer.tint(sheen.within(lid).faded(0.32), (255, 250, 238))
    return Sprite(layer, (x + w * 0.54, y + h - 6), w * 0.54)


def _towards(p: Point, quad: tuple, part: float) -> Point:
    mx, my = sum(q[0] for q in quad) / 4, sum(q[1] for q in quad) / 4
    return p[0] + (mx - p[0]) * part * 1.2, p[1] + (my - p[1]) * part * 1.7


def _face(layer: Layer, skin: Image.Image, quad: list[Point], dim: float) -> Patch:
    patch = poly(quad)
    layer.fill(patch, warp(skin, quad, layer.size))
    if dim:
        layer.tint(patch.faded(dim), (48, 26, 34))
    ramp = Patch(Image.linear_gradient("L").resize(patch.mask.size), patch.x, patch.y).within(patch)
    layer.tint(ramp.faded(0.2), (48, 26, 34))
    return patch


def _round_box(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    r, h, tilt = width * rng.uniform(0.34, 0.42), width * rng.uniform(0.2, 0.36), rng.uniform(0.34, 0.44)
    layer = Layer(r * 2.2, h + r * tilt * 2 + 50, darker(look.body, 0.25))
    cx, top = r * 1.1, r * tilt + 18
    solid = Solid.spun(cx, top, h, tilt, [(0, r * 0.97), (0.12, r), (0.9, r), (1, r * 0.97)])
    scale = r * rng.uniform(0.18, 0.26)
    skin = texture(craft, (round(r * 2), round(h * 1.2)), look, scale)
    paint_solid(layer, solid, skin, shadow=SHADOW, gloss=gloss(craft))
    lid_skin = texture(craft, (round(r * 2), round(r * 2)), look, scale)
    quad = [
        (cx - r, top - r * tilt),
        (cx + r, top - r * tilt),
        (cx + r, top + r * tilt),
        (cx - r, top + r * tilt),
    ]
    lid = poly(ring(cx, top, r * 0.97, r * tilt * 0.97))
    layer.fill(lid, warp(lid_skin, quad, layer.size))
    layer.round_off(lid, 12, 0.35, 0.45)
    trim = mix(look.accent, (214, 168, 82), 0.5) if gloss(craft) > 0.5 else darker(look.body, 0.4)
    layer.tint(strokes([ring(cx, top, r * 0.9, r * tilt * 0.9)], 4), trim)
    layer.tint(strokes([solid.ring(0.42)], 4).faded(0.9), trim)
    layer.tint(strokes([solid.ring(0.46)], 5).faded(0.55), look.ink)
    if gloss(craft) > 0.5:
        beam = poly(ring(cx - r * 0.3, top - r * tilt * 0.2, r * 0.5, r * 0.07, turn=-0.3)).blurred(16)
        layer.tint(beam.within(lid).faded(0.4), (255, 250, 238))
    return Sprite(layer, (cx, solid.y(1) + r * tilt * 0.55), r)


def rounded(x0: float, y0: float, x1: float, y1: float, r: float) -> list[Point]:
    """A rectangle with round corners."""
    corners = (
        (x1 - r, y0 + r, -math.pi / 2),
        (x1 - r, y1 - r, 0),
        (x0 + r, y1 - r, math.pi / 2),
        (x0 + r, y0 + r, math.pi),
    )
    return [p for cx, cy, a in corners for p in ring(cx, cy, r, r, start=a, end=a + math.pi / 2, n=12)]


def tray(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    w, h = width * 1.02, width * rng.uniform(0.56, 0.68)
    r, lip = rng.choice((0.06, 0.14, 0.28)) * h, width * 0.04
    layer = Layer(w, h, darker(look.body, 0.25))
    outer = poly(rounded(3, 3, w - 3, h - 3, r))
    layer.fill(outer, mottled(layer.size, mix(look.body, look.alt, 0.4), rng))
    layer.round_off(outer, lip * 0.4, 0.6, 0.5)
    inner = poly(rounded(lip, lip, w - lip, h - lip, max(6, r - lip)))
    layer.tint(inner, texture(craft, layer.size, look, width * rng.uniform(0.085, 0.12)))
    wall = inner.moved(lip * 0.5, lip * 0.6).blurred(lip * 0.4)
    shade = Image.new("L", inner.mask.size, 255)
    shade.paste(wall.mask.point([255 - v for v in range(256)]), (wall.x - inner.x, wall.y - inner.y))
    layer.tint(Patch(shade, inner.x, inner.y).within(inner).faded(0.6), (44, 24, 30))
    trim = mix(look.accent, (214, 168, 82), 0.5) if gloss(craft) > 0.5 else darker(look.body, 0.35)
    outline = rounded(lip, lip, w - lip, h - lip, max(6, r - lip))
    layer.tint(strokes([[*outline, outline[0]]], 4), trim)
    if gloss(craft) > 0.5:
        beam = poly([(w * 0.1, h), (w * 0.3, h), (w * 0.58, 0), (w * 0.4, 0)]).blurred(40)
        layer.tint(beam.within(inner).faded(0.24), (255, 250, 238))
    return Sprite(layer, (w / 2, h / 2), w / 2, "lie", 44)


def notebook(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    w, h = width * 0.58, width * rng.uniform(0.74, 0.82)
    layer = Layer(w + 40, h + 40, darker(look.body, 0.25))
    for i in range(5):
        page = poly(rounded(26 + i * 1.5, 18 + i * 2, w + 22 - i, h + 20 - i * 2, 6))
        layer.fill(page, lighter((232, 220, 196), 0.1 * (i % 2)))
        layer.round_off(page, 3, 0.4, 0.2)
    cover = poly(rounded(14, 12, w + 12, h + 10, 10))
    layer.fill(cover, texture(craft, layer.size, look, width * rng.uniform(0.08, 0.12)))
    layer.round_off(cover, 6, 0.5, 0.4)
    spine = rng.choice((look.accent2, look.alt, look.accent3, darker(look.body, 0.3)))
    if rng.random() < 0.5:
        layer.tint(
            poly([(14, 12), (w * 0.2, 12), (w * 0.2, h + 10), (14, h + 10)]).within(cover),
            mottled(layer.size, spine, rng),
        )
        layer.tint(strokes([[(w * 0.2 + 3, 14), (w * 0.2 + 3, h + 8)]], 5).faded(0.4), look.ink)
    else:
        x = 14 + w * 0.09
        holes = [h * t + 12 for t in (0.06, 0.28, 0.5, 0.72, 0.94)]
        thread = [[(x, 12), (x, h + 10)]] + [[(14, y), (x, y)] for y in holes]
        layer.tint(strokes(thread, 5), lighter(look.light, 0.2))
        layer.tint(strokes(thread, 2).moved(2, 3).faded(0.5), look.ink)
    if rng.random() < 0.6:
        x0, y0 = w * rng.uniform(0.4, 0.46), h * rng.uniform(0.18, 0.3)
        label = poly([(x0, y0), (x0 + w * 0.32, y0), (x0 + w * 0.32, y0 + h * 0.2), (x0, y0 + h * 0.2)])
        layer.tint(label.moved(3, 4).blurred(4).faded(0.35), look.ink)
        layer.tint(label, lighter(look.light, 0.3))
        layer.tint(
            strokes([[(x0 + 20, y0 + h * k), (x0 + w * 0.26, y0 + h * k)] for k in (0.07, 0.12)], 3).faded(
                0.5
            ),
            spine,
        )
    else:
        ribbon = strokes([[(w * 0.84, 12), (w * 0.84, h + 10)]], 16)
        layer.tint(ribbon.within(cover), spine)
        layer.round_off(ribbon, 3, 0.3, 0.3)
    return Sprite(layer, (layer.size[0] / 2, layer.size[1] / 2), w / 2, "lie", 40)


def paper(look: Look, craft: str, rng: Random, width: float) -> Sprite:
    """A fan of sheets with feathered edges."""
    side = width * 0.98
    layer = Layer(side, side * 0.86, darker(look.body, 0.15))
    cx, cy, count = side / 2, side * 0.43, rng.randint(3, 5)
    spin = rng.uniform(-0.25, 0.1)
    for i in range(count):
        turn = spin + i * rng.uniform(0.14, 0.24)
        w, h = side * 0.4, side * 0.27
        body, alt = (look.body, look.alt) if i % 2 else (look.alt, look.body)
        accent = rng.choice((look.accent, look.accent2, look.accent3))
        mixed = replace(look, body=body, alt=alt, accent=accent, seed=look.seed + i)
        edge = []
        for a, b in (((-w, -h), (w, -h)), ((w, -h), (w, h)), ((w, h), (-w, h)), ((-w, h), (-w, -h))):
            for k in range(30):
                x = a[0] + (b[0] - a[0]) * k / 30 + rng.uniform(-3, 3)
                y = a[1] + (b[1] - a[1]) * k / 30 + rng.uniform(-3, 3)
                edge.append(
                    (
                        cx + x * math.cos(turn) - y * math.sin(turn),
                        cy + x * math.sin(turn) + y * math.cos(turn),
                    )
                )
        sheet = poly(edge)
        if i:
            layer.tint(sheet.moved(7, 9).blurred(9).within(Patch(layer.alpha, 0, 0)).faded(0.4), SHADOW)
        layer.fill(sheet, texture(craft, layer.size, mixed, width * 0.1))
        layer.round_off(sheet, 4, 0.4, 0.3)
    return Sprite(layer, (cx, cy), side / 2, "lie", 24)
